"""One's own events as a calendar at an address of one's own, which a program looks at.

The address is a secret of its owner's: its token comes from the feed's id and a key that lies
beside the database, so that the owner sees it again, a copy of the database opens nothing, and a
new feed has a new one. Ending the feed ends the address.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from graphnet import tokens
from graphnet.accounts import token_hash
from graphnet.audit import acted
from graphnet.errors import ThingNotFound
from graphnet.model import new_id
from graphnet.privacy import Viewer, registered
from graphnet.store import Row, Store, Transaction, native

BEHIND = timedelta(days=60)

# One row: the viewer's feed.
MINE = """MATCH (:Person {key: $me})<-[:OF]-(f:CalendarFeed)
RETURN f.id AS id, f.token_hash AS token_hash, f.created_at AS created_at LIMIT 1"""

# One row: the viewer, who has no feed any more.
END = """MATCH (p:Person {key: $me}) SET p.id = p.id
WITH p OPTIONAL MATCH (p)<-[:OF]-(f:CalendarFeed) DETACH DELETE f
RETURN DISTINCT p.key AS key LIMIT 1"""

# One row: the new feed.
MAKE = """MATCH (p:Person {key: $me})
CREATE (f:CalendarFeed {id: $id, token_hash: $token_hash, created_at: $now})-[:OF]->(p)
RETURN f.id AS id"""

# One row: whose feed that is, and their language.
OWNER = (
    """MATCH (f:CalendarFeed {token_hash: $token_hash})-[:OF]->(p:Person) WHERE """
    + registered("p")
    + """
RETURN p.key AS key, coalesce(head([(p)<-[:OF]-(a:Account) | a.language]), p.language, '')
  AS language LIMIT 1"""
)


def _token(key: bytes, feed_id: str) -> str:
    return tokens.token(key, f"calendar {feed_id}")


def token(store: Store, viewer: Viewer, *, keys: Sequence[bytes]) -> str:
    """Return the token of the viewer's feed; '' if there is none, or its key has changed."""
    rows = store.read(MINE, me=viewer.own_key())
    if not rows:
        return ""
    made = _token(keys[0], rows[0]["id"])
    return made if token_hash(made) == rows[0]["token_hash"] else ""


def make(store: Store, viewer: Viewer, *, keys: Sequence[bytes]) -> str:
    """Make a feed, in the place of the one before; return its token."""
    me, feed_id = viewer.own_key(), new_id()
    made = _token(keys[0], feed_id)

    def work(transaction: Transaction) -> None:
        if not transaction.run(END, me=me):
            raise ThingNotFound("no such person")
        transaction.run(MAKE, me=me, id=feed_id, token_hash=token_hash(made), now=datetime.now(UTC))
        acted(transaction, viewer, "make calendar feed", feed_id)

    store.in_write(work)
    return made


def end(store: Store, viewer: Viewer) -> None:
    """End the viewer's feed: its address opens nothing any more."""
    me = viewer.own_key()

    def work(transaction: Transaction) -> None:
        transaction.run(END, me=me)
        acted(transaction, viewer, "end calendar feed")

    store.in_write(work)


def by_token(store: Store, given: str) -> tuple[Viewer, str]:
    """Return whose feed that is, as who reads their own, and their language.

    Raises
    ------
    ThingNotFound
    """
    rows = [native(row) for row in store.read(OWNER, token_hash=token_hash(given))]
    if not rows:
        raise ThingNotFound("no such calendar")
    row: Row = rows[0]
    return Viewer("alumnus", row["key"], purpose="calendar"), row["language"]

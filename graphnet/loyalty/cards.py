"""The member's card: a link of its own that says "valid member, tier, until", and nothing else.

The link's token comes from the card's id and a key that lies beside the database, so that the owner
sees it again and a copy of the database opens nothing. Renewing the card ends the link before it.
Whatever is no valid card answers alike: unknown, revoked, of somebody whose membership is over, who
has hidden, is in quarantine or has died.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from graphnet import tokens
from graphnet.accounts import token_hash
from graphnet.audit import acted
from graphnet.errors import Conflict, ThingNotFound
from graphnet.loyalty.memberships import of_holder, of_person
from graphnet.loyalty.rules import Tier
from graphnet.model import new_id
from graphnet.privacy import Viewer, alive, in_quarantine, registered, shown
from graphnet.store import Store, Transaction

# One row: the newest card of the viewer.
MINE = """MATCH (:Person {key: $me})<-[:OF]-(c:MemberCard)
RETURN c.id AS id, c.token_hash AS token_hash ORDER BY c.created_at DESC, id LIMIT 1"""

# One row: the viewer, who has no card any more.
END = """MATCH (p:Person {key: $me}) SET p.id = p.id
WITH p OPTIONAL MATCH (p)<-[:OF]-(c:MemberCard) DETACH DELETE c
RETURN DISTINCT p.key AS key LIMIT 1"""

# One row: the new card.
MAKE = """MATCH (p:Person {key: $me})
CREATE (c:MemberCard {id: $id, token_hash: $token_hash, created_at: $now})-[:OF]->(p)
RETURN c.id AS id"""

# One row: whose card that is, if they are to be found by anybody at all.
HOLDER = (
    """MATCH (:MemberCard {token_hash: $token_hash})-[:OF]->(p:Person) WHERE """
    + registered("p")
    + " AND "
    + shown("p")
    + " AND "
    + alive("p")
    + " AND NOT "
    + in_quarantine("p")
    + """
RETURN p.key AS key LIMIT 1"""
)


@dataclass(frozen=True)
class Valid:
    """All that whoever verifies a card learns: the tier, and the last day; None for a lifetime."""

    tier: Tier
    until: date | None


def _token(key: bytes, card_id: str) -> str:
    return tokens.token(key, f"member card {card_id}")


def token(store: Store, viewer: Viewer, *, keys: Sequence[bytes]) -> str:
    """Return the token of the viewer's card; '' if there is none, or its key has changed."""
    rows = store.read(MINE, me=viewer.own_key())
    if not rows:
        return ""
    made = _token(keys[0], rows[0]["id"])
    return made if token_hash(made) == rows[0]["token_hash"] else ""


def serial(store: Store, viewer: Viewer) -> str:
    """Return by what a wallet knows the viewer's card; '' if there is none."""
    rows = store.read(MINE, me=viewer.own_key())
    return str(rows[0]["id"]) if rows else ""


def make(store: Store, viewer: Viewer, *, keys: Sequence[bytes], home: Path | None = None) -> str:
    """Make a card in the place of the one before, and return its token.

    Raises
    ------
    NotAllowed
    Conflict
        If the viewer is no member today.
    """
    me, card_id = viewer.me(), new_id()
    if not of_person(store, viewer, me, home=home).standing.valid:
        raise Conflict(
            "only a member whose membership is valid has a card: join, or renew it", code="member"
        )
    made = _token(keys[0], card_id)

    def work(transaction: Transaction) -> None:
        if not transaction.run(END, me=me):
            raise ThingNotFound("no such person")
        transaction.run(MAKE, me=me, id=card_id, token_hash=token_hash(made), now=datetime.now(UTC))
        acted(transaction, viewer, "make member card", card_id)

    store.in_write(work)
    return made


def end(store: Store, viewer: Viewer) -> None:
    """End the viewer's card: its link verifies nothing any more."""
    me = viewer.me()

    def work(transaction: Transaction) -> None:
        transaction.run(END, me=me)
        acted(transaction, viewer, "end member card")

    store.in_write(work)


def verify(
    store: Store, given: str, *, home: Path | None = None, now: datetime | None = None
) -> Valid | None:
    """Return what a card says today; None for whatever is no valid card."""
    rows = store.read(HOLDER, token_hash=token_hash(given))
    if not rows:
        return None
    found = of_holder(store, rows[0]["key"], home=home, now=now)
    if not found.standing.valid:
        return None
    return Valid(found.rules.tiers[found.tier], found.standing.until)

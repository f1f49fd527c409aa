"""Who brought a guest along: said by the guest, of their own contacts."""

from datetime import UTC, datetime

from graphnet import changes
from graphnet.errors import Conflict, ThingNotFound
from graphnet.live import Live
from graphnet.people import Card, cards
from graphnet.privacy import Viewer, registered
from graphnet.store import Transaction

# One row: somebody whom $me knows and who is registered: they may have brought $me along.
BRINGERS = (
    """MATCH (me:Person {key: $me})-[:KNOWS]-(p:Person)
WHERE """
    + registered("p")
    + """
RETURN DISTINCT p.key AS key, p.id AS id, p.family_name AS family ORDER BY family, id LIMIT 500"""
)

# One row: whom $me named as who brought them along.
NAMED = """MATCH (:Event {id: $id})<-[:FOR]-(r:Registration)-[:BY]->(:Person {key: $me})
MATCH (r)-[:NAMES]->(p:Person) RETURN p.key AS key LIMIT 1"""

# One row: the registration of $me, which names nobody any more.
UNNAME = """MATCH (e:Event {id: $id})<-[:FOR]-(r:Registration)-[:BY]->(:Person {key: $me})
WHERE r.state IN ['yes', 'waiting'] AND e.starts_at > $now
OPTIONAL MATCH (r)-[old:NAMES]->(:Person) DELETE old
RETURN DISTINCT r.id AS registration LIMIT 1"""

# One row: the registration, which now names who brought its guest along.
NAME = """MATCH (r:Registration {id: $registration})
CALL (r) { MATCH (p:Person {key: $named}) RETURN p }
CREATE (r)-[:NAMES]->(p) RETURN r.id AS id"""


def bringers_of(live: Live, viewer: Viewer) -> tuple[Card, ...]:
    """Return whom the viewer may name."""
    keys = [row["key"] for row in live.store.read(BRINGERS, me=viewer.person_key or 0)]
    seen = cards(live.store, viewer, keys, rules=live.rules, brief=True) if keys else []
    return tuple(card for card in seen if card.state == "registered")


def name_bringer(live: Live, viewer: Viewer, event_id: str, person_id: str) -> None:
    """Say who brought me along to an event, or with an empty id that nobody did.

    It counts for them in the contest once I have come, as something that their guest said.

    Raises
    ------
    NotAllowed
        If nobody is signed in.
    ThingNotFound
        If they are none of my contacts who are registered, hidden and unknown people alike.
    Conflict
        If I am no guest of the event, or it has begun.
    """
    key = viewer.own_key()
    named = next((c.key for c in bringers_of(live, viewer) if c.id == person_id), None)
    if person_id and named is None:
        raise ThingNotFound("only your own contacts can be named")

    def work(transaction: Transaction) -> None:
        rows = transaction.run(UNNAME, id=event_id, me=key, now=datetime.now(UTC))
        if not rows:
            raise Conflict(
                "only guests name who brought them along, before the event begins", code="bringer"
            )
        if named is not None:
            transaction.run(NAME, registration=rows[0]["registration"], named=named)
        changes.record(transaction, "replied", [key], thing=event_id)

    live.store.in_write(work)


def named_by(live: Live, viewer: Viewer, event_id: str) -> int | None:
    """Return the key of whom the viewer has named; None if nobody."""
    rows = live.store.read(NAMED, id=event_id, me=viewer.person_key or 0)
    return int(rows[0]["key"]) if rows else None

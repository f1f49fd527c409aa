"""What those who came say of an event: stars and words, one each; makers read no one's alone."""

from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.events.editing import one
from graphnet.model import new_id
from graphnet.privacy import SMALLEST_CELL, Viewer
from graphnet.store import Row, Store, Transaction, native

LONGEST = 1000

# One row: the viewer's registration for an event that is over, locked, and what they said of it.
MINE = """MATCH (e:Event {id: $id})<-[:FOR]-(r:Registration {state: 'yes'})
MATCH (r)-[:BY]->(p:Person {key: $me}) SET p.id = p.id
RETURN coalesce(e.ends_at, e.starts_at) AS ends_at, e.cancelled_at AS cancelled_at,
  head([(p)<-[:BY]-(f:Feedback)-[:FOR]->(e) | f.id]) AS feedback LIMIT 1"""

# One row: what the viewer said.
SAID = """MATCH (:Person {key: $me})<-[:BY]-(f:Feedback)-[:FOR]->(:Event {id: $id})
RETURN f.stars AS stars, f.words AS words LIMIT 1"""

# One row: the new word.
SAY = """MATCH (e:Event {id: $id})
CALL (e) { MATCH (p:Person {key: $me}) RETURN p }
CREATE (f:Feedback {id: $feedback, stars: $stars, words: $words, at: $now})
CREATE (f)-[:FOR]->(e) CREATE (f)-[:BY]->(p) RETURN f.id AS id"""

# One row: the changed word.
CHANGE = """MATCH (f:Feedback {id: $feedback}) SET f.stars = $stars, f.words = $words, f.at = $now
RETURN f.id AS id"""

# One row: what somebody said, in no order that says who.
ALL = """MATCH (:Event {id: $id})<-[:FOR]-(f:Feedback)
RETURN f.stars AS stars, f.words AS words ORDER BY f.id LIMIT 5000"""


@dataclass(frozen=True)
class Echo:
    """What was said of an event: how many; their mean and words once there are enough."""

    n: int
    mean: float | None
    words: tuple[str, ...]


def said(store: Store, viewer: Viewer, event_id: str) -> Row | None:
    """Return what the viewer said of an event."""
    if viewer.person_key is None:
        return None
    rows = store.read(SAID, id=event_id, me=viewer.person_key)
    return native(rows[0]) if rows else None


def say(store: Store, viewer: Viewer, event_id: str, stars: int, words: str) -> None:
    """Say how an event was; saying it again replaces it.

    Raises
    ------
    BadValue, NotAllowed
    ThingNotFound
        If the viewer was not registered for it.
    Conflict
        If it is not over.
    """
    text = words.replace("\r\n", "\n").strip()
    if not 1 <= stars <= 5 or len(text) > LONGEST:
        raise BadValue(
            f"between one and five stars, and at most {LONGEST:,} characters", code="feedback"
        )
    me = viewer.own_key()

    def work(transaction: Transaction) -> None:
        rows = transaction.run(MINE, id=event_id, me=me)
        if not rows:
            raise ThingNotFound("nobody can say how it was who was not registered")
        mine = native(rows[0])
        now = datetime.now(UTC)
        if mine["ends_at"] > now or mine["cancelled_at"] is not None:
            raise Conflict("the event is not over yet: say afterwards how it was", code="not_over")
        values = {"stars": stars, "words": text, "now": now}
        if mine["feedback"]:
            transaction.run(CHANGE, feedback=mine["feedback"], **values)
        else:
            transaction.run(SAY, id=event_id, me=me, feedback=new_id(), **values)
        acted(transaction, viewer, "say how an event was", event_id)

    store.in_write(work)


def echo(store: Store, viewer: Viewer, event_id: str) -> Echo:
    """Return what was said of an event, for its makers; under five nothing but the number.

    Raises
    ------
    ThingNotFound, NotAllowed
    """
    one(store, viewer, event_id)
    rows = store.read(ALL, id=event_id)
    if len(rows) < SMALLEST_CELL:
        return Echo(len(rows), None, ())
    mean = sum(row["stars"] for row in rows) / len(rows)
    return Echo(len(rows), mean, tuple(row["words"] for row in rows if row["words"]))

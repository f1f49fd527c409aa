"""A seat that is held for somebody who waited: taken, given on, lapsed; seats that people leave.

What is said here once: whoever gives a seat on leaves the list, and comes back only by asking.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet import changes
from graphnet.audit import acted
from graphnet.erasure.holding import Gone
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.events import seats
from graphnet.ledger import entries
from graphnet.ledger.backfill import signed_up
from graphnet.privacy import Viewer, engine, shown
from graphnet.store import Row, Store, Transaction, native

# One row: the seat that is held for $me, and its event, locked.
HELD = """MATCH (e:Event {id: $id}) SET e.id = e.id
WITH e MATCH (e)<-[:FOR]-(r:Registration {state: 'offered'})-[:BY]->(:Person {key: $me})
RETURN r.id AS registration, r.offered_until AS until, e.cancelled_at AS cancelled_at,
  coalesce(e.ends_at, e.starts_at) AS ends_at LIMIT 1"""

# One row: the same for its page.
OFFER = """MATCH (e:Event {id: $id})<-[:FOR]-(r:Registration {state: 'offered'})
MATCH (r)-[:BY]->(:Person {key: $me})
WHERE r.offered_until > $now AND e.cancelled_at IS NULL
RETURN r.id AS registration, r.offered_until AS until, coalesce(r.guests, 0) AS guests,
  e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, e.ends_at AS ends_at, e.time_zone AS time_zone,
  e.venue AS venue, e.venue_ru AS venue_ru,
  COUNT { (e)<-[:FOR]-(:Registration {state: 'waiting'}) } AS waiting LIMIT 1"""

# One row: a seat that is held for $me at some event.
OFFERS = """MATCH (:Person {key: $me})<-[:BY]-(r:Registration {state: 'offered'})-[:FOR]->(e:Event)
WHERE r.offered_until > $now AND e.cancelled_at IS NULL
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  r.offered_until AS until, e.time_zone AS time_zone ORDER BY until, id LIMIT 20"""

# One row: the registration in its new state.
SETTLE = """MATCH (r:Registration {id: $registration})
SET r.state = $state, r.at = $now, r.offered_until = null, r.position = null RETURN r.id AS id"""

# One row: an event at which something held has lapsed.
LAPSING = """MATCH (r:Registration)-[:FOR]->(e:Event)
WHERE r.offered_until <= $now AND r.state = 'offered'
RETURN DISTINCT e.id AS id ORDER BY id LIMIT 1000"""

# One row: somebody who did not answer in time, off the list from now on.
LAPSE = """MATCH (e:Event {id: $id}) SET e.id = e.id
WITH e MATCH (e)<-[:FOR]-(r:Registration {state: 'offered'})-[:BY]->(p:Person)
WHERE r.offered_until <= $now
SET r.state = 'lapsed', r.offered_until = null, r.position = null
RETURN r.id AS registration, p.key AS key,
  head(COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
    RETURN [a.email, coalesce(a.language, p.language, '')] ORDER BY a.email }) AS address
ORDER BY registration LIMIT 5000"""

# One row: a coming event in which somebody who has hidden or died still has a place.
LEFT = (
    """MATCH (p:Person)<-[:BY]-(r:Registration)-[:FOR]->(e:Event)
WHERE e.starts_at > $now AND r.state IN ['yes', 'offered', 'waiting']
  AND (NOT """
    + shown("p")
    + """ OR p.died_on IS NOT NULL)
RETURN e.id AS id, collect(DISTINCT p.key) AS keys ORDER BY id LIMIT 1000"""
)

# One row: a registration of one of $keys that is over; the event is locked.
RELEASE = """MATCH (e:Event {id: $id}) SET e.id = e.id
WITH e MATCH (e)<-[:FOR]-(r:Registration)-[:BY]->(p:Person)
WHERE p.key IN $keys AND r.state IN ['yes', 'offered', 'waiting']
SET r.state = 'cancelled', r.offered_until = null, r.position = null
RETURN p.key AS key ORDER BY key LIMIT 5000"""

# One row: a coming event in which somebody has a place, locked so that it is given on once.
PLACES_OF = """MATCH (:Person {key: $key})<-[:BY]-(r:Registration)-[:FOR]->(e:Event)
WHERE e.starts_at > $now AND e.cancelled_at IS NULL AND r.state IN ['yes', 'offered']
SET e.id = e.id, r.state = 'cancelled', r.offered_until = null
RETURN e.id AS id ORDER BY id LIMIT 1000"""

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = "EXISTS { (me)<-[:BY]-(:Registration {state: 'offered'}) }"


@dataclass(frozen=True)
class Offer:
    """A seat that is held for the reader."""

    event: Row
    until: datetime
    guests: int
    waiting: int


def offer(store: Store, viewer: Viewer, event_id: str, *, now: datetime | None = None) -> Offer:
    """Return the seat that is held for the viewer.

    Raises
    ------
    ThingNotFound
        If none is, or not any more.
    """
    at = now or datetime.now(UTC)
    rows = store.read(OFFER, id=event_id, me=viewer.own_key(), now=at)
    if not rows:
        raise ThingNotFound("no seat is held")
    row = native(rows[0])
    return Offer(row, row["until"], row["guests"], row["waiting"])


def offers(store: Store, viewer: Viewer) -> list[Row]:
    """Return the seats that are held for the viewer, the soonest deadline first."""
    rows = store.read(OFFERS, me=viewer.own_key(), now=datetime.now(UTC))
    return [native(row) for row in rows]


def settle(
    store: Store, viewer: Viewer, event_id: str, act: str, *, now: datetime | None = None
) -> None:
    """Take the seat that is held for the viewer ('take'), or give it to the next ('pass').

    Raises
    ------
    BadValue, NotAllowed
    ThingNotFound
        If none is held.
    Conflict
        If it has lapsed, or the event is over.
    """
    if act not in ("take", "pass"):
        raise BadValue("take it, or give it to the next", code="answer")
    me = viewer.own_key()

    def work(transaction: Transaction) -> None:
        at = now or datetime.now(UTC)
        rows = transaction.run(HELD, id=event_id, me=me)
        if not rows:
            raise ThingNotFound("no seat is held")
        held = native(rows[0])
        if act == "take" and (
            held["until"] <= at or held["cancelled_at"] is not None or held["ends_at"] <= at
        ):
            raise Conflict("the time to take this seat is over", code="lapsed")
        taken = act == "take"
        transaction.run(
            SETTLE, registration=held["registration"], state="yes" if taken else "no", now=at
        )
        if taken:
            entries.record_many(transaction, [signed_up(me, held["registration"], event_id, at)])
            seats.write(
                transaction, "registered", held["registration"], _address(transaction, me), at=at
            )
        else:
            seats.call(transaction, event_id, now=at)
        changes.record(transaction, "replied", [me], thing=event_id)

    store.in_write(work)


# One row: where somebody is written to.
ADDRESS = """MATCH (p:Person {key: $key})<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
RETURN [a.email, coalesce(a.language, p.language, '')] AS address ORDER BY address LIMIT 1"""


def _address(transaction: Transaction, key: int) -> list[str] | None:
    rows = transaction.run(ADDRESS, key=key)
    return rows[0]["address"] if rows else None


def lapse(store: Store, *, now: datetime | None = None) -> int:
    """Pass on what nobody answered in time; return how many lapsed. Safe in two workers at once."""
    at = now or datetime.now(UTC)
    gone = 0
    for row in store.read(LAPSING, now=at):
        event_id = row["id"]

        def work(transaction: Transaction, event_id: str = event_id) -> int:
            lapsed = transaction.run(LAPSE, id=event_id, now=at)
            for one in lapsed:
                seats.write(transaction, "lapsed", one["registration"], one["address"], at=at)
            if lapsed:
                keys = [one["key"] for one in lapsed]
                acted(
                    transaction,
                    engine("waiting list"),
                    "lapse seats",
                    event_id,
                    keys=keys,
                    change="replied",
                )
                seats.call(transaction, event_id, now=at)
            return len(lapsed)

        gone += store.in_write(work)
    return gone


def release(store: Store, *, now: datetime | None = None) -> int:
    """Give on the places of those who have hidden or died: nobody looks for them at a door."""
    at = now or datetime.now(UTC)
    gone = 0
    for row in store.read(LEFT, now=at):
        event_id, keys = row["id"], row["keys"]

        def work(transaction: Transaction, event_id: str = event_id, keys: list[int] = keys) -> int:
            released = [one["key"] for one in transaction.run(RELEASE, id=event_id, keys=keys)]
            if released:
                acted(
                    transaction,
                    engine("waiting list"),
                    "release seats",
                    event_id,
                    keys=released,
                    change="replied",
                )
                seats.call(transaction, event_id, now=at)
            return len(released)

        gone += store.in_write(work)
    return gone


def give_on(transaction: Transaction, gone: Gone) -> None:
    """Give the places of somebody who is being erased to those who have waited longest."""
    for row in transaction.run(PLACES_OF, key=gone.key, now=gone.at):
        seats.call(transaction, row["id"], now=gone.at)

"""Events: what is coming, one event, and saying yes or no to it.

Seats count everyone. Who comes is each one's to show: names appear only of people whose own setting
for `events` lets the viewer see it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from graphnet import changes, jobs
from graphnet.audit import acted
from graphnet.erasure.holding import Gone
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.ledger import entries
from graphnet.ledger.backfill import signed_up
from graphnet.live import Live
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import Viewer, registered, visibilities
from graphnet.store import Row, Store, Transaction, native

# One row: a coming event, soonest first, and what $me (0: nobody) has answered.
COMING = """MATCH (e:Event)
WHERE e.starts_at >= $from AND e.starts_at < $until AND e.cancelled_at IS NULL
  AND coalesce(e.visibility, 'members') IN $visibilities
  AND ($topic = '' OR EXISTS { (e)-[:ABOUT]->(:Topic {id: $topic}) })
  AND ($festival = '' OR EXISTS { (e)-[:IN]->(:Festival {id: $festival}) })
OPTIONAL MATCH (e)<-[:FOR]-(mine:Registration)-[:BY]->(:Person {key: $me})
RETURN e.id AS id, e.key AS key, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.kind AS kind, e.starts_at AS starts_at, e.ends_at AS ends_at, e.time_zone AS time_zone,
  e.venue AS venue, e.capacity AS capacity, mine.state AS answer,
  COUNT { (e)<-[:FOR]-(r:Registration {state: 'yes'})-[:BY]->(:Person) } AS taken,
  [(e)-[:ABOUT]->(t:Topic) | {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name)}]
    AS topics,
  [(e)-[:HELD_BY]->(g:Group) | {id: g.id, name: g.name, name_ru: coalesce(g.name_ru, g.name)}]
    AS groups
ORDER BY starts_at, id SKIP $skip LIMIT $limit"""

# One row: how many events COMING would give without a limit.
COMING_COUNT = """MATCH (e:Event)
WHERE e.starts_at >= $from AND e.starts_at < $until AND e.cancelled_at IS NULL
  AND coalesce(e.visibility, 'members') IN $visibilities
  AND ($topic = '' OR EXISTS { (e)-[:ABOUT]->(:Topic {id: $topic}) })
  AND ($festival = '' OR EXISTS { (e)-[:IN]->(:Festival {id: $festival}) })
RETURN count(e) AS n LIMIT 1"""

# One row: the event, all of it.
EVENT = """MATCH (e:Event {id: $id})
WHERE coalesce(e.visibility, 'members') IN $visibilities
OPTIONAL MATCH (e)<-[:FOR]-(mine:Registration)-[:BY]->(:Person {key: $me})
OPTIONAL MATCH (e)-[:IN]->(f:Festival)
RETURN e.id AS id, e.key AS key, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.description AS description, coalesce(e.description_ru, e.description) AS description_ru,
  e.kind AS kind, e.starts_at AS starts_at, e.ends_at AS ends_at, e.time_zone AS time_zone,
  e.venue AS venue, e.capacity AS capacity, e.cancelled_at AS cancelled_at,
  mine.state AS answer, f.name AS festival,
  CASE mine.state WHEN 'waiting' THEN
    COUNT { (e)<-[:FOR]-(r:Registration {state: 'waiting'})
            WHERE r.position <= mine.position } END AS position,
  coalesce(f.name_ru, f.name) AS festival_ru,
  COUNT { (e)<-[:FOR]-(r:Registration {state: 'yes'})-[:BY]->(:Person) } AS taken,
  COUNT { (e)<-[:FOR]-(r:Registration) WHERE r.state = 'waiting' } AS waiting,
  [(e)-[:ABOUT]->(t:Topic) | {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name)}]
    AS topics,
  [(e)-[:HELD_BY]->(g:Group) | {id: g.id, name: g.name, name_ru: coalesce(g.name_ru, g.name)}]
    AS groups LIMIT 1"""

# One row: somebody who said yes.
COMING_PEOPLE = """MATCH (:Event {id: $id})<-[:FOR]-(r:Registration {state: 'yes'})
MATCH (r)-[:BY]->(p:Person)
RETURN p.key AS key ORDER BY key LIMIT 1000"""

# One row: the event, locked until the answer is committed, with what the answer depends on.
SEATS = """MATCH (e:Event {id: $id}) WHERE coalesce(e.visibility, 'members') IN $visibilities
SET e.id = e.id
WITH e
OPTIONAL MATCH (e)<-[:FOR]-(mine:Registration)-[:BY]->(:Person {key: $me})
RETURN e.starts_at AS starts_at, e.cancelled_at AS cancelled_at, e.capacity AS capacity,
  mine.id AS registration, mine.state AS state,
  COUNT { (e)<-[:FOR]-(r:Registration {state: 'yes'})-[:BY]->(:Person) } AS taken,
  head(COLLECT { MATCH (e)<-[:FOR]-(r:Registration {state: 'waiting'})
                 RETURN max(r.position) }) AS last LIMIT 1"""

# One row: the new registration.
REGISTER = """MATCH (e:Event {id: $id})
CALL (e) { MATCH (p:Person {key: $me}) RETURN p }
CREATE (r:Registration {id: $registration, state: $state, at: $at, position: $position})
CREATE (r)-[:FOR]->(e) CREATE (r)-[:BY]->(p) RETURN r.id AS id"""

# One row: the changed registration.
CHANGE_ANSWER = """MATCH (r:Registration {id: $registration})
SET r.state = $state, r.at = $at, r.position = $position RETURN r.id AS id"""

# One row: how many seats of the event nobody has who is still there; the event is locked.
FREE = """MATCH (e:Event {id: $id}) SET e.id = e.id
WITH e
RETURN CASE WHEN e.capacity IS NULL THEN 100000 ELSE e.capacity
  - COUNT { (e)<-[:FOR]-(r:Registration {state: 'yes'})-[:BY]->(:Person) } END AS free LIMIT 1"""

# One row: somebody of those who joined the waiting list first and now have a seat.
NEXT_WAITING = """MATCH (:Event {id: $id})<-[:FOR]-(r:Registration {state: 'waiting'})
MATCH (r)-[:BY]->(p:Person)
WITH r, p ORDER BY r.position, r.at, r.id LIMIT $free
SET r.state = 'yes', r.position = null, r.at = $now
RETURN p.key AS key, r.id AS registration"""

# One row: the event, with another number of seats.
SET_CAPACITY = """MATCH (e:Event {id: $id}) SET e.capacity = $capacity RETURN e.id AS id LIMIT 1"""

# One row: a seat that somebody was given from the waiting list, if they still have it, and where
# they are written to.
GIVEN = """MATCH (r:Registration {id: $registration, state: 'yes'})-[:FOR]->(e:Event)
WHERE e.cancelled_at IS NULL AND e.starts_at > $now
MATCH (r)-[:BY]->(p:Person)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
RETURN a.email AS email, coalesce(a.language, p.language, '') AS language, e.id AS event,
  e.title AS title, coalesce(e.title_ru, e.title) AS title_ru, e.starts_at AS starts_at,
  e.time_zone AS time_zone ORDER BY email LIMIT 1"""

# One row: a coming event in which somebody has a seat, locked so that it is given on once.
SEATS_OF = """MATCH (:Person {key: $key})<-[:BY]-(r:Registration {state: 'yes'})-[:FOR]->(e:Event)
WHERE e.starts_at > $now AND e.cancelled_at IS NULL
SET e.id = e.id, r.state = 'cancelled'
RETURN e.id AS id ORDER BY id LIMIT 1000"""

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

# One row: an Alumni Week.
FESTIVALS = """MATCH (f:Festival) RETURN f.id AS id, f.name AS name,
  coalesce(f.name_ru, f.name) AS name_ru, f.year AS year ORDER BY year DESC, id LIMIT 20"""


SEAT_GIVEN = "seat given"  # the job that writes to whoever was promoted


@dataclass(frozen=True)
class EventPage:
    """One event, who comes as far as they show it, and my own answer.

    To a guest also who may have brought them along (their own contacts), and whom they named.
    """

    event: Row
    coming: tuple[Card, ...]
    full: bool
    past: bool
    bringers: tuple[Card, ...] = ()
    brought_by: str = ""


def coming(
    store: Store,
    viewer: Viewer,
    *,
    start: datetime,
    until: datetime,
    topic: str = "",
    festival: str = "",
    skip: int = 0,
    limit: int = 50,
) -> tuple[list[Row], int]:
    """Return events between two times, soonest first, and how many there are in all."""
    chosen: dict[str, Any] = {
        "from": start, "until": until, "topic": topic, "festival": festival,
        "visibilities": visibilities(viewer),
    }  # fmt: skip
    me = viewer.person_key or 0
    rows = store.read(COMING, me=me, skip=skip, limit=limit, **chosen)
    return [native(row) for row in rows], int(store.read(COMING_COUNT, **chosen)[0]["n"])


def event_page(live: Live, viewer: Viewer, event_id: str) -> EventPage:
    """Return one event as the viewer may see it.

    Raises
    ------
    ThingNotFound
        If there is none for this viewer.
    """
    rows = live.store.read(
        EVENT, id=event_id, me=viewer.person_key or 0, visibilities=visibilities(viewer)
    )
    if not rows:
        raise ThingNotFound("no such event")
    event = native(rows[0])
    keys = [row["key"] for row in live.store.read(COMING_PEOPLE, id=event_id)]
    shown = tuple(
        card
        for card in (cards(live.store, viewer, keys, rules=live.rules) if keys else [])
        if "events" in card.fields
    )
    capacity = event["capacity"]
    past = event["starts_at"] < datetime.now(UTC)
    guest = not past and event["answer"] in ("yes", "waiting")
    may = _bringers(live, viewer) if guest else ()
    named = live.store.read(NAMED, id=event_id, me=viewer.person_key or 0) if guest else []
    return EventPage(
        event,
        shown,
        full=capacity is not None and event["taken"] >= capacity,
        past=past,
        bringers=may,
        brought_by=next((c.id for c in may if named and c.key == named[0]["key"]), ""),
    )


def _bringers(live: Live, viewer: Viewer) -> tuple[Card, ...]:
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
    named = next((c.key for c in _bringers(live, viewer) if c.id == person_id), None)
    if person_id and named is None:
        raise ThingNotFound("only your own contacts can be named")

    def work(transaction: Transaction) -> None:
        rows = transaction.run(UNNAME, id=event_id, me=key, now=datetime.now(UTC))
        if not rows:
            raise Conflict("only guests name who brought them along, before the event begins")
        if named is not None:
            transaction.run(NAME, registration=rows[0]["registration"], named=named)
        changes.record(transaction, "replied", [key], thing=event_id)

    live.store.in_write(work)


def answer(store: Store, viewer: Viewer, event_id: str, state: str) -> str:
    """Say yes or no to an event, and return the state that came of it: yes, no or waiting.

    A full event puts a yes on the waiting list; a no gives the seat to who waited longest. The same
    answer twice changes nothing.

    Raises
    ------
    ThingNotFound, Conflict, NotAllowed, BadValue
    """
    if state not in ("yes", "no"):
        raise BadValue("the answer is yes or no")
    key = viewer.own_key()

    def work(transaction: Transaction) -> str:
        rows = transaction.run(SEATS, id=event_id, me=key, visibilities=visibilities(viewer))
        if not rows:
            raise ThingNotFound("no such event")
        seats = rows[0]
        if seats["cancelled_at"] is not None:
            raise Conflict("the event has been cancelled")
        if seats["starts_at"].to_native() < datetime.now(UTC):
            raise Conflict("the event has begun")
        before = seats["state"]
        if before == state or (before == "waiting" and state == "yes"):
            return str(before)
        full = seats["capacity"] is not None and seats["taken"] >= seats["capacity"]
        outcome = "waiting" if state == "yes" and full else state
        values: dict[str, Any] = {
            "registration": seats["registration"] or new_id(),
            "state": outcome,
            "at": datetime.now(UTC),
            # After the last who waits, whoever left before: nobody overtakes, and no two are equal.
            "position": (seats["last"] or 0) + 1 if outcome == "waiting" else None,
        }
        if seats["registration"]:
            transaction.run(CHANGE_ANSWER, **values)
        else:
            transaction.run(REGISTER, id=event_id, me=key, **values)
        if outcome == "yes":
            entered = signed_up(key, values["registration"], event_id, values["at"])
            entries.record_many(transaction, [entered])
        touched = [key]
        if before == "yes" and outcome == "no":
            touched += promote(transaction, event_id, now=values["at"])
        changes.record(transaction, "replied", touched, thing=event_id)
        return outcome

    return store.in_write(work)


def promote(transaction: Transaction, event_id: str, *, now: datetime) -> list[int]:
    """Give the free seats of an event to those who have waited longest; return their keys.

    Each of them gets an entry in the ledger, as for a sign-up, and a letter.
    """
    free = max(0, int(transaction.run(FREE, id=event_id)[0]["free"]))
    if not free:
        return []
    given = transaction.run(NEXT_WAITING, id=event_id, free=free, now=now)
    entries.record_many(
        transaction,
        [signed_up(row["key"], row["registration"], event_id, now) for row in given],
    )
    for row in given:
        jobs.enqueue(
            transaction,
            SEAT_GIVEN,
            {"registration": row["registration"]},
            key=f"{SEAT_GIVEN}:{row['registration']}:{now.isoformat()}",
        )
    return [row["key"] for row in given]


def set_capacity(store: Store, viewer: Viewer, event_id: str, capacity: int | None) -> int:
    """Change how many seats an event has; return how many of those who waited have one now.

    Nobody who has a seat loses it, even if there are fewer seats than guests then.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue
    """
    viewer.require_staff()
    if capacity is not None and not 0 <= capacity <= 100_000:
        raise BadValue("the number of seats is between 0 and 100,000, or there is no limit")

    def work(transaction: Transaction) -> int:
        if not transaction.run(SET_CAPACITY, id=event_id, capacity=capacity):
            raise ThingNotFound("no such event")
        given = promote(transaction, event_id, now=datetime.now(UTC))
        said = "no limit" if capacity is None else f"{capacity} seats"
        acted(transaction, viewer, "set capacity", event_id, detail=said)
        changes.record(transaction, "replied", given, thing=event_id)
        return len(given)

    return store.in_write(work)


def given_seat(store: Store, registration: str) -> Row | None:
    """Return who was given that seat and where they are written to; None if it is theirs no more.

    For the letter that tells them.
    """
    rows = store.read(GIVEN, registration=registration, now=datetime.now(UTC))
    return native(rows[0]) if rows else None


def give_seats_on(transaction: Transaction, gone: Gone) -> None:
    """Give the seats of somebody who is being erased to those who have waited longest."""
    for row in transaction.run(SEATS_OF, key=gone.key, now=gone.at):
        touched = promote(transaction, row["id"], now=gone.at)
        if touched:
            changes.record(transaction, "replied", touched, thing=row["id"])


def festivals(store: Store) -> list[Row]:
    """Return the Alumni Weeks, newest first."""
    return store.read(FESTIVALS)

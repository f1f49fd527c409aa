"""Seats and the waiting list: who is called, in which order, and why nobody is.

The rule. Whoever waits stands in the order of joining. When seats free up, by a refusal, a larger
room, a reserve given up, an erasure, the first who *can* be called gets them held until a deadline,
with a letter: they take it or give it on, and what lapses goes on by itself. Whoever comes with
guests gets all of their seats or none; if there are too few, the event either goes on to the next
who fits, or keeps the order and waits. Who gave a seat on is not called again unless they ask anew.
There are never more seats given and held than there are: every act locks the event first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

from graphnet import changes, mail
from graphnet.errors import BadValue
from graphnet.privacy import alive, invited, registered, shown
from graphnet.store import Row, Store, Transaction, native

__all__ = ["OFFER_HOURS", "Call", "Plan", "call", "ended", "free_seats", "plan", "standing"]

OFFER_HOURS = 48
ENDLESS = 1_000_000  # seats where there is no limit

# What an event's seats depend on.
_SEATS: LiteralString = """
RETURN e.id AS id, e.capacity AS capacity, coalesce(e.reserve, 0) AS reserve,
  coalesce(e.whole_only, false) AS whole_only, e.offer_hours AS offer_hours,
  e.starts_at AS starts_at, coalesce(e.ends_at, e.starts_at) AS ends_at,
  e.cancelled_at AS cancelled_at, coalesce(e.state, 'published') AS state,
  head(COLLECT { MATCH (e)<-[:FOR]-(r:Registration)-[:BY]->(:Person)
    WHERE r.state IN ['yes', 'offered'] RETURN sum(1 + coalesce(r.guests, 0)) }) AS taken,
  COUNT { MATCH (e)<-[:FOR]-(r:Registration {state: 'offered'})-[:BY]->(:Person) } AS held
LIMIT 1"""

# One row: the event, locked until the act is committed, and what its seats depend on.
LOCKED = """MATCH (e:Event {id: $id}) SET e.id = e.id WITH e""" + _SEATS

# One row: the same for a page, which locks nothing.
STANDING = """MATCH (e:Event {id: $id})""" + _SEATS

# One row: somebody who waits, in the order of joining, whether they can be called, and where they
# are written to.
QUEUE = (
    """MATCH (e:Event {id: $id})<-[:FOR]-(r:Registration {state: 'waiting'})-[:BY]->(p:Person)
RETURN r.id AS registration, p.key AS key, coalesce(r.guests, 0) AS guests,
  """
    + registered("p")
    + " AND "
    + shown("p")
    + " AND "
    + alive("p")
    + """
  AND (coalesce(e.visibility, 'members') <> 'invited' OR """
    + invited("e", "p")
    + """) AS eligible,
  head(COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
    RETURN [a.email, coalesce(a.language, p.language, '')] ORDER BY a.email }) AS address
ORDER BY r.position, r.at, r.id LIMIT 5000"""
)

# One row: how many registrations are held from now on.
HOLD = """UNWIND $registrations AS registration
MATCH (r:Registration {id: registration, state: 'waiting'})
SET r.state = 'offered', r.offered_until = $until, r.position = null
RETURN count(r) AS n"""


@dataclass(frozen=True)
class Call:
    """Somebody who is called: how many seats are held for them."""

    registration: str
    key: int
    seats: int


@dataclass(frozen=True)
class Plan:
    """Whom the rule calls now, what is left free after that, and why nobody more is called.

    Attributes
    ----------
    why
        'none' (nobody waits), 'full' (every seat is taken), 'held' (taken or held for others),
        'reserve' (only the organisers' reserve is free), 'pair' (who is next needs more seats
        than there are, and nobody is let past), 'small' (nobody who waits needs so few),
        'nobody' (none of those who wait can be called) or 'over'; '' where all are called.
    """

    calls: tuple[Call, ...]
    free: int
    why: str


def free_seats(event: Row) -> int:
    """Return how many seats nobody has and nobody holds; below zero where the room was cut."""
    if event["capacity"] is None:
        return ENDLESS
    return int(event["capacity"]) - int(event["reserve"]) - int(event["taken"])


def ended(event: Row, now: datetime) -> bool:
    """Whether nobody is called any more: called off, over, or not announced yet."""
    return bool(
        event["cancelled_at"] is not None
        or event["ends_at"] <= now
        or event["state"] != "published"
    )


def plan(event: Row, queue: Sequence[Row], *, now: datetime) -> Plan:
    """Return what the rule says of an event and those who wait, in the order of joining."""
    free = free_seats(event)
    if not queue:
        return Plan((), free, "none")
    if ended(event, now):
        return Plan((), free, "over")
    can = [row for row in queue if row["eligible"]]
    if not can:
        return Plan((), free, "nobody")
    calls: list[Call] = []
    stopped = False
    for row in can:
        seats = 1 + row["guests"]
        if seats <= free:
            calls.append(Call(row["registration"], row["key"], seats))
            free -= seats
        elif free <= 0 or event["whole_only"]:
            stopped = True
            break
    if len(calls) == len(can):
        return Plan(tuple(calls), free, "")
    if free > 0:
        return Plan(tuple(calls), free, "pair" if stopped else "small")
    if event["reserve"] and free + int(event["reserve"]) > 0:
        return Plan(tuple(calls), free, "reserve")
    return Plan(tuple(calls), free, "held" if event["held"] or calls else "full")


def standing(store: Store, event_id: str, *, now: datetime) -> Plan:
    """Return whom the rule would call now, for a page that says why nobody is."""
    rows = store.read(STANDING, id=event_id)
    if not rows:
        return Plan((), 0, "none")
    return plan(native(rows[0]), store.read(QUEUE, id=event_id), now=now)


def call(transaction: Transaction, event_id: str, *, now: datetime) -> tuple[Row, Plan]:
    """Lock an event, hold its free seats for who is next, and write to them.

    Returns the event as it stood before, and what was done. It must be called in every act that
    may have freed a seat; again and again it changes nothing.
    """
    event = native(transaction.run(LOCKED, id=event_id)[0])
    queue = transaction.run(QUEUE, id=event_id)
    found = plan(event, queue, now=now)
    if not found.calls:
        return event, found
    hours = event["offer_hours"] or OFFER_HOURS
    # Nobody is kept waiting beyond the beginning for one who does not answer.
    last = event["starts_at"] if event["starts_at"] > now else event["ends_at"]
    until = min(now + timedelta(hours=hours), max(last, now + timedelta(minutes=15)))
    called = [one.registration for one in found.calls]
    transaction.run(HOLD, registrations=called, until=until)
    addresses = {row["registration"]: row["address"] for row in queue}
    for one in found.calls:
        write(transaction, "offer", one.registration, addresses[one.registration], at=until)
    changes.record(transaction, "replied", [one.key for one in found.calls], thing=event_id)
    return event, found


def write(
    transaction: Transaction,
    what: str,
    registration: str,
    address: Sequence[str] | None,
    *,
    at: datetime,
) -> None:
    """Write a letter about a registration, once for one moment; who has no address gets none."""
    if not address:
        return
    try:
        mail.enqueue_about(
            transaction,
            f"events.{what}",
            {"registration": registration, "at": at.isoformat()},
            to=address[0],
            language=address[1],
            key=f"events.{what}:{registration}:{at.isoformat()}",
        )
    except BadValue:
        return  # an address that nothing can be sent to holds nobody's seat up

"""Saying yes or no to an event: seats count everybody, guests included.

Who comes is each one's to show. What happens when there are more people than seats stands in
`graphnet.events.seats`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.events import seats
from graphnet.ledger import entries
from graphnet.ledger.backfill import signed_up
from graphnet.model import new_id
from graphnet.privacy import Viewer, event_shown, of_viewer, shown
from graphnet.store import Row, Store, Transaction, native

LONGEST_ANSWER = 500
REMINDERS = (0, 1, 3, 7)  # days before

# One row: the event, locked until the answer is committed, and what it has of $me.
MINE = (
    """MATCH (e:Event {id: $id}) SET e.id = e.id
WITH e
OPTIONAL MATCH (me:Person {key: $me})
WITH e, me WHERE """
    + event_shown("e", "me")
    + """
OPTIONAL MATCH (e)<-[:FOR]-(mine:Registration)-[:BY]->(me)
RETURN mine.id AS registration, mine.state AS state, coalesce(mine.guests, 0) AS guests,
  e.starts_at AS starts_at, coalesce(e.ends_at, e.starts_at) AS ends_at,
  e.opens_at AS opens_at, e.closes_at AS closes_at, e.cancelled_at AS cancelled_at,
  coalesce(e.state, 'published') AS event_state, coalesce(e.guests, 0) AS guests_allowed,
  coalesce(e.questions, []) AS questions, coalesce(e.whole_only, false) AS whole_only,
  me IS NULL OR NOT """
    + shown("me")
    + """ AS hidden,
  head(COLLECT { MATCH (me)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
    RETURN [a.email, coalesce(a.language, me.language, '')] ORDER BY a.email }) AS address
LIMIT 1"""
)

# One row: the last place in the queue.
LAST = """MATCH (:Event {id: $id})<-[:FOR]-(r:Registration {state: 'waiting'})
RETURN coalesce(max(r.position), 0) AS last LIMIT 1"""

# One row: the new registration.
REGISTER = """MATCH (e:Event {id: $id})
CALL (e) { MATCH (p:Person {key: $me}) RETURN p }
CREATE (r:Registration {id: $registration, state: $state, at: $at, position: $position,
  guests: $guests, answers: $answers, remind: $remind})
CREATE (r)-[:FOR]->(e) CREATE (r)-[:BY]->(p) RETURN r.id AS id"""

# One row: the changed registration.
CHANGE_ANSWER = """MATCH (r:Registration {id: $registration})
SET r.state = $state, r.at = $at, r.position = $position, r.guests = $guests,
  r.answers = $answers, r.remind = $remind, r.offered_until = null RETURN r.id AS id"""

# One row: the event, with another number of seats.
SET_CAPACITY = """MATCH (e:Event {id: $id})
SET e.capacity = $capacity, e.version = coalesce(e.version, 0) + 1 RETURN e.id AS id LIMIT 1"""


@dataclass(frozen=True)
class Wish:
    """What somebody says with their yes: guests, answers to questions, when to be reminded."""

    guests: int = 0
    answers: Mapping[str, str] = field(default_factory=dict)
    remind: int = 0


NO_WISH = Wish()


class Unanswered(BadValue):
    """A question that must be answered was not."""

    def __init__(self, question: str) -> None:
        super().__init__(f"please answer: {question}", code="unanswered")
        self.question = question


def questions(lines: list[str]) -> list[tuple[str, bool]]:
    """Return an event's questions, and whether each must be answered: a line that ends with *."""
    return [(line.removesuffix("*").strip(), line.endswith("*")) for line in lines]


def answer(store: Store, viewer: Viewer, event_id: str, state: str, *, wish: Wish = NO_WISH) -> str:
    """Say yes or no to an event, and return the state that came of it: yes, no or waiting.

    A full event puts a yes on the waiting list; a no frees the seats for who is next there. The
    same answer twice changes nothing but guests, answers and reminder.

    Raises
    ------
    ThingNotFound, NotAllowed
    BadValue
        If there are more guests than may come, or a question has no answer.
    Conflict
        If the event is called off or over, registration is not open, there is no seat for a further
        guest, or one has hidden.
    """
    if state not in ("yes", "no"):
        raise BadValue("the answer is yes or no", code="answer")
    key = viewer.own_key()

    def work(transaction: Transaction) -> str:
        now = datetime.now(UTC)
        rows = transaction.run(MINE, id=event_id, **of_viewer(viewer))
        if not rows:
            raise ThingNotFound("no such event")
        mine = native(rows[0])
        before = mine["state"]
        _may(mine, state, now)
        if state == "no":
            if before == "no":
                return "no"
            return _leave(transaction, event_id, key, mine, now)
        said = _checked(mine, wish)
        values: dict[str, Any] = {
            "registration": mine["registration"] or new_id(), "at": now, "position": None,
            "guests": wish.guests, "answers": said, "remind": wish.remind,
        }  # fmt: skip
        outcome = _outcome(transaction, event_id, mine, values, now)
        if mine["registration"]:
            transaction.run(CHANGE_ANSWER, state=outcome, **values)
        else:
            transaction.run(REGISTER, id=event_id, me=key, state=outcome, **values)
        if outcome == "yes" and before != "yes":
            entered = signed_up(key, values["registration"], event_id, now)
            entries.record_many(transaction, [entered])
            seats.write(transaction, "registered", values["registration"], mine["address"], at=now)
        if before in ("yes", "offered", "waiting"):
            seats.call(transaction, event_id, now=now)  # fewer guests may let somebody in
        changes.record(transaction, "replied", [key], thing=event_id)
        return outcome

    return store.in_write(work)


def _may(mine: Row, state: str, now: datetime) -> None:
    """Refuse what comes too early, too late, or to something that is not announced."""
    if mine["cancelled_at"] is not None:
        raise Conflict("this event was called off", code="cancelled")
    if mine["ends_at"] + timedelta(0) <= now:
        raise Conflict("this event is over", code="over")
    if mine["event_state"] != "published":
        raise Conflict("this event is not announced yet", code="draft")
    if state == "no" or mine["state"] in ("yes", "offered", "waiting"):
        return
    if mine["opens_at"] is not None and mine["opens_at"] > now:
        raise Conflict("registration for this event has not begun yet", code="not_open")
    if mine["closes_at"] is not None and mine["closes_at"] <= now:
        raise Conflict("registration for this event is closed", code="closed")
    if mine["hidden"]:
        raise Conflict(
            "you are hidden, so that nobody would find you at the door: let yourself be found "
            "first",
            code="hidden",
        )


def _checked(mine: Row, wish: Wish) -> str:
    """Return the answers as they are kept."""
    if not 0 <= wish.guests <= mine["guests_allowed"]:
        raise BadValue(
            f"at most {mine['guests_allowed']} guests may come with one person", code="guests"
        )
    if wish.remind not in REMINDERS:
        raise BadValue(
            "a reminder comes one of these numbers of days before: "
            f"{', '.join(map(str, REMINDERS))}",
            code="remind",
        )
    said = {}
    for question, needed in questions(mine["questions"]):
        text = wish.answers.get(question, "").strip()[:LONGEST_ANSWER]
        if needed and not text and mine["state"] not in ("yes", "waiting", "offered"):
            raise Unanswered(question)
        if text:
            said[question] = text
    return json.dumps(said, ensure_ascii=False, sort_keys=True) if said else ""


def _leave(transaction: Transaction, event_id: str, key: int, mine: Row, now: datetime) -> str:
    values = {"state": "no", "at": now, "position": None, "guests": 0, "answers": "", "remind": 0}
    if mine["registration"]:
        transaction.run(CHANGE_ANSWER, registration=mine["registration"], **values)
    else:
        transaction.run(REGISTER, id=event_id, me=key, registration=new_id(), **values)
    if mine["state"] in ("yes", "offered", "waiting"):
        # Its going may let in who stood behind somebody with guests, too.
        seats.call(transaction, event_id, now=now)
        if mine["state"] == "yes":
            seats.write(transaction, "left", mine["registration"], mine["address"], at=now)
    changes.record(transaction, "replied", [key], thing=event_id)
    return "no"


def _outcome(
    transaction: Transaction, event_id: str, mine: Row, values: dict[str, Any], now: datetime
) -> str:
    """Return what a yes becomes: a seat, or a place at the end of the queue."""
    before = mine["state"]
    if before == "waiting":
        values["position"] = _position(transaction, values["registration"])
        values["at"] = now
        return "waiting"
    event, found = seats.call(transaction, event_id, now=now)
    if before == "yes":
        more = values["guests"] - mine["guests"]
        if more > found.free and more > 0:
            raise Conflict("no seat for a guest", code="guest")
        return "yes"
    if before == "offered":
        raise Conflict("a seat is held for you: take it, or give it to the next", code="offered")
    # Whoever is called now has been served; who could not be stands before a newcomer only where
    # the event keeps the order.
    blocked = event["whole_only"] and found.why == "pair"
    if 1 + values["guests"] <= found.free and not blocked:
        return "yes"
    values["position"] = int(transaction.run(LAST, id=event_id)[0]["last"]) + 1
    return "waiting"


# One row: where somebody stands in the queue, as a number that only orders.
POSITION = "MATCH (r:Registration {id: $registration}) RETURN r.position AS position LIMIT 1"


def _position(transaction: Transaction, registration: str) -> int | None:
    position = transaction.run(POSITION, registration=registration)[0]["position"]
    return None if position is None else int(position)


def set_capacity(store: Store, viewer: Viewer, event_id: str, capacity: int | None) -> int:
    """Change how many seats an event has; return for how many of those who waited one is held.

    Nobody who has a seat loses it, even if there are fewer seats than guests then.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue
    """
    viewer.require_staff()
    if capacity is not None and not 0 <= capacity <= 100_000:
        raise BadValue(
            "the number of seats is between 0 and 100,000, or there is no limit",
            code="range",
            field="capacity",
        )

    def work(transaction: Transaction) -> int:
        if not transaction.run(SET_CAPACITY, id=event_id, capacity=capacity):
            raise ThingNotFound("no such event")
        _, found = seats.call(transaction, event_id, now=datetime.now(UTC))
        said = "no limit" if capacity is None else f"{capacity} seats"
        acted(transaction, viewer, "set capacity", event_id, detail=said)
        return len(found.calls)

    return store.in_write(work)

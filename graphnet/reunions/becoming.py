"""From a day and a place to an event with registration, in one act; or called off, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from graphnet.errors import BadValue, Conflict
from graphnet.events import editing, states
from graphnet.events.content import Content
from graphnet.live import Live
from graphnet.privacy import Viewer
from graphnet.recovery import plans
from graphnet.reunions import telling
from graphnet.reunions.reading import on, one
from graphnet.store import Row, Store, Transaction

LONGEST_REASON = 500
OUTCOMES = ("held", "cancelled", "declined")
TO_ASK = 20  # how many a plan of recovery asks at first

# One row: the reunion that is over and done with.
CLOSE = """MATCH (r:Reunion {id: $id})
SET r.state = 'closed', r.outcome = $outcome, r.reason = $reason, r.closed_at = $now
RETURN r.id AS id"""

# One row: the reunion with one more plan of whom to ask about its lost.
KEEP_PLAN = """MATCH (r:Reunion {id: $id}) SET r.plans = coalesce(r.plans, []) + $plan
RETURN r.id AS id"""


@dataclass(frozen=True)
class Wanted:
    """What staff say of the event besides day and groups, in both languages."""

    title: str
    title_ru: str
    description: str = ""
    description_ru: str = ""
    hours: int = 4
    capacity: int | None = None
    guests: int = 0
    price: str = ""


def make_event(store: Store, viewer: Viewer, reunion_id: str, wanted: Wanted) -> str:
    """Make and publish the event of a reunion for the groups it gathers, and return its id.

    Those who said yes to the reunion are told, and who said yes to that day has a place.

    Raises
    ------
    ThingNotFound, NotAllowed
    BadValue
        As `graphnet.events.content.Content.check`; ``hours``.
    Conflict
        ``date``: no date was picked, or it has passed. ``event``: there is one already.
    """
    viewer.require_staff()
    if not 1 <= wanted.hours <= 24 * 7:
        raise BadValue("a reunion lasts 1 to 168 hours", code="range", field="hours")

    def act(transaction: Transaction, row: Row, now: datetime) -> str:
        if row["event"]:
            raise Conflict(
                "there is an event for this reunion already: change it, or call it off, with the "
                "staff",
                code="event",
            )
        starts = row["starts_at"]
        if starts is None or starts <= now:
            raise Conflict("first a day is picked that is still to come", code="date")
        wall = starts.astimezone(ZoneInfo(row["time_zone"])).replace(tzinfo=None)
        content = Content(
            title=wanted.title.strip(),
            title_ru=wanted.title_ru.strip(),
            description=wanted.description.strip(),
            description_ru=wanted.description_ru.strip(),
            kind="reunion",
            starts=wall,
            ends=wall + timedelta(hours=wanted.hours),
            time_zone=row["time_zone"],
            venue=row["venue"],
            price=wanted.price.strip(),
            capacity=wanted.capacity,
            guests=wanted.guests,
            audience="reunion",
        )
        content.check()
        event_id = editing.draft(transaction, viewer, content, reunion=reunion_id)
        states.published(transaction, viewer, event_id, version=1)
        telling.tell(transaction, reunion_id, "event", once=event_id)
        return event_id

    return on(store, viewer, reunion_id, act, did="make event of reunion", who="staff")


def call_off(store: Store, viewer: Viewer, reunion_id: str, reason: str) -> None:
    """Call a reunion off: its event too, and everybody who was invited is told why.

    Raises
    ------
    ThingNotFound, NotAllowed
    BadValue
        ``reason``: those who are told read it.
    Conflict
        ``over``: it was held.
    """
    said = _reason(reason)

    def act(transaction: Transaction, row: Row, now: datetime) -> None:
        if row["stage"] == "held":
            raise Conflict("the reunion has taken place already", code="over")
        if row["event"]:
            states.called_off(transaction, viewer, row["event"]["id"], said)
        transaction.run(CLOSE, id=reunion_id, outcome="cancelled", reason=said, now=now)
        telling.tell(transaction, reunion_id, "cancelled", once="cancelled")

    on(store, viewer, reunion_id, act, did="call reunion off")


def _reason(reason: str) -> str:
    said = reason.replace("\r\n", "\n").strip()
    if not said or len(said) > LONGEST_REASON:
        raise BadValue(
            f"say why, in 1 to {LONGEST_REASON} characters: those who are told read it",
            code="reason",
        )
    return said


def close(store: Store, viewer: Viewer, reunion_id: str, reason: str) -> None:
    """Close a reunion that was held, with what came of it; staff do.

    Raises
    ------
    ThingNotFound, NotAllowed
    BadValue
        ``reason``.
    Conflict
        ``held``: it was not held yet; what is not to be is called off.
    """
    viewer.require_staff()
    said = _reason(reason)

    def act(transaction: Transaction, row: Row, now: datetime) -> None:
        if row["stage"] != "held":
            raise Conflict(
                "the reunion has not taken place: nothing can be said of how it was", code="held"
            )
        transaction.run(CLOSE, id=reunion_id, outcome="held", reason=said, now=now)

    on(store, viewer, reunion_id, act, did="close reunion", who="staff")


def ask_about_the_lost(live: Live, viewer: Viewer, reunion_id: str) -> list[str]:
    """Make a plan of recovery for each group that has none yet, and return their ids.

    Raises
    ------
    ThingNotFound, NotAllowed
    """
    viewer.require_staff()
    row = one(live.store, viewer, reunion_id)
    made = {plan.partition(":")[0] for plan in row["plans"]}
    found = []
    for group in row["groups"]:
        if group["id"] in made:
            continue
        kind = "cohorts" if group["cohort"] else "study_groups"
        plan = plans.create(live, viewer, kind, group["id"], TO_ASK)
        live.store.write(KEEP_PLAN, id=reunion_id, plan=f"{group['id']}:{plan}")
        found.append(plan)
    return found

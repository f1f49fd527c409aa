"""On which day: options, what each can and cannot, changeable until the poll closes; the pick.

Whose answers are counted is who may be counted anywhere: nobody who hides, has died or has refused
to be shown, but for one's own. Names stand beside them for organisers and staff alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import Rules, Viewer
from graphnet.reunions import telling
from graphnet.reunions.audience import countable
from graphnet.reunions.reading import on
from graphnet.store import Row, Store, Transaction, native

ANSWERS = ("yes", "if_need_be", "no")
MOST_DATES = 12

# One row: a day of a reunion's poll, with what each has said who may be counted.
DATES = (
    """MATCH (d:ReunionDate)-[:FOR]->(:Reunion {id: $id})
RETURN d.id AS id, d.starts_at AS starts_at,
  COLLECT { MATCH (p:Person)-[t:CAN]->(d) WHERE p.key = $me OR """
    + countable("p")
    + """
    RETURN [p.key, t.answer] ORDER BY p.key LIMIT 2000 } AS said
ORDER BY starts_at, id LIMIT 50"""
)

# One row: the new day.
ADD = """MATCH (r:Reunion {id: $id})
CREATE (d:ReunionDate {id: $date, starts_at: $starts_at})-[:FOR]->(r) RETURN d.id AS id"""

# One row: the day is gone, with what was said of it.
DROP = """MATCH (d:ReunionDate {id: $date})-[:FOR]->(:Reunion {id: $id})
DETACH DELETE d RETURN $date AS id"""

# One row: a day of a reunion.
DATE = """MATCH (d:ReunionDate {id: $date})-[:FOR]->(:Reunion {id: $id})
RETURN d.starts_at AS starts_at LIMIT 1"""

# One row: until when the poll can be answered.
CLOSES = """MATCH (r:Reunion {id: $id}) SET r.poll_closes_at = $at RETURN r.id AS id"""

# One row: on how many days somebody has said what they can.
SAY = """MATCH (p:Person {key: $key})
UNWIND $rows AS row
MATCH (d:ReunionDate {id: row.date})-[:FOR]->(:Reunion {id: $id})
MERGE (p)-[t:CAN]->(d) SET t.answer = row.answer, t.at = $now RETURN count(t) AS n"""

# One row: the reunion with its day; None takes it back.
PICK = """MATCH (r:Reunion {id: $id}) SET r.starts_at = $starts_at,
  r.poll_closes_at = CASE WHEN r.poll_closes_at > $now THEN $now ELSE r.poll_closes_at END
RETURN r.id AS id"""


@dataclass(frozen=True)
class Option:
    """One day of a poll: what one has said oneself, how many said what; for organisers, who."""

    id: str
    starts_at: datetime
    mine: str
    counts: Mapping[str, int]
    who: Mapping[str, tuple[Card, ...]]

    @property
    def fits(self) -> tuple[int, int]:
        """For whom it is good, and for whom at least possible: by this the best are first."""
        return self.counts["yes"], self.counts["yes"] + self.counts["if_need_be"]


@dataclass(frozen=True)
class Poll:
    """The days there are, in their order, and whether they can be answered now."""

    options: tuple[Option, ...]
    open: bool
    closes_at: datetime | None

    @property
    def answered(self) -> bool:
        """Whether the reader has said something of each day."""
        return all(option.mine for option in self.options)

    @property
    def best(self) -> str:
        """The id of the day that suits most, if anybody has answered."""
        most = max(self.options, key=lambda one: (*one.fits, -one.starts_at.timestamp()))
        return most.id if self.options and most.fits[1] else ""


def is_open(reunion: Row, now: datetime | None = None) -> bool:
    """Return whether a reunion's poll can be answered."""
    closes = reunion["poll_closes_at"]
    return (
        reunion["stage"] in ("applied", "gathering")
        and (closes is None or closes > (now or datetime.now(UTC)))
    )  # fmt: skip


def poll(store: Store, viewer: Viewer, reunion: Row, *, rules: Rules) -> Poll:
    """Return a reunion's poll for somebody who finds the reunion."""
    me = viewer.person_key or 0
    rows = [native(row) for row in store.read(DATES, id=reunion["id"], me=me)]
    seen: dict[int, Card] = {}
    if reunion["makes"]:
        keys = sorted({key for row in rows for key, _ in row["said"]})
        seen = {card.key: card for card in cards(store, viewer, keys, rules=rules, brief=True)}
    options = []
    for row in rows:
        said = [(key, answer) for key, answer in row["said"] if answer in ANSWERS]
        options.append(
            Option(
                row["id"],
                row["starts_at"],
                dict(said).get(me, ""),
                {one: sum(answer == one for _, answer in said) for one in ANSWERS},
                {
                    one: tuple(seen[key] for key, answer in said if answer == one and key in seen)
                    for one in ANSWERS
                },
            )
        )
    return Poll(tuple(options), is_open(reunion), reunion["poll_closes_at"])


def moment(wall: datetime, zone: str) -> datetime:
    """Return a time on the wall of the place in UTC.

    Raises
    ------
    BadValue
        ``starts``: there is no such time on that day, or it has passed.
    """
    here = wall.replace(tzinfo=ZoneInfo(zone))
    there = here.astimezone(UTC)
    if there.astimezone(here.tzinfo).replace(tzinfo=None) != wall or there <= datetime.now(UTC):
        raise BadValue(
            "choose a day and an hour that exist there and are still to come",
            code="starts",
            field="starts",
        )
    return there


def add(store: Store, viewer: Viewer, reunion_id: str, wall: datetime) -> None:
    """Put a day and an hour to the choice.

    Raises
    ------
    ThingNotFound, NotAllowed
    BadValue
        ``starts``: it has passed, is there already, or there are days enough.
    Conflict
        ``dated``: a date was picked.
    """

    def act(transaction: Transaction, row: Row, _now: datetime) -> None:
        _undecided(row)
        starts = moment(wall, row["time_zone"])
        there = [native(one) for one in transaction.run(DATES, id=reunion_id, me=0)]
        if len(there) >= MOST_DATES or starts in {one["starts_at"] for one in there}:
            raise BadValue(
                f"this day is in the choice already, or there are {MOST_DATES} in it",
                code="starts",
                field="starts",
            )
        transaction.run(ADD, id=reunion_id, date=new_id(), starts_at=starts)

    on(store, viewer, reunion_id, act, did="add date to reunion")


def drop(store: Store, viewer: Viewer, reunion_id: str, date_id: str) -> None:
    """Take a day out of the choice; what was said of it goes too.

    Raises
    ------
    ThingNotFound, NotAllowed, Conflict
    """

    def act(transaction: Transaction, row: Row, _now: datetime) -> None:
        _undecided(row)
        if not transaction.run(DROP, id=reunion_id, date=date_id):
            raise ThingNotFound("no such date")

    on(store, viewer, reunion_id, act, did="drop date of reunion")


def closes(store: Store, viewer: Viewer, reunion_id: str, last: date | None) -> None:
    """Say until the end of which day the poll can be answered; None until a date is picked.

    Raises
    ------
    ThingNotFound, NotAllowed, Conflict
    BadValue
        ``closes``: that day has passed.
    """

    def act(transaction: Transaction, row: Row, now: datetime) -> None:
        _undecided(row)
        at = None
        if last is not None:
            midnight = datetime.combine(last + timedelta(days=1), time(0))
            at = midnight.replace(tzinfo=ZoneInfo(row["time_zone"])).astimezone(UTC)
            if at <= now:
                raise BadValue("choose a day that is still to come", code="closes", field="closes")
        transaction.run(CLOSES, id=reunion_id, at=at)

    on(store, viewer, reunion_id, act, did="close poll of reunion")


def _undecided(row: Row) -> None:
    if row["stage"] not in ("applied", "gathering"):
        raise Conflict("the day of the reunion has been picked already", code="dated")


def say(store: Store, viewer: Viewer, reunion_id: str, answers: Mapping[str, str]) -> int:
    """Say on which days one can; again replaces it. Return of how many days something was said.

    Raises
    ------
    ThingNotFound, NotAllowed
    BadValue
        ``dates``: an answer that there is not.
    Conflict
        ``poll``: it is closed, or a date was picked.
    """
    key = viewer.own_key()
    rows = [{"date": one, "answer": answer} for one, answer in answers.items() if answer]
    if any(row["answer"] not in ANSWERS for row in rows):
        raise BadValue(f"say of each day one of {', '.join(ANSWERS)}", code="dates", field="dates")

    def act(transaction: Transaction, row: Row, now: datetime) -> int:
        if not (row["gathered"] or row["role"] or row["invited"]):
            raise NotAllowed("it is not your group's")
        if not is_open(row, now):
            raise Conflict(
                "the poll is closed: the day was picked, or its time is over", code="poll"
            )
        found = transaction.run(SAY, key=key, id=reunion_id, rows=rows, now=now)
        return int(found[0]["n"]) if found else 0

    return on(store, viewer, reunion_id, act, did="answer poll of reunion", who="anyone")


def pick(store: Store, viewer: Viewer, reunion_id: str, date_id: str) -> None:
    """Fix the day; the poll is closed by that, and those who said yes or maybe are told.

    Raises
    ------
    ThingNotFound, NotAllowed
    BadValue
        ``starts``: the day has passed meanwhile.
    Conflict
        ``dated``: somebody has picked one already.
    """

    def act(transaction: Transaction, row: Row, now: datetime) -> None:
        _undecided(row)
        rows = transaction.run(DATE, id=reunion_id, date=date_id)
        if not rows:
            raise ThingNotFound("no such date")
        starts = rows[0]["starts_at"].to_native()
        if starts <= now:
            raise BadValue(
                "this day is over: pick one that is still to come", code="starts", field="starts"
            )
        transaction.run(PICK, id=reunion_id, starts_at=starts, now=now)
        telling.tell(transaction, reunion_id, "date", once=starts.isoformat())

    on(store, viewer, reunion_id, act, did="pick date of reunion")


def take_back(store: Store, viewer: Viewer, reunion_id: str) -> None:
    """Open the choice of the day again, while there is no event.

    Raises
    ------
    ThingNotFound, NotAllowed
    Conflict
        ``event``: there is an event already; it is moved there. ``dated``: no date was picked.
    """

    def act(transaction: Transaction, row: Row, now: datetime) -> None:
        if row["event"]:
            raise Conflict(
                "there is an event for this reunion already: its day is changed there", code="event"
            )
        if row["starts_at"] is None:
            raise Conflict("no day of this reunion has been picked", code="dated")
        transaction.run(PICK, id=reunion_id, starts_at=None, now=now)
        transaction.run(CLOSES, id=reunion_id, at=None)

    on(store, viewer, reunion_id, act, did="take date of reunion back")

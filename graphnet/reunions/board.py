"""All reunions on one board, for staff; and what of them waits, for whomever it waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from graphnet.people import Card, cards
from graphnet.privacy import Rules, Viewer, alive, shown
from graphnet.reunions.audience import countable
from graphnet.reunions.reading import ALL, asking, mine, read
from graphnet.store import Row, Store, native

TO_CLOSE = timedelta(days=14)  # after it was held

# One row: of a reunion, who asked for it, how many were invited and said yes, how many tasks are
# open and how many of them late.
STANDING = (
    """UNWIND $ids AS wanted MATCH (r:Reunion {id: wanted})
RETURN r.id AS id,
  head(COLLECT { MATCH (p:Person)-[:ORGANISES {role: 'applicant'}]->(r) WHERE """
    + shown("p")
    + " AND "
    + alive("p")
    + """ RETURN p.key ORDER BY p.key LIMIT 1 }) AS applicant,
  COUNT { MATCH (i:ReunionInvitation)-[:FOR]->(r) MATCH (i)-[:TO]->(p:Person) WHERE """
    + countable("p")
    + """ } AS invited,
  COUNT { MATCH (i:ReunionInvitation {state: 'yes'})-[:FOR]->(r) MATCH (i)-[:TO]->(p:Person)
    WHERE """
    + countable("p")
    + """ } AS yes,
  COUNT { MATCH (t:ReunionTask)-[:FOR]->(r) WHERE t.done_at IS NULL } AS tasks,
  COUNT { MATCH (t:ReunionTask)-[:FOR]->(r) WHERE t.done_at IS NULL AND t.due_on < $today } AS late
ORDER BY id LIMIT 1000"""
)

# One row: something that is mine to do for a reunion that is not closed.
MY_TASKS = """MATCH (:Person {key: $me})<-[:OF]-(t:ReunionTask)-[:FOR]->(r:Reunion)
WHERE t.done_at IS NULL AND r.state <> 'closed'
RETURN t.id AS id, t.what AS what, t.due_on AS due_on, r.id AS reunion
ORDER BY due_on IS NULL, due_on, id LIMIT 50"""

# One row: a reunion of mine whose poll has days that I have said nothing of.
UNSAID = """MATCH (d:ReunionDate)-[:FOR]->(r:Reunion) WHERE r.id IN $ids
  AND NOT EXISTS { (:Person {key: $me})-[:CAN]->(d) }
RETURN DISTINCT r.id AS id ORDER BY id LIMIT 50"""


@dataclass(frozen=True)
class Line:
    """One reunion on the board, and what is to be done with it next, in a word.

    `late` is 'request', 'poll', 'date', 'tasks', 'close' or nothing.
    """

    row: Row
    applicant: Card | None
    invited: int
    yes: int
    tasks: int
    late: str


def board(
    store: Store, viewer: Viewer, *, stage: str = "", owner: str = "", rules: Rules
) -> list[Line]:
    """Return the reunions, what is late first; those in one stage, or of one of staff.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    rows = [
        row
        for row in read(store.read(ALL, **asking(viewer)))
        if (not stage or row["stage"] == stage) and (not owner or row["owner"] == owner)
    ]
    now = datetime.now(UTC)
    standing = {
        row["id"]: row
        for row in store.read(STANDING, ids=[row["id"] for row in rows], today=now.date())
    }
    keys = [one["applicant"] for one in standing.values() if one["applicant"] is not None]
    seen = {card.key: card for card in cards(store, viewer, keys, rules=rules, brief=True)}
    lines = [
        Line(
            row,
            seen.get(standing[row["id"]]["applicant"]),
            standing[row["id"]]["invited"],
            standing[row["id"]]["yes"],
            standing[row["id"]]["tasks"],
            overdue(row, standing[row["id"]]["late"], now),
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: not line.late)


def overdue(row: Row, late_tasks: int, now: datetime) -> str:
    """Return what of a reunion should have been done by now, in a word; '' if nothing."""
    stage, asked = row["stage"], row["request"]
    closes = row["poll_closes_at"]
    if stage == "applied" and asked and asked["due_at"] is not None and asked["due_at"] < now:
        return "request"
    if stage == "gathering" and closes is not None and closes < now:
        return "poll"
    if stage == "dated" and row["starts_at"] < now:
        return "date"
    if stage == "held" and row["event"]["ends_at"] + TO_CLOSE < now:
        return "close"
    return "tasks" if late_tasks and stage != "closed" else ""


@dataclass(frozen=True)
class Awaited:
    """What waits (asked_for, answer, poll, task, pick, event or close), and of which reunion."""

    what: str
    row: Row
    task: Row | None = None
    late: bool = False


def waiting_for(store: Store, viewer: Viewer, rows: Sequence[Row] | None = None) -> list[Awaited]:
    """Return what of their reunions waits for somebody: to answer, to do, to decide.

    Parameters
    ----------
    rows
        Their reunions, where the page has read them already.
    """
    me = viewer.own_key()
    rows = mine(store, viewer) if rows is None else rows
    if not rows:
        return []
    there = {row["id"]: row for row in rows}
    live = [row for row in rows if row["stage"] in ("applied", "gathering")]
    now = datetime.now(UTC)
    found = [Awaited("answer", row) for row in rows if _to_answer(row)]
    found += [Awaited("asked_for", row) for row in rows if to_confirm(row)]
    unsaid = {
        row["id"] for row in store.read(UNSAID, me=me, ids=[row["id"] for row in live])
    } if live else set()  # fmt: skip
    for row in live:
        over = row["poll_closes_at"] is not None and row["poll_closes_at"] <= now
        if row["makes"] and over:
            found.append(Awaited("pick", row, late=True))
        elif (
            row["id"] in unsaid and not over and (row["role"] or row["invited"] in ("yes", "maybe"))
        ):
            found.append(Awaited("poll", row))
    found += _tasks(store, me, there)
    return found


def to_confirm(row: Row) -> bool:
    """Whether its reader has yet to say that they did ask for it, as staff have written down."""
    theirs = row["written_down"] and row["role"] == "applicant" and row["agreed_at"] is None
    return bool(theirs and row["stage"] not in ("held", "closed"))


def _to_answer(row: Row) -> bool:
    return row["invited"] == "invited" and row["stage"] not in ("held", "closed")


def _tasks(store: Store, me: int, there: dict[str, Row]) -> list[Awaited]:
    found = []
    for task in map(native, store.read(MY_TASKS, me=me)):
        row = there.get(task["reunion"])
        if row is not None:
            today = datetime.now(ZoneInfo(row["time_zone"])).date()
            due: date | None = task["due_on"]
            found.append(Awaited("task", row, task, late=due is not None and due < today))
    return found


def waiting_for_staff(store: Store, viewer: Viewer, *, rules: Rules) -> list[Awaited]:
    """Return what of the reunions that one of staff looks after waits for them.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    rows = [
        row
        for row in read(store.read(ALL, **asking(viewer)))
        if row["owner"] == viewer.account_id and row["stage"] != "closed"
    ]
    now = datetime.now(UTC)
    found = []
    for row in rows:
        late = bool(overdue(row, 0, now))
        what = {"dated": "event", "held": "close"}.get(row["stage"], "pick" if late else "")
        if what:
            found.append(Awaited(what, row, late=late))
    if viewer.person_key is not None and rows:
        found += _tasks(store, viewer.person_key, {row["id"]: row for row in rows})
    return found

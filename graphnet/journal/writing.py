"""What staff write down about a person: kept, corrected in new versions, withdrawn, done.

Nothing that was written is written over: a correction is a new version, and the one before stays.
Every act is under the person's lock and in the audit trail; the person finds it in "my data" and
under "who looked at my data".
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, NotAllowed, PersonNotFound, ThingNotFound
from graphnet.model import new_id
from graphnet.privacy import Viewer, shown
from graphnet.requests.hours import ZONE
from graphnet.store import Row, Store, Transaction, native

PURPOSE = "person's file"
KINDS = ("talk", "meeting", "letter", "note")
# How a talk by telephone ended; the words are those of the calls of recovery.
OUTCOMES = ("reached", "no_answer", "wrong_number", "call_back", "refused")
# After these nothing need have been said.
SILENT = ("no_answer", "wrong_number", "call_back")
LONGEST, LONGEST_STEP, LONGEST_WHY = 4000, 200, 300
FARTHEST = timedelta(days=3 * 366)

# One row: the person, locked, whom staff may see.
LOCKED = (
    """MATCH (p:Person {key: $key}) SET p.key = p.key
WITH p WHERE """
    + shown("p")
    + """ RETURN p.key AS key LIMIT 1"""
)

# One row: an account of staff's that works.
OWNER = """MATCH (a:Account {id: $owner}) WHERE 'staff' IN a.roles AND a.disabled_at IS NULL
RETURN a.id AS id LIMIT 1"""

# One row: the version that was written.
WRITE = """MATCH (p:Person {key: $key})
CREATE (e:JournalEntry {id: $id, entry: $entry, version: $version, kind: $kind, outcome: $outcome,
  text: $text, happened_at: $happened_at, at: $now, by: $by, next_step: $next_step,
  due_on: $due_on, owner: $owner, done_at: $done_at, done_by: $done_by})-[:OF]->(p)
RETURN e.id AS id"""

# One row: the version of an entry that counts, and whose it is; the person is locked before.
PRESENT = (
    """MATCH (e:JournalEntry {entry: $entry})-[:OF]->(p:Person)
WHERE e.replaced_at IS NULL AND """
    + shown("p")
    + """
RETURN p.key AS key, e.id AS id, e.version AS version, e.withdrawn_at AS withdrawn_at,
  e.done_at AS done_at, e.due_on AS due_on, coalesce(e.owner, '') AS owner,
  e.happened_at AS happened_at, coalesce(e.next_step, '') AS next_step, e.done_by AS done_by
LIMIT 1"""
)

# One row: the version that counts no more.
REPLACE = """MATCH (e:JournalEntry {id: $id}) SET e.replaced_at = $now RETURN e.id AS id"""

# One row: the entry that was withdrawn.
WITHDRAW = """MATCH (e:JournalEntry {id: $id})
SET e.withdrawn_at = $now, e.withdrawn_by = $by, e.why = $why RETURN e.id AS id"""

# One row: the step that is done.
DONE = """MATCH (e:JournalEntry {id: $id}) SET e.done_at = $now, e.done_by = $by
RETURN e.id AS id"""

# One row: the step with another day or another owner.
MOVE = """MATCH (e:JournalEntry {id: $id}) SET e.due_on = $due_on, e.owner = $owner
RETURN e.id AS id"""


@dataclass(frozen=True)
class Said:
    """What somebody of staff writes down.

    Attributes
    ----------
    outcome
        How a talk ended, one of `OUTCOMES`; of other kinds empty.
    next_step, due_on, owner
        What comes next, by when, and the account whose it is; '' is nobody's yet.
    """

    kind: str
    text: str = ""
    outcome: str = ""
    happened_on: date | None = None
    next_step: str = ""
    due_on: date | None = None
    owner: str = ""

    def checked(self) -> "Said":
        """Return it without stray spaces.

        Raises
        ------
        BadValue
            'kind', 'outcome', 'words', 'long', 'happened', 'step' or 'due': what is wrong.
        """
        text = self.text.replace("\r\n", "\n").strip()
        step = " ".join(self.next_step.split())
        outcome = self.outcome if self.kind == "talk" else ""
        on = self.happened_on or today()
        if self.kind not in KINDS:
            raise BadValue(f"an entry is one of {', '.join(KINDS)}", code="kind", field="kind")
        if self.kind == "talk" and outcome not in OUTCOMES:
            raise BadValue(
                f"a call ended as one of {', '.join(OUTCOMES)}", code="outcome", field="outcome"
            )
        if not text and outcome not in SILENT:
            raise BadValue(
                "there is nothing in it: write what was said", code="words", field="text"
            )
        if len(text) > LONGEST or len(step) > LONGEST_STEP:
            raise BadValue(
                f"an entry has at most {LONGEST:,} characters, and its next step {LONGEST_STEP}",
                code="long",
                field="text",
            )
        if not date(1950, 1, 1) <= on <= today():
            raise BadValue(
                "it happened between 1950 and today", code="happened", field="happened_on"
            )
        if (step or outcome == "call_back") and self.due_on is None:
            raise BadValue(
                "say by which day the next step is to be done", code="due", field="due_on"
            )
        if self.due_on is not None:
            if not (step or outcome == "call_back"):
                raise BadValue("say what is to be done by that day", code="step", field="next_step")
            if not on <= self.due_on <= today() + FARTHEST:
                raise BadValue(
                    f"the next step is due between the day of the entry and {FARTHEST.days} days "
                    "from today",
                    code="due",
                    field="due_on",
                )
        owner = self.owner if self.due_on is not None else ""
        return Said(self.kind, text, outcome, on, step, self.due_on, owner)


def today() -> date:
    """Return the office's day."""
    return datetime.now(ZONE).date()


def write(store: Store, viewer: Viewer, key: int, said: Said) -> str:
    """Write something down about a person; return the entry's id.

    Raises
    ------
    NotAllowed, PersonNotFound
    BadValue
        As `Said.checked`, and 'owner' for nobody of staff.
    """
    may(viewer)
    kept = said.checked()

    def work(transaction: Transaction) -> str:
        if not transaction.run(LOCKED, key=key):
            raise PersonNotFound("no such person")
        made = new_id()
        _write(transaction, viewer, key, kept, entry=made, version=1, now=datetime.now(UTC))
        acted(transaction, viewer, f"journal.{kept.kind}", made, keys=[key])
        return made

    return store.in_write(work)


def _write(
    transaction: Transaction,
    viewer: Viewer,
    key: int,
    kept: Said,
    *,
    entry: str,
    version: int,
    now: datetime,
    before: Row | None = None,
) -> None:
    # A step that is done stays done unless the correction makes another one of it.
    step = (kept.next_step, kept.due_on)
    stands = before is not None and (before["next_step"], before["due_on"]) == step
    if kept.owner and not transaction.run(OWNER, owner=kept.owner):
        raise BadValue(
            "there is no such colleague: choose one who works here", code="owner", field="owner"
        )
    transaction.run(
        WRITE,
        key=key,
        id=entry if version == 1 else new_id(),
        entry=entry,
        version=version,
        kind=kept.kind,
        outcome=kept.outcome,
        text=kept.text,
        happened_at=_moment(kept.happened_on or today(), now, before),
        now=now,
        by=viewer.account_id,
        next_step=kept.next_step,
        due_on=kept.due_on,
        owner=kept.owner,
        done_at=before["done_at"] if before is not None and stands else None,
        done_by=before["done_by"] if before is not None and stands else None,
    )


def _moment(day: date, now: datetime, before: Row | None) -> datetime:
    """Return when something was: now if it was today, else at noon; a moment that fits stays."""
    if before is not None:
        moment: datetime = before["happened_at"]
        if moment.astimezone(ZONE).date() == day:
            return moment
    # In UTC: the driver cannot pack a time in a zone of zoneinfo.
    return now if day == today() else datetime.combine(day, time(12), ZONE).astimezone(UTC)


def correct(store: Store, viewer: Viewer, entry_id: str, said: Said, *, version: int) -> None:
    """Write an entry anew; what it was stays beside it as an earlier version.

    Parameters
    ----------
    version
        The one that was read: if it is not the latest any more, nothing is changed.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue
    Conflict
        'changed' if somebody was faster, 'withdrawn' if it does not count any more.
    """
    kept = said.checked()

    def act(transaction: Transaction, now: datetime, row: Row) -> None:
        if row["version"] != version:
            raise Conflict(
                f"the entry {entry_id} was corrected meanwhile: read it again first", code="changed"
            )
        transaction.run(REPLACE, id=row["id"], now=now)
        following = row["version"] + 1
        _write(
            transaction,
            viewer,
            row["key"],
            kept,
            entry=entry_id,
            version=following,
            now=now,
            before=row,
        )

    _on(store, viewer, entry_id, "correct", act)


def withdraw(store: Store, viewer: Viewer, entry_id: str, why: str) -> None:
    """Say that an entry was a mistake, and why; it stays readable as withdrawn.

    Raises
    ------
    NotAllowed, ThingNotFound, Conflict
    BadValue
        'why' without a reason.
    """
    reason = " ".join(why.split())
    if not reason or len(reason) > LONGEST_WHY:
        raise BadValue(
            f"say why it is withdrawn, in 1 to {LONGEST_WHY} characters", code="why", field="why"
        )

    def act(transaction: Transaction, now: datetime, row: Row) -> None:
        transaction.run(WITHDRAW, id=row["id"], now=now, by=viewer.account_id, why=reason)

    _on(store, viewer, entry_id, "withdraw", act)


def done(store: Store, viewer: Viewer, entry_id: str) -> None:
    """Note that the next step of an entry is done.

    Raises
    ------
    NotAllowed, ThingNotFound
    Conflict
        'withdrawn', or 'done' if there is nothing to do.
    """

    def act(transaction: Transaction, now: datetime, row: Row) -> None:
        transaction.run(DONE, id=row["id"], now=now, by=viewer.account_id)

    _on(store, viewer, entry_id, "done", act, step=True)


def put_off(store: Store, viewer: Viewer, entry_id: str, days: int) -> None:
    """Let a step wait some days more, from today or from its day, whichever is later.

    Raises
    ------
    NotAllowed, ThingNotFound, Conflict, BadValue
    """
    if not 1 <= days <= 366:
        raise BadValue("a step is put off by 1 to 366 days", code="due", field="due_on")

    def act(transaction: Transaction, now: datetime, row: Row) -> None:
        due_on = max(row["due_on"], today()) + timedelta(days=days)
        transaction.run(MOVE, id=row["id"], due_on=due_on, owner=row["owner"])

    _on(store, viewer, entry_id, "put off", act, step=True)


def hand(store: Store, viewer: Viewer, entry_id: str, owner: str) -> None:
    """Let a step be somebody's: the viewer's own, a colleague's, or nobody's ('').

    Raises
    ------
    NotAllowed, ThingNotFound, Conflict
    BadValue
        'owner' for nobody of staff.
    """

    def act(transaction: Transaction, now: datetime, row: Row) -> None:
        if owner and not transaction.run(OWNER, owner=owner):
            raise BadValue(
                "there is no such colleague: choose one who works here", code="owner", field="owner"
            )
        transaction.run(MOVE, id=row["id"], due_on=row["due_on"], owner=owner)

    _on(store, viewer, entry_id, "hand", act, step=True)


def take(store: Store, viewer: Viewer, entry_id: str, *, of: str = "") -> None:
    """Take a step on; of two who take it at once the first has it.

    Parameters
    ----------
    of
        The account whose it was on the page; '' for nobody's.

    Raises
    ------
    NotAllowed, ThingNotFound
    Conflict
        'taken' if it is somebody else's by now; as `done`.
    """

    def act(transaction: Transaction, now: datetime, row: Row) -> None:
        held = row["owner"]
        if held == viewer.account_id:
            return
        if held != of and transaction.run(OWNER, owner=held):
            raise Conflict("a colleague has taken this step meanwhile", code="taken")
        transaction.run(MOVE, id=row["id"], due_on=row["due_on"], owner=viewer.account_id)

    _on(store, viewer, entry_id, "hand", act, step=True)


def may(viewer: Viewer) -> None:
    """Let only staff go on who say that it is for a person's file.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    if viewer.purpose != PURPOSE:
        raise NotAllowed(f"the journal is kept for the purpose {PURPOSE!r} only", code="purpose")


def _on(
    store: Store,
    viewer: Viewer,
    entry_id: str,
    name: str,
    act: Callable[[Transaction, datetime, Row], None],
    *,
    step: bool = False,
) -> None:
    may(viewer)

    def work(transaction: Transaction) -> None:
        rows = transaction.run(PRESENT, entry=entry_id)
        if not rows or not transaction.run(LOCKED, key=rows[0]["key"]):
            raise ThingNotFound("no such entry")
        again = transaction.run(PRESENT, entry=entry_id)  # as it is under the lock
        if not again:
            raise ThingNotFound("no such entry")
        row = native(again[0])
        if row["withdrawn_at"] is not None:
            raise Conflict(
                f"the entry {entry_id} is withdrawn and stays as it is", code="withdrawn"
            )
        if step and (row["due_on"] is None or row["done_at"] is not None):
            raise Conflict(
                f"the entry {entry_id} has no next step, or it is done already", code="done"
            )
        act(transaction, datetime.now(UTC), row)
        acted(transaction, viewer, f"journal.{name}", entry_id, keys=[row["key"]])

    store.in_write(work)

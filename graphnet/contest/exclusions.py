"""Who stands after the check: changed by two of staff, until the winners are published.

One proposes, with a reason of a short list and in words; another one confirms, and only then
anything changes. A candidate who was taken off can be put back in the same way. The public page
says that it happened, when and for which kind of reason, and never of whom.
"""

from dataclasses import dataclass
from datetime import date, datetime

from graphnet.contest.candidates import FACTS, check
from graphnet.contest.seasons import Season, locked, need_phase, record
from graphnet.contest.told import tell_nominee
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.ledger.rules import read_rules
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction

PHASES = ("jury", "vote", "appeal", "decision")
CODES = ("rules", "evidence", "conflict", "own wish", "other")
LONGEST = 1000

# One row: the nomination, locked, with what is proposed.
NOMINATION = """MATCH (n:Nomination {id: $id})-[:IN]->(:Contest {id: $contest}) SET n.id = n.id
RETURN n.state AS state, n.proposed_state AS proposed, n.proposed_by AS by,
  n.proposed_reason AS reason, n.proposed_code AS code LIMIT 1"""

# One row: the nomination with the proposal.
PROPOSE = """MATCH (n:Nomination {id: $id})
SET n.proposed_state = $state, n.proposed_code = $code, n.proposed_reason = $reason,
  n.proposed_by = $by, n.proposed_at = $now RETURN n.id AS id LIMIT 1"""

# One row: the nomination without a proposal.
CLEAR = """MATCH (n:Nomination {id: $id})
REMOVE n.proposed_state, n.proposed_code, n.proposed_reason, n.proposed_by, n.proposed_at
RETURN n.id AS id LIMIT 1"""

# One row: the decision.
EXCLUDE = """MATCH (n:Nomination {id: $id})
SET n.state = $state, n.reason = $reason, n.decided_at = $now,
  n.removed_at = CASE $state WHEN 'refused' THEN $now END,
  n.removed_code = CASE $state WHEN 'refused' THEN $code END
RETURN n.id AS id LIMIT 1"""

# One row: a proposal that waits for a second one of staff.
PROPOSALS = """MATCH (n:Nomination)-[:IN]->(:Contest {id: $contest})
WHERE n.proposed_state IS NOT NULL
RETURN n.id AS nomination, n.proposed_state AS state, n.proposed_code AS code,
  n.proposed_reason AS reason, n.proposed_by AS by, n.proposed_at AS at
ORDER BY at, nomination LIMIT 2000"""

# One row: a candidate who was taken off after the check; nothing says who.
REMOVED = """MATCH (n:Nomination {state: 'refused'})-[:IN]->(:Contest {id: $contest})
WHERE n.removed_at IS NOT NULL
RETURN n.category AS category, n.removed_code AS code, n.removed_at AS at
ORDER BY at, category LIMIT 200"""


@dataclass(frozen=True)
class Proposal:
    """What one of staff wants to change; another one confirms what is the viewer's, `mine`."""

    nomination: str
    state: str
    code: str
    reason: str
    at: datetime
    mine: bool


@dataclass(frozen=True)
class Removed:
    """That a candidate was taken off: in which category, why, on which day."""

    category: str
    code: str
    on: date


def proposals(store: Store, viewer: Viewer, season: Season) -> dict[str, Proposal]:
    """Return what waits for a second one of staff, by nomination."""
    viewer.require_staff()
    return {
        row["nomination"]: Proposal(
            row["nomination"],
            row["state"],
            row["code"],
            row["reason"],
            row["at"].to_native(),
            row["by"] == viewer.account_id,
        )
        for row in store.read(PROPOSALS, contest=season.id)
    }


def removed(store: Store, season: Season) -> list[Removed]:
    """Return who was taken off after the check, as anybody may know it."""
    return [
        Removed(row["category"], row["code"], row["at"].to_native().date())
        for row in store.read(REMOVED, contest=season.id)
    ]


def propose(
    store: Store, viewer: Viewer, name: str, nomination: str, *, admit: bool, code: str = "other",
    reason: str, now: datetime,
) -> None:  # fmt: skip
    """Propose to take a candidate off, or to put one back who was taken off; nothing changes yet.

    Raises
    ------
    BadValue
        ``reason`` without words, or with a code that is not in `CODES`; ``long``.
    Conflict
        ``phase``; ``state`` if nothing would change; ``proposed`` if something waits already;
        ``rules`` if a rule of eligibility is not met by whom to put back.
    """
    viewer.require_staff()
    said = reason.strip()
    if not said or code not in CODES:
        raise BadValue(
            f"say why, and choose by which rule: one of {', '.join(CODES)}", code="reason"
        )
    if len(said) > LONGEST:
        raise BadValue(f"a reason has at most {LONGEST:,} characters", code="long")
    state = "admitted" if admit else "refused"

    def work(transaction: Transaction) -> None:
        contest = locked(transaction, name)
        need_phase(contest, now, *PHASES)
        found = _found(transaction, contest, nomination)
        if found["state"] not in ("admitted", "refused") or found["state"] == state:
            raise Conflict(
                "this candidate stands, or does not stand, already as it is proposed", code="state"
            )
        if found["proposed"]:
            raise Conflict(
                "something is proposed about this candidate already: decide that first",
                code="proposed",
            )
        if admit:
            _eligible(transaction, contest, nomination)
        transaction.run(
            PROPOSE,
            id=nomination,
            state=state,
            code=code,
            reason=said,
            by=viewer.account_id,
            now=now,
        )
        record(transaction, viewer, contest.id, f"{state} proposed", about=nomination)

    store.in_write(work)


def confirm(store: Store, viewer: Viewer, name: str, nomination: str, *, now: datetime) -> None:
    """Confirm what another one of staff has proposed; the candidate is written to.

    Raises
    ------
    NotAllowed
        ``second`` to whoever proposed it.
    Conflict
        ``phase``; ``state`` if nothing waits; ``rules``.
    """
    viewer.require_staff()

    def work(transaction: Transaction) -> None:
        contest = locked(transaction, name)
        need_phase(contest, now, *PHASES)
        found = _found(transaction, contest, nomination)
        if not found["proposed"]:
            raise Conflict("nothing is proposed about this candidate any more", code="state")
        if found["by"] == viewer.account_id:
            raise NotAllowed(
                "you have proposed this yourself: another member of staff has to confirm it",
                code="second",
            )
        state = found["proposed"]
        if state == "admitted":
            _eligible(transaction, contest, nomination)
        transaction.run(
            EXCLUDE,
            id=nomination,
            state=state,
            reason=found["reason"],
            code=found["code"],
            now=now,
        )
        transaction.run(CLEAR, id=nomination)
        record(transaction, viewer, contest.id, state, about=nomination, detail=found["code"])
        once = f"{state} {nomination} {now.isoformat()}"
        tell_nominee(transaction, name, nomination, "contest.decided", once=once)

    store.in_write(work)


def call_off(store: Store, viewer: Viewer, name: str, nomination: str, *, now: datetime) -> None:
    """Take a proposal back, one's own or another's: everything stays as it is.

    Raises
    ------
    Conflict
        ``state`` if nothing waits.
    """
    viewer.require_staff()

    def work(transaction: Transaction) -> None:
        contest = locked(transaction, name)
        found = _found(transaction, contest, nomination)
        if not found["proposed"]:
            raise Conflict("nothing is proposed about this candidate any more", code="state")
        transaction.run(CLEAR, id=nomination)
        act = f"{found['proposed']} called off"
        record(transaction, viewer, contest.id, act, about=nomination)

    store.in_write(work)


def _found(transaction: Transaction, contest: Season, nomination: str) -> Row:
    rows = transaction.run(NOMINATION, id=nomination, contest=contest.id)
    if not rows:
        raise ThingNotFound("no such nomination")
    return rows[0]


def _eligible(transaction: Transaction, contest: Season, nomination: str) -> None:
    rules = read_rules(contest.rules)
    facts = [row for row in transaction.run(FACTS, contest=contest.id) if row["id"] == nomination]
    if not facts or not all(one.met for one in check(rules, contest, facts[0])):
        raise Conflict("a rule of eligibility is not met: look which one", code="rules")

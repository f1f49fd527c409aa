"""Plans that staff keep: made, changed person by person, and made again from what is known by now.

Every change reads the plan, computes what follows from it, and writes it if nobody else has changed
the plan meanwhile (`revision`); each is in the audit trail.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.live import Live
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import Viewer
from graphnet.recovery.classes import class_of, standing
from graphnet.recovery.never_ask import never_ask
from graphnet.recovery.planner import Proposal, Proposed, Situation, look, propose
from graphnet.store import Row, Store, Transaction, native

MOST = 500
OPEN = ("proposed", "reserve", "excluded")

# One row: the plan that was made.
MAKE = """CREATE (plan:RecoveryPlan {id: $id, kind: $kind, thing: $thing, size: $size, wave: 1,
  revision: 0, created_at: $now, planned_at: $now, lost_then: $lost, by: $by})
RETURN plan.id AS id"""

# One row: the plan.
PLAN = """MATCH (plan:RecoveryPlan {id: $id})
RETURN plan.id AS id, plan.kind AS kind, plan.thing AS thing, plan.size AS size,
  plan.wave AS wave, plan.revision AS revision, plan.created_at AS created_at,
  plan.planned_at AS planned_at, plan.lost_then AS lost_then, coalesce(plan.name, '') AS name,
  plan.closed_at AS closed_at LIMIT 1"""

# One row: an ask of the plan, in the plan's order.
ASKS = """MATCH (:RecoveryPlan {id: $id})-[:ASKS]->(a:Ask)-[:OF]->(p:Person)
RETURN a.id AS id, p.key AS key, a.state AS state, a.wave AS wave,
  coalesce(a.fixed, false) AS fixed, a.position AS position, a.gain AS gain,
  a.without AS without, coalesce(a.known, 0) AS known, coalesce(a.expected, 0.0) AS expected,
  coalesce(a.monitor, false) AS monitor, coalesce(a.shared_kind, '') AS shared_kind,
  coalesce(a.shared_share, 0.0) AS shared_share, a.sent_at AS sent_at, a.channel AS channel,
  a.answered_at AS answered_at, a.via AS via, coalesce(a.said, '') AS said,
  coalesce(a.outcome, '') AS outcome, a.tried_at AS tried_at, a.next_at AS next_at,
  coalesce(a.note, '') AS note,
  COLLECT { MATCH (a)-[n:NAMED]->(q:Person) RETURN [q.key, n.how] ORDER BY q.key } AS named
ORDER BY position, key LIMIT 5000"""

# One row: a plan, newest first, with how its asks stand.
PLANS = """MATCH (plan:RecoveryPlan)
RETURN plan.id AS id, plan.kind AS kind, plan.thing AS thing, plan.size AS size,
  plan.wave AS wave, plan.created_at AS created_at, coalesce(plan.name, '') AS name,
  plan.closed_at AS closed_at,
  COUNT { (plan)-[:ASKS]->(a:Ask) WHERE a.state = 'proposed' } AS proposed,
  COUNT { (plan)-[:ASKS]->(a:Ask) WHERE a.sent_at IS NOT NULL } AS sent,
  COUNT { (plan)-[:ASKS]->(a:Ask) WHERE a.state = 'answered' } AS answered
ORDER BY closed_at IS NOT NULL, created_at DESC, id LIMIT $limit"""

# One row: the plan, if nobody has changed it since it was read. Setting first takes the lock.
TAKE = """MATCH (plan:RecoveryPlan {id: $id}) SET plan.id = plan.id
WITH plan WHERE plan.revision = $revision
SET plan.revision = plan.revision + 1, plan.size = $size, plan.wave = $wave,
  plan.planned_at = $now
RETURN plan.id AS id"""

# One row: an ask that was made or changed.
WRITE = """MATCH (plan:RecoveryPlan {id: $id})
UNWIND $rows AS row
MATCH (p:Person {key: row.key})
MERGE (plan)-[:ASKS]->(a:Ask)-[:OF]->(p)
ON CREATE SET a.id = row.id, a.wave = $wave
SET a.wave = CASE WHEN row.state = 'proposed' AND coalesce(a.state, '') <> 'proposed'
  THEN $wave ELSE a.wave END
SET a.state = row.state, a.position = row.position, a.fixed = row.fixed, a.gain = row.gain,
  a.without = row.without, a.known = row.known, a.expected = row.expected,
  a.monitor = row.monitor, a.shared_kind = row.shared_kind, a.shared_share = row.shared_share
RETURN count(a) AS n"""

# One row: how many of the next best, as they were, are gone.
CLEAR = """MATCH (:RecoveryPlan {id: $id})-[:ASKS]->(a:Ask)-[:OF]->(p:Person)
WHERE a.state = 'reserve' AND a.sent_at IS NULL AND NOT p.key IN $keep
DETACH DELETE a RETURN count(*) AS n"""

# One row: how many who are proposed no longer were put aside.
DROP = """MATCH (:RecoveryPlan {id: $id})-[:ASKS]->(a:Ask)-[:OF]->(p:Person)
WHERE a.state = 'proposed' AND NOT p.key IN $keep
SET a.state = 'dropped', a.wave = $wave, a.position = 9999 RETURN count(a) AS n"""

# One row: an ask that staff had excluded and do no longer.
RESTORE = """MATCH (:RecoveryPlan {id: $id})-[:ASKS]->(a:Ask {id: $ask}) WHERE a.state = 'excluded'
SET a.state = 'reserve', a.note = null RETURN a.id AS id"""

# One row: the ask whose note was written.
NOTE = """MATCH (:RecoveryPlan {id: $id})-[:ASKS]->(a:Ask {id: $ask})
SET a.note = $note RETURN a.id AS id"""


@dataclass(frozen=True)
class Ask:
    """One person of a plan; the person's card is what staff may see."""

    card: Card
    row: Row
    named: tuple[tuple[Card, str], ...]

    @property
    def id(self) -> str:
        """The ask's id."""
        return str(self.row["id"])

    @property
    def state(self) -> str:
        """`proposed`, `reserve`, `excluded`, `dropped`, `sent`, `answered` or `refused`."""
        return str(self.row["state"])


@dataclass(frozen=True)
class PlanPage:
    """A plan with all its asks whose people staff may still see."""

    plan: Row
    label: str
    label_ru: str
    people: int
    lost: int
    asks: tuple[Ask, ...]

    def of(self, *states: str) -> list[Ask]:
        """Return the asks in these states, in the plan's order."""
        return [ask for ask in self.asks if ask.state in states]

    @property
    def won(self) -> float:
        """Expected number won back by asking all who are proposed, and by those who were asked."""
        return float(sum(ask.row["gain"] or 0.0 for ask in self.of("proposed", "sent")))

    @property
    def named(self) -> int:
        """How many of the lost answers have named."""
        return len({card.key for ask in self.asks for card, _ in ask.named})


def create(live: Live, viewer: Viewer, kind: str, thing: str, size: int) -> str:
    """Make a plan of `size` people to ask for a class, and return its id.

    Raises
    ------
    BadValue, NotAllowed, ThingNotFound
    """
    viewer.require_staff()
    _check_size(size)
    at = look(live, viewer, lambda view, there: class_of(view, kind, thing, there))
    proposal = propose(at, size)
    plan_id, now = new_id(), datetime.now(UTC)

    def work(transaction: Transaction) -> None:
        transaction.run(
            MAKE,
            id=plan_id,
            kind=kind,
            thing=thing,
            size=size,
            now=now,
            lost=at.lost,
            by=viewer.account_id,
        )
        _write(transaction, plan_id, proposal, wave=1, fixed=frozenset())
        acted(
            transaction,
            viewer,
            "recovery.plan",
            plan_id,
            detail=f"{size} to ask",
            change="recovery",
        )

    live.store.in_write(work)
    return plan_id


def _check_size(size: int) -> None:
    if not 1 <= size <= MOST:
        raise BadValue(f"a plan asks between 1 and {MOST} people")


def _write(
    transaction: Transaction,
    plan_id: str,
    proposal: Proposal,
    *,
    wave: int,
    fixed: frozenset[int],
    others: str = "excluded",
) -> None:
    people = [one.key for one in proposal.people]
    transaction.run(CLEAR, id=plan_id, keep=people + [one.key for one in proposal.reserve])
    transaction.run(DROP, id=plan_id, keep=people, wave=wave)
    rows = [
        *(_row(one, i, "proposed", one.key in fixed) for i, one in enumerate(proposal.people, 1)),
        *(_row(one, 1000 + i, "reserve", False) for i, one in enumerate(proposal.reserve)),
        *(_row(one, 5000, others, False) for one in proposal.others),
    ]
    transaction.run(WRITE, id=plan_id, rows=rows, wave=wave)


def _row(one: Proposed, position: int, state: str, fixed: bool) -> dict[str, Any]:
    return asdict(one) | {"id": new_id(), "position": position, "state": state, "fixed": fixed}


def plans(live: Live, viewer: Viewer, *, limit: int = 50) -> list[Row]:
    """Return the plans, newest first, with the name of each one's class."""
    viewer.require_staff()
    snapshot = live.view().snapshot
    found = live.store.read(PLANS, limit=limit)
    for row in found:
        things = snapshot.things[row["kind"]]
        i = things.position.get(row["thing"])
        row["label"] = str(things.labels[i]) if i is not None else row["thing"]
        row["label_ru"] = str(things.labels_ru[i]) if i is not None else row["thing"]
    return found


def plan_row(store: Store, plan_id: str) -> Row:
    """Return a plan's own properties.

    Raises
    ------
    ThingNotFound
    """
    rows = store.read(PLAN, id=plan_id)
    if not rows:
        raise ThingNotFound("no such plan")
    return rows[0]


def plan(live: Live, viewer: Viewer, plan_id: str) -> PlanPage:
    """Return a plan's page for staff.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    viewer.require_staff()
    held = plan_row(live.store, plan_id)
    rows = live.store.read(ASKS, id=plan_id)
    keys = [row["key"] for row in rows] + [key for row in rows for key, _ in row["named"]]
    # Who hid or died since is gone from here too.
    shown = {
        card.key: card
        for card in cards(live.store, viewer, keys, rules=live.rules)
        if card.state != "deceased"
    }
    asks = tuple(
        Ask(
            shown[row["key"]],
            native(row),
            tuple((shown[key], how) for key, how in row["named"] if key in shown),
        )
        for row in rows
        if row["key"] in shown
    )
    at = _class_figures(live, viewer, held)
    return PlanPage(held, *at, asks)


def _class_figures(live: Live, viewer: Viewer, held: Row) -> tuple[str, str, int, int]:
    view = live.view()
    now = standing(live, viewer, view)
    try:
        its = class_of(view, held["kind"], held["thing"], now.there)
    except ThingNotFound:  # the class is gone from the snapshot: its plan is history
        return held["thing"], held["thing"], 0, 0
    return its.label, its.label_ru, len(its.members), int(now.lost[its.members].sum())


def change(
    live: Live,
    viewer: Viewer,
    plan_id: str,
    *,
    act: str,
    ask_id: str = "",
    size: int = 0,
    reason: str = "",
) -> tuple[int, int]:
    """Change a plan, and fill it up with the next best.

    Parameters
    ----------
    act
        'exclude' an ask (the next best takes its place), 'restore' an excluded one, 'fix' one in
        the plan (from the plan or the next best), 'free' it again, 'never' ask this person (for all
        plans, with a reason), 'resize' to `size`, or 'again': plan anew, keeping only what is fixed
        and what was sent.

    Returns
    -------
    How many people are new in the plan, and how many are in it no longer.

    Raises
    ------
    BadValue, Conflict, NotAllowed, ThingNotFound
    """
    viewer.require_staff()
    held = plan_row(live.store, plan_id)
    rows = live.store.read(ASKS, id=plan_id)
    by_id = {row["id"]: row for row in rows}
    if act not in ("again", "resize") and ask_id not in by_id:
        raise ThingNotFound("no such ask in this plan")
    row = by_id.get(ask_id, {})
    if row and row["state"] not in ("proposed", "reserve", "excluded"):
        raise Conflict("this person has been asked already")
    if act == "never":
        if not reason.strip():
            raise BadValue("say why, in a few words")
        never_ask(live.store, viewer, row["key"], reason)
    if act == "resize":
        _check_size(size)
    size, wave = size or held["size"], held["wave"] + (act == "again")
    proposed = [r["key"] for r in rows if r["state"] == "proposed"]
    fixed = [r["key"] for r in rows if r["state"] == "proposed" and r["fixed"]]
    excluded = {r["key"] for r in rows if r["state"] == "excluded"}
    done = {r["key"] for r in rows if r["sent_at"] is not None}
    if act in ("exclude", "never"):
        excluded.add(row["key"])
        fixed = [key for key in fixed if key != row["key"]]
    elif act == "restore":
        excluded.discard(row["key"])
    elif act == "fix":
        excluded.discard(row["key"])
        fixed = [*(key for key in fixed if key != row["key"]), row["key"]]
    elif act == "free":
        fixed = [key for key in fixed if key != row["key"]]
    elif act not in ("again", "resize"):
        raise BadValue(f"{act!r} is nothing that can be done with a plan")
    keep = fixed if act == "again" else [*fixed, *(k for k in proposed if k not in fixed)]
    keep = [key for key in keep if key not in excluded]
    at = look(live, viewer, lambda view, there: class_of(view, held["kind"], held["thing"], there))
    proposal = propose(at, size, fixed=keep, exclude=excluded | done, value=excluded)
    if act == "fix" and all(one.key != row["key"] for one in proposal.people):
        raise Conflict("this person may not be asked now: asked lately, or not to be asked at all")
    _replace(live, viewer, held, proposal, size=size, wave=wave, fixed=fixed, act=act, ask=ask_id)
    if reason.strip() and ask_id:
        live.store.write(NOTE, id=plan_id, ask=ask_id, note=reason.strip()[:300])
    now = {one.key for one in proposal.people}
    return len(now - set(proposed)), len(set(proposed) - now)


def _replace(
    live: Live,
    viewer: Viewer,
    held: Row,
    proposal: Proposal,
    *,
    size: int,
    wave: int,
    fixed: Iterable[int],
    act: str,
    ask: str,
) -> None:
    def work(transaction: Transaction) -> None:
        taken = transaction.run(
            TAKE,
            id=held["id"],
            revision=held["revision"],
            size=size,
            wave=wave,
            now=datetime.now(UTC),
        )
        if not taken:
            raise Conflict("somebody else has changed this plan meanwhile: look at it again")
        if act in ("restore", "fix"):
            transaction.run(RESTORE, id=held["id"], ask=ask)
        _write(transaction, held["id"], proposal, wave=wave, fixed=frozenset(fixed))
        acted(transaction, viewer, f"recovery.{act}", held["id"], detail=ask, change="recovery")

    live.store.in_write(work)


def preview(
    live: Live, viewer: Viewer, kind: str, thing: str, size: int
) -> tuple[Situation, Proposal]:
    """Return what a plan for this class would be, without making it."""
    viewer.require_staff()
    _check_size(size)
    at = look(live, viewer, lambda view, there: class_of(view, kind, thing, there))
    return at, propose(at, size, reserve=0)

"""From a class and a number to whom to ask: the engine of `discovery.recovery` on the live graph.

The ties are those on file (layer ``knows``) between people whom staff may see, with those that
answers have named laid over them. What depends on the snapshot only is kept from one plan to the
next.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock

import numpy as np

from graphnet.discovery.affinity import Affinity, learn_affinity
from graphnet.discovery.estimate import Estimate, estimate_ties
from graphnet.discovery.kernels import Bools, Float64, Int32
from graphnet.discovery.recovery import Plan, Rates, plan_recovery
from graphnet.discovery.threads import one_thread_each
from graphnet.live import Live, View
from graphnet.privacy import Viewer
from graphnet.recovery.classes import SchoolClass, Standing, standing
from graphnet.recovery.response_rates import SILENT, learn, outcomes
from graphnet.snapshot import Ties

# That somebody whom an answer named really comes back through it.
COMES_BACK = 0.5
NAMED_LASTS = timedelta(days=90)
RESERVE = 8  # how many of the next best are shown beside the plan
# The finest first: what somebody shares with the lost is said by the first that at least a tenth
# of them have in common with the person.
SHARED = ("study_group", "cohort", "graduation", "department", "residence", "faculty", "institute")
SHARED_FROM = 0.1

# One row: somebody whom an answer named, by whom, and when.
NAMED = """MATCH (p:Person)<-[:OF]-(a:Ask)-[n:NAMED]->(q:Person)
RETURN p.key AS key, q.key AS named, n.at AS at, n.confidence AS confidence
ORDER BY at, key, named LIMIT 100000"""

# One row: the keys of all who were asked in some plan and have not answered yet.
AWAITED = """MATCH (a:Ask)-[:OF]->(p:Person) WHERE a.sent_at >= $since AND a.state = 'sent'
RETURN collect(DISTINCT p.key) AS keys LIMIT 1"""


@dataclass(frozen=True)
class Ground:
    """What every plan on one snapshot shares."""

    ties: Ties
    names: tuple[str, ...]
    attributes: Int32
    affinity: Affinity


@dataclass(frozen=True)
class Situation:
    """A class as it stands, with all that a plan for it needs."""

    view: View
    school_class: SchoolClass
    now: Standing
    ground: Ground
    estimate: Estimate
    rates: Rates
    monitors: Bools
    left: Float64

    @property
    def lost(self) -> int:
        """How many of the class are lost."""
        return len(self.estimate.lost)


@dataclass(frozen=True)
class Proposed:
    """One person to ask, with the evidence of why."""

    key: int
    gain: float
    without: float
    known: int
    expected: float
    monitor: bool
    shared_kind: str
    shared_share: float


@dataclass(frozen=True)
class Proposal:
    """Whom to ask, the next best after them, and what was asked about besides."""

    people: tuple[Proposed, ...]
    reserve: tuple[Proposed, ...]
    others: tuple[Proposed, ...]

    @property
    def won(self) -> float:
        """Expected number won back by asking `people`."""
        return sum(one.gain for one in self.people)


_kept: dict[tuple[str, frozenset[int], tuple[int, ...]], Ground] = {}
_lock = Lock()


def situation(live: Live, viewer: Viewer, school_class: SchoolClass, now: Standing) -> Situation:
    """Return all that is known about winning this class back."""
    view = live.view()
    snapshot = view.snapshot
    moment = datetime.now(UTC)
    named = [
        (*places, row["at"].to_native(), float(row["confidence"]))
        for row in live.store.read(NAMED)
        if len(places := snapshot.positions([row["key"], row["named"]])) == 2
    ]
    ground = _ground(view, view.allowed(viewer, live.rules), [(u, v) for u, v, _, _ in named])
    members = school_class.members
    lost = members[now.lost[members]]
    estimate = estimate_ties(
        ground.ties.indptr, ground.ties.indices, ground.attributes, lost,
        rng=np.random.default_rng(0), affinity=ground.affinity,
    )  # fmt: skip
    rates = learn(snapshot, outcomes(live.store, moment))
    left = np.ones(len(lost))
    for _, other, at, confidence in named:
        if moment - at <= NAMED_LASTS:
            left[lost == other] *= 1.0 - COMES_BACK * confidence
    awaited = live.store.read(AWAITED, since=moment - SILENT)[0]["keys"]
    for person in snapshot.positions(awaited).tolist():
        left *= 1.0 - rates.brings(estimate, person)
    # A monitor of some other class knows no more of this one than anybody.
    of_class = np.zeros(snapshot.n, np.bool_)
    of_class[members] = True
    return Situation(
        view, school_class, now, ground, estimate, rates, now.monitors & of_class, left
    )


def _ground(view: View, visible: Bools, named: Sequence[tuple[int, int]]) -> Ground:
    snapshot = view.snapshot
    key = (snapshot.fingerprint, view.denied, tuple(u * snapshot.n + v for u, v in named))
    with _lock:
        if key in _kept:
            return _kept[key]
    layer = snapshot.layers["knows"]
    source = np.repeat(np.arange(snapshot.n), np.diff(layer.indptr))
    # Hidden people's ties are not there, so that nothing of them leaks through a gain.
    kept = (source < layer.indices) & visible[source] & visible[layer.indices]
    u, v = zip(*named, strict=True) if named else ((), ())
    left = np.concatenate([source[kept], np.asarray(u, np.int64)])
    right = np.concatenate([layer.indices[kept], np.asarray(v, np.int64)])
    both = visible[left] & visible[right]
    ties = Ties.of_pairs(snapshot.n, left[both], right[both])
    names = tuple(snapshot.attributes)
    columns = [np.where(visible, snapshot.attributes[name], 0) for name in names]
    attributes = (
        np.column_stack(columns).astype(np.int32)
        if columns
        else np.zeros((snapshot.n, 1), np.int32)
    )
    with one_thread_each():
        affinity = learn_affinity(
            ties.indptr, ties.indices, attributes, rng=np.random.default_rng(0)
        )
    ground = Ground(ties, names or ("",), attributes, affinity)
    with _lock:
        while len(_kept) >= 2:
            _kept.pop(next(iter(_kept)))
        _kept[key] = ground
    return ground


def propose(
    at: Situation,
    size: int,
    *,
    fixed: Iterable[int] = (),
    exclude: Iterable[int] = (),
    value: Iterable[int] = (),
    reserve: int = RESERVE,
) -> Proposal:
    """Choose whom to ask.

    Parameters
    ----------
    size
        How many to ask.
    fixed
        Keys of people who are in it whatever they add, in this order; who may not be asked any
        more is left out.
    exclude
        Keys of people who are not in it.
    value
        Keys of people of whom the gain beyond the plan is wanted: staff's excluded.
    reserve
        How many of the next best to name.
    """
    snapshot = at.view.snapshot
    out = set(snapshot.positions(exclude).tolist())
    askable = at.now.askable
    held = [p for p in snapshot.positions(fixed).tolist() if askable[p] and p not in out]
    held = [p for p in held if p not in set(at.estimate.lost.tolist())]
    plan = plan_recovery(
        at.estimate, at.ground.attributes, np.flatnonzero(askable), size,
        exclude=sorted(out), fixed=held, monitors=at.monitors, rates=at.rates, left=at.left,
    )  # fmt: skip
    after = plan_recovery(
        at.estimate, at.ground.attributes, np.flatnonzero(askable), reserve,
        exclude=[*sorted(out), *plan.people.tolist()], monitors=at.monitors, rates=at.rates,
        left=plan.left,
    )  # fmt: skip
    extra = [p for p in snapshot.positions(value).tolist() if at.now.reachable[p]]
    beyond = [_value(at, plan, p) for p in extra]
    return Proposal(
        tuple(_proposed(at, plan, i) for i in range(len(plan.people))),
        tuple(
            _proposed(at, after, i, alone=True, left=plan.left) for i in range(len(after.people))
        ),
        tuple(beyond),
    )


def _value(at: Situation, plan: Plan, person: int) -> Proposed:
    alone = plan_recovery(
        at.estimate, at.ground.attributes, np.array([person]), 1, fixed=[person], rates=at.rates,
        left=plan.left,
    )  # fmt: skip
    return _proposed(at, alone, 0)


def _proposed(
    at: Situation, plan: Plan, i: int, *, alone: bool = False, left: Float64 | None = None
) -> Proposed:
    person = int(plan.people[i])
    kind, share = "", 0.0
    for name in SHARED:
        if name in at.ground.names:
            value = float(plan.shared[i, at.ground.names.index(name)])
            if value >= SHARED_FROM:
                kind, share = name, value
                break
    gain = float(plan.gain[i])
    if alone and left is not None:
        # Of the next best each is looked at as if it were the only one to come.
        gain = float(at.rates.brings(at.estimate, person) @ left)
    return Proposed(
        int(at.view.snapshot.keys[person]),
        gain,
        float(plan.without[i]),
        int(plan.known[i]),
        float(plan.expected[i]),
        bool(at.monitors[person]),
        kind,
        share,
    )


def look(live: Live, viewer: Viewer, find: Callable[[View, Bools], SchoolClass]) -> Situation:
    """Return the situation of the class that `find` picks, given how everyone stands."""
    view = live.view()
    now = standing(live, viewer, view)
    return situation(live, viewer, find(view, now.there), now)

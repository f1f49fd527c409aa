"""Winning a class back: whom to ask, so that the expected number won back is greatest.

Who is asked answers with a certain chance, and then brings back each of the lost whom they know
with another. The expected number won back,

    f(S) = sum over the lost l of 1 - prod over p in S of (1 - response(p) rate(p, l) P(p knows l))

is a monotone submodular function of the set that is asked, and adding the person with the greatest
gain again and again reaches at least 1 - 1/e (63 %) of the best plan of that size (Nemhauser,
Wolsey and Fisher 1978), on the estimated ties. Gains only ever shrink, so that an old gain is an
upper bound and most people need not be looked at again (Minoux 1978): same plan, a fraction of the
work. Planning again after each wave of answers keeps the bound against the best way of doing so
(Golovin and Krause 2011): `left` then says who is as good as found.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graphnet.discovery.estimate import Estimate
from graphnet.discovery.kernels import Bools, Float64, Int32, Int64
from graphnet.errors import BadValue

CHANCE = 0.1
# The first people follow what is known: an estimate may be wrong, a tie on file is not.
KNOWN_FIRST = 10
# Gains this close are equal as far as an estimate can tell.
EQUAL_WITHIN = 0.02


@dataclass(frozen=True)
class Rates:
    """How likely it is that asking brings somebody back.

    Attributes
    ----------
    response : float64[n]
        That a person answers at all.
    known, estimated : float
        That who answers brings back one of the lost to whom a tie is on file, or to whom a tie is
        estimated (times the chance that there is one).
    """

    response: Float64
    known: float
    estimated: float

    @classmethod
    def even(cls, n: int, chance: float) -> "Rates":
        """Return the same rate for everyone and every tie.

        Raises
        ------
        BadValue
            If the chance is none.
        """
        if not 0.0 < chance <= 1.0:
            raise BadValue(f"a chance of {chance} is none: it lies above 0 and at most at 1")
        return cls(np.ones(n), chance, chance)

    def brings(self, estimate: Estimate, person: int) -> Float64:
        """Return the chance that asking this person brings back each of the lost, float64[m]."""
        chance = self.estimated * estimate.chances(person)
        chance[estimate.tied(person)] = self.known
        return np.asarray(self.response[person] * chance)

    def most(self, estimate: Estimate) -> Float64:
        """Return an upper bound of what each person brings back, float64[n]."""
        guessed = self.estimated * (estimate.total - estimate.known)
        return np.asarray(self.response * (self.known * estimate.known + guessed))


@dataclass(frozen=True)
class Plan:
    """Whom to ask, best first.

    Attributes
    ----------
    people : int64[k]
    gain : float64[k]
        Expected number won back that each adds to those before.
    known : int64[k]
        Ties to the lost that are on file.
    expected : float64[k]
        How many of the lost each is expected to know.
    shared : float64[k, a]
        Share of the lost with the same value of each attribute: the reason in words.
    without : float64[k]
        Expected number won back that would be missing if only this one were not asked.
    left : float64[m]
        Chance that each of the lost is still missing after all of it.
    """

    people: Int64
    gain: Float64
    known: Int64
    expected: Float64
    shared: Float64
    without: Float64
    left: Float64

    @property
    def won(self) -> float:
        """Expected number won back by all of them."""
        return float(self.gain.sum())


def plan_recovery(
    estimate: Estimate,
    attributes: Int32,
    askable: Int64,
    k: int,
    *,
    exclude: Sequence[int] = (),
    fixed: Sequence[int] = (),
    asked: Sequence[int] = (),
    monitors: Bools | None = None,
    chance: float = CHANCE,
    rates: Rates | None = None,
    left: Float64 | None = None,
    known_first: int = KNOWN_FIRST,
) -> Plan:
    """Choose k people to ask.

    Parameters
    ----------
    estimate : Estimate
        Of who knows whom of the lost (`estimate_ties`).
    attributes : int32[n, a]
    askable : int64[m]
        Who may be asked at all.
    exclude : positions
        Never asked.
    fixed : positions
        In the plan whatever their gain, first and in this order.
    asked : positions
        Asked already, answer awaited: not asked again, and whom they know counts less.
    monitors : bool[n], optional
        Come first among people of nearly equal gain.
    chance : float
        That who is asked brings back one they know, where `rates` says no more.
    rates : Rates, optional
        What past answers say of people and ties.
    left : float64[m], optional
        Chance that each of the lost is still missing whatever this plan does: below 1 for those
        whom an answer has named.
    known_first : int
        So many are chosen among people with a known tie to the lost, while there are any.

    Raises
    ------
    BadValue
        If somebody fixed may not be asked, or the chance is none.

    Notes
    -----
    Free choice has the guarantee of 1 - 1/e. Monitors first costs at most 2 % of each gain; what
    staff fix, and the first being chosen among those with known ties, bind the plan on purpose.

    References
    ----------
    Nemhauser, Wolsey and Fisher, "An analysis of approximations for maximizing submodular set
    functions - I", Mathematical Programming 14 (1978), theorem 4.2.
    Minoux, "Accelerated greedy algorithms for maximizing submodular set functions", 1978.
    Golovin and Krause, "Adaptive submodularity", Journal of Artificial Intelligence Research 42
    (2011), theorem 5.2.
    """
    even = Rates.even(len(estimate.total), chance)
    rates = even if rates is None else rates
    left = np.ones(len(estimate.lost)) if left is None else left.copy()
    for person in asked:
        left *= 1.0 - rates.brings(estimate, person)
    never = {*exclude, *asked, *estimate.lost.tolist()}
    free = {int(p) for p in askable.tolist()} - never
    if not free >= set(fixed):
        raise BadValue("somebody fixed in the plan may not be asked")
    people: list[int] = []
    gains: list[float] = []
    brought: list[Float64] = []

    def take(person: int, brings: Float64) -> None:
        people.append(person)
        gains.append(float(brings @ left))
        brought.append(brings)
        np.multiply(left, 1.0 - brings, out=left)

    for person in list(dict.fromkeys(fixed))[:k]:
        take(person, rates.brings(estimate, person))
        free.discard(person)
    rows: dict[int, Float64] = {}
    most = rates.most(estimate)
    with_ties = {p for p in free if estimate.known[p] > 0}
    for stage, until in ((with_ties, min(k, known_first)), (free, k)):
        # Entries are (minus upper bound, position), so that equal gains go by the lower position.
        heap = [(-float(most[p]), p) for p in stage.difference(people)]
        heapq.heapify(heap)
        while heap and len(people) < until:
            person = _best(heap, estimate, left, rows, rates, monitors)
            take(person, rows.pop(person))
    chosen = np.array(people, np.int64)
    codes = attributes[chosen]
    theirs = attributes[estimate.lost]
    shared = np.zeros(codes.shape)
    for i, mine in enumerate(codes):
        shared[i] = ((theirs == mine) & (mine > 0)).mean(axis=0) if len(theirs) else 0.0
    return Plan(
        chosen,
        np.array(gains),
        estimate.known[chosen],
        np.array([estimate.chances(p).sum() for p in people]),
        shared,
        _without(brought, left),
        left,
    )


def _without(brought: list[Float64], left: Float64) -> Float64:
    """Return what each of the plan's people alone adds to all the others."""
    # What all of them but one leave is what all leave, divided by what that one leaves; nobody's
    # chance is quite 1, or the quotient would lose what the others do.
    return np.array([float(left @ (b / np.maximum(1.0 - b, 1e-12))) for b in brought])


def _best(
    heap: list[tuple[float, int]],
    estimate: Estimate,
    left: Float64,
    rows: dict[int, Float64],
    rates: Rates,
    monitors: Bools | None,
) -> int:
    """Take the person of the greatest gain off the heap; of near equals, a monitor."""
    fresh: list[tuple[float, int]] = []
    best = 0.0
    slack = EQUAL_WITHIN if monitors is not None else 0.0
    while heap:
        # Gains are negative here: only who could still reach the best, or nearly, is looked at.
        if fresh and heap[0][0] > best * (1.0 - slack):
            break
        _, person = heapq.heappop(heap)
        if person not in rows:
            rows[person] = rates.brings(estimate, person)
        gain = -float(rows[person] @ left)
        fresh.append((gain, person))
        best = min(best, gain)
    fresh.sort()
    winner = fresh[0]
    if monitors is not None:
        near = [entry for entry in fresh if entry[0] <= best * (1.0 - slack)]
        winner = next((entry for entry in near if monitors[entry[1]]), winner)
    for entry in fresh:
        if entry is not winner:
            heapq.heappush(heap, entry)
    return winner[1]

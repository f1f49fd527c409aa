"""Winning a class back: whom to ask, so that the expected number won back is greatest.

Who is asked brings back each of the lost whom they know with a small chance, independently. The
expected number won back is then a monotone submodular function of the set that is asked, and
adding the person with the greatest gain again and again reaches at least 1 - 1/e (63 %) of the
best plan of that size (Nemhauser, Wolsey and Fisher 1978), on the estimated ties. Gains only ever
shrink, so that an old gain is an upper bound and most people need not be looked at again (Minoux
1978): same plan, a fraction of the work.
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
    """

    people: Int64
    gain: Float64
    known: Int64
    expected: Float64
    shared: Float64

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
        That who is asked brings back one they know.
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
    """
    if not 0.0 < chance <= 1.0:
        raise BadValue(f"a chance of {chance} is none: it lies above 0 and at most at 1")
    left = np.ones(len(estimate.lost))
    for person in asked:
        left *= 1.0 - chance * estimate.chances(person)
    never = {*exclude, *asked, *estimate.lost.tolist()}
    free = {int(p) for p in askable.tolist()} - never
    if not free >= set(fixed):
        raise BadValue("somebody fixed in the plan may not be asked")
    people: list[int] = []
    gains: list[float] = []

    def take(person: int, chances: Float64) -> None:
        people.append(person)
        gains.append(float(chance * chances @ left))
        np.multiply(left, 1.0 - chance * chances, out=left)

    for person in list(dict.fromkeys(fixed))[:k]:
        take(person, estimate.chances(person))
        free.discard(person)
    rows: dict[int, Float64] = {}
    with_ties = {p for p in free if estimate.known[p] > 0}
    for stage, most in ((with_ties, min(k, known_first)), (free, k)):
        # Entries are (minus upper bound, position), so that equal gains go by the lower position.
        heap = [(-chance * float(estimate.total[p]), p) for p in stage.difference(people)]
        heapq.heapify(heap)
        while heap and len(people) < most:
            person = _best(heap, estimate, left, rows, chance, monitors)
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
    )


def _best(
    heap: list[tuple[float, int]],
    estimate: Estimate,
    left: Float64,
    rows: dict[int, Float64],
    chance: float,
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
            rows[person] = estimate.chances(person)
        gain = -float(chance * rows[person] @ left)
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

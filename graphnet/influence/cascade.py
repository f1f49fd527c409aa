"""How word passes on: chances of each tie, and cascades simulated forward with their error.

In the independent cascade, who hears of something passes it on over each tie once, with that
tie's chance. Ties of a person are kept from the likeliest down: then most of the unlikely ones are
jumped over in one draw, and a cascade costs little more than what it reaches.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from graphnet.errors import BadValue
from graphnet.threads import available_threads

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
UInt64 = NDArray[np.uint64]
Ties = NDArray[np.void]  # of dtype TIE

BLOCK = 250  # simulated cascades that share one stream of random numbers
STOP = -2  # marks people at whom a cascade need not go on


# One record, since whoever looks up one of the three needs the others: one wait for memory, not
# three. `jump` is 1 / log(1 - chance), the scale of a jump to the next success; 0 for certainty.
TIE = np.dtype([("person", np.int32), ("chance", np.float32), ("jump", np.float32)])


@dataclass(frozen=True)
class Passing:
    """Chances of passing word on, in one direction, from each person's likeliest tie down.

    Attributes
    ----------
    indptr : int64[n + 1]
    ties : TIE[m]
        Whom the row's person passes to (`Cascade.forward`) or hears from (`Cascade.backward`);
        chances descend within each row.
    people : int32[m]
        The same people by themselves: a third of the memory to wander through, where rows need
        nothing else.
    first_jump : float32[n]
        The first tie's jump, for rows whose chances are all alike; 1 where they differ.
    """

    indptr: Int64
    ties: Ties
    people: Int32
    first_jump: Float32

    @property
    def n(self) -> int:
        """Number of people."""
        return len(self.indptr) - 1


@dataclass(frozen=True)
class Cascade:
    """The chances of all ties, in both directions."""

    forward: Passing
    backward: Passing

    @property
    def n(self) -> int:
        """Number of people."""
        return self.forward.n


@njit(cache=True, nogil=True)
def _order_rows(
    n: int, row: Int32, column: Int32, chance: Float32
) -> tuple[Int64, Int32, Float32, NDArray[np.bool_]]:
    """Sort ties by row, then chance descending, then column (counting first: rows are short).

    The last of the answer says whose ties are all alike.
    """
    m = len(row)
    column_start = np.zeros(n + 1, np.int64)
    indptr = np.zeros(n + 1, np.int64)
    for i in range(m):
        column_start[column[i] + 1] += 1
        indptr[row[i] + 1] += 1
    for v in range(n):
        column_start[v + 1] += column_start[v]
        indptr[v + 1] += indptr[v]
    by_column = np.empty(m, np.int32)
    for i in range(m):
        by_column[column_start[column[i]]] = i
        column_start[column[i]] += 1
    fill = indptr[:-1].copy()
    indices = np.empty(m, np.int32)
    value = np.empty(m, np.float32)
    for k in range(m):
        i = by_column[k]
        at = fill[row[i]]
        indices[at] = column[i]
        value[at] = chance[i]
        fill[row[i]] += 1
    alike = np.ones(n, np.bool_)
    for v in range(n):
        start = indptr[v]
        end = indptr[v + 1]
        falling = True
        for j in range(start + 1, end):
            if value[j] != value[start]:
                alike[v] = False
            if value[j] > value[j - 1]:
                falling = False
                break
        if not falling:
            order = np.argsort(-value[start:end], kind="mergesort")
            indices[start:end] = indices[start:end][order]
            value[start:end] = value[start:end][order]
    return indptr, indices, value, alike


def _rows(n: int, row: Int32, column: Int32, chance: Float32) -> Passing:
    indptr, indices, value, alike = _order_rows(n, row, column, chance)
    ties = np.empty(len(indices), TIE)
    ties["person"] = indices
    ties["chance"] = value
    with np.errstate(divide="ignore"):
        ties["jump"] = np.where(value < 1, 1 / np.log1p(-value.astype(np.float64)), 0.0)
    first_jump = np.ones(n, np.float32)
    alike &= np.diff(indptr) > 0
    first_jump[alike] = ties["jump"][indptr[:-1][alike]]
    return Passing(indptr, ties, indices, first_jump)


def cascade_of_pairs(n: int, source: ArrayLike, target: ArrayLike, chance: ArrayLike) -> Cascade:
    """Make a cascade of directed ties with the chance of each.

    Raises
    ------
    BadValue
        If a chance is not above 0 and at most 1, a position is out of range, or lengths differ.
    """
    u, v = np.asarray(source, np.int64), np.asarray(target, np.int64)
    p = np.asarray(chance, np.float32)
    if not len(u) == len(v) == len(p):
        raise BadValue("a cascade needs as many sources as targets and chances")
    if len(u) and not (min(u.min(), v.min()) >= 0 and max(u.max(), v.max()) < n):
        raise BadValue(f"a tie of the cascade leads outside of the {n} people")
    if len(p) and not ((p > 0).all() and (p <= 1).all()):
        raise BadValue("a chance of passing on must be above 0 and at most 1")
    left, right = u.astype(np.int32), v.astype(np.int32)
    return Cascade(_rows(n, left, right, p), _rows(n, right, left, p))


def weighted_cascade(indptr: Int64, indices: Int32, weight: Float32 | None = None) -> Cascade:
    """Make the cascade in which each person hears, on average, from one of their acquaintances.

    The chance of a tie is its share of the weight of the one who hears (``1 / number of ties``
    without weights): what one takes where nothing was learned from past answers.
    """
    n = len(indptr) - 1
    hearer = np.repeat(np.arange(n, dtype=np.int32), np.diff(indptr))
    value = np.ones(len(indices)) if weight is None else weight.astype(np.float64)
    total = np.bincount(hearer, weights=value, minlength=n)
    chance = np.minimum(value / total[hearer], 1.0).astype(np.float32)
    return cascade_of_pairs(n, indices, hearer, chance)


@njit(cache=True, nogil=True)
def mixed(bits: np.uint64) -> np.uint64:
    """Stir 64 bits (the finaliser of splitmix64)."""
    z = bits
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(cache=True, nogil=True)
def next_random(state: UInt64) -> float:
    """Draw from (0, 1]; the stream is splitmix64, one 64-bit counter (Steele et al. 2014)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = mixed(state[0])
    return np.float64((z >> np.uint64(11)) + np.uint64(1)) * (1.0 / 9007199254740992.0)


def streams(seed: int, count: int, *, use: int) -> UInt64:
    """Return independent starting states: one a block, another set for each use of a seed."""
    states = np.random.SeedSequence([seed, use]).generate_state(count, np.uint64)
    return states.astype(np.uint64)


@njit(cache=True, nogil=True)
def spread_once(
    indptr: Int64,
    ties: Ties,
    people: Int32,
    first_jump: Float32,
    mark: Int32,
    stamp: int,
    queue: Int32,
    size: int,
    state: UInt64,
    world: np.uint64,
) -> int:
    """Let word pass on from the first `size` people of the queue; return how many then heard it.

    Within a row the chance can only fall. So from position j the next success, were all later
    chances as high as this one, is drawn in one go; it is kept with the ratio of its own chance.
    Exact for any chances (subset sampling in sorted rows: Guo et al., SUBSIM, 2020, section 4).
    Rows whose chances are all alike need no look at the chances at all.

    Whoever is marked `STOP` ends it at once: the answer is then -1.

    In a world (not 0) whom somebody passes word to depends on the world and on them alone, not on
    who heard before: so two sets of people can be compared in the same worlds.
    """
    head = 0
    while head < size:
        u = queue[head]
        head += 1
        if world != np.uint64(0):
            state[0] = mixed(world ^ (np.uint64(u + 1) * np.uint64(0xD1342543DE82EF95)))
        j = indptr[u]
        end = indptr[u + 1]
        alike = first_jump[u]
        while j < end:
            if alike <= 0.0:
                step = np.log(next_random(state)) * alike
                if step >= end - j:
                    break
                j += np.int64(step)
                v = people[j]
            else:
                bound = ties[j].chance
                if bound < 1.0:
                    step = np.log(next_random(state)) * ties[j].jump
                    if step >= end - j:
                        break
                    j += np.int64(step)
                    own = ties[j].chance
                    if own < bound and next_random(state) * bound > own:
                        j += 1
                        continue
                v = ties[j].person
            j += 1
            if mark[v] != stamp:
                if mark[v] == STOP:
                    return -1
                mark[v] = stamp
                queue[size] = v
                size += 1
    return size


@njit(cache=True, nogil=True)
def _simulate(
    indptr: Int64,
    ties: Ties,
    everybody: Int32,
    first_jump: Float32,
    people: Int32,
    counts: NDArray[np.bool_],
    runs: int,
    start: np.uint64,
    reached: Int64,
    total: Float64,
) -> None:
    """Simulate cascades; note each one's reach, and add to each person how often they heard."""
    n = len(indptr) - 1
    state = np.zeros(1, np.uint64)
    mark = np.full(n, -1, np.int32)
    queue = np.empty(n, np.int32)
    for run in range(runs):
        for i in range(len(people)):
            queue[i] = people[i]
            mark[people[i]] = run
        world = mixed(start + np.uint64(run + 1) * np.uint64(0x9E3779B97F4A7C15)) | np.uint64(1)
        size = spread_once(
            indptr, ties, everybody, first_jump, mark, run, queue, len(people), state, world
        )
        heard = 0
        for i in range(size):
            total[queue[i]] += 1.0
            heard += counts[queue[i]]
        reached[run] = heard


def paired(these: Int64, others: Int64) -> tuple[float, float]:
    """Return the mean difference of two sets' reach in the same worlds, and its standard error."""
    more = (these - others).astype(np.float64)
    return float(more.mean()), float(more.std(ddof=1) / np.sqrt(len(more)))


@dataclass(frozen=True)
class Reach:
    """How many hear of it: the mean over simulated cascades, and how sure that is.

    Attributes
    ----------
    mean, standard_error : float
    runs : int
    heard : float64[n]
        Share of cascades in which each person heard.
    reached : int64[runs]
        How many heard in each. Of the same seed, another set's cascades ran in the same worlds.
    """

    mean: float
    standard_error: float
    runs: int
    heard: Float64
    reached: Int64

    def ahead_of(self, other: "Reach") -> tuple[float, float]:
        """Return how much more this reaches, and the standard error of that, world by world."""
        return paired(self.reached, other.reached)


def simulate(
    cascade: Cascade,
    people: ArrayLike,
    *,
    runs: int = 2000,
    seed: int = 0,
    audience: NDArray[np.bool_] | None = None,
    threads: int | None = None,
) -> Reach:
    """Simulate what a set of people reaches.

    Parameters
    ----------
    cascade : Cascade
    people : array_like of int
        Positions of those who start; repeats count once.
    runs : int
        Number of cascades. The standard error falls with its square root.
    seed : int
        The same seed gives the same cascades, for any number of threads; another set of people
        is simulated in the same worlds (common random numbers), so that differences are sharp.
    audience : bool[n], optional
        Who counts when reached; everybody by default.
    threads : int, optional

    Returns
    -------
    Reach

    References
    ----------
    Kempe, Kleinberg and Tardos, "Maximizing the spread of influence through a social network",
    2003, section 2 (independent cascade, weighted cascade).
    """
    chosen = np.unique(np.asarray(people, np.int32))
    if len(chosen) and (chosen[0] < 0 or chosen[-1] >= cascade.n):
        raise BadValue(f"a position lies outside of the {cascade.n} people")
    if runs < 2:
        raise BadValue("a simulation needs at least two runs, to know its error")
    counts = np.ones(cascade.n, np.bool_) if audience is None else audience
    way = cascade.forward
    reached = np.zeros(runs, np.int64)
    sizes = [min(BLOCK, runs - first) for first in range(0, runs, BLOCK)]
    starts = streams(seed, len(sizes), use=0)

    def block(number: int) -> Float64:
        total = np.zeros(cascade.n)
        part = reached[number * BLOCK : number * BLOCK + sizes[number]]
        _simulate(
            way.indptr, way.ties, way.people, way.first_jump, chosen, counts, sizes[number],
            starts[number], part, total,
        )  # fmt: skip
        return total

    work: Callable[[int], Float64] = block
    with ThreadPoolExecutor(threads or available_threads()) as pool:
        heard = np.zeros(cascade.n)
        for total in pool.map(work, range(len(sizes))):
            heard += total
    error = float(reached.std(ddof=1) / np.sqrt(runs))
    return Reach(float(reached.mean()), error, runs, heard / runs, reached)

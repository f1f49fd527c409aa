"""Betweenness: on how many shortest ways between others a person lies, sampled with its error."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphnet.errors import BadValue
from graphnet.threads import available_threads

BoolArray = NDArray[np.bool_]
Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


PIVOTS = 256  # sources at least, where not all people are
# Sources times ties that may be looked at: 20 s on two processors. Up to some ten thousand people
# with fifty ties each this is everybody, so that nothing is estimated.
MOST_VISITS = 6_000_000_000
ALIKE = 200  # people of similar number of ties over whom a variance is taken


@dataclass(frozen=True)
class Betweenness:
    """Betweenness as a share of all ordered pairs of others, exact or sampled.

    Attributes
    ----------
    scores, standard_error : float64[n]
        The estimate and its standard error over the sampled sources (0 if all people were sources):
        for at least 95 of 100 people the exact value lies within two of them.
    sources : int64[k]
        Who was sampled.
    """

    scores: Float64
    standard_error: Float64
    sources: Int64


@njit(cache=True, nogil=True)
def _accumulate(
    indptr: Int64, indices: Int32, sources: Int64, total: Float64, square: Float64
) -> None:
    """Add each source's dependencies, and their squares: Brandes' two passes, one search a source.

    Of a way of d steps, d above two, from the source to somebody, a person at step i gets the part
    ``2 (i - 1) / (d - 2)``; of one of two steps, who is in its middle gets all. The same way in
    the other direction gives the rest to 2, so that over all sources nothing changes; but a person
    is no longer judged by the few sources that are their neighbours and go through them for
    everything. For the same number of sources this halves the error.

    Whether a tie leads one step further out is as good as random to the processor; written down
    without a branch, and gone through again from the list, it costs half the time.
    """
    n = len(indptr) - 1
    distance = np.empty(n, np.int32)
    ways = np.empty(n, np.float64)
    share = np.empty(n, np.float64)
    queue = np.empty(n, np.int32)
    onward_start = np.empty(n + 1, np.int64)
    onward = np.empty(len(indices) // 2 + n + 1, np.int32)
    for s in sources:
        distance[:] = 1 << 30
        ways[:] = 0.0
        distance[s] = 0
        ways[s] = 1.0
        queue[0] = s
        head = 0
        tail = 1
        count = 0
        while head < tail:
            u = queue[head]
            after = distance[u] + 1
            first = count
            onward_start[head] = first
            head += 1
            for j in range(indptr[u], indptr[u + 1]):
                v = indices[j]
                d = distance[v]
                if d > after:
                    distance[v] = after
                    queue[tail] = v
                    tail += 1
                    d = after
                onward[count] = v
                count += d == after
            mine = ways[u]
            for j in range(first, count):
                ways[onward[j]] += mine
        onward_start[tail] = count
        # share[v] = (what ends at v + what goes on) / ways of v; a person gathers from those one
        # step further out, so that each value is written once.
        for i in range(tail - 1, 0, -1):
            v = queue[i]
            d = distance[v]
            gathered = 0.0
            if d == 1:
                for j in range(onward_start[i], onward_start[i + 1]):
                    gathered += 1.0 / ways[onward[j]]
                dependency = gathered
            else:
                for j in range(onward_start[i], onward_start[i + 1]):
                    gathered += share[onward[j]]
                further = gathered * ways[v]
                ends = 1.0 / (d - 2) if d > 2 else 0.0
                share[v] = (ends + further) / ways[v]
                dependency = 2.0 * (d - 1) * further
            total[v] += dependency
            square[v] += dependency * dependency


def _part(indptr: Int64, indices: Int32, sources: Int64) -> tuple[Float64, Float64]:
    n = len(indptr) - 1
    total, square = np.zeros(n), np.zeros(n)
    _accumulate(indptr, indices, sources, total, square)
    return total, square


def pivots_for(indptr: Int64, people: BoolArray | None = None) -> int | None:
    """Return from how many sources to estimate, or None where all are few enough to be exact.

    Parameters
    ----------
    indptr : int64[n + 1]
    people : bool[n], optional
        As in `betweenness`.
    """
    tied = len(_tied(indptr, people))
    affordable = max(PIVOTS, MOST_VISITS // max(int(indptr[-1]), 1))
    return None if affordable >= tied else affordable


def _tied(indptr: Int64, people: BoolArray | None) -> Int64:
    """Return who can be a source: people of the graph with a tie; the others add nothing."""
    tied = np.diff(indptr) > 0
    return np.flatnonzero(tied if people is None else tied & people).astype(np.int64)


def betweenness(
    indptr: Int64,
    indices: Int32,
    *,
    k: int | None = None,
    people: BoolArray | None = None,
    seed: int = 0,
    threads: int | None = None,
) -> Betweenness:
    """Compute betweenness from the shortest ways out of everybody, or out of k chosen at random.

    ``b_v = n / k * sum over sources s of (share of shortest ways from s to t through v, over t)``,
    divided by ``(n - 1)(n - 2)``; each way counts in its two directions by unequal parts, see
    Notes.

    Parameters
    ----------
    indptr, indices : int64[n + 1], int32[m]
        Symmetric ties.
    k : int, optional
        Number of sources among the people with a tie; all of them (exact) by default or if there
        are no more.
    people : bool[n], optional
        Who is in the graph, all by default; the others must have no tie. Shares are of the pairs
        of these people.
    seed : int
        Chooses the sources. The answer does not depend on the number of threads.
    threads : int, optional
        At most so many at a time; those of the machine (up to four) by default.

    Returns
    -------
    Betweenness

    Notes
    -----
    O(k * ties). Every block of eight sources is added up by itself and blocks in their order,
    so that rounding is the same for any number of threads.

    That a way may be credited by where on it a person stands, as long as its two directions add up,
    is Geisberger's, Sanders' and Schultes' idea; they give ``i / d`` of a way of d steps to who
    stands at step i. We give ``(i - 1) / (d - 2)``, which leaves nothing to the neighbours of a
    source. Relative error of the hundred highest on Cornell5 with 64 sources: plain pivots .29,
    i / d .22, ours .12.

    What a person gets from one source is often nothing and seldom much, so that a sample may have
    met none of what makes the variance. The variance is therefore at least the average over two
    hundred people with as many ties.

    References
    ----------
    Brandes, "A faster algorithm for betweenness centrality", 2001. Brandes and Pich, "Centrality
    estimation in large networks", 2007, section 2 (random pivots). Geisberger, Sanders and
    Schultes, "Better approximation of betweenness centrality", 2008, section 3.

    Examples
    --------
    >>> import numpy as np
    >>> path = np.array([0, 1, 3, 4]), np.array([1, 0, 2, 1], np.int32)
    >>> betweenness(*path).scores
    array([0., 1., 0.])
    """
    n = len(indptr) - 1
    if k is not None and k < 1:
        raise BadValue(f"betweenness needs at least one source, not {k}")
    tied = _tied(indptr, people)
    everybody = k is None or k >= len(tied)
    if everybody:
        sources = tied
    else:
        sources = np.sort(np.random.default_rng(seed).choice(tied, k, replace=False))
    size = max(8, -(-len(sources) // 64))
    blocks = [sources[i : i + size] for i in range(0, len(sources), size)]
    work: Callable[[Int64], tuple[Float64, Float64]] = partial(_part, indptr, indices)
    total, square = np.zeros(n), np.zeros(n)
    with ThreadPoolExecutor(threads or available_threads()) as pool:
        for part_total, part_square in pool.map(work, blocks):
            total += part_total
            square += part_square
    count = max(len(sources), 1)
    mean = total / count
    of = n if people is None else int(np.count_nonzero(people))
    scale = len(tied) / max((of - 1) * (of - 2), 1)
    if everybody:
        error = np.zeros(n)
    elif count == 1:
        error = np.where(np.diff(indptr) > 1, np.inf, 0.0)
    else:
        variance = np.maximum(square / count - mean**2, 0) * count / (count - 1)
        variance = _at_least_alike(variance, np.diff(indptr))
        error = np.sqrt(variance / count * (1 - count / len(tied)))
    return Betweenness(mean * scale, error * scale, sources)


def _at_least_alike(variance: Float64, degree: Int64) -> Float64:
    """Return each variance, or the average over people with as many ties if that is more.

    Who has one tie lies between nobody: there it is 0.
    """
    several = np.flatnonzero(degree > 1)
    order = several[np.argsort(degree[several], kind="stable")]
    running = np.concatenate([[0.0], np.cumsum(variance[order])])
    place = np.arange(len(order))
    low, high = np.maximum(place - ALIKE // 2, 0), np.minimum(place + ALIKE // 2 + 1, len(order))
    alike = np.zeros(len(variance))
    alike[order] = (running[high] - running[low]) / np.maximum(high - low, 1)
    least: Float64 = np.where(degree > 1, np.maximum(variance, alike), 0.0)
    return least

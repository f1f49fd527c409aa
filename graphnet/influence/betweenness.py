"""Betweenness: on how many shortest ways between others a person lies, sampled with its error."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphnet.errors import BadValue
from graphnet.influence.threads import available_threads

Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


@dataclass(frozen=True)
class Betweenness:
    """Sampled betweenness, as a share of all ordered pairs of others.

    Attributes
    ----------
    scores, standard_error : float64[n]
        The estimate and its standard error over the sampled sources (0 if all people were sources).
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
        # share[v] = (1 + dependency of v) / ways of v; a person's dependency gathers those one
        # step further out, so that each value is written once.
        for i in range(tail - 1, 0, -1):
            v = queue[i]
            gathered = 0.0
            for j in range(onward_start[i], onward_start[i + 1]):
                gathered += share[onward[j]]
            dependency = gathered * ways[v]
            share[v] = (1.0 + dependency) / ways[v]
            total[v] += dependency
            square[v] += dependency * dependency


def _part(indptr: Int64, indices: Int32, sources: Int64) -> tuple[Float64, Float64]:
    n = len(indptr) - 1
    total, square = np.zeros(n), np.zeros(n)
    _accumulate(indptr, indices, sources, total, square)
    return total, square


def betweenness(
    indptr: Int64,
    indices: Int32,
    *,
    k: int | None = None,
    seed: int = 0,
    threads: int | None = None,
) -> Betweenness:
    """Estimate betweenness from the shortest ways out of k people chosen at random.

    ``b_v = n / k * sum over sources s of (share of shortest ways from s to t through v, over t)``,
    divided by ``(n - 1)(n - 2)``.

    Parameters
    ----------
    indptr, indices : int64[n + 1], int32[m]
        Symmetric ties.
    k : int, optional
        Number of sources; all people (exact) by default or if there are no more.
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

    References
    ----------
    Brandes, "A faster algorithm for betweenness centrality", 2001. Brandes and Pich, "Centrality
    estimation in large networks", 2007, section 2 (random pivots).

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
    if n == 0:
        return Betweenness(np.zeros(0), np.zeros(0), np.zeros(0, np.int64))
    if k is None or k >= n:
        sources = np.arange(n, dtype=np.int64)
    else:
        sources = np.sort(np.random.default_rng(seed).choice(n, k, replace=False)).astype(np.int64)
    size = max(8, -(-len(sources) // 64))
    blocks = [sources[i : i + size] for i in range(0, len(sources), size)]
    work: Callable[[Int64], tuple[Float64, Float64]] = partial(_part, indptr, indices)
    total, square = np.zeros(n), np.zeros(n)
    with ThreadPoolExecutor(threads or available_threads()) as pool:
        for part_total, part_square in pool.map(work, blocks):
            total += part_total
            square += part_square
    count = len(sources)
    pairs = max((n - 1) * (n - 2), 1)
    mean = total / count
    if count == n:
        error = np.zeros(n)
    else:
        variance = np.maximum(square / count - mean**2, 0) * count / max(count - 1, 1)
        error = np.sqrt(variance / count * (1 - count / n)) if count > 1 else np.full(n, np.inf)
    return Betweenness(mean * n / pairs, error * n / pairs, sources)

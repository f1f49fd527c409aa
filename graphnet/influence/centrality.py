"""Position of each person in the network: PageRank and core number.

Betweenness, which has to be sampled, stands in betweenness.py. The kernels hold no lock on the
interpreter and use one thread, so that several questions can be answered side by side.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from graphnet.errors import BadValue

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


@dataclass(frozen=True)
class PageRank:
    """PageRank scores and how well they solve their equations.

    Attributes
    ----------
    scores : float64[n]
        Sum to 1.
    restart : float64[n]
        Where a walk starts over, sums to 1.
    damping : float
        Probability of following one more tie.
    scale : float
        The solution of the linear system was divided by `1 / scale` to sum to 1; above 1 only where
        somebody has no tie.
    sweeps : int
        Passes over all ties that were needed.
    residual : float
        What is left of the equations, summed over people, at the end.
    least_strength : float
        As given to `pagerank`.
    """

    scores: Float64
    restart: Float64
    damping: float
    scale: float
    sweeps: int
    residual: float
    least_strength: float = 0.0


@njit(cache=True, nogil=True)
def _sweep(
    indptr: Int64, indices: Int32, inverse: Float64, restart: Float64, damping: float, y: Float64
) -> float:
    """Solve each person's equation once, in place; return the sum of absolute changes of scores."""
    change = 0.0
    for v in range(len(indptr) - 1):
        total = 0.0
        for j in range(indptr[v], indptr[v + 1]):
            total += y[indices[j]]
        new = (restart[v] + damping * total) * inverse[v]
        if inverse[v] > 0:
            change += abs(new - y[v]) / inverse[v]
        y[v] = new
    return change


@njit(cache=True, nogil=True)
def _weighted_sweep(
    indptr: Int64,
    indices: Int32,
    weight: Float32,
    inverse: Float64,
    restart: Float64,
    damping: float,
    y: Float64,
) -> float:
    """As `_sweep`, with ties of different weight."""
    change = 0.0
    for v in range(len(indptr) - 1):
        total = 0.0
        for j in range(indptr[v], indptr[v + 1]):
            total += weight[j] * y[indices[j]]
        new = (restart[v] + damping * total) * inverse[v]
        if inverse[v] > 0:
            change += abs(new - y[v]) / inverse[v]
        y[v] = new
    return change


@njit(cache=True, nogil=True)
def _solve(
    indptr: Int64,
    indices: Int32,
    inverse: Float64,
    restart: Float64,
    damping: float,
    y: Float64,
    tolerance: float,
    most: int,
) -> tuple[int, float]:
    """Sweep until the scores stop changing by more than the tolerance."""
    change = np.inf
    sweeps = 0
    while change > tolerance and sweeps < most:
        change = _sweep(indptr, indices, inverse, restart, damping, y)
        sweeps += 1
    return sweeps, change


@njit(cache=True, nogil=True)
def _solve_weighted(
    indptr: Int64,
    indices: Int32,
    weight: Float32,
    inverse: Float64,
    restart: Float64,
    damping: float,
    y: Float64,
    tolerance: float,
    most: int,
) -> tuple[int, float]:
    """As `_solve`, with ties of different weight."""
    change = np.inf
    sweeps = 0
    while change > tolerance and sweeps < most:
        change = _weighted_sweep(indptr, indices, weight, inverse, restart, damping, y)
        sweeps += 1
    return sweeps, change


def strengths(indptr: Int64, weight: Float32 | None) -> Float64:
    """Return the sum of each person's tie weights (their number of ties without weights)."""
    if weight is None:
        return np.diff(indptr).astype(np.float64)
    running = np.concatenate([[0.0], np.cumsum(weight, dtype=np.float64)])
    return np.asarray(running[indptr[1:]] - running[indptr[:-1]], np.float64)


def effective_strengths(indptr: Int64, weight: Float32 | None, least: float) -> Float64:
    """Return the strengths by which walks divide; 1 for who has no tie and so no division."""
    strength = np.maximum(strengths(indptr, weight), least)
    return np.where(strength > 0, strength, 1.0)


def restart_vector(n: int, restart: ArrayLike | None) -> Float64:
    """Return a distribution over people from weights, from positions' mask, or uniform.

    Raises
    ------
    BadValue
        If it has another length, a negative or infinite entry, or no positive one.
    """
    if restart is None:
        return np.full(n, 1.0 / max(n, 1))
    vector = np.asarray(restart, np.float64)
    if vector.shape != (n,):
        raise BadValue(f"the restart vector has shape {vector.shape}, there are {n} people")
    if not np.isfinite(vector).all() or (vector < 0).any() or not vector.sum() > 0:
        raise BadValue("a restart vector needs finite weights of at least 0, and one above 0")
    distribution: Float64 = vector / vector.sum()
    return distribution


def pagerank(
    indptr: Int64,
    indices: Int32,
    weight: Float32 | None = None,
    *,
    restart: ArrayLike | None = None,
    damping: float = 0.85,
    least_strength: float = 0.0,
    tolerance: float = 1e-9,
    most_sweeps: int = 1000,
) -> PageRank:
    """Rank people by where a walk along ties is found, which starts over now and then.

    The scores solve ``x_v = (1 - d) r_v + d * sum over u of x_u w_uv / s_u``, with ``s_u`` the sum
    of u's weights; walks that reach somebody without ties start over. The system is solved by
    Gauss-Seidel sweeps in ``y = x / s``, which need about half the passes of power iteration and,
    since only ``y`` is looked up, no multiplication a tie.

    Parameters
    ----------
    indptr, indices, weight : int64[n + 1], int32[m], float32[m] or None
        Symmetric ties.
    restart : array_like of shape (n,), optional
        Weights (or a mask) of the people where walks start; everybody alike by default.
    damping : float
        Probability of following a tie, in [0, 1).
    least_strength : float
        Count everybody's ties as at least so much in sum. A tie then carries at most
        ``weight / least_strength`` of a walk, the rest starts over: without this, a planted account
        that talks one verified person with two ties into a third gets a third of what they pass on.
    tolerance : float
        Stop when a sweep changes the scores by no more than this in sum. The distance from the
        exact solution is then at most ``tolerance * d / (1 - d)``.
    most_sweeps : int
        Stop after so many in any case; `residual` says what was reached.

    Returns
    -------
    PageRank

    Notes
    -----
    O(ties) a sweep, 20 to 40 sweeps.

    References
    ----------
    Gleich, "PageRank beyond the Web", SIAM Review 57 (2015), sections 2 and 5.2 (equal ranking of
    the linear system and of walks that start over from people without ties).

    Examples
    --------
    >>> import numpy as np
    >>> star = np.array([0, 3, 4, 5, 6]), np.array([1, 2, 3, 0, 0, 0], np.int32)
    >>> pagerank(*star).scores.argmax()
    np.int64(0)
    """
    n = len(indptr) - 1
    if not 0 <= damping < 1:
        raise BadValue(f"damping is {damping}, it must be at least 0 and below 1")
    start = restart_vector(n, restart)
    if n == 0:
        return PageRank(start, start, damping, 1.0, 0, 0.0)
    inverse = 1.0 / effective_strengths(indptr, weight, least_strength)
    force = (1 - damping) * start
    y = force * inverse if restart is not None else start * inverse
    if weight is None:
        sweeps, residual = _solve(
            indptr, indices, inverse, force, damping, y, tolerance, most_sweeps
        )
    else:
        sweeps, residual = _solve_weighted(
            indptr, indices, weight, inverse, force, damping, y, tolerance, most_sweeps
        )
    solution = y / inverse
    scale = 1.0 / solution.sum()
    return PageRank(
        solution * scale,
        start,
        damping,
        float(scale),
        int(sweeps),
        float(residual),
        least_strength,
    )


@njit(cache=True, nogil=True)
def _peel(indptr: Int64, indices: Int32) -> Int32:
    """Take away everybody with at most k ties left, for k = 0, 1, ...

    Only the number of ties left is looked up at random, where the usual bins need three arrays;
    going through those who are left once for each k costs little, as they become few.
    """
    n = len(indptr) - 1
    left = np.empty(n, np.int32)
    alive = np.empty(n, np.int32)
    stack = np.empty(n + 1, np.int32)
    for v in range(n):
        left[v] = indptr[v + 1] - indptr[v]
        alive[v] = v
    rest = n
    k = 0
    while rest > 0:
        kept = 0
        height = 0
        fewest = 1 << 30
        for i in range(rest):
            v = alive[i]
            d = left[v]
            if d > k:
                alive[kept] = v
                kept += 1
                fewest = min(fewest, d)
            elif d == k:
                stack[height] = v
                height += 1
        if height == 0:
            # Those already taken have at most k - 1; nobody had exactly k: go to the next number.
            rest = kept
            k = fewest
            continue
        taken = 0
        while taken < height:
            v = stack[taken]
            taken += 1
            for j in range(indptr[v], indptr[v + 1]):
                u = indices[j]
                d = left[u]
                if d > k:
                    left[u] = d - 1
                    if d - 1 == k:
                        stack[height] = u
                        height += 1
        rest = kept
        k += 1
    return left


def core_numbers(indptr: Int64, indices: Int32) -> Int32:
    """Return the largest k for which a person belongs to a group with k ties each inside it.

    Parameters
    ----------
    indptr, indices : int64[n + 1], int32[m]
        Symmetric ties without loops.

    Returns
    -------
    int32[n]

    Notes
    -----
    O(ties + the sum over k of the people left at k).

    References
    ----------
    Dasari, Ranjan and Zubair, "ParK: an efficient algorithm for k-core decomposition on
    multicore processors", 2014 (here with one thread).

    Examples
    --------
    >>> import numpy as np
    >>> triangle_with_tail = np.array([0, 2, 4, 7, 8]), np.array([1, 2, 0, 2, 0, 1, 3, 2], np.int32)
    >>> core_numbers(*triangle_with_tail)
    array([2, 2, 2, 1], dtype=int32)
    """
    cores: Int32 = _peel(indptr, indices)
    return cores

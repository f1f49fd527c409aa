"""The plain measure of who may know whom, compiled: two steps along the ties.

Resource allocation (Zhou, Lü and Zhang, "Predicting missing links via local information", European
Physical Journal B 71, 2009): each common neighbour passes on one unit, shared among its ties.

    score(u, v) = sum over z tied to both of 1 / d_z

Whoever may not be seen passes nothing on and is not counted in anybody's degree: a score that has
seen a hidden person would give them away. The kernels hold no lock on the interpreter and use one
thread, so that questions can be answered side by side.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


@njit(cache=True, nogil=True)
def allowed_degree(indptr: Int64, indices: Int32, allowed: Bools, person: int) -> int:
    """Count the ties of one person to people who may be seen."""
    if len(allowed) == 0:
        return int(indptr[person + 1] - indptr[person])
    count = 0
    for j in range(indptr[person], indptr[person + 1]):
        count += allowed[indices[j]]
    return count


@njit(cache=True, nogil=True)
def all_degrees(indptr: Int64, indices: Int32, allowed: Bools) -> Float64:
    """Count everybody's ties to people who may be seen, float64[n]; of the others it is 0."""
    n = len(indptr) - 1
    degree = np.empty(n, np.float64)
    for v in range(n):
        if len(allowed) == 0:
            degree[v] = indptr[v + 1] - indptr[v]
            continue
        count = 0
        if allowed[v]:
            for j in range(indptr[v], indptr[v + 1]):
                count += allowed[indices[j]]
        degree[v] = count
    return degree


@njit(cache=True, nogil=True)
def pass_on(
    indptr: Int64,
    indices: Int32,
    allowed: Bools,
    person: int,
    score: Float64,
    touched: Int32,
) -> int:
    """Add resource allocation from one person to ``score``; return how many people it touched.

    Parameters
    ----------
    allowed : bool[n], or bool[0] for everyone
    score : float64[n], zeros
        Filled; also the person and their own ties get a score, the caller leaves them out.
    touched : int32[n]
        Its first entries are filled with everyone whose score is not zero.
    """
    everyone = len(allowed) == 0
    count = 0
    for i in range(indptr[person], indptr[person + 1]):
        z = indices[i]
        if not everyone and not allowed[z]:
            continue
        share = 1.0 / allowed_degree(indptr, indices, allowed, z)
        for j in range(indptr[z], indptr[z + 1]):
            v = indices[j]
            if not everyone and not allowed[v]:
                continue
            if score[v] == 0.0:
                touched[count] = v
                count += 1
            score[v] += share
    return count


@njit(cache=True, nogil=True)
def best_touched(score: Float64, touched: Int32, count: int, k: int) -> tuple[Int32, Float64]:
    """Return the k best of those touched with a score above 0, ties by the lower position."""
    best = np.empty(k, np.int32)
    value = np.empty(k, np.float64)
    found = 0
    for t in range(count):
        v = touched[t]
        s = score[v]
        if s <= 0.0:
            continue
        if found == k and (s < value[k - 1] or (s == value[k - 1] and v > best[k - 1])):
            continue
        i = found if found < k else k - 1
        while i > 0 and (value[i - 1] < s or (value[i - 1] == s and best[i - 1] > v)):
            value[i] = value[i - 1]
            best[i] = best[i - 1]
            i -= 1
        value[i] = s
        best[i] = v
        if found < k:
            found += 1
    return best[:found], value[:found]


@njit(cache=True, nogil=True)
def best_by_allocation(
    indptr: Int64,
    indices: Int32,
    allowed: Bools,
    people: Int64,
    k: int,
    positions: Int32,
    scores: Float64,
) -> None:
    """Fill a row of ``positions`` and ``scores``, (people, k), for each; -1 where empty."""
    n = len(indptr) - 1
    score = np.zeros(n, np.float64)
    touched = np.empty(n, np.int32)
    for row in range(len(people)):
        u = people[row]
        positions[row, :] = -1
        scores[row, :] = 0.0
        count = 0
        if len(allowed) == 0 or allowed[u]:
            count = pass_on(indptr, indices, allowed, u, score, touched)
        score[u] = 0.0
        for j in range(indptr[u], indptr[u + 1]):
            score[indices[j]] = 0.0
        best, value = best_touched(score, touched, count, k)
        positions[row, : len(best)] = best
        scores[row, : len(best)] = value
        for t in range(count):
            score[touched[t]] = 0.0


@njit(cache=True, nogil=True)
def shared_neighbours(
    indptr: Int64, indices: Int32, allowed: Bools, u: int, v: int
) -> tuple[Int32, Int32]:
    """Return who is tied to both, and how many ties each of them has; neighbours are ascending."""
    i, i_end = indptr[u], indptr[u + 1]
    j, j_end = indptr[v], indptr[v + 1]
    room = min(i_end - i, j_end - j)
    found = np.empty(room, np.int32)
    degree = np.empty(room, np.int32)
    count = 0
    while i < i_end and j < j_end:
        a, b = indices[i], indices[j]
        if a == b:
            if len(allowed) == 0 or allowed[a]:
                found[count] = a
                degree[count] = allowed_degree(indptr, indices, allowed, a)
                count += 1
            i += 1
            j += 1
        elif a < b:
            i += 1
        else:
            j += 1
    return found[:count], degree[:count]

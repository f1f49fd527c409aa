"""The people around somebody: candidates two steps away, and how all of them hang together.

Everything here is counted at question time, from the ties that the viewer may see; nothing is kept
from one question to the next. So a click counts at once, and who hid a moment ago has no effect.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from graphnet.discovery.kernels import Bools, Float32, Float64, Int32, Int64, all_degrees

CANDIDATES = 220
STRONGEST_TIES = 140
RIDGE = 1.0


@dataclass(frozen=True)
class Neighbourhood:
    """A person's strongest ties and the candidates, in this order called the circle.

    Attributes
    ----------
    circle : int32[c]
        Ties first, then candidates, the best by the first score first.
    ties : int
        How many of them are ties.
    degree : float64[c]
    strength : float64[c]
        Of the ties: how much their neighbours are the person's neighbours too.
    sums : float64[c, 4]
        Common neighbours; resource allocation; with the root of the degree; weighted by strength.
    shared : float32[c, c]
        Resource allocation between every two of the circle.
    place : int32[n]
        Where in the circle each person stands, -1 outside it.
    whole_degree : int
        All ties of the person, also those that are not among the strongest.
    """

    circle: Int32
    ties: int
    degree: Float64
    strength: Float64
    sums: Float64
    shared: Float32
    place: Int32
    whole_degree: int


@njit(cache=True, nogil=True)
def _circle(
    indptr: Int64, indices: Int32, allowed: Bools, person: int, most: int, most_ties: int
) -> tuple[Int32, int, Float64, Float64, Float64, Float32, Int32, int]:
    everyone = len(allowed) == 0
    n = len(indptr) - 1
    every = all_degrees(indptr, indices, allowed)
    sums = np.zeros((n, 4), np.float64)
    touched = np.empty(n, np.int32)
    count = 0
    start, end = indptr[person], indptr[person + 1]
    own = np.empty(end - start, np.int32)
    own_degree = np.empty(end - start, np.float64)
    d = 0
    for i in range(start, end):
        z = indices[i]
        if everyone or allowed[z]:
            own[d] = z
            own_degree[d] = every[z]
            d += 1
    own = own[:d]
    own_degree = own_degree[:d]
    for i in range(d):
        z = own[i]
        whole, root = 1.0 / own_degree[i], 1.0 / np.sqrt(own_degree[i])
        for j in range(indptr[z], indptr[z + 1]):
            v = indices[j]
            if everyone or allowed[v]:
                if sums[v, 0] == 0.0:
                    touched[count] = v
                    count += 1
                sums[v, 0] += 1.0
                sums[v, 1] += whole
                sums[v, 2] += root
    strength = np.empty(d, np.float64)
    for i in range(d):
        # One more than they share, so that a tie without common neighbours still passes something
        # on.
        strength[i] = (sums[own[i], 0] + 1.0) / np.sqrt(own_degree[i] * d)
    for i in range(d):
        z = own[i]
        share = strength[i] / own_degree[i]
        for j in range(indptr[z], indptr[z + 1]):
            v = indices[j]
            if everyone or allowed[v]:
                sums[v, 3] += share
    place = np.full(n, -1, np.int32)
    place[person] = -2
    for i in range(d):
        place[own[i]] = -2
    others = np.empty(count, np.int32)
    m = 0
    top = np.full(3, 1e-30)
    for t in range(count):
        v = touched[t]
        if place[v] != -2:
            others[m] = v
            m += 1
            top[0] = max(top[0], sums[v, 1])
            top[1] = max(top[1], sums[v, 3])
            top[2] = max(top[2], sums[v, 0] / np.sqrt(every[v]))
    others = np.sort(others[:m])
    first = np.empty(m, np.float64)
    for t in range(m):
        v = others[t]
        first[t] = -(
            sums[v, 1] / top[0]
            + sums[v, 3] / top[1]
            + 0.5 * sums[v, 0] / np.sqrt(every[v]) / top[2]
        )
    order = np.argsort(first, kind="mergesort")[:most]
    kept = np.argsort(-strength, kind="mergesort")[:most_ties]
    size = len(kept) + len(order)
    circle = np.empty(size, np.int32)
    for i in range(d):
        place[own[i]] = -1
    place[person] = -1
    for i in range(len(kept)):
        circle[i] = own[kept[i]]
    for i in range(len(order)):
        circle[len(kept) + i] = others[order[i]]
    degree = np.empty(size, np.float64)
    out = np.empty((size, 4), np.float64)
    for i in range(size):
        place[circle[i]] = i
        degree[i] = every[circle[i]]
        out[i] = sums[circle[i]]

    # Resource allocation between every two: each outsider or insider w passes 1 / d_w between all
    # of the circle that are tied to w. Members are listed by w, so that pairs are made once.
    members = np.zeros(n + 1, np.int64)
    for i in range(size):
        for j in range(indptr[circle[i]], indptr[circle[i] + 1]):
            w = indices[j]
            if everyone or allowed[w]:
                members[w + 1] += 1
    for w in range(n):
        members[w + 1] += members[w]
    listed = np.empty(members[n], np.int32)
    filled = members[:n].copy()
    for i in range(size):
        for j in range(indptr[circle[i]], indptr[circle[i] + 1]):
            w = indices[j]
            if everyone or allowed[w]:
                listed[filled[w]] = i
                filled[w] += 1
    shared = np.zeros((size, size), np.float32)
    for w in range(n):
        if members[w + 1] - members[w] < 1 or w == person:
            continue
        share = np.float32(1.0 / np.sqrt(every[w]))
        for a in range(members[w], members[w + 1]):
            row = shared[listed[a]]
            # Members of w are ascending: only the upper triangle is filled.
            for b in range(a, members[w + 1]):
                row[listed[b]] += share
    for a in range(size):
        for b in range(a):
            shared[a, b] = shared[b, a]
    return circle, len(kept), degree, strength[kept], out, shared, place, d


def neighbourhood(
    indptr: Int64,
    indices: Int32,
    allowed: Bools,
    person: int,
    *,
    most: int = CANDIDATES,
    most_ties: int = STRONGEST_TIES,
) -> Neighbourhood:
    """Look around one person; `allowed` is a mask, or empty for everyone."""
    circle, ties, degree, strength, sums, shared, place, d = _circle(
        indptr, indices, allowed, person, most, most_ties
    )
    return Neighbourhood(circle, ties, degree, strength, sums, shared, place, d)


def least_squares(around: Neighbourhood, ridge: float = RIDGE) -> Float64:
    """Score the circle by EASE, fitted to the circle alone.

    ``B = I - P / diag(P)`` with ``P = (G + r I)^-1``, G what the circle's people share and r a
    multiple of its mean diagonal; the score of j is the sum of ``B_ij`` over the person's ties i.

    Returns
    -------
    float64[c]; of the ties themselves it is the reconstruction from the other ties

    References
    ----------
    Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019.
    """
    size = len(around.circle)
    if size == 0 or around.ties == 0:
        return np.zeros(size)
    gram = around.shared.copy()
    diagonal = np.arange(size)
    gram[diagonal, diagonal] += ridge * float(gram[diagonal, diagonal].mean()) + 1e-3
    return np.asarray(_reconstruct(gram, around.ties))


# Our own factorisation: at this size it is as fast as LAPACK on one thread, and unlike LAPACK's its
# threads cannot wait for each other when several questions are answered at once.
@njit(cache=True, nogil=True, fastmath=True)
def _reconstruct(gram: Float32, ties: int) -> Float64:
    size = len(gram)
    for i in range(size):
        for j in range(i + 1):
            a, b = gram[i, :j], gram[j, :j]
            total = np.float32(0)
            for m in range(j):
                total += a[m] * b[m]
            rest = gram[i, j] - total
            if i == j:
                gram[i, i] = np.sqrt(rest)
            else:
                gram[i, j] = rest / gram[j, j]
    # Row j holds column j of the inverse factor, so that every sum runs along memory.
    inverse = np.zeros((size, size), np.float32)
    for j in range(size):
        inverse[j, j] = np.float32(1) / gram[j, j]
        for i in range(j + 1, size):
            a, b = gram[i, j:i], inverse[j, j:i]
            total = np.float32(0)
            for m in range(i - j):
                total += a[m] * b[m]
            inverse[j, i] = -total / gram[i, i]
    half = np.zeros(size, np.float64)
    for j in range(ties):
        for i in range(j, size):
            half[i] += inverse[j, i]
    score = np.empty(size, np.float64)
    for j in range(size):
        own, diagonal = 0.0, 0.0
        for i in range(j, size):
            own += inverse[j, i] * half[i]
            diagonal += inverse[j, i] * inverse[j, i]
        score[j] = (1.0 if j < ties else 0.0) - own / diagonal
    return score

"""What is known of a candidate for somebody without ties: whom the candidate's ties are like.

For a newcomer, each person gets a pattern: the bits of the attributes that they share. Of a
candidate's ties are counted those in each of the newcomer's groups, in each two and each three of
them at once, and compared with chance; beside them stand learned affinities
(`graphnet.discovery.affinity`).
"""

from itertools import combinations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphnet.discovery.affinity import Affinity
from graphnet.discovery.kernels import Bools, Float32, Float64, Int32, Int64, all_degrees

# Patterns of more bits would be too many; further attributes count through the affinity alone.
MOST_BITS = 8
CANDIDATES = 500


@njit(cache=True, nogil=True)
def _first_score(
    indptr: Int64, indices: Int32, allowed: Bools, expected: Float64, sums: Float64
) -> None:
    """Fill ``sums`` (n, 3): over everybody's ties, the number, expected, expected / degree^0.5."""
    everyone = len(allowed) == 0
    n = len(indptr) - 1
    degree = all_degrees(indptr, indices, allowed)
    # Made once for everybody and not for every tie, and 0 for whoever may not be seen.
    whole, shared = np.zeros(n, np.float64), np.zeros(n, np.float64)
    for v in range(n):
        if everyone or allowed[v]:
            whole[v] = expected[v]
            shared[v] = expected[v] / np.sqrt(max(degree[v], 1.0))
    for v in range(n):
        if not everyone and not allowed[v]:
            continue
        plain, damped = 0.0, 0.0
        for j in range(indptr[v], indptr[v + 1]):
            plain += whole[indices[j]]
            damped += shared[indices[j]]
        sums[v, 0] = degree[v]
        sums[v, 1] = plain
        sums[v, 2] = damped


@njit(cache=True, nogil=True)
def _group_counts(
    indptr: Int64,
    indices: Int32,
    allowed: Bools,
    pattern: NDArray[np.uint8],
    groups: NDArray[np.uint8],
    candidates: Int32,
    counts: Float64,
) -> None:
    """Fill ``counts`` (candidates, groups): ties to people with all bits of the group."""
    everyone = len(allowed) == 0
    histogram = np.zeros(256, np.int64)
    for row in range(len(candidates)):
        v = candidates[row]
        histogram[:] = 0
        for j in range(indptr[v], indptr[v + 1]):
            w = indices[j]
            if everyone or allowed[w]:
                histogram[pattern[w]] += 1
        # From how many have exactly these bits to how many have at least these, bit by bit.
        for bit in range(8):
            for p in range(256):
                if not p & (1 << bit):
                    histogram[p] += histogram[p | (1 << bit)]
        for g in range(len(groups)):
            counts[row, g] = histogram[groups[g]]


def groups_of(columns: int) -> list[tuple[int, ...]]:
    """Return the single, paired and tripled attributes that are counted."""
    bits = range(min(columns, MOST_BITS))
    return [group for size in (1, 2, 3) for group in combinations(bits, size)]


def describe_newcomer(
    indptr: Int64,
    indices: Int32,
    attributes: Int32,
    codes: Int32,
    affinity: Affinity,
    *,
    person: int = -1,
    allowed: Bools,
    most: int = CANDIDATES,
) -> tuple[Int32, Float32, Float64]:
    """Choose and describe candidates for somebody of whom only attributes are known.

    Parameters
    ----------
    codes : int32[a]
        The newcomer's attributes, 0 for unknown.
    person : int
        Their position, if they have one: no candidate.
    allowed : bool[n], or bool[0] for everyone

    Returns
    -------
    candidates int32[m], features float32[m, f], unlearned scores float64[m]
        Best unlearned score first; NaN stands for what cannot be known.
    """
    n, columns = attributes.shape
    lift = affinity.log_lift(codes, attributes)
    expected = np.exp(lift)
    sums = np.zeros((n, 3), np.float64)
    _first_score(indptr, indices, allowed, expected, sums)
    score = sums[:, 1] * np.exp(0.5 * lift) + 1e-9 * expected
    if len(allowed):
        score[~allowed] = -1.0
    if person >= 0:
        score[person] = -1.0
    m = min(most, int((score >= 0).sum()))
    if m < n:
        best = np.argpartition(-score, m - 1)[:m] if m else np.zeros(0, np.int64)
        # A partition leaves equal scores at its edge in no order: take all of them, then sort.
        if m:
            best = np.flatnonzero(score >= score[best].min())
    else:
        best = np.arange(n)
    best = best[score[best] >= 0]
    order = np.lexsort((best, -score[best]))[:m]
    candidates = best[order].astype(np.int32)

    bits = min(columns, MOST_BITS)
    pattern = np.zeros(n, np.uint8)
    for c in range(bits):
        if codes[c]:
            pattern |= ((attributes[:, c] == codes[c]) << c).astype(np.uint8)
    groups = groups_of(columns)
    masks = np.array([sum(1 << c for c in group) for group in groups], np.uint8)
    counts = np.zeros((m, len(groups)), np.float64)
    _group_counts(indptr, indices, allowed, pattern, masks, candidates, counts)
    known = np.array([all(codes[c] for c in group) for group in groups])
    people = np.bincount(pattern, minlength=256)
    every = np.arange(256)
    size = np.array([people[(every & mask) == mask].sum() for mask in masks], np.float64)
    degree = sums[candidates, 0]
    share = size / n
    lifts = np.log((counts + 3.0 * share + 0.05) / (share * (degree[:, None] + 3.0) + 0.05))
    lifts[:, ~known] = np.nan
    parts = affinity.parts(codes, attributes[candidates])
    chosen = score[candidates]
    top = max(float(chosen[0]), 1e-30) if m else 1.0
    rows = np.column_stack(
        [
            np.log1p(degree),
            lift[candidates],
            np.log(sums[candidates, 1] + 1e-9),
            np.log(sums[candidates, 2] + 1e-9),
            np.log(sums[candidates, 1] / (degree + 3.0) + 1e-9),
            np.log(chosen / top + 1e-12),
            np.arange(m) / max(most, 1),
            parts,
            lifts,
            np.log1p(counts[:, :bits]),
        ]
    )
    return candidates, rows.astype(np.float32), chosen

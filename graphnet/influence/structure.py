"""What a whole network is like: how dense, who mixes with whom, how firm its communities are.

Definitions are the field's; each has its error or its range, since a figure alone says little.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


@dataclass(frozen=True)
class Mixing:
    """How much ties keep within groups; NaN where there is nothing to compare.

    Attributes
    ----------
    coefficient : float
        1 if every tie is within a group, 0 as chance would have it, below 0 if ties avoid groups.
    error : float
        Its standard error, by leaving out one tie at a time.
    ties : int
        Ties both of whose ends have a known group.
    """

    coefficient: float
    error: float
    ties: int


def density(indptr: Int64) -> float:
    """Return the share of all pairs that are tied; NaN for fewer than two people."""
    n = len(indptr) - 1
    return float(indptr[-1] / (n * (n - 1))) if n > 1 else float("nan")


def mixing(indptr: Int64, indices: Int32, label: NDArray[np.integer]) -> Mixing:
    """Return the assortativity of a division by an attribute, with its error.

    ``r = (sum_i e_ii - sum_i a_i^2) / (1 - sum_i a_i^2)``, e the shares of ties between groups and
    a the shares of their ends.

    Parameters
    ----------
    indptr, indices : int64[n + 1], int32[m]
        Symmetric ties.
    label : int[n]
        Group of each person, below 0 where it is not known: these ties are left out.

    References
    ----------
    Newman, "Mixing patterns in networks", Physical Review E 67 (2003), equations 2 and 4.

    Examples
    --------
    >>> import numpy as np
    >>> two_pairs = np.array([0, 1, 2, 3, 4]), np.array([1, 0, 3, 2], np.int32)
    >>> mixing(*two_pairs, np.array([0, 0, 1, 1])).coefficient
    1.0
    """
    owner = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    u, v = label[owner], label[indices]
    kept = (u >= 0) & (v >= 0)
    u, v = u[kept].astype(np.int64), v[kept].astype(np.int64)
    ends = len(u)
    groups = int(u.max(initial=-1)) + 1
    nothing = Mixing(float("nan"), float("nan"), ends // 2)
    if groups < 2:
        return nothing
    kinds, count = np.unique(u * groups + v, return_counts=True)
    first, second = kinds // groups, kinds % groups
    strength = np.bincount(u, minlength=groups).astype(np.float64)
    inside, squares = float(count[first == second].sum()), float((strength**2).sum())

    def coefficient(all_ends: float, within: float, sum_of_squares: float) -> float:
        expected = sum_of_squares / all_ends**2
        return (within / all_ends - expected) / (1 - expected) if expected < 1 else float("nan")

    found = coefficient(ends, inside, squares)
    # All ties between the same two groups leave the same behind: one computation for each kind.
    square = 0.0
    for a, b, times in zip(first.tolist(), second.tolist(), count.tolist(), strict=True):
        if a > b or ends <= 2:
            continue
        fewer, ties = strength[[a, b]], times / 2 if a == b else times
        if a == b:
            rest = squares - fewer[0] ** 2 + (fewer[0] - 2) ** 2
        else:
            rest = squares - (fewer**2).sum() + ((fewer - 1) ** 2).sum()
        without = coefficient(ends - 2, inside - (2 if a == b else 0), float(rest))
        square += ties * (without - found) ** 2 if np.isfinite(without) else 0.0
    return Mixing(found, float(np.sqrt(square)), ends // 2)


def cut_off(indptr: Int64, indices: Int32, leaving: Sequence[int] | Int64) -> int:
    """Return how many people of the largest island are no longer in it once some have left.

    Those who leave are not counted themselves.
    """
    n = len(indptr) - 1
    if n == 0:
        return 0
    matrix = sp.csr_array((np.ones(len(indices), np.int8), indices, indptr), shape=(n, n))
    _, island = connected_components(matrix, directed=False)
    largest = island == np.bincount(island).argmax()
    stay = largest.copy()
    stay[np.asarray(leaving, np.int64)] = False
    people = np.flatnonzero(stay)
    if not len(people):
        return 0
    _, parts = connected_components(matrix[people][:, people], directed=False)
    return len(people) - int(np.bincount(parts).max())


def agreement(first: NDArray[np.integer], second: NDArray[np.integer]) -> float:
    """Return the adjusted Rand index of two divisions: 1 if they are the same, 0 as by chance.

    References
    ----------
    Hubert and Arabie, "Comparing partitions", Journal of Classification 2 (1985), equation 5.
    """
    n = len(first)
    if n < 2:
        return 1.0
    width = int(second.max()) + 1
    both = np.bincount(first.astype(np.int64) * width + second)
    pairs = [float((c * (c - 1.0) / 2).sum()) for c in (
        both.astype(float), np.bincount(first).astype(float), np.bincount(second).astype(float)
    )]  # fmt: skip
    expected = pairs[1] * pairs[2] / (n * (n - 1) / 2)
    most = (pairs[1] + pairs[2]) / 2
    return 1.0 if most == expected else (pairs[0] - expected) / (most - expected)


def stability(divisions: Sequence[NDArray[np.integer]]) -> float:
    """Return how far divisions by different seeds agree: the mean over all pairs of them."""
    found = [
        agreement(divisions[i], divisions[j])
        for i in range(len(divisions))
        for j in range(i + 1, len(divisions))
    ]
    return float(np.mean(found)) if found else float("nan")

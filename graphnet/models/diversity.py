"""Lists that do not repeat themselves: re-ranking with one dial, and how evenly attention is
spread."""

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphnet.errors import BadValue

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]


def diversify(
    scores: Floats, features: NDArray[np.float32], k: int, *, dial: float = 0.2
) -> Positions:
    """Choose k of n candidates by maximal marginal relevance.

    One after another, the candidate with the largest ``(1 - dial) * relevance - dial * nearest``,
    where relevance is the score scaled to 0 ... 1 over the candidates and nearest the largest
    cosine to what has been chosen already.

    Parameters
    ----------
    scores : array (n,)
    features : array (n, d)
        What likeness is measured in, such as title words and topics; a row of zeros is like
        nothing.
    k : int
    dial : float
        0 is the plain order by score, 1 looks at likeness only. One number, the same for every
        list.

    Returns
    -------
    array (min(k, n),) of positions in the candidates, in the order to be shown; ties by position

    Notes
    -----
    O(k n d).

    References
    ----------
    Carbonell, Goldstein, "The use of MMR", SIGIR 1998.

    Examples
    --------
    >>> alike = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    >>> [int(i) for i in diversify(np.array([3.0, 2.9, 1.0]), alike, 2, dial=0.6)]
    [0, 2]
    """
    if not 0 <= dial <= 1:
        raise BadValue(f"the dial of diversity must be between 0 and 1, not {dial}")
    n = len(scores)
    if n == 0:
        return np.zeros(0, dtype=np.int64)
    span = float(scores.max() - scores.min())
    relevance = (scores - scores.min()) / span if span > 0 else np.ones(n)
    length = np.linalg.norm(features, axis=1, keepdims=True)
    unit = features / np.where(length > 0, length, 1)
    return np.asarray(
        _marginal(relevance.astype(np.float64), unit.astype(np.float64), min(k, n), dial)
    )


@njit(cache=True, nogil=True)
def _marginal(relevance: Floats, unit: Floats, k: int, dial: float) -> Positions:
    n, width = unit.shape
    nearest = np.zeros(n)
    taken = np.zeros(n, dtype=np.bool_)
    chosen = np.empty(k, dtype=np.int64)
    for step in range(k):
        best, value = -1, -np.inf
        for i in range(n):
            marginal = (1 - dial) * relevance[i] - dial * nearest[i]
            if not taken[i] and marginal > value:
                best, value = i, marginal
        chosen[step] = best
        taken[best] = True
        for i in range(n):
            cosine = 0.0
            for d in range(width):
                cosine += unit[i, d] * unit[best, d]
            nearest[i] = max(nearest[i], cosine)
    return chosen


def coverage(lists: Sequence[Positions], items: int) -> float:
    """Return the share of all items that appear in at least one list."""
    if items == 0:
        return 0.0
    shown = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *lists]))
    return len(shown) / items


def gini(lists: Sequence[Positions], items: int) -> float:
    """Return how unevenly the lists treat the items: 0 all alike, near 1 a few get everything.

    ``sum of (2 i - n - 1) x_i / (n sum x)`` over the counts x in ascending order, i from 1.

    Examples
    --------
    >>> gini([np.array([0, 1]), np.array([0, 1])], 2)
    0.0
    """
    shown = np.concatenate([np.zeros(0, dtype=np.int64), *lists])
    if items == 0 or len(shown) == 0:
        return 0.0
    counts = np.sort(np.bincount(shown, minlength=items)).astype(np.float64)
    place = 2 * np.arange(1, items + 1) - items - 1
    return float((place * counts).sum() / (items * counts.sum()))


def intra_list_likeness(chosen: NDArray[np.float32]) -> float:
    """Mean cosine between the pairs of one list, rows of features (k, d); 0 for fewer than two."""
    k = len(chosen)
    if k < 2:
        return 0.0
    length = np.linalg.norm(chosen, axis=1, keepdims=True)
    unit = chosen / np.where(length > 0, length, 1)
    total = float((unit @ unit.T).sum()) - float((unit**2).sum())
    return total / (k * (k - 1))

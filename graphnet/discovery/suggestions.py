"""People I may know, by the plain measure: no learning, half a millisecond a person.

The learned order of the same candidates is `graphnet.discovery.model.TieModel`; for somebody
without ties see `graphnet.discovery.newcomers`. Positions in, positions and scores out; names,
dismissed people and privacy of what is shown belong to the caller, who says with ``allowed`` whom
the viewer may see.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from graphnet.discovery.kernels import (
    Bools,
    Float64,
    Int32,
    Int64,
    best_by_allocation,
    shared_neighbours,
)
from graphnet.errors import BadValue
from graphnet.threads import available_threads

NO_MASK = np.zeros(0, np.bool_)
BLOCK = 512


def mask_of(n: int, allowed: Bools | None) -> Bools:
    """Return the mask as the kernels take it: empty for everyone.

    Raises
    ------
    BadValue
        If its length is not the number of people.
    """
    if allowed is None:
        return NO_MASK
    if len(allowed) != n:
        raise BadValue(f"a mask of {len(allowed)} for {n} people")
    return np.ascontiguousarray(allowed, np.bool_)


def check_person(indptr: Int64, person: int) -> None:
    """Refuse a position that nobody has.

    Raises
    ------
    BadValue
    """
    if not 0 <= person < len(indptr) - 1:
        raise BadValue(f"position {person} is outside 0 ... {len(indptr) - 2}")


def resource_allocation(
    indptr: Int64, indices: Int32, person: int, k: int, *, allowed: Bools | None = None
) -> tuple[Int32, Float64]:
    """Return the k people whom most is passed on to by this person's ties.

    ``score(u, v) = sum over z tied to both of 1 / d_z``, on the ties among allowed people only.

    Parameters
    ----------
    indptr, indices : CSR of the ties, both directions, neighbours ascending
    person : int
    k : int
    allowed : bool[n], optional
        Whom the viewer may see; the others are not in the list, pass nothing on and count in
        nobody's degree.

    Returns
    -------
    positions int32[m] and scores float64[m], m <= k
        Best first, ties by the lower position; the person and their ties are left out.

    References
    ----------
    Zhou, Lü and Zhang, "Predicting missing links via local information", EPJ B 71 (2009).

    Notes
    -----
    Costs the sum of the degrees of the person's ties, and n for its scratch space.

    Examples
    --------
    A path 0 - 1 - 2:

    >>> import numpy as np
    >>> indptr, indices = np.array([0, 1, 3, 4]), np.array([1, 0, 2, 1], np.int32)
    >>> positions, scores = resource_allocation(indptr, indices, 0, 5)
    >>> positions.tolist(), scores.tolist()
    ([2], [0.5])
    """
    check_person(indptr, person)
    positions = np.empty((1, k), np.int32)
    scores = np.empty((1, k), np.float64)
    mask = mask_of(len(indptr) - 1, allowed)
    best_by_allocation(indptr, indices, mask, np.array([person], np.int64), k, positions, scores)
    found = int((positions[0] >= 0).sum())
    return positions[0, :found], scores[0, :found]


def resource_allocation_everyone(
    indptr: Int64,
    indices: Int32,
    k: int,
    *,
    allowed: Bools | None = None,
    people: Int64 | None = None,
    threads: int | None = None,
) -> tuple[Int32, Float64]:
    """Return `resource_allocation` of everyone, or of those named.

    Returns
    -------
    positions int32[people, k], -1 where there is nobody more, and scores float64[people, k]
    """
    n = len(indptr) - 1
    mask = mask_of(n, allowed)
    whom = np.arange(n, dtype=np.int64) if people is None else np.asarray(people, np.int64)
    positions = np.empty((len(whom), k), np.int32)
    scores = np.empty((len(whom), k), np.float64)

    def block(first: int) -> None:
        rows = slice(first, first + BLOCK)
        best_by_allocation(indptr, indices, mask, whom[rows], k, positions[rows], scores[rows])

    with ThreadPoolExecutor(threads or available_threads()) as pool:
        for _ in pool.map(block, range(0, len(whom), BLOCK)):
            pass
    return positions, scores


def common_neighbours(
    indptr: Int64, indices: Int32, person: int, other: int, *, allowed: Bools | None = None
) -> tuple[Int32, Float64]:
    """Return who is tied to both, those who say most first: the evidence for a suggestion.

    Returns
    -------
    positions int32[m], and float64[m] with what each of them adds to the resource allocation, 1 /
    d_z
    """
    check_person(indptr, person)
    check_person(indptr, other)
    mask = mask_of(len(indptr) - 1, allowed)
    found, degree = shared_neighbours(indptr, indices, mask, person, other)
    order = np.lexsort((found, degree))
    return found[order], 1.0 / np.maximum(degree[order], 1)


def completed(
    positions: Int32, indptr: Int64, indices: Int32, person: int, k: int, *, fallback: Int32
) -> Int32:
    """Return exactly k where there are k: the list, then others by the fallback order."""
    if len(positions) >= k:
        return positions[:k]
    taken = {person, *positions.tolist(), *indices[indptr[person] : indptr[person + 1]].tolist()}
    more: list[int] = []
    for v in fallback.tolist():
        if len(positions) + len(more) == k:
            break
        if v not in taken:
            more.append(v)
    return np.concatenate([positions, np.array(more, np.int32)])

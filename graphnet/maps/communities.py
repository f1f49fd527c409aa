"""Communities (Leiden, by modularity) and islands (connected components)."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from graphnet.errors import BadValue
from graphnet.maps import leiden

Float32 = NDArray[np.float32]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


@dataclass(frozen=True)
class Communities:
    """A division of people, numbered from the largest group to the smallest.

    Attributes
    ----------
    label : int32[n]
        Group of each person; groups of the same size are ordered by their first person.
    sizes : int64[groups]
        Number of people in each.
    modularity : float
        Share of tie weight inside groups, less what chance would put there.
    """

    label: Int32
    sizes: Int64
    modularity: float


def by_size(label: Int32) -> tuple[Int32, Int64]:
    """Renumber groups from the largest, ties by their first person; return labels and sizes."""
    if len(label) == 0:
        return label.astype(np.int32), np.zeros(0, np.int64)
    _, first, group, size = np.unique(
        label, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((first, -size))
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank[group], size[order].astype(np.int64)


def find_communities(
    indptr: Int64,
    indices: Int32,
    weight: Float32 | None = None,
    *,
    seed: int = 0,
    resolution: float = 1.0,
    rounds: int = 2,
) -> Communities:
    """Divide people into groups with many ties inside and few between, by the Leiden algorithm.

    Parameters
    ----------
    indptr, indices, weight : int64[n + 1], int32[m], float32[m] or None
        Symmetric ties without loops, weights above 0.
    seed : int
        Order in which people are looked at. One thread: the same seed gives the same division.
    resolution : float
        Above 1 for smaller groups, below 1 for larger ones.
    rounds : int
        How often to go through moving, refining and contracting to the end; each round starts
        from the division of the one before and cannot make it worse; the second gains most of
        what there is to gain.

    Returns
    -------
    Communities
        Every group is connected.

    Notes
    -----
    About O(ties) a level, few levels.

    References
    ----------
    Traag, Waltman and van Eck, "From Louvain to Leiden: guaranteeing well-connected communities",
    Scientific Reports 9 (2019), appendix A. Parts are merged where the gain is largest, not at
    random, as the authors' own program does.

    Examples
    --------
    >>> import numpy as np
    >>> ties = np.array([0, 1, 2, 3, 4]), np.array([1, 0, 3, 2], np.int32)
    >>> find_communities(*ties).label
    array([0, 0, 1, 1], dtype=int32)
    """
    if not resolution > 0 or rounds < 1:
        raise BadValue("communities need a resolution above 0 and at least one round")
    n = len(indptr) - 1
    tie_weight = np.ones(len(indices)) if weight is None else weight.astype(np.float64)
    strength = np.bincount(
        np.repeat(np.arange(n), np.diff(indptr)), weights=tie_weight, minlength=n
    ).astype(np.float64)
    rng = np.random.default_rng(seed)
    label = np.arange(n, dtype=np.int32)
    for _ in range(rounds):
        before = label.copy()
        label = _one_round(indptr, indices, tie_weight, strength, resolution, label, rng)
        if np.array_equal(by_size(before)[0], by_size(label)[0]):
            break
    leiden.renumber(label)
    modularity = leiden.quality(indptr, indices, tie_weight, strength, resolution, label)
    label, sizes = by_size(label)
    return Communities(label, sizes, float(modularity))


def _one_round(
    indptr: Int64,
    indices: Int32,
    weight: NDArray[np.float64],
    strength: NDArray[np.float64],
    resolution: float,
    label: Int32,
    rng: np.random.Generator,
) -> Int32:
    """Move, refine, contract until every group is one node; return people's groups."""
    node_of = np.arange(len(label), dtype=np.int32)
    community = label.copy()
    while True:
        n = len(indptr) - 1
        order = rng.permutation(n).astype(np.int32)
        leiden.move_people(indptr, indices, weight, strength, order, resolution, community)
        groups = leiden.renumber(community)
        if groups == n:
            break
        part = leiden.refine(indptr, indices, weight, strength, order, resolution, community)
        parts = leiden.renumber(part)
        if parts == n:
            # Nothing to merge although groups are larger: contract the groups themselves.
            part, parts = community.copy(), groups
        next_community = np.zeros(parts, np.int32)
        next_community[part] = community
        indptr, indices, weight = leiden.contract(indptr, indices, weight, part, parts)
        strength = np.bincount(part, weights=strength, minlength=parts).astype(np.float64)
        node_of = part[node_of]
        community = next_community
    return community[node_of]


def islands(indptr: Int64, indices: Int32) -> tuple[Int32, Int64]:
    """Return each person's connected component, numbered from the largest, and the sizes.

    Examples
    --------
    >>> import numpy as np
    >>> islands(np.array([0, 1, 2, 2]), np.array([1, 0], np.int32))
    (array([0, 0, 1], dtype=int32), array([2, 1]))
    """
    n = len(indptr) - 1
    if n == 0:
        return np.zeros(0, np.int32), np.zeros(0, np.int64)
    matrix = sp.csr_array((np.ones(len(indices), np.int8), indices, indptr), shape=(n, n))
    _, label = connected_components(matrix, directed=False)
    return by_size(label)

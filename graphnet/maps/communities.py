"""Communities (Louvain and Leiden, by modularity) and islands (connected components)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from operator import itemgetter

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from graphnet.errors import BadValue
from graphnet.maps import leiden
from graphnet.threads import available_threads

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]

EFFORT = 1_000_000  # ties that may be gone through in starts, and in rounds: half a second
LEAST_STARTS, MOST_STARTS = 2, 24
LEAST_GAIN = 1e-9  # of modularity; less is rounding


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
    starts: int | None = None,
    rounds: int | None = None,
) -> Communities:
    """Divide people into groups with many ties inside and few between, of the most modularity.

    Each start moves people, contracts groups and moves those to the end, and on the way back down
    moves the people again. The best of all starts is then bettered by rounds of the Leiden
    algorithm, until one gains nothing.

    Parameters
    ----------
    indptr, indices, weight : int64[n + 1], int32[m], float32[m] or None
        Symmetric ties without loops, weights above 0.
    seed : int
        Order in which people are looked at. The same seed gives the same division.
    resolution : float
        Above 1 for smaller groups, below 1 for larger ones.
    starts, rounds : int, optional
        How many; by default as many as `EFFORT` ties allow: two starts and no round where there are
        millions of ties, 24 and as many rounds where there are some thousands. Where people are
        tied through what they have in common, the starts differ most. Starts run side by side.

    Returns
    -------
    Communities
        Every group is connected.

    Notes
    -----
    About O(ties) a start or round.

    References
    ----------
    Blondel et al., "Fast unfolding of communities in large networks", 2008. Rotta and Noack,
    "Multilevel local search algorithms for modularity clustering", 2011 (the way back down). Traag,
    Waltman and van Eck, "From Louvain to Leiden: guaranteeing well-connected communities",
    Scientific Reports 9 (2019), appendix A; parts are merged where the gain is largest, not at
    random, as the authors' own program does.

    Examples
    --------
    >>> import numpy as np
    >>> ties = np.array([0, 1, 2, 3, 4]), np.array([1, 0, 3, 2], np.int32)
    >>> find_communities(*ties).label
    array([0, 0, 1, 1], dtype=int32)
    """
    affordable = int(np.clip(EFFORT // max(len(indices), 1), 0, MOST_STARTS))
    starts = max(affordable, LEAST_STARTS) if starts is None else starts
    rounds = affordable if rounds is None else rounds
    if not resolution > 0 or starts < 1 or rounds < 0:
        raise BadValue(
            "communities need a resolution above 0, at least one start and no fewer rounds than 0"
        )
    network = _Network.of(indptr, indices, weight)
    # A stream of numbers each, so that the answer does not depend on the number of threads.
    streams = np.random.default_rng(seed).spawn(starts + 1)
    start = partial(network.start, resolution)
    with ThreadPoolExecutor(available_threads()) as pool:
        best, quality = max(pool.map(start, streams[:-1]), key=itemgetter(1))
    for _ in range(rounds):
        label, found = network.round(resolution, best, streams[-1])
        if not found > quality + LEAST_GAIN:
            break
        best, quality = label, found
    groups = int(best.max(initial=-1)) + 1
    if leiden.split(indptr, indices, best) > groups:
        quality = network.quality(best, resolution)
    label, sizes = by_size(best)
    return Communities(label, sizes, quality)


@dataclass(frozen=True)
class _Network:
    """Ties in the form in which the compiled steps take them; whole numbers where all are alike."""

    indptr: Int64
    indices: Int32
    weight: leiden.Weight
    strength: Float64

    @classmethod
    def of(cls, indptr: Int64, indices: Int32, weight: Float32 | None) -> "_Network":
        n = len(indptr) - 1
        if weight is None:
            alike = np.broadcast_to(np.int32(1), len(indices))
            return cls(indptr, indices, alike, np.diff(indptr).astype(np.float64))
        of = np.repeat(np.arange(n), np.diff(indptr))
        strength = np.bincount(of, weights=weight, minlength=n).astype(np.float64)
        return cls(indptr, indices, weight.astype(np.float64), strength)

    @property
    def n(self) -> int:
        return len(self.strength)

    def move(self, community: Int32, resolution: float, rng: np.random.Generator) -> int:
        """Move everybody to where they gain most, in place; return how many groups are left."""
        leiden.move_people(
            self.indptr, self.indices, self.weight, self.strength,
            rng.permutation(self.n).astype(np.int32), resolution, community,
        )  # fmt: skip
        return leiden.renumber(community)

    def contract(self, part: Int32, parts: int) -> "_Network":
        """Return the network whose people are these parts."""
        indptr, indices, weight = leiden.contract(
            self.indptr, self.indices, self.weight, part, parts
        )
        strength = np.bincount(part, weights=self.strength, minlength=parts).astype(np.float64)
        return _Network(indptr, indices, weight, strength)

    def start(self, resolution: float, rng: np.random.Generator) -> tuple[Int32, float]:
        """Return a division made from nothing, and its modularity."""
        levels = [(self, np.arange(self.n, dtype=np.int32))]
        while True:
            level, community = levels[-1]
            groups = level.move(community, resolution, rng)
            if groups == level.n:
                break
            levels.append((level.contract(community, groups), np.arange(groups, dtype=np.int32)))
        label = levels[-1][1]
        for level, community in levels[-2::-1]:
            label = label[community]
            level.move(label, resolution, rng)
        return label, self.quality(label, resolution)

    def round(
        self, resolution: float, label: Int32, rng: np.random.Generator
    ) -> tuple[Int32, float]:
        """Move, refine, contract until every group is one node; return a division no worse."""
        level, community = self, label.copy()
        node_of = np.arange(self.n, dtype=np.int32)
        while True:
            groups = level.move(community, resolution, rng)
            if groups == level.n:
                label = community[node_of]
                return label, self.quality(label, resolution)
            part = leiden.refine(
                level.indptr, level.indices, level.weight, level.strength,
                rng.permutation(level.n).astype(np.int32), resolution, community,
            )  # fmt: skip
            parts = leiden.renumber(part)
            if parts == level.n:
                # Nothing to merge although groups are larger: contract the groups themselves.
                part, parts = community.copy(), groups
            next_community = np.zeros(parts, np.int32)
            next_community[part] = community
            level = level.contract(part, parts)
            node_of, community = part[node_of], next_community

    def quality(self, label: Int32, resolution: float) -> float:
        """Return the modularity of a division numbered from 0."""
        found: float = leiden.quality(
            self.indptr, self.indices, self.weight, self.strength, resolution, label
        )
        return found


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

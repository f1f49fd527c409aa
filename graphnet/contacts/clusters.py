"""From pairs to people: records join a cluster as a whole, never through one link of a chain.

Two clusters are compared by all that their records say together: a field agrees if any two of
their records agree in it. They join in the order of how sure that is, and not at all where a rule
forbids any two of their records: a decision of "different" holds for whole clusters.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

LARGEST = 300  # records that are compared all with all
STRICTER = 2.0
RIVAL = -3.0  # log odds from which on another cluster may be meant as well
CONTRADICTION = -4.0  # weights against: two clusters that say so different things are two people


def neighbourhoods(a: Longs, b: Longs, odds: Floats, n: int, *, least: float) -> list[Longs]:
    """Return groups of records that pairs of at least these log odds connect, of two and more.

    Where that connects too many, only surer pairs count there.
    """
    found: list[Longs] = []
    waiting = [(np.arange(len(a)), least)]
    while waiting:
        rows, bar = waiting.pop()
        rows = rows[odds[rows] > bar]
        if not len(rows):
            continue
        graph = coo_array((np.ones(len(rows)), (a[rows], b[rows])), shape=(n, n))
        label = connected_components(graph, directed=False)[1]
        of_row = label[a[rows]]
        size = np.bincount(label)
        met = np.unique(of_row)
        small = met[size[met] <= LARGEST]
        order = np.argsort(label, kind="stable")
        starts = np.searchsorted(label[order], small)
        found += [order[s : s + size[c]] for s, c in zip(starts.tolist(), small, strict=True)]
        waiting += [(rows[of_row == c], bar + STRICTER) for c in met[size[met] > LARGEST].tolist()]
    return sorted(found, key=lambda members: int(members[0]))


@dataclass(frozen=True)
class Aspects:
    """How the weights of fields are put together when clusters meet.

    hard (F): a weight below zero overrules those above. coarse: pairs of places, the second of
    which counts only where the first says nothing.
    """

    hard: NDArray[np.bool_]
    coarse: tuple[tuple[int, int], ...] = ()

    def odds(self, best: Floats, prior: float) -> Floats:
        """Return the log odds of clusters of which the best weights are known, shape (..., F)."""
        total: Floats = prior + np.nansum(best, axis=-1)
        for fine, coarse in self.coarse:
            total -= np.where(np.isnan(best[..., fine]), 0.0, np.nan_to_num(best[..., coarse]))
        return total


def join(said: Floats, aspects: Aspects, prior: float, bar: float) -> list[int]:
    """Return the cluster of each of s records: the number of its first record.

    said (s, s, F): the weight of each pair in each field, NaN where it says nothing; symmetric. Of
    a hard field the lowest weight counts where it is below zero, of others the highest. Where two
    clusters that contradict each other would fit a third equally well, it joins neither.
    O(s^2 F) for each join.
    """
    size = len(said)
    cluster = list(range(size))
    alive = np.ones(size, np.bool_)
    best = said.copy()
    score = aspects.odds(best, prior)
    np.fill_diagonal(score, -np.inf)
    while True:
        at = int(score.argmax())
        i, j = divmod(at, size)
        if score[i, j] <= bar:
            return cluster
        if score[i, j] - max(_rivals(score, best, i, j), _rivals(score, best, j, i)) <= bar:
            score[i, j] = score[j, i] = -np.inf
            continue
        i, j = min(i, j), max(i, j)
        hard = aspects.hard
        both = np.fmax(best[i], best[j])
        least = np.fmin(best[i], best[j])
        both[:, hard] = np.where(least[:, hard] < 0, least[:, hard], both[:, hard])
        best[i], best[:, i] = both, both
        alive[j] = False
        cluster = [i if c == j else c for c in cluster]
        row = aspects.odds(both, prior)
        row[~alive] = -np.inf
        row[i] = -np.inf
        score[i], score[:, i] = row, row
        score[j], score[:, j] = -np.inf, -np.inf


def _rivals(score: Floats, best: Floats, i: int, j: int) -> float:
    """Return the log odds that i belongs to others who contradict j, together with nobody."""
    others = np.flatnonzero(score[i] > RIVAL)
    others = others[others != j]
    if not len(others):
        return 0.0
    against = np.nansum(np.minimum(best[j, others], 0.0), axis=-1)
    rivals = score[i, others[against < CONTRADICTION]]
    return float(np.log1p(np.exp(np.minimum(rivals, 300.0)).sum()))


def number_clusters(n: int, parts: Iterable[tuple[Longs, list[int]]]) -> Longs:
    """Return for each of n records the first record of its cluster."""
    cluster = np.arange(n)
    for members, of in parts:
        cluster[members] = members[of]
    return cluster

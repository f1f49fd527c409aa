"""Boosted trees as plain arrays: evaluated by compiled loops, saved without pickle.

They answer a hundred rows in about a millisecond, and split every score exactly over the features.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Trees:
    """A sum of regression trees.

    Attributes
    ----------
    base : float
        Score before any tree.
    root : array (trees + 1,) int32
        Where each tree's nodes begin.
    feature : array (nodes,) int32
        Feature that a node asks for; -1 in a leaf.
    threshold : array (nodes,) float64
        At most this goes left; else right.
    left, right : arrays (nodes,) int32
        Positions of the children.
    value : array (nodes,) float64
        Of a leaf: what it adds. Of another node: the mean of its leaves over the training rows.
    """

    base: float
    root: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float64]

    def scores(self, rows: Floats) -> NDArray[np.float64]:
        """Score of each row (n, features), shape (n,)."""
        out = np.full(len(rows), self.base)
        levels, feature, threshold, child = self._ways
        _add_scores(rows, self.root, levels, feature, threshold, child, self.value, out)
        return out

    @cached_property
    def _ways(
        self,
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64], NDArray[np.int32]]:
        """Levels of each tree, and its nodes such that a leaf leads to itself.

        Every row then takes as many steps as the tree has levels and no step waits for the one
        before it to be guessed, which made three quarters of the time.
        """
        leaf = self.feature < 0
        feature = np.where(leaf, 0, self.feature).astype(np.int32)
        threshold = np.where(leaf, np.inf, self.threshold)
        own = np.arange(len(leaf), dtype=np.int32)
        child = np.where(leaf[:, None], own[:, None], np.stack([self.right, self.left], axis=1))
        levels = np.zeros(len(self.root) - 1, np.int32)
        reached = self.root[:-1].astype(np.int64)[:, None]
        while not leaf[reached].all():
            levels += ~leaf[reached].all(axis=1)
            reached = child[reached].reshape(len(levels), -1)
        return levels, feature, threshold, child.astype(np.int32)

    def contributions(self, rows: Floats) -> tuple[float, NDArray[np.float64]]:
        """Split the scores over the features.

        Going down a tree, each question moves the expected value from a node's mean to its
        child's; that step belongs to the feature asked for (Saabas, "Interpreting random forests",
        2014). Steps and the start telescope to the score, exactly.

        Returns
        -------
        base, and an array (n, features) whose row sums with the base are the scores
        """
        parts = np.zeros((len(rows), rows.shape[1]))
        _add_contributions(
            rows, self.root, self.feature, self.threshold, self.left, self.right, self.value, parts
        )
        return float(self.base + self.value[self.root[:-1]].sum()), parts

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything as arrays, to be saved."""
        return {
            "base": np.array([self.base]),
            "root": self.root,
            "feature": self.feature,
            "threshold": self.threshold,
            "left": self.left,
            "right": self.right,
            "value": self.value,
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> "Trees":
        """Take what `arrays` gave."""
        base = float(arrays["base"][0])
        names = ("root", "feature", "threshold", "left", "right", "value")
        return cls(base, *(arrays[name] for name in names))


@njit(cache=True, nogil=True)
def _add_scores(
    rows: Floats,
    root: NDArray[np.int32],
    levels: NDArray[np.int32],
    feature: NDArray[np.int32],
    threshold: NDArray[np.float64],
    child: NDArray[np.int32],
    value: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    node = np.empty(len(rows), np.int32)
    for t in range(len(root) - 1):
        node[:] = root[t]
        for _ in range(levels[t]):
            for r in range(len(rows)):
                k = node[r]
                node[r] = child[k, int(rows[r, feature[k]] <= threshold[k])]
        for r in range(len(rows)):
            out[r] += value[node[r]]


@njit(cache=True, nogil=True)
def _add_contributions(
    rows: Floats,
    root: NDArray[np.int32],
    feature: NDArray[np.int32],
    threshold: NDArray[np.float64],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    value: NDArray[np.float64],
    parts: NDArray[np.float64],
) -> None:
    for t in range(len(root) - 1):
        for r in range(len(rows)):
            node = root[t]
            while feature[node] >= 0:
                asked = feature[node]
                child = left[node] if rows[r, asked] <= threshold[node] else right[node]
                parts[r, asked] += value[child] - value[node]
                node = child

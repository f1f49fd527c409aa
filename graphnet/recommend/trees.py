"""Boosted trees as plain arrays: evaluated by compiled loops, saved without pickle.

They answer a hundred rows in about a millisecond, and split every score exactly over the features.
"""

from dataclasses import dataclass
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
        _add_scores(
            rows, self.root, self.feature, self.threshold, self.left, self.right, self.value, out
        )
        return out

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
    feature: NDArray[np.int32],
    threshold: NDArray[np.float64],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    value: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    for r in range(len(rows)):
        for t in range(len(root) - 1):
            node = root[t]
            while feature[node] >= 0:
                node = left[node] if rows[r, feature[node]] <= threshold[node] else right[node]
            out[r] += value[node]


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
    for r in range(len(rows)):
        for t in range(len(root) - 1):
            node = root[t]
            while feature[node] >= 0:
                asked = feature[node]
                child = left[node] if rows[r, asked] <= threshold[node] else right[node]
                parts[r, asked] += value[child] - value[node]
                node = child

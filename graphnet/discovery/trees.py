"""Boosted trees as plain arrays: learned by scikit-learn, kept and evaluated by ourselves.

One call of scikit-learn's predictor costs milliseconds before it begins; these arrays answer 250
rows in about one, and are saved without pickle. (`graphnet.models` has its own: the rooms do
not know each other, and that one also splits scores over features.)
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphnet.discovery.kernels import Float32, Float64, Int32
from graphnet.discovery.threads import one_thread_each


@dataclass(frozen=True)
class Trees:
    """A sum of regression trees; NaN goes the way that `missing_left` says.

    Attributes
    ----------
    base : float64[1]
        Score before any tree.
    root : int32[trees + 1]
        Where each tree's nodes begin.
    feature : int32[nodes]
        What a node asks for; -1 in a leaf.
    threshold : float64[nodes]
        At most this goes left.
    left, right : int32[nodes]
    missing_left : bool[nodes]
    value : float64[nodes]
        What a leaf adds.
    """

    base: Float64
    root: Int32
    feature: Int32
    threshold: Float64
    left: Int32
    right: Int32
    missing_left: NDArray[np.bool_]
    value: Float64

    def scores(self, rows: Float32) -> Float64:
        """Return the score of each row (n, features), float64[n]."""
        out = np.full(len(rows), self.base[0])
        _add_scores(
            rows,
            self.root,
            self.feature,
            self.threshold,
            self.left,
            self.right,
            self.missing_left,
            self.value,
            out,
        )
        return out

    def arrays(self, prefix: str) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, their names after a prefix."""
        return {prefix + name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]], prefix: str) -> "Trees":
        """Take what `arrays` gave."""
        return cls(**{name: arrays[prefix + name] for name in cls.__dataclass_fields__})


def learn_trees(
    rows: Float32,
    labels: NDArray[np.bool_],
    *,
    seed: int,
    rounds: int,
    leaves: int,
    rate: float,
    share_of_features: float,
) -> Trees:
    """Learn to tell the labelled rows from the others (gradient boosting, logistic loss)."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        learning_rate=rate,
        max_iter=rounds,
        max_leaf_nodes=leaves,
        l2_regularization=5.0,
        min_samples_leaf=40,
        max_features=share_of_features,
        early_stopping=False,
        random_state=seed,
    )
    # A feature that is missing everywhere says nothing, and scikit-learn 1.9 fails on it.
    missing = np.isnan(rows).all(axis=0)
    with one_thread_each():
        return from_boosting(model.fit(np.where(missing, np.float32(0), rows), labels))


def from_boosting(model: Any) -> Trees:
    """Take the trees out of a fitted binary HistGradientBoosting model.

    scikit-learn shows them in private attributes only; a test compares the scores with its own.
    """
    nodes = [predictor.nodes for (predictor,) in model._predictors]
    size = np.array([len(each) for each in nodes])
    root = np.concatenate([[0], np.cumsum(size)]).astype(np.int32)
    every = np.concatenate(nodes)
    offset = np.repeat(root[:-1], size)
    leaf = every["is_leaf"].astype(bool)
    return Trees(
        base=np.ravel(model._baseline_prediction)[:1].astype(np.float64),
        root=root,
        feature=np.where(leaf, -1, every["feature_idx"]).astype(np.int32),
        threshold=every["num_threshold"].astype(np.float64),
        left=(every["left"] + offset).astype(np.int32),
        right=(every["right"] + offset).astype(np.int32),
        missing_left=every["missing_go_to_left"].astype(bool),
        value=every["value"].astype(np.float64),
    )


@njit(cache=True, nogil=True)
def _add_scores(
    rows: Float32,
    root: Int32,
    feature: Int32,
    threshold: Float64,
    left: Int32,
    right: Int32,
    missing_left: NDArray[np.bool_],
    value: Float64,
    out: Float64,
) -> None:
    # Tree by tree, so that one tree's nodes stay in the cache for all rows.
    for t in range(len(root) - 1):
        for r in range(len(rows)):
            node = root[t]
            while feature[node] >= 0:
                x = rows[r, feature[node]]
                if np.isnan(x):
                    go_left = missing_left[node]
                else:
                    go_left = x <= threshold[node]
                node = left[node] if go_left else right[node]
            out[r] += value[node]

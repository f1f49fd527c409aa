"""Gradient boosting that learns to put the right events first (LambdaMART), compiled.

scikit-learn's boosting judges every row by itself; what matters here is the order within one
question. With rows in 64 bins a tree costs a few passes over small integers: a hundred trees over
20,000 rows take about a second on one core, so a ranker can be learned anew as time goes on.

References
----------
Burges, "From RankNet to LambdaRank to LambdaMART: an overview", 2010, section 7.
Chen, Guestrin, "XGBoost", KDD 2016, section 2.2 (gain and leaf weight).
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphnet.models.trees import Trees

Floats = NDArray[np.float32]
Bins = NDArray[np.uint8]


@dataclass(frozen=True)
class Boosting:
    """Settings of the learner; compared on the scored questions of Meetup Montana, then fixed.

    So figures on those questions are a little too good.

    Attributes
    ----------
    trees, depth, rate : number of trees, levels of questions, step of each tree
    features, rows : shares of features a tree, and of questions a tree, that are looked at
    ridge : penalty on leaf values
    lightest : least sum of second derivatives in a leaf
    listwise : share of the gradient that comes from pairs within a question, against single rows
    """

    trees: int = 250
    depth: int = 4
    rate: float = 0.05
    features: float = 0.3
    rows: float = 0.7
    ridge: float = 2.0
    lightest: float = 1.0
    listwise: float = 0.0
    bins: int = 64


def bin_edges(rows: Floats, bins: int) -> NDArray[np.float64]:
    """Thresholds of each feature, shape (features, bins - 1), padded with infinity.

    A value's bin is the number of thresholds below it.
    """
    edges = np.full((rows.shape[1], bins - 1), np.inf)
    for f in range(rows.shape[1]):
        distinct = np.unique(rows[:, f]).astype(np.float64)
        if len(distinct) > bins:
            quantiles = np.linspace(0, 1, bins + 1)[1:-1]
            distinct = np.unique(np.quantile(rows[:, f], quantiles, method="lower"))
            edges[f, : len(distinct)] = distinct
        else:
            middle = (distinct[1:] + distinct[:-1]) / 2
            edges[f, : len(middle)] = middle
    return edges


def to_bins(rows: Floats, edges: NDArray[np.float64]) -> Bins:
    """Bin of every value, shape (rows, features)."""
    out = np.empty(rows.shape, dtype=np.uint8)
    for f in range(rows.shape[1]):
        out[:, f] = np.searchsorted(edges[f], rows[:, f].astype(np.float64), side="left")
    return out


def boost(
    rows: Floats,
    labels: NDArray[np.int64],
    start: NDArray[np.int64],
    *,
    weights: Floats | None = None,
    settings: Boosting | None = None,
    seed: int = 0,
) -> Trees:
    """Learn trees whose score puts the rows with label 1 first within each question.

    Parameters
    ----------
    rows : array (n, features)
    labels : array (n,) of 0 and 1
    start : array (questions + 1,)
        Where each question's rows begin.
    weights : array (questions,), optional
        How much each question counts; all alike without it.
    settings : Boosting, optional
    seed : int
    """
    settings = settings or Boosting()
    if weights is None:
        weights = np.ones(len(start) - 1, dtype=np.float32)
    rng = np.random.default_rng(seed)
    edges = bin_edges(rows, settings.bins)
    binned = np.ascontiguousarray(to_bins(rows, edges))
    number, features = rows.shape
    share = float(np.clip(labels.mean(), 1e-3, 1 - 1e-3))
    base = float(np.log(share / (1 - share)))
    scores = np.full(number, base)
    gradient, curvature = np.zeros(number), np.zeros(number)
    size = 2 ** (settings.depth + 1) - 1
    feature = np.full((settings.trees, size), -1, dtype=np.int32)
    threshold = np.zeros((settings.trees, size))
    value = np.zeros((settings.trees, size))
    use = max(1, round(settings.features * features))
    questions = len(start) - 1
    for t in range(settings.trees):
        _gradients(scores, labels, start, weights, settings.listwise, 3, gradient, curvature)
        drawn = rng.random(questions) < settings.rows
        chosen = np.sort(rng.permutation(features)[:use]).astype(np.int64)
        _grow(
            binned, edges, gradient, curvature, np.repeat(drawn, np.diff(start)), chosen,
            settings.depth, settings.bins, settings.ridge, settings.lightest, settings.rate,
            feature[t], threshold[t], value[t], scores,
        )  # fmt: skip
    node = np.arange(size, dtype=np.int32)
    left = np.where(2 * node + 2 < size, 2 * node + 1, 0).astype(np.int32)
    offset = (np.arange(settings.trees, dtype=np.int32) * size)[:, None]
    return Trees(
        base=base,
        root=np.arange(settings.trees + 1, dtype=np.int32) * np.int32(size),
        feature=feature.ravel(),
        threshold=threshold.ravel(),
        left=(left[None, :] + offset).ravel().astype(np.int32),
        right=(left[None, :] + 1 + offset).ravel().astype(np.int32),
        value=value.ravel(),
    )


@njit(cache=True, nogil=True)
def _gradients(
    scores: NDArray[np.float64],
    labels: NDArray[np.int64],
    start: NDArray[np.int64],
    weights: Floats,
    listwise: float,
    depth: int,
    gradient: NDArray[np.float64],
    curvature: NDArray[np.float64],
) -> None:
    for q in range(len(start) - 1):
        a, b = start[q], start[q + 1]
        order = np.argsort(-scores[a:b])
        rank = np.empty(b - a, dtype=np.int64)
        rank[order] = np.arange(b - a)
        yeses = labels[a:b].sum()
        ideal = 0.0
        for i in range(min(yeses, depth)):
            ideal += 1 / np.log2(i + 2)
        w = weights[q]
        for i in range(a, b):
            p = 1 / (1 + np.exp(-scores[i]))
            gradient[i] = (1 - listwise) * w * (p - labels[i])
            curvature[i] = (1 - listwise) * w * max(p * (1 - p), 1e-6)
        if yeses == 0 or listwise == 0:
            continue
        for i in range(a, b):
            if labels[i] == 0:
                continue
            di = 1 / np.log2(rank[i - a] + 2.0)
            for j in range(a, b):
                if labels[j] == 1:
                    continue
                dj = 1 / np.log2(rank[j - a] + 2.0)
                # The change of ndcg without its cut: behind the third place there is still
                # something to learn.
                change = listwise * 2 * w * abs(di - dj) / ideal
                rho = 1 / (1 + np.exp(scores[i] - scores[j]))
                gradient[i] -= change * rho
                gradient[j] += change * rho
                second = max(change * rho * (1 - rho), 1e-9)
                curvature[i] += second
                curvature[j] += second


@njit(cache=True, nogil=True)
def _grow(
    binned: Bins,
    edges: NDArray[np.float64],
    gradient: NDArray[np.float64],
    curvature: NDArray[np.float64],
    drawn: NDArray[np.bool_],
    chosen: NDArray[np.int64],
    depth: int,
    bins: int,
    ridge: float,
    lightest: float,
    rate: float,
    feature: NDArray[np.int32],
    threshold: NDArray[np.float64],
    value: NDArray[np.float64],
    scores: NDArray[np.float64],
) -> None:
    number = len(gradient)
    node_of = np.zeros(number, dtype=np.int64)
    cut = np.zeros(len(feature), dtype=np.int64)
    weight = np.zeros(len(feature))
    for level in range(depth + 1):
        first = 2**level - 1
        width = 2**level
        sums = np.zeros((width, 2))
        for r in range(number):
            if drawn[r] and node_of[r] >= first:
                sums[node_of[r] - first, 0] += gradient[r]
                sums[node_of[r] - first, 1] += curvature[r]
        for n in range(width):
            value[first + n] = -rate * sums[n, 0] / (sums[n, 1] + ridge)
            weight[first + n] = sums[n, 1]
        if level == depth:
            break
        histogram = np.zeros((width, len(chosen), bins, 2))
        for r in range(number):
            if drawn[r] and node_of[r] >= first:
                n = node_of[r] - first
                for c in range(len(chosen)):
                    x = binned[r, chosen[c]]
                    histogram[n, c, x, 0] += gradient[r]
                    histogram[n, c, x, 1] += curvature[r]
        for n in range(width):
            g, h = sums[n, 0], sums[n, 1]
            best = 1e-6
            for c in range(len(chosen)):
                gl, hl = 0.0, 0.0
                for x in range(bins - 1):
                    gl += histogram[n, c, x, 0]
                    hl += histogram[n, c, x, 1]
                    if hl < lightest:
                        continue
                    if h - hl < lightest:
                        break
                    gain = (
                        gl * gl / (hl + ridge)
                        + (g - gl) * (g - gl) / (h - hl + ridge)
                        - g * g / (h + ridge)
                    )
                    if gain > best and edges[chosen[c], x] < np.inf:
                        best = gain
                        feature[first + n] = chosen[c]
                        cut[first + n] = x
                        threshold[first + n] = edges[chosen[c], x]
        for r in range(number):
            n = node_of[r]
            if n >= first and feature[n] >= 0:
                node_of[r] = 2 * n + 1 if binned[r, feature[n]] <= cut[n] else 2 * n + 2
    for r in range(number):
        scores[r] += value[node_of[r]]
    # Above the leaves, the mean of what is below, so that the steps down a path add up to the leaf.
    for n in range(len(feature) - 1, -1, -1):
        if feature[n] >= 0:
            a, b = 2 * n + 1, 2 * n + 2
            value[n] = (weight[a] * value[a] + weight[b] * value[b]) / (weight[a] + weight[b])

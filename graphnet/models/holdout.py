"""Choosing the few free settings of the learned score on a part of the training data.

A fifth of the things of some people is taken away, the model learned from the rest, and each blend
judged by where it ranks what was taken. A random hold-out is not the future: it is denser, and
what was taken is as old as what stayed. So only few settings are chosen here: of those that are as
good as the best but for noise the smoothest, and a part is added only if it wins by more than the
noise.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphnet.models.factors import EASE_ITEMS, Blend, InteractionModel, ease_weights
from graphnet.models.neighbours import ranks_of_blends
from graphnet.models.shape import Floats

JUDGES = 1500
FEWEST = 5
DEPTH = 20
POPULARITIES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
LOW_RANKS = (0.0, 0.1, 0.2, 0.3, 0.5, 1.0)
POWERS = (1.0, 1.5, 2.0, 3.0)
EASES = (0.0, 0.3, 0.6, 1.0, 2.0, 4.0, 8.0)
RIDGES = (0.3, 1.0, 3.0)


def hold_out(
    matrix: sp.csr_matrix, *, rng: np.random.Generator
) -> tuple[sp.csr_matrix, NDArray[np.int64], list[NDArray[np.int32]]]:
    """Take a fifth of the things of some people away.

    Returns
    -------
    the matrix without them, the people (n,), and what was taken from each
    """
    degree = np.diff(matrix.indptr)
    able = np.flatnonzero(degree >= FEWEST)
    people = np.sort(rng.choice(able, size=min(JUDGES, len(able)), replace=False))
    keep = np.ones(matrix.nnz, dtype=bool)
    taken = []
    for u in people:
        chosen = matrix.indptr[u] + rng.choice(degree[u], size=degree[u] // 5, replace=False)
        keep[chosen] = False
        taken.append(matrix.indices[np.sort(chosen)])
    row = np.repeat(np.arange(matrix.shape[0]), degree)[keep]
    rest = sp.csr_matrix(
        (matrix.data[keep], (row, matrix.indices[keep])), shape=matrix.shape, dtype=np.float32
    )
    rest.sort_indices()
    return rest, people, taken


def gain(ranks: NDArray[np.int64]) -> float:
    """Mean of recall and ndcg at 20 of one person's taken items, given their ranks."""
    hits = ranks[ranks < DEPTH]
    ideal = (1 / np.log2(np.arange(2, min(len(ranks), DEPTH) + 2))).sum()
    return float((len(hits) / len(ranks) + (1 / np.log2(hits + 2)).sum() / ideal) / 2)


class _Judge:
    """Holds what does not change between blends: the people, their histories and spectral parts."""

    def __init__(
        self,
        model: InteractionModel,
        matrix: sp.csr_matrix,
        people: NDArray[np.int64],
        taken: list[NDArray[np.int32]],
    ) -> None:
        self.model = model
        self.histories = [matrix.indices[matrix.indptr[u] : matrix.indptr[u + 1]] for u in people]
        self.taken = taken
        profiles = np.stack([model.profile(history) for history in self.histories])
        self.low = model.low_rank(profiles)
        self.low /= np.maximum(self.low.std(axis=1, keepdims=True), 1e-12)
        self.ease: Floats | None = None

    def gains(self, blends: list[Blend]) -> NDArray[np.float64]:
        """Gain of each blend and person, shape (blends, people); all share popularity and power."""
        self.model.set_blend(blends[0])
        weights = np.array([[1, b.low_rank, b.ease] for b in blends], dtype=np.float32)

        def one(i: int) -> list[float]:
            history = self.histories[i]
            local = self.model.local(history)[0]
            parts = np.zeros((3, len(local)), dtype=np.float32)
            parts[0] = local / max(float(local.std()), 1e-12)
            parts[1] = self.low[i]
            if self.ease is not None:
                ease = self.ease[history].sum(axis=0)
                parts[2] = ease / max(float(ease.std()), 1e-12)
            parts *= self.model._popular
            return [gain(r) for r in ranks_of_blends(parts, weights, history, self.taken[i])]

        with ThreadPoolExecutor(2) as pool:
            return np.array(list(pool.map(one, range(len(self.taken))))).T


def _better(best: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    # One standard error of the paired difference: people differ much more than blends do.
    difference = other - best
    return bool(difference.mean() > difference.std() / max(len(difference), 1) ** 0.5)


def _smoothest_of_plateau(pairs: list[tuple[Blend, NDArray[np.float64]]], blend: Blend) -> Blend:
    # The top is flat, and the future is not a random draw of the past: people's next things lie
    # further from their last ones, and nearer to everyone's. So of all popularities within half a
    # standard error of the best the largest is taken, after the one-standard-error rule of
    # Breiman, Friedman, Olshen, Stone, "Classification and Regression Trees", 1984, section 3.4.3;
    # then the middle of the spectral weights that cannot be told from the best there.
    profile: dict[float, float] = {}
    for option, gains in pairs:
        mean = float(gains.mean())
        profile[option.popularity] = max(mean, profile.get(option.popularity, 0.0))
    top = max(pairs, key=lambda pair: float(pair[1].mean()))[1]
    level = float(top.mean() - top.std() / max(len(top), 1) ** 0.5 / 2)
    popularities = sorted(profile)
    last = max(i for i, b in enumerate(popularities) if profile[b] >= level)
    popularity = popularities[last]
    if last + 1 < len(popularities):
        above, below = profile[popularity], profile[popularities[last + 1]]
        step = popularities[last + 1] - popularity
        popularity += step * (above - level) / (above - below)
    near = popularities[int(np.abs(np.array(popularities) - popularity).argmin())]
    there = [(option, gains) for option, gains in pairs if option.popularity == near]
    best = max(there, key=lambda pair: float(pair[1].mean()))[1]
    weights = [option.low_rank for option, gains in there if not _better(gains, best)]
    return replace(blend, popularity=popularity, low_rank=float(np.mean(weights)))


def choose_blend(
    matrix: sp.csr_matrix, *, rank: int | None = None, seed: int = 0
) -> tuple[Blend, Floats | None]:
    """Choose popularity, power, and the weights of the spectrum and of EASE on a hold-out.

    Parameters
    ----------
    matrix : CSR of shape (people, items), ones
    rank, seed : as for `InteractionModel`

    Returns
    -------
    the blend, and the spectral vectors of the hold-out, from which those of the whole data are two
    iterations away
    """
    blend = Blend()
    rest, people, taken = hold_out(matrix, rng=np.random.default_rng(seed))
    if len(people) < 30:
        return blend, None
    model = InteractionModel(blend=blend, rank=rank, seed=seed).learn(rest)
    judge = _Judge(model, rest, people, taken)

    pairs: list[tuple[Blend, NDArray[np.float64]]] = []
    for b in POPULARITIES:
        options = [replace(blend, popularity=b, low_rank=w) for w in LOW_RANKS]
        pairs += zip(options, judge.gains(options), strict=True)
    blend = _smoothest_of_plateau(pairs, blend)
    best = judge.gains([blend])[0]
    for power in POWERS:
        found = judge.gains([replace(blend, power=power)])[0]
        if _better(best, found):
            best, blend = found, replace(blend, power=power)
    if matrix.shape[1] <= EASE_ITEMS:
        for ridge in RIDGES:
            judge.ease = ease_weights(rest, ridge)
            options = [
                replace(blend, ease=e, ridge=ridge, low_rank=w)
                for e in EASES
                for w in {blend.low_rank, 0.0}
            ]
            found = judge.gains(options)
            top = int(found.mean(axis=1).argmax())
            if _better(best, found[top]):
                best, blend = found[top], options[top]
    return blend, model.vectors

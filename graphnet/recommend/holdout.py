"""Choosing the few free settings of the learned score on a part of the training data.

A fifth of the things of some people is taken away, the model learned from the rest, and each blend judged
by where it ranks what was taken. A random hold-out is not the future: it is denser, and what was taken
is as old as what stayed. So only few settings are chosen here, and one other than the default must win by
more than the noise of the comparison.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphnet.recommend.factors import EASE_ITEMS, Blend, InteractionModel, ease_weights
from graphnet.recommend.neighbours import hidden_ranks
from graphnet.recommend.shape import Floats

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
        self.profiles = np.stack([model.profile(history) for history in self.histories])
        self.ease: Floats | None = None

    def gains(self, blends: list[Blend]) -> NDArray[np.float64]:
        """Gain of each blend and person, shape (blends, people); all share popularity and power."""
        self.model.set_blend(blends[0])
        popular = self.model._popular
        weights = sorted({(blend.low_rank, blend.ease) for blend in blends})
        where = {pair: i for i, pair in enumerate(weights)}

        def one(i: int) -> list[float]:
            history = self.histories[i]
            parts = [
                self.model.local(history)[0],
                self.model.low_rank(self.profiles[i : i + 1])[0],
            ]
            if self.ease is not None:
                parts.append(np.asarray(self.ease[history].sum(axis=0)))
            parts = [popular * part / max(float(part.std()), 1e-12) for part in parts]
            found = []
            for low_rank, ease in weights:
                scores = parts[0] + np.float32(low_rank) * parts[1]
                if self.ease is not None and ease:
                    scores = scores + np.float32(ease) * parts[2]
                scores[history] = -np.inf
                found.append(gain(hidden_ranks(scores, self.taken[i])))
            return found

        with ThreadPoolExecutor(2) as pool:
            table = np.array(list(pool.map(one, range(len(self.taken)))))
        return table[:, [where[blend.low_rank, blend.ease] for blend in blends]].T


def _better(best: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    # One standard error of the paired difference: people differ much more than blends do.
    difference = other - best
    return bool(difference.mean() > difference.std() / max(len(difference), 1) ** 0.5)


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

    best = judge.gains([blend])[0]
    rounds = [
        [[replace(blend, popularity=b, low_rank=w) for w in LOW_RANKS] for b in POPULARITIES],
    ]
    for group in rounds:
        table = [(judge.gains(row), row) for row in group]
        gains, winner = max(
            ((g, option) for found, row in table for g, option in zip(found, row, strict=True)),
            key=lambda pair: float(pair[0].mean()),
        )
        if _better(best, gains):
            best, blend = gains, winner
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

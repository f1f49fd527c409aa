"""The learned score of interactions: close neighbours, a low-rank spectrum, and EASE where it fits.

    score_j = d_j^b (local_j / |local| + w low_j / |low| + e ease_j / |ease|)

where |.| is the standard deviation over the items for this history. Each of the three is a sum
over the items of the history, so every score splits exactly into reasons. b, q, w and e are chosen
on a hold-out of the data that is being learned from (`graphnet.models.holdout`); the rest is
fixed or follows from the shape of the data.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphnet.errors import ModelMissing
from graphnet.models.neighbours import (
    contributions_to_item,
    shared_weight,
    spread_over_items,
    top_positions,
)
from graphnet.models.shape import (
    Contributions,
    Floats,
    Mask,
    Positions,
    binary,
    clean_history,
    load_arrays,
    save_arrays,
)
from graphnet.models.spectral import right_singular_vectors

# How strongly a person with many things counts less; the published GF-CF has 1 here. Fixed: a
# random hold-out is denser than the future and pulls this to values that then do worse.
PERSON_EXPONENT = 0.7
# EASE inverts a dense matrix of items by items: seconds and 150 MB at this many, hours at 50,000.
EASE_ITEMS = 6000
BLOCK = 128
# Interactions up to which everything is learned again when somebody is taken out: in 0.16 s.
LEARN_AGAIN = 30_000


@dataclass(frozen=True)
class Blend:
    """What a hold-out chooses.

    Attributes
    ----------
    popularity : float
        b, how much of an item's popularity stays in its score.
    power : float
        q, how much more a close neighbour counts.
    low_rank : float
        w, weight of the spectral part.
    ease : float
        e, weight of EASE; 0 where there are too many items for it.
    ridge : float
        EASE's penalty as a multiple of the mean number of people an item has.
    """

    popularity: float = 0.3
    power: float = 1.5
    low_rank: float = 0.25
    ease: float = 0.0
    ridge: float = 1.0


def rank_for(people: int, items: int) -> int:
    """Rank of the spectral part: three times the root of the smaller side."""
    smaller = min(people, items)
    return max(1, min(int(np.rint(3 * np.sqrt(smaller))), smaller - 1))


def ease_weights(interactions: sp.csr_matrix, ridge: float) -> Floats:
    """Item-to-item weights of EASE.

    ``B = I - P / diag(P)`` with ``P = (R^T R + r I)^-1``, the least-squares reconstruction of
    everyone's history from the rest of it.

    Parameters
    ----------
    interactions : CSR of shape (people, items)
    ridge : float
        r divided by the mean number of people an item has.

    Returns
    -------
    array of shape (items, items), float32; zero diagonal

    References
    ----------
    Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019.
    """
    gram = (interactions.T @ interactions).toarray().astype(np.float32)
    items = gram.shape[0]
    diagonal = np.arange(items)
    gram[diagonal, diagonal] += max(ridge * interactions.nnz / max(items, 1), 1e-3)
    inverse = np.linalg.inv(gram)
    weights = -inverse / np.diag(inverse)
    weights[diagonal, diagonal] = 0
    return np.asarray(weights, dtype=np.float32)


class InteractionModel:
    """Learned scores for things that people have in common.

    Parameters
    ----------
    blend : Blend, optional
        Weights of the parts; without it they are chosen on a hold-out during `fit`.
    rank : int, optional
        Rank of the spectral part; `rank_for` without it.
    seed : int
        Of the hold-out and of the subspace iteration; the same seed gives the same answer.

    Notes
    -----
    Fitting Gowalla (29,858 people, 40,981 items, 810,128 interactions) and one answer: see the
    README.
    """

    def __init__(
        self, *, blend: Blend | None = None, rank: int | None = None, seed: int = 0
    ) -> None:
        self.chosen = blend
        self.rank = rank
        self.seed = seed
        self.blend = blend or Blend()

    def fit(self, interactions: sp.csr_matrix) -> Self:
        """Learn from a CSR matrix of shape (people, items); values other than zero count as one."""
        from graphnet.models.holdout import choose_blend

        matrix = binary(interactions)
        start = None
        if self.chosen is None:
            self.blend, start = choose_blend(matrix, rank=self.rank, seed=self.seed)
        return self.learn(matrix, start=start)

    def learn(self, matrix: sp.csr_matrix, *, start: Floats | None = None) -> Self:
        """Learn with the present blend; `start` are vectors of a nearly equal matrix."""
        people, items = matrix.shape
        self._set_matrix(matrix)
        vectors = np.zeros((items, 0), dtype=np.float32)
        if self.blend.low_rank > 0 and matrix.nnz:
            person_scale = self._person_degree ** (-PERSON_EXPONENT / 2)
            item_scale = self._item_degree**-0.5
            scaled = sp.csr_matrix(
                sp.diags_array(person_scale) @ matrix @ sp.diags_array(item_scale),
                dtype=np.float32,
            )
            vectors = right_singular_vectors(
                scaled,
                self.rank or rank_for(people, items),
                rng=np.random.default_rng(self.seed),
                iterations=2 if start is not None else 5,
                start=start,
            )
        self.vectors: Floats = vectors
        self.ease: Floats | None = None
        if self.blend.ease > 0:
            self.ease = ease_weights(matrix, self.blend.ridge)
        return self

    def without(self, people: Mask) -> Self:
        """Learn the same from everybody else: as if those people had never been there.

        Only the blend stays as it was chosen, five numbers of a hold-out of everybody.

        Parameters
        ----------
        people : array (people,), bool
            Rows that are to count nothing in any part.

        Notes
        -----
        On 2,000 people and 97 things 34 ms of processor time. The spectral part and EASE cannot be
        had back from sums; beyond `LEARN_AGAIN` interactions, where learning them again would keep
        a reader waiting, they rest until the next fit and the local part answers, as exactly.
        """
        self._fitted()
        kept = np.repeat(~people, np.diff(self._matrix.indptr))
        kept_before = np.concatenate([[0], np.cumsum(kept)])
        matrix = sp.csr_matrix(
            (
                self._matrix.data[kept],
                self._matrix.indices[kept],
                kept_before[self._matrix.indptr],
            ),
            shape=self._matrix.shape,
        )
        rank = self.vectors.shape[1] or self.rank
        blend = self.blend
        if matrix.nnz > LEARN_AGAIN:
            blend = replace(blend, low_rank=0.0, ease=0.0)
        return type(self)(blend=blend, rank=rank, seed=self.seed).learn(matrix)

    def _set_matrix(self, matrix: sp.csr_matrix) -> None:
        self.items = matrix.shape[1]
        self._matrix = matrix
        owners = matrix.T.tocsr()
        owners.sort_indices()
        self._item_start, self._items = matrix.indptr, matrix.indices
        self._owner_start, self._owners = owners.indptr, owners.indices
        self._person_degree = np.maximum(np.diff(matrix.indptr), 1).astype(np.float64)
        self._item_degree = np.maximum(np.diff(owners.indptr), 1).astype(np.float64)
        self.set_blend(self.blend)

    def set_blend(self, blend: Blend) -> None:
        """Use other weights with what has been learned (but not another ridge)."""
        self.blend = blend
        self._item_weight = (self._item_degree ** -(0.4 + blend.popularity)).astype(np.float32)
        self._person_weight = (self._person_degree ** (-PERSON_EXPONENT * blend.power)).astype(
            np.float32
        )
        self._damp = (self._item_degree**-0.5).astype(np.float32)
        self._popular = (self._item_degree**blend.popularity).astype(np.float32)

    def local(self, history: NDArray[np.int32]) -> tuple[Floats, Floats]:
        """Return the local part (items,) and what each person shares with the history (people,)."""
        shared = np.zeros(len(self._person_degree), dtype=np.float32)
        shared_weight(history, self._owner_start, self._owners, self._item_weight, shared)
        scores = np.zeros(self.items, dtype=np.float32)
        spread_over_items(
            shared, self._item_start, self._items, self._person_weight, self.blend.power, scores
        )
        scores *= self._damp
        return scores, shared

    def low_rank(self, profiles: Floats) -> Floats:
        """Return the spectral part of profiles (histories, rank), shape (histories, items)."""
        return np.asarray(profiles @ self.vectors.T)

    def profile(self, history: NDArray[np.int32]) -> Floats:
        """Sum of the history's spectral vectors, shape (rank,)."""
        return np.asarray(self.vectors[history].sum(axis=0))

    def score(self, history: Positions) -> Floats:
        """Return the score of every item, shape (items,); zeros for an empty history."""
        clean = clean_history(history, self._fitted())
        return self._blend(clean, self.vectors @ self.profile(clean))[0]

    def _fitted(self) -> int:
        if not hasattr(self, "items"):
            raise ModelMissing("this model has not been fitted yet")
        return int(self.items)

    def _blend(self, history: NDArray[np.int32], low: Floats) -> tuple[Floats, list[float]]:
        parts = [self.local(history)[0], low]
        weights = [1.0, self.blend.low_rank]
        if self.ease is not None:
            parts.append(np.asarray(self.ease[history].sum(axis=0)))
            weights.append(self.blend.ease)
        total = np.zeros(self.items, dtype=np.float32)
        factors = []
        for part, weight in zip(parts, weights, strict=True):
            deviation = float(part.std()) if weight else 0.0
            # A part that says the same of everything (nothing shared, or one item only) says
            # nothing.
            factors.append(weight / deviation if deviation > 1e-12 else 0.0)
            total += np.float32(factors[-1]) * part
        total *= self._popular
        return total, factors

    def recommend(
        self, history: Positions, k: int, *, exclude: Mask | None = None
    ) -> tuple[Positions, Floats]:
        """Return at most k items outside the history, best first.

        Parameters
        ----------
        history : array of item positions
            An empty one gets an empty answer: this model knows nothing of newcomers
            (`graphnet.models.content` does).
        k : int
        exclude : array of shape (items,), bool, optional
            Items that must not appear.

        Returns
        -------
        positions (n,) int64 and scores (n,) float32
        """
        clean = clean_history(history, self._fitted())
        if not len(clean):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        low = self.vectors @ self.profile(clean)
        return self._best(clean, low, k, exclude)

    def _best(
        self, history: NDArray[np.int32], low: Floats, k: int, exclude: Mask | None
    ) -> tuple[Positions, Floats]:
        scores = self._blend(history, low)[0]
        scores[history] = -np.inf
        if exclude is not None:
            scores[exclude] = -np.inf
        return top_positions(scores, min(k, self.items))

    def recommend_all(
        self, histories: sp.csr_matrix, k: int, *, threads: int = 2
    ) -> Iterator[list[tuple[Positions, Floats]]]:
        """Yield the answers for the rows of a CSR matrix, a block of rows at a time, in order."""
        self._fitted()

        def block(first: int) -> list[tuple[Positions, Floats]]:
            rows = [
                histories.indices[histories.indptr[u] : histories.indptr[u + 1]].astype(np.int32)
                for u in range(first, min(first + BLOCK, histories.shape[0]))
            ]
            low = self.low_rank(np.stack([self.profile(row) for row in rows]))
            return [self._best(row, low[i], k, None) for i, row in enumerate(rows)]

        with ThreadPoolExecutor(threads) as pool:
            yield from pool.map(block, range(0, histories.shape[0], BLOCK))

    def contributions(self, history: Positions, item: int) -> Contributions:
        """Split the score of one item exactly over the items of the history.

        The parts are in the order of the sorted distinct history. The local part of x in the
        history is ``w_x * sum of g_v z_v^(q-1)`` over the people v who have both x and the item.
        """
        clean = clean_history(history, self._fitted())
        low = self.vectors @ self.profile(clean)
        factors = self._blend(clean, low)[1]
        shared = self.local(clean)[1]
        local = np.zeros(len(clean))
        witnesses = np.zeros(len(clean), dtype=np.int64)
        contributions_to_item(
            clean,
            item,
            self._owner_start,
            self._owners,
            self._item_weight,
            self._person_weight,
            shared,
            self.blend.power,
            local,
            witnesses,
        )
        parts = factors[0] * local * float(self._damp[item])
        parts += factors[1] * (self.vectors[clean] @ self.vectors[item]).astype(np.float64)
        if self.ease is not None:
            parts += factors[2] * self.ease[clean, item]
        parts *= float(self._popular[item])
        return Contributions(parts=parts, base=0.0, witnesses=witnesses)

    def save(self, path: Path) -> None:
        """Write the model to one .npz file."""
        self._fitted()
        arrays = {
            "indptr": self._matrix.indptr,
            "indices": self._matrix.indices,
            "vectors": self.vectors,
        }
        if self.ease is not None:
            arrays["ease"] = self.ease
        facts = {
            "blend": asdict(self.blend),
            "rank": self.rank,
            "seed": self.seed,
            "items": self.items,
        }
        save_arrays(path, "interactions", facts, arrays)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a model that `save` wrote."""
        facts, arrays = load_arrays(path, "interactions")
        model = cls(blend=Blend(**facts["blend"]), rank=facts["rank"], seed=facts["seed"])
        indices = arrays["indices"]
        model._set_matrix(
            sp.csr_matrix(
                (np.ones(len(indices), dtype=np.float32), indices, arrays["indptr"]),
                shape=(len(arrays["indptr"]) - 1, facts["items"]),
            )
        )
        model.vectors = arrays["vectors"]
        model.ease = arrays.get("ease")
        return model

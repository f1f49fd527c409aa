"""People I may know, in a learned order, each with its reasons.

Learned once from the graph's own visible ties: a fifth of them is hidden, the rest is described,
and boosted trees learn which candidates were hidden ties. Nothing is tuned to one university. What
is learned is a few hundred trees, and tables of how groups mix (`TieModel.refresh` learns those
anew for another snapshot); everything else is counted when a question is asked, on the ties that
its viewer may see. The graph that is learned from is the one that the audience may see.
"""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from graphnet.discovery.affinity import Affinity, learn_affinity
from graphnet.discovery.kernels import Bools, Float32, Float64, Int32, Int64, shared_neighbours
from graphnet.discovery.neighbourhood import neighbourhood
from graphnet.discovery.newcomers import TRAINED_ON as NEWCOMERS
from graphnet.discovery.newcomers import NewcomerModel, fit_newcomers
from graphnet.discovery.suggestions import check_person, mask_of
from graphnet.discovery.tie_features import describe_candidates, group_shares
from graphnet.discovery.trees import Trees, learn_trees
from graphnet.errors import BadValue, ModelMissing, SnapshotError
from graphnet.snapshot import read_npz
from graphnet.snapshot.arrays import Ties
from graphnet.threads import available_threads

HIDDEN = 0.2  # of the ties, for learning
TRAINED_ON = 1700  # people who lost a tie, altogether
OTHERS_A_PERSON = 90  # candidates without a hidden tie that are learned from, for each of them
MOST_MASKS = 4  # a small graph is hidden from several times
FEWEST_LABELS = 200
FORMAT = 1


@dataclass(frozen=True)
class Reason:
    """Why somebody is suggested, from what the viewer may see.

    Attributes
    ----------
    common : int32[m]
        Who is tied to both, those with the fewest ties first: they say most.
    passed : float64[m]
        What each of them adds to the resource allocation.
    same : tuple of int
        Columns of the attributes that both share, the rarest value first.
    """

    common: Int32
    passed: Float64
    same: tuple[int, ...]


@dataclass(frozen=True)
class Suggestions:
    """Positions int32[m], best first, their scores float64[m], and a reason for each."""

    positions: Int32
    scores: Float64
    reasons: tuple[Reason, ...] = field(default=())


class TieModel:
    """Learned suggestions; `fit`, then `suggest`, `save` and `TieModel.open`.

    Parameters
    ----------
    rounds : int
        Trees of the ranker for people with ties.
    people : int
        How many people it is learned on, at most.
    """

    def __init__(self, *, rounds: int = 150, people: int = TRAINED_ON) -> None:
        self.rounds = rounds
        self.people = people
        self.trees: Trees | None = None
        self.newcomers = NewcomerModel(None)
        self.affinity: Affinity | None = None
        self.shares: Float64 = np.zeros((0, 0))

    def fit(
        self,
        ties: Ties,
        attributes: Int32,
        *,
        rng: np.random.Generator,
        parts: Sequence[str] = ("missing", "newcomer"),
    ) -> Self:
        """Learn from visible ties and attributes.

        Parameters
        ----------
        ties : Ties
        attributes : int32[n, a]
            Codes, 0 for unknown.
        parts : "missing", "newcomer" or both
            Which of the two rankers to learn; without it that one keeps the unlearned order.
        """
        if attributes.shape[0] != ties.n:
            raise BadValue(f"attributes of {attributes.shape[0]} people for {ties.n}")
        # Streams of chance of their own, so that learning one part does not depend on the other.
        first, second, third = rng.spawn(3)
        self.refresh(ties, attributes, rng=first)
        if "missing" in parts:
            self.trees = self._fit_ranker(ties, attributes, second)
        if "newcomer" in parts:
            self.newcomers = fit_newcomers(
                ties.indptr,
                ties.indices,
                attributes,
                rng=third,
                people=min(self.people, NEWCOMERS),
            )
        return self

    def refresh(self, ties: Ties, attributes: Int32, *, rng: np.random.Generator) -> None:
        """Learn the affinities and sizes of groups of another snapshot; the trees stay."""
        self.affinity = learn_affinity(ties.indptr, ties.indices, attributes, rng=rng)
        self.shares = group_shares(attributes)

    def _fit_ranker(self, ties: Ties, attributes: Int32, rng: np.random.Generator) -> Trees | None:
        source = np.repeat(np.arange(ties.n), np.diff(ties.indptr))
        upper = source < ties.indices
        u, v = source[upper], ties.indices[upper]
        rows: list[Float32] = []
        labels: list[NDArray[np.bool_]] = []
        left = self.people
        for mask in range(MOST_MASKS):
            hide = rng.random(len(u)) < HIDDEN
            shown = Ties.of_pairs(ties.n, u[~hide], v[~hide])
            hidden = Ties.of_pairs(ties.n, u[hide], v[hide])
            affinity = learn_affinity(shown.indptr, shown.indices, attributes, rng=rng)
            able = np.flatnonzero((np.diff(hidden.indptr) > 0) & (np.diff(shown.indptr) > 0))
            # Half of a small graph at a time, so that masks differ in whom they ask about.
            here = min(left, len(able) if mask == MOST_MASKS - 1 else max(len(able) // 2, 1))
            people = rng.choice(able, min(here, len(able)), replace=False) if len(able) else able
            seeds = rng.integers(2**63, size=len(people))

            def describe(
                task: tuple[int, int],
                shown: Ties = shown,
                hidden: Ties = hidden,
                affinity: Affinity = affinity,
            ) -> tuple[Float32, NDArray[np.bool_]]:
                person, seed = task
                candidates, found = self._describe(
                    shown, attributes, person, affinity, mask_of(ties.n, None)
                )
                tied = np.isin(candidates, hidden.neighbours(person))
                others = np.flatnonzero(~tied)
                if len(others) > OTHERS_A_PERSON:
                    draw = np.random.default_rng(seed)
                    others = np.sort(draw.choice(others, OTHERS_A_PERSON, replace=False))
                kept = np.concatenate([np.flatnonzero(tied), others])
                return found[kept], tied[kept]

            with ThreadPoolExecutor(available_threads()) as pool:
                tasks = zip(people.tolist(), seeds.tolist(), strict=True)
                for found, tied in pool.map(describe, tasks):
                    rows.append(found)
                    labels.append(tied)
            left -= len(people)
            if left <= 0 or not len(people):
                break
        label = np.concatenate(labels) if labels else np.zeros(0, np.bool_)
        if label.sum() < FEWEST_LABELS:
            return None
        return learn_trees(
            np.concatenate(rows),
            label,
            seed=0,
            rounds=self.rounds,
            leaves=24,
            rate=0.07,
            share_of_features=0.4,
        )

    def _describe(
        self, ties: Ties, attributes: Int32, person: int, affinity: Affinity, mask: Bools
    ) -> tuple[Int32, Float32]:
        around = neighbourhood(ties.indptr, ties.indices, mask, person)
        rows = describe_candidates(
            ties.indptr,
            ties.indices,
            mask,
            attributes,
            self.shares,
            affinity,
            person,
            around,
        )
        return around.circle[around.ties :], rows

    def _fitted(self) -> Affinity:
        if self.affinity is None:
            raise ModelMissing("this model has not been fitted yet")
        return self.affinity

    def suggest(
        self,
        ties: Ties,
        attributes: Int32,
        person: int,
        k: int,
        *,
        allowed: Bools | None = None,
        exclude: Int64 | Int32 | None = None,
        reasons: bool = True,
    ) -> Suggestions:
        """Return at most k people whom this person may know.

        Parameters
        ----------
        ties, attributes
            Of the snapshot, with the person's latest ties laid over it.
        allowed : bool[n], optional
            Whom the viewer may see; the others count for nothing.
        exclude : positions, optional
            Dismissed people: in no list, though they may be evidence for others.
        reasons : bool
            Also collect the evidence for each.

        Notes
        -----
        Somebody without any tie that counts gets the newcomers' list. Fewer than k come back only
        where there are fewer people two steps away and fewer newcomers' candidates.
        """
        affinity = self._fitted()
        check_person(ties.indptr, person)
        mask = mask_of(ties.n, allowed)
        if len(mask) and not mask[person]:
            # Somebody hidden is not hidden from themselves.
            mask = mask.copy()
            mask[person] = True
        candidates, rows = self._describe(ties, attributes, person, affinity, mask)
        if len(candidates):
            scores = self.trees.scores(rows) if self.trees is not None else rows[:, 3].astype(float)
            # Candidates come by the better first score, which decides between equal ones.
            order = np.argsort(-scores, kind="stable")
            candidates, scores = candidates[order], scores[order]
            if exclude is not None and len(exclude):
                kept = ~np.isin(candidates, exclude)
                candidates, scores = candidates[kept], scores[kept]
        else:
            scores = np.zeros(0)
        if len(candidates) < k:
            candidates, scores = self._filled_up(
                ties, attributes, person, k, allowed, exclude, candidates, scores
            )
        candidates, scores = candidates[:k], scores[:k]
        why: tuple[Reason, ...] = ()
        if reasons:
            why = tuple(
                self.reason(ties, attributes, person, int(other), mask) for other in candidates
            )
        return Suggestions(candidates, scores, why)

    def _filled_up(
        self,
        ties: Ties,
        attributes: Int32,
        person: int,
        k: int,
        allowed: Bools | None,
        exclude: Int64 | Int32 | None,
        candidates: Int32,
        scores: Float64,
    ) -> tuple[Int32, Float64]:
        """Add the newcomers' list behind the candidates, below all of them."""
        taken = [candidates, ties.neighbours(person)]
        if exclude is not None:
            taken.append(np.asarray(exclude, np.int32))
        away = np.concatenate(taken)
        more, value = self.newcomers.suggest(
            ties.indptr,
            ties.indices,
            attributes,
            attributes[person],
            k + len(away),
            affinity=self._fitted(),
            person=person,
            allowed=allowed,
        )
        kept = ~np.isin(more, away)
        more, value = more[kept][: k - len(candidates)], value[kept][: k - len(candidates)]
        if len(scores) and len(value):
            value = value - max(0.0, float(value[0] - scores[-1]) + 1e-6)
        return np.concatenate([candidates, more]), np.concatenate([scores, value])

    def reason(self, ties: Ties, attributes: Int32, person: int, other: int, mask: Bools) -> Reason:
        """Return the evidence for one suggestion; ``mask`` as `mask_of` gives it."""
        found, degree = shared_neighbours(ties.indptr, ties.indices, mask, person, other)
        order = np.lexsort((found, degree))
        mine, theirs = attributes[person], attributes[other]
        columns = np.flatnonzero((mine == theirs) & (mine > 0))
        values = np.minimum(mine[columns], self.shares.shape[1] - 1)
        rarity = self.shares[columns, values]
        same = columns[np.lexsort((columns, rarity))]
        return Reason(found[order], 1.0 / np.maximum(degree[order], 1), tuple(int(c) for c in same))

    def save(self, path: Path) -> None:
        """Write the model as one .npz of plain arrays, beside its place and then moved there."""
        affinity = self._fitted()
        arrays: dict[str, NDArray[Any]] = {
            "shares": self.shares,
            "others": affinity.others,
            "weights": affinity.weights,
            **{f"table_{c}": table for c, table in enumerate(affinity.tables)},
            **self.newcomers.arrays(),
        }
        if self.trees is not None:
            arrays |= self.trees.arrays("missing_")
        facts = {"kind": "people", "format": FORMAT, "columns": len(affinity.tables)}
        header = np.frombuffer(json.dumps(facts, sort_keys=True).encode(), np.uint8)
        partial = path.with_name(path.name + ".part")
        with partial.open("wb") as file:
            np.savez(file, header=header, **arrays)  # type: ignore[arg-type]
        partial.replace(path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        ModelMissing
            If there is no such file, or it is another kind of file.
        """
        try:
            arrays = read_npz(path)
            facts = json.loads(bytes(arrays.pop("header")).decode())
        except (OSError, ValueError, KeyError, SnapshotError) as problem:
            raise ModelMissing(f"{path}: no model of suggestions; fit one first") from problem
        if facts.get("kind") != "people" or facts.get("format") != FORMAT:
            raise ModelMissing(f"{path}: a model of another kind or format; fit it again")
        model = cls()
        tables = tuple(arrays[f"table_{c}"] for c in range(facts["columns"]))
        model.affinity = Affinity(tables, arrays["others"], arrays["weights"])
        model.shares = arrays["shares"]
        model.newcomers = NewcomerModel.from_arrays(arrays)
        if "missing_base" in arrays:
            model.trees = Trees.from_arrays(arrays, "missing_")
        return model

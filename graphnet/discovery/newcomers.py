"""People that somebody without ties may know, from attributes alone.

Learned from the graph's own ties: some people lose all of theirs, the rest of the graph is
described as it then looks, and boosted trees learn whom they were tied to. They are hidden for
real, because taking only a person's own tie out of the counts would still tell the answer.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphnet.discovery.affinity import Affinity, learn_affinity
from graphnet.discovery.kernels import Bools, Float64, Int32, Int64
from graphnet.discovery.newcomer_features import describe_newcomer
from graphnet.discovery.suggestions import mask_of
from graphnet.discovery.trees import Trees, learn_trees

TRAINED_ON = 450  # people hidden for learning, altogether
HIDDEN_AT_ONCE = 20  # one person in so many
FEWEST_TIES = 5
OTHERS_A_PERSON = 160  # candidates without a tie that are learned from, for each hidden person


def without_people(indptr: Int64, indices: Int32, gone: Bools) -> tuple[Int64, Int32]:
    """Return the same people with no tie of those gone."""
    n = len(indptr) - 1
    source = np.repeat(np.arange(n), np.diff(indptr))
    keep = ~gone[source] & ~gone[indices]
    start = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(source[keep], minlength=n), out=start[1:])
    return start, indices[keep]


@dataclass(frozen=True)
class NewcomerModel:
    """Learned order of candidates for people without ties.

    The trees are learned once; the affinity belongs to the graph that is asked (`affinity_of`).
    """

    trees: Trees | None

    def suggest(
        self,
        indptr: Int64,
        indices: Int32,
        attributes: Int32,
        codes: Int32,
        k: int,
        *,
        affinity: Affinity,
        person: int = -1,
        allowed: Bools | None = None,
    ) -> tuple[Int32, Float64]:
        """Return at most k people, best first, ties by the better unlearned score.

        Parameters
        ----------
        codes : int32[a]
            What is known of the newcomer, 0 for unknown.
        person : int
            Their position, if they have one.
        """
        mask = mask_of(len(indptr) - 1, allowed)
        candidates, rows, score = describe_newcomer(
            indptr, indices, attributes, codes, affinity, person=person, allowed=mask
        )
        if self.trees is not None and len(candidates):
            score = self.trees.scores(rows)
        order = np.argsort(-score, kind="stable")[:k]
        return candidates[order], score[order]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, to be saved."""
        return self.trees.arrays("newcomer_") if self.trees is not None else {}

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> "NewcomerModel":
        """Take what `arrays` gave."""
        if "newcomer_base" not in arrays:
            return cls(None)
        return cls(Trees.from_arrays(arrays, "newcomer_"))


def fit_newcomers(
    indptr: Int64,
    indices: Int32,
    attributes: Int32,
    *,
    rng: np.random.Generator,
    people: int = TRAINED_ON,
) -> NewcomerModel:
    """Learn from the ties of a graph; without enough of them the unlearned score stays."""
    degree = np.diff(indptr)
    able = np.flatnonzero(degree >= FEWEST_TIES)
    at_once = min(people, len(able) // HIDDEN_AT_ONCE)
    if at_once < 2:
        return NewcomerModel(None)
    rows, labels = [], []
    for _ in range(-(-people // at_once)):
        hidden = np.sort(rng.choice(able, at_once, replace=False))
        gone = np.zeros(len(degree), np.bool_)
        gone[hidden] = True
        start, ends = without_people(indptr, indices, gone)
        affinity = learn_affinity(start, ends, attributes, rng=rng)
        everyone = mask_of(len(degree), None)
        for person in hidden.tolist():
            candidates, described, _ = describe_newcomer(
                start, ends, attributes, attributes[person], affinity, person=person,
                allowed=everyone,
            )  # fmt: skip
            tied = np.isin(candidates, indices[indptr[person] : indptr[person + 1]])
            # Hidden people know each other too, but nobody without ties can be told apart.
            others = np.flatnonzero(~tied & ~gone[candidates])
            if len(others) > OTHERS_A_PERSON:
                others = rng.choice(others, OTHERS_A_PERSON, replace=False)
            kept = np.concatenate([np.flatnonzero(tied & ~gone[candidates]), np.sort(others)])
            rows.append(described[kept])
            labels.append(tied[kept])
    label = np.concatenate(labels)
    if label.sum() < 100:
        return NewcomerModel(None)
    trees = learn_trees(
        np.concatenate(rows),
        label,
        seed=0,
        rounds=160,
        leaves=12,
        rate=0.06,
        share_of_features=0.3,
    )
    return NewcomerModel(trees)

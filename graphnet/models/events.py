"""Ranking the coming events for one person at one moment, and why.

    candidates -> describe -> trees -> order

Pages and scored tasks call `EventRanker.rank` with the same arrays. Until a ranker has been
fitted, `HABIT` answers from membership, habit and content, which need no learning.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graphnet.models.event_features import FAMILIES, FAMILY_OF, NAMES, describe
from graphnet.models.eventlog import Floats, Ints, Moment, Person
from graphnet.models.shape import load_arrays, save_arrays
from graphnet.models.trees import Trees

# The rule that answers before anything has been learned: plain weights of plain evidence.
RULE: dict[str, float] = {
    "member": 2.0,
    "group_lately": 1.0,
    "group_attended": 2.0,
    "series_lately": 1.0,
    "series_attended": 1.0,
    "title_yes": 1.0,
    "topics_cosine": 2.0,
    "hour_fit": 1.0,
    "friends_sum": 0.3,
    "usual_group": 0.02,
    "known_yes": 0.02,
    "days_ahead": -0.05,
    "clash": -1.0,
}


# Where the features of each family stand.
COLUMNS: dict[str, list[int]] = {
    family: [NAMES.index(name) for name in names] for family, names in FAMILIES.items()
}


@dataclass(frozen=True)
class RankedEvents:
    """Events for a person, best first, with what was known and what it added.

    Attributes
    ----------
    events : array (n,) of positions
    scores : array (n,) float64
    evidence : array (n, features) float32
        Columns as in `event_features.NAMES`.
    parts : array (n, features) float64
        What each feature added; ``base + parts.sum(axis=1)`` are the scores.
    base : float
    """

    events: Ints
    scores: NDArray[np.float64]
    evidence: Floats
    parts: NDArray[np.float64]
    base: float

    def by_family(self) -> dict[str, NDArray[np.float64]]:
        """What each family of reasons added, shape (n,) each."""
        return {family: self.parts[:, columns].sum(axis=1) for family, columns in COLUMNS.items()}


class EventRanker:
    """Ranks coming events; without trees it follows the plain rule.

    Parameters
    ----------
    trees : sequence of Trees
        Their mean score counts.
    """

    def __init__(self, trees: tuple[Trees, ...] = ()) -> None:
        self.trees = trees

    def scores(self, evidence: Floats) -> NDArray[np.float64]:
        """Score of each described event, shape (n,)."""
        if not self.trees:
            return np.asarray(evidence.astype(np.float64) @ _RULE)
        return np.asarray(np.mean([trees.scores(evidence) for trees in self.trees], axis=0))

    def contributions(self, evidence: Floats) -> tuple[float, NDArray[np.float64]]:
        """Split the scores over the features: base, and parts of shape (n, features)."""
        if not self.trees:
            return 0.0, evidence.astype(np.float64) * _RULE
        split = [trees.contributions(evidence) for trees in self.trees]
        base = float(np.mean([base for base, _ in split]))
        return base, np.mean([parts for _, parts in split], axis=0)

    def order(
        self, moment: Moment, person: Person, candidates: Ints
    ) -> tuple[Ints, NDArray[np.float64]]:
        """Return the candidates best first and their scores; ties by start, then position."""
        scores = self.scores(describe(moment, person, candidates))
        start = moment.log.events.start[candidates]
        order = np.lexsort((candidates, start, -scores))
        return candidates[order], scores[order]

    def rank(
        self, moment: Moment, person: Person, candidates: Ints, *, k: int = 20
    ) -> RankedEvents:
        """Return the best k candidates with the evidence and its exact contributions.

        Parameters
        ----------
        moment : Moment
        person : Person
        candidates : array of event positions
            What may be recommended: hidden, dismissed, full and clashing ones are already gone.
        k : int
        """
        evidence = describe(moment, person, candidates)
        scores = self.scores(evidence)
        start = moment.log.events.start[candidates]
        best = np.lexsort((candidates, start, -scores))[:k]
        base, parts = self.contributions(evidence[best])
        return RankedEvents(candidates[best], scores[best], evidence[best], parts, base)

    def save(self, path: Path) -> None:
        """Write the ranker to one .npz file."""
        arrays = {
            f"{i}.{name}": array
            for i, trees in enumerate(self.trees)
            for name, array in trees.arrays().items()
        }
        save_arrays(path, "events", {"trees": len(self.trees), "features": list(NAMES)}, arrays)

    @classmethod
    def load(cls, path: Path) -> "EventRanker":
        """Read a ranker that `save` wrote; one of other features is as good as none
        (`ModelMissing`)."""
        facts, arrays = load_arrays(path, "events", features=list(NAMES))
        return cls(
            tuple(
                Trees.from_arrays(
                    {
                        name.partition(".")[2]: array
                        for name, array in arrays.items()
                        if name.partition(".")[0] == str(i)
                    }
                )
                for i in range(facts["trees"])
            )
        )


_RULE = np.array([RULE.get(name, 0.0) for name in NAMES])
assert set(RULE) <= set(FAMILY_OF)

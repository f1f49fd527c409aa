"""For people without a history: stated topics, and what people of the same kind came to.

    score_j = t * cosine(topics of the person, topics of j)
            + a * (share of the person's cohort that has j, pulled towards everyone's share)

Both are plain to say: "topic: robotics", "14 of your cohort came". There is no learned part, so
this answers from the first day.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphnet.errors import ModelMissing
from graphnet.models.neighbours import top_positions
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

# A cohort of five with two who came says little: it is pulled towards everyone by so many "average
# people".
PULL = 10.0
TOPIC_WEIGHT = 1.0
ATTENDANCE_WEIGHT = 1.0


@dataclass(frozen=True)
class Newcomer:
    """What is known of somebody without a history.

    Attributes
    ----------
    topics : array of topic positions they stated
    cohort : position of their cohort, -1 if unknown
    """

    topics: Positions
    cohort: int = -1


@dataclass(frozen=True)
class ContentReasons:
    """Why a newcomer's item has its score: ``topic_parts.sum() + cohort_part + everyone_part``.

    Attributes
    ----------
    topics : array (n,) of the shared topics' positions; `topic_parts` (n,) what each adds
    cohort_part, everyone_part : float
    cohort_count : int
        How many of the cohort have the item; a page shows no count under 3.
    """

    topics: Positions
    topic_parts: NDArray[np.float64]
    cohort_part: float
    everyone_part: float
    cohort_count: int


class ContentModel:
    """Topics and cohort attendance; for newcomers, and beside the learned score.

    Parameters
    ----------
    item_topics : CSR of shape (items, topics)
    cohort_of : array (people,) of cohort positions, -1 unknown
    """

    def __init__(self, item_topics: sp.csr_matrix, cohort_of: NDArray[np.int64]) -> None:
        self.item_topics = binary(item_topics)
        self.cohort_of = np.asarray(cohort_of, dtype=np.int64)

    def fit(self, interactions: sp.csr_matrix) -> Self:
        """Count who of each cohort has what, from a CSR matrix of shape (people, items)."""
        matrix = binary(interactions)
        known = np.flatnonzero(self.cohort_of >= 0)
        cohorts = int(self.cohort_of.max(initial=-1)) + 1
        member = sp.csr_matrix(
            (np.ones(len(known), dtype=np.float32), (self.cohort_of[known], known)),
            shape=(cohorts, matrix.shape[0]),
        )
        self.cohort_counts = sp.csr_matrix(member @ matrix)
        self.cohort_size = np.bincount(self.cohort_of[known], minlength=cohorts).astype(np.float64)
        everyone = np.asarray(matrix.sum(axis=0)).ravel().astype(np.float64)
        # Scaled by the most popular item: shares of everybody are tiny numbers beside a cosine.
        self.everyone = everyone / max(matrix.shape[0], 1)
        self.scale = max(float(self.everyone.max(initial=0.0)), 1e-9)
        self._topics_of_item = np.maximum(np.diff(self.item_topics.indptr), 1).astype(np.float64)
        return self

    def _fitted(self) -> int:
        if not hasattr(self, "everyone"):
            raise ModelMissing("this model has not been fitted yet")
        return len(self.everyone)

    def _attendance(self, cohort: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if not 0 <= cohort < len(self.cohort_size):
            return np.zeros_like(self.everyone), self.everyone / self.scale
        size = self.cohort_size[cohort]
        counts = self.cohort_counts[cohort].toarray().ravel().astype(np.float64)
        return (
            counts / (size + PULL) / self.scale,
            PULL * self.everyone / (size + PULL) / self.scale,
        )

    def score(self, newcomer: Newcomer) -> Floats:
        """Return the score of every item for a newcomer, shape (items,)."""
        self._fitted()
        total = ATTENDANCE_WEIGHT * np.add(*self._attendance(newcomer.cohort))
        if len(newcomer.topics):
            mine = np.zeros(self.item_topics.shape[1])
            mine[newcomer.topics] = 1
            shared = self.item_topics @ mine
            total += TOPIC_WEIGHT * shared / np.sqrt(self._topics_of_item * mine.sum())
        return np.asarray(total, dtype=np.float32)

    def recommend_newcomer(
        self, newcomer: Newcomer, k: int, *, exclude: Mask | None = None
    ) -> tuple[Positions, Floats]:
        """Return at most k items for a newcomer, best first, and their scores."""
        scores = self.score(newcomer)
        if exclude is not None:
            scores[exclude] = -np.inf
        return top_positions(scores, min(k, len(scores)))

    def reasons(self, newcomer: Newcomer, item: int) -> ContentReasons:
        """Split a newcomer's score of one item exactly."""
        self._fitted()
        row = self.item_topics.indices[
            self.item_topics.indptr[item] : self.item_topics.indptr[item + 1]
        ]
        stated = np.unique(newcomer.topics)
        shared = np.intersect1d(stated, row).astype(np.int64)
        each = TOPIC_WEIGHT / np.sqrt(self._topics_of_item[item] * max(len(stated), 1))
        mine, others = self._attendance(newcomer.cohort)
        count = 0
        if 0 <= newcomer.cohort < len(self.cohort_size):
            count = int(self.cohort_counts[newcomer.cohort, item])
        return ContentReasons(
            topics=shared,
            topic_parts=np.full(len(shared), each),
            cohort_part=float(ATTENDANCE_WEIGHT * mine[item]),
            everyone_part=float(ATTENDANCE_WEIGHT * others[item]),
            cohort_count=count,
        )

    def recommend(
        self, history: Positions, k: int, *, exclude: Mask | None = None
    ) -> tuple[Positions, Floats]:
        """Return at most k items outside the history, by likeness of topics and popularity."""
        clean = clean_history(history, self._fitted())
        scores = np.asarray(self._parts(clean).sum(axis=0) + self._base(), dtype=np.float32)
        scores[clean] = -np.inf
        if exclude is not None:
            scores[exclude] = -np.inf
        return top_positions(scores, min(k, len(scores)))

    def _base(self) -> NDArray[np.float64]:
        return ATTENDANCE_WEIGHT * self.everyone / self.scale

    def _parts(self, history: NDArray[np.int32]) -> NDArray[np.float64]:
        # Cosine of each past item's topics with every item's, over the length of the history.
        if not len(history):
            return np.zeros((1, len(self.everyone)))
        shared = (self.item_topics[history] @ self.item_topics.T).toarray().astype(np.float64)
        shared /= np.sqrt(self._topics_of_item[history])[:, None]
        shared /= np.sqrt(self._topics_of_item)[None, :]
        return np.asarray(TOPIC_WEIGHT * shared / len(history))

    def contributions(self, history: Positions, item: int) -> Contributions:
        """Split the score of one item over the history; popularity is the base."""
        clean = clean_history(history, self._fitted())
        parts = self._parts(clean)[:, item] if len(clean) else np.zeros(0)
        return Contributions(
            parts=parts,
            base=float(self._base()[item]),
            witnesses=np.zeros(len(clean), dtype=np.int64),
        )

    def save(self, path: Path) -> None:
        """Write the model to one .npz file."""
        self._fitted()
        save_arrays(
            path,
            "content",
            {"shape": list(self.item_topics.shape), "cohorts": len(self.cohort_size)},
            {
                "topic_start": self.item_topics.indptr,
                "topic": self.item_topics.indices,
                "cohort_of": self.cohort_of,
                "count": self.cohort_counts.data,
                "count_item": self.cohort_counts.indices,
                "count_start": self.cohort_counts.indptr,
                "cohort_size": self.cohort_size,
                "everyone": self.everyone,
            },
        )

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a model that `save` wrote."""
        facts, arrays = load_arrays(path, "content")
        items, topics = facts["shape"]
        ones = np.ones(len(arrays["topic"]), dtype=np.float32)
        model = cls(
            sp.csr_matrix((ones, arrays["topic"], arrays["topic_start"]), shape=(items, topics)),
            arrays["cohort_of"],
        )
        model.cohort_counts = sp.csr_matrix(
            (arrays["count"], arrays["count_item"], arrays["count_start"]),
            shape=(facts["cohorts"], items),
        )
        model.cohort_size = arrays["cohort_size"]
        model.everyone = arrays["everyone"]
        model.scale = max(float(model.everyone.max(initial=0.0)), 1e-9)
        model._topics_of_item = np.maximum(np.diff(model.item_topics.indptr), 1).astype(np.float64)
        return model


class PopularityModel:
    """How many have it; the answer when nothing at all is known of a person."""

    def fit(self, interactions: sp.csr_matrix) -> Self:
        """Count the people of each item."""
        counts = np.asarray(binary(interactions).sum(axis=0)).ravel()
        self.counts: Floats = counts.astype(np.float32)
        return self

    def recommend(
        self, history: Positions, k: int, *, exclude: Mask | None = None
    ) -> tuple[Positions, Floats]:
        """Return at most k items outside the history, the most popular first."""
        scores = self.counts.copy()
        scores[clean_history(history, len(scores))] = -np.inf
        if exclude is not None:
            scores[exclude] = -np.inf
        return top_positions(scores, min(k, len(scores)))

    def contributions(self, history: Positions, item: int) -> Contributions:
        """Everything is the base: the history adds nothing."""
        n = len(clean_history(history, len(self.counts)))
        return Contributions(np.zeros(n), float(self.counts[item]), np.zeros(n, dtype=np.int64))

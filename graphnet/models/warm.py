"""Compiles every kernel of this package once, so that nobody waits for it at the first question."""

import numpy as np
import scipy.sparse as sp

from graphnet.models.boosting import Boosting, boost
from graphnet.models.diversity import diversify
from graphnet.models.eventlog import EventLog, Events, Moment
from graphnet.models.events import EventRanker
from graphnet.models.factors import InteractionModel


def warm() -> None:
    """Fit and ask each model on a handful of people; the compiler's cache keeps the result."""
    rng = np.random.default_rng(0)
    dense = (rng.random((60, 30)) < 0.3).astype(np.float32)
    model = InteractionModel().fit(sp.csr_matrix(dense))
    history = np.flatnonzero(dense[0]).astype(np.int64)
    items, scores = model.recommend(history, 5)
    model.contributions(history, int(items[0]))
    diversify(scores.astype(np.float64), np.eye(len(scores), dtype=np.float32), 2)
    _warm_events()


def _warm_events() -> None:
    first = np.zeros(4, np.int64)
    log = EventLog(
        events=Events(
            group=first,
            venue=first,
            series=np.arange(4),
            start=np.arange(1, 5) * 86_400_000,
            words=sp.identity(4, np.float32, format="csr"),
            topics=sp.csr_matrix(np.ones((1, 1), np.float32)),
        ),
        people=2,
        key=np.arange(2),
        reply_person=np.array([0, 0, 1], np.int64),
        reply_event=np.array([0, 1, 0], np.int64),
        reply_yes=np.array([True, False, True]),
        reply_at=np.array([1, 2, 3], np.int64),
        member_person=np.array([0, 1], np.int64),
        member_group=np.zeros(2, np.int64),
        joined_at=np.zeros(2, np.int64),
        member_topics=sp.csr_matrix(np.zeros((2, 1), np.float32)),
    )
    now = 2 * 86_400_000
    moment = Moment(log, now)
    person = log.person(0, now)
    ranked = EventRanker().rank(moment, person, log.candidates(person, now))
    rows = np.repeat(ranked.evidence, 8, axis=0)
    labels = np.arange(len(rows)) % 2
    trees = boost(rows, labels, np.array([0, len(rows)]), settings=Boosting(trees=1))
    EventRanker((trees,)).rank(moment, person, log.candidates(person, now))

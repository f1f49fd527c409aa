"""Evaluation by time: known answers, nothing of the future, the same ways on the same questions."""

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from graphnet.errors import BadValue
from graphnet.models.evaluate import evaluate_events, evaluate_joined, gain, split_time
from graphnet.models.eventlog import WEEK
from graphnet.models.training import Examples
from tests.support.logs import association


def test_gain_agrees_with_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    for _ in range(30):
        hits = rng.random(6) < 0.4
        if not hits.any():
            continue
        _, ndcg = gain(hits, int(hits.sum()), 6)
        scores = -np.arange(6.0)
        assert ndcg == pytest.approx(ndcg_score([hits.astype(int)], [scores]))


def test_the_split_leaves_the_share_after_it() -> None:
    times = np.arange(100, dtype=np.int64)
    split = split_time(times, 0.2)
    assert 0.18 <= (times >= split).mean() <= 0.22
    with pytest.raises(BadValue):
        split_time(times, 1.0)
    with pytest.raises(BadValue):
        split_time(times[:0], 0.2)


def test_people_of_two_kinds_join_what_their_kind_joined() -> None:
    # Two kinds of people, five things each; everybody joins four of their kind, then the fifth.
    rows = [(p, (p % 2) * 5 + j, 10) for p in range(60) for j in range(5) if j != p % 5]
    rows += [(p, (p % 2) * 5 + p % 5, 90) for p in range(60)]
    people, things, times = (np.asarray(column, np.int64) for column in zip(*rows, strict=True))
    learned, popular = evaluate_joined(people, things, times, shape=(60, 10), split=50, k=1)
    assert learned.questions == popular.questions == 60
    assert learned.recall == 1.0
    assert popular.recall < 0.7
    assert learned.coverage == 1.0


def test_events_are_judged_by_later_answers_only() -> None:
    log = association()
    answered = log.reply_at[log.reply_yes]
    split, end = split_time(answered, 0.3), int(answered.max())
    figures, _ = evaluate_events(Examples(log), split=split, end=end, k=3)
    by = {figure.model: figure for figure in figures}
    assert len({figure.questions for figure in figures}) == 1
    assert by["learned"].questions > 20
    assert by["rule"].recall > by["soonest"].recall
    # Weeks after the end are not asked about: fewer questions, and those the same.
    shorter, _ = evaluate_events(Examples(log), split=split, end=end - 4 * WEEK, k=3)
    assert 0 < shorter[0].questions < figures[0].questions

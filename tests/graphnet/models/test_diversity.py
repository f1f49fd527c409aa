"""Re-ranking and the measures of spread, against plain definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.errors import BadValue
from graphnet.models.diversity import coverage, diversify, gini, intra_list_likeness


def test_dial_zero_is_the_order_of_scores() -> None:
    rng = np.random.default_rng(0)
    scores = rng.random(30)
    chosen = diversify(scores, rng.random((30, 4)).astype(np.float32), 30, dial=0)
    np.testing.assert_array_equal(chosen, np.argsort(-scores))


def test_turning_the_dial_makes_lists_less_alike() -> None:
    rng = np.random.default_rng(1)
    features = np.repeat(np.eye(5, dtype=np.float32), 8, axis=0)
    scores = np.repeat(np.linspace(1, 0.6, 5), 8) + rng.random(40) * 0.05
    alike = [
        intra_list_likeness(features[diversify(scores, features, 5, dial=dial)])
        for dial in (0.0, 0.3, 0.9)
    ]
    assert alike[0] == pytest.approx(1)
    assert alike[0] >= alike[1] >= alike[2]
    assert alike[2] == 0


@given(st.integers(0, 20), st.integers(0, 25), st.floats(0, 1), st.integers(0, 99))
def test_lists_are_complete_and_without_repeats(n: int, k: int, dial: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    chosen = diversify(rng.random(n), rng.random((n, 3)).astype(np.float32), k, dial=dial)
    assert len(chosen) == min(n, k) == len(set(chosen.tolist()))


def test_greedy_choice_is_the_definition() -> None:
    rng = np.random.default_rng(2)
    scores, features = rng.random(12), rng.random((12, 3)).astype(np.float32)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    relevance = (scores - scores.min()) / (scores.max() - scores.min())
    expected: list[int] = []
    while len(expected) < 6:
        marginal = [
            -np.inf
            if i in expected
            else 0.6 * relevance[i] - 0.4 * max((unit[i] @ unit[j] for j in expected), default=0)
            for i in range(12)
        ]
        expected.append(int(np.argmax(marginal)))
    assert diversify(scores, features, 6, dial=0.4).tolist() == expected


def test_dial_out_of_range_is_refused() -> None:
    with pytest.raises(BadValue):
        diversify(np.ones(2), np.ones((2, 1), dtype=np.float32), 1, dial=1.5)


def test_coverage_and_gini() -> None:
    lists = [np.array([0, 1]), np.array([0, 2])]
    assert coverage(lists, 6) == 0.5
    counts = np.array([2, 1, 1, 0, 0, 0])
    apart = np.abs(counts[:, None] - counts[None, :]).sum() / (2 * 6 * counts.sum())
    assert gini(lists, 6) == pytest.approx(apart)
    assert gini([], 6) == coverage([], 6) == 0

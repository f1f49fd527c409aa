import networkx as nx
import numpy as np
import pytest

from graphnet.discovery.suggestions import (
    common_neighbours,
    completed,
    resource_allocation,
    resource_allocation_everyone,
)
from graphnet.errors import BadValue
from graphnet.snapshot.arrays import Ties
from tests.support.networks import among, random_ties


def oracle(ties: Ties, person: int) -> dict[int, float]:
    graph = nx.from_scipy_sparse_array(ties.matrix())
    others = [(person, v) for v in graph if v != person and not graph.has_edge(person, v)]
    return {v: s for _, v, s in nx.resource_allocation_index(graph, others) if s > 0}


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_networkx(seed: int) -> None:
    ties = random_ties(60, 200, seed)
    for person in range(0, 60, 7):
        expected = oracle(ties, person)
        positions, scores = resource_allocation(ties.indptr, ties.indices, person, 60)
        assert dict(zip(positions.tolist(), scores.tolist(), strict=True)) == pytest.approx(
            expected
        )
        rounded = np.round(scores, 12)
        assert all(
            (rounded[i], -positions[i]) > (rounded[i + 1], -positions[i + 1])
            or scores[i] > scores[i + 1]
            for i in range(len(positions) - 1)
        )
        best, _ = resource_allocation(ties.indptr, ties.indices, person, 5)
        assert best.tolist() == positions[:5].tolist()


def test_everyone_is_each_one() -> None:
    ties = random_ties(700, 3000, 1)
    positions, scores = resource_allocation_everyone(ties.indptr, ties.indices, 10)
    for person in (0, 333, 699):
        one, value = resource_allocation(ties.indptr, ties.indices, person, 10)
        assert positions[person][positions[person] >= 0].tolist() == one.tolist()
        assert scores[person][: len(one)].tolist() == value.tolist()


def test_hidden_people_pass_nothing_on() -> None:
    ties = random_ties(80, 400, 2)
    allowed = np.random.default_rng(3).random(80) < 0.7
    rest = among(ties, allowed)
    for person in np.flatnonzero(allowed)[:20].tolist():
        seen = resource_allocation(ties.indptr, ties.indices, person, 20, allowed=allowed)
        alone = resource_allocation(rest.indptr, rest.indices, person, 20)
        assert seen[0].tolist() == alone[0].tolist()
        assert seen[1].tolist() == alone[1].tolist()
    hidden = int(np.flatnonzero(~allowed)[0])
    assert len(resource_allocation(ties.indptr, ties.indices, hidden, 5, allowed=allowed)[0]) == 0


def test_evidence_adds_up_to_the_score() -> None:
    ties = random_ties(60, 300, 4)
    allowed = np.ones(60, bool)
    allowed[::9] = False
    positions, scores = resource_allocation(ties.indptr, ties.indices, 1, 10, allowed=allowed)
    assert len(positions)
    for other, score in zip(positions.tolist(), scores.tolist(), strict=True):
        who, passed = common_neighbours(ties.indptr, ties.indices, 1, other, allowed=allowed)
        assert set(who.tolist()) == {
            z
            for z in range(60)
            if allowed[z] and z in ties.neighbours(1) and z in ties.neighbours(other)
        }
        assert passed.sum() == pytest.approx(score)
        assert (np.diff(passed) <= 0).all()


def test_equal_scores_go_by_position() -> None:
    star = Ties.of_pairs(6, [0, 0, 0, 0, 0], [5, 3, 1, 4, 2])
    assert resource_allocation(star.indptr, star.indices, 5, 3)[0].tolist() == [1, 2, 3]


def test_a_list_is_completed_without_repeats() -> None:
    ties = Ties.of_pairs(6, [0, 1], [1, 2])
    found = completed(
        np.array([2], np.int32), ties.indptr, ties.indices, 0, 4, fallback=np.arange(6, dtype="i4")
    )
    assert found.tolist() == [2, 3, 4, 5]


def test_wrong_questions_are_refused() -> None:
    ties = random_ties(10, 20, 5)
    with pytest.raises(BadValue, match="outside"):
        resource_allocation(ties.indptr, ties.indices, 10, 3)
    with pytest.raises(BadValue, match="mask"):
        resource_allocation(ties.indptr, ties.indices, 1, 3, allowed=np.ones(9, bool))

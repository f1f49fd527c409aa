from itertools import pairwise

import networkx as nx
import numpy as np
import pytest

from graphnet.discovery.introductions import Chain, introductions, offered
from graphnet.errors import BadValue
from graphnet.snapshot.arrays import Ties
from tests.support.networks import random_ties

ME = -1  # stands outside the network, tied to the first contacts


def strength_of(graph: nx.Graph, path: list[int], willing: np.ndarray) -> float:
    ties = np.prod([graph[u][v]["weight"] for u, v in pairwise(path)])
    return float(ties * np.prod(willing[path[1:-1]]))


@pytest.mark.parametrize("patient", [False, True])
@pytest.mark.parametrize("most_steps", [1, 2, 3])
@pytest.mark.parametrize("seed", range(8))
def test_agrees_with_every_simple_path(seed: int, most_steps: int, patient: bool) -> None:
    rng = np.random.default_rng(seed)
    ties = random_ties(25, 60, seed)
    willing = np.round(rng.random(25), 1)
    first = rng.choice(25, 5, replace=False)
    strength = np.round(rng.random(5) * 0.9 + 0.1, 2)
    targets = rng.choice(25, 3, replace=False).tolist()
    graph = nx.from_scipy_sparse_array(ties.matrix())
    graph.add_weighted_edges_from(
        (ME, int(v), float(s)) for v, s in zip(first, strength, strict=True)
    )

    def paths(used: set[int], ends: set[int]) -> list[list[int]]:
        return [
            path
            for target in targets
            for path in nx.all_simple_paths(graph, ME, target, cutoff=most_steps)
            if not set(path[1:-1]) & (used | set(targets))
            and not (len(path) == 2 and target in ends)
            and not (len(path) > 2 and target in first)
            and strength_of(graph, path, willing) > 0
        ]

    chains = introductions(
        ties, first, strength, targets, 6,
        willing=willing, most_steps=most_steps, patient=patient,
    )  # fmt: skip
    used: set[int] = set()
    ends: set[int] = set()
    for chain in chains:
        left = paths(used, ends)
        path = [ME, *chain.positions.tolist()]
        assert path in left
        assert chain.strength == pytest.approx(max(strength_of(graph, p, willing) for p in left))
        assert chain.strength == pytest.approx(strength_of(graph, path, willing))
        assert chain.steps == len(path) - 1 <= most_steps
        used |= set(path[1:-1])
        if len(path) == 2:
            ends.add(path[1])
    strengths = [chain.strength for chain in chains]
    assert strengths == sorted(strengths, reverse=True)
    if len(chains) < 6:
        assert not paths(used, ends)


# 0 - 1 - 2 - 3 - 4, and a weaker way from 0 to 3 through 5.
LINE = Ties.of_pairs(6, [0, 1, 2, 3, 0, 5], [1, 2, 3, 4, 5, 3], [0.9, 0.9, 0.9, 0.9, 0.3, 0.3])


def asked(target: int, **options: object) -> list[Chain]:
    """Chains from person 0, whose ties are those to 1 and 5."""
    return introductions(LINE, [1, 5], [0.9, 0.3], [target], 5, **options)  # type: ignore[arg-type]


def places(chains: list[Chain]) -> list[list[int]]:
    return [chain.positions.tolist() for chain in chains]


def test_three_steps_and_no_more() -> None:
    (best, other) = asked(3)
    assert best.positions.tolist() == [1, 2, 3]
    assert best.strength == pytest.approx(0.9**3)
    assert other.positions.tolist() == [5, 3]
    assert places(asked(4)) == [[5, 3, 4]]
    assert asked(4, most_steps=2) == []
    assert places(asked(1, most_steps=1)) == [[1]]


def test_who_is_asked_too_often_is_no_connector() -> None:
    willing = np.ones(6)
    willing[2] = 0.0
    assert places(asked(3, willing=willing)) == [[5, 3]]
    willing[2] = 0.1
    chains = asked(3, willing=willing)
    assert chains[0].positions.tolist() == [5, 3]
    assert chains[1].strength == pytest.approx(0.9**3 * 0.1)


def test_hidden_people_are_on_no_chain() -> None:
    allowed = np.ones(6, bool)
    allowed[5] = False
    assert places(asked(3, allowed=allowed)) == [[1, 2, 3]]
    allowed[3] = False
    assert asked(3, allowed=allowed) == []
    assert asked(4, allowed=allowed) == []
    allowed[1] = False
    assert asked(1, allowed=allowed) == []


@pytest.mark.parametrize("seed", range(6))
def test_from_the_front_and_from_behind_are_one_answer(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ties = Ties.of_pairs(60, rng.integers(60, size=150), rng.integers(60, size=150), [0.5] * 150)
    first, strength = np.arange(0, 60, 2), np.where(np.arange(30) % 3, 1.0, 0.5)
    for target in range(1, 60, 2):
        front, behind = (
            introductions(ties, first, strength, [target], 5, patient=patient)
            for patient in (True, False)
        )
        assert places(front) == places(behind)
        assert [c.strength for c in front] == [c.strength for c in behind]


def test_a_whole_company() -> None:
    chains = introductions(LINE, [1, 5], [0.9, 0.3], [2, 3, 5], 5)
    assert places(chains) == [[1, 2], [5]]
    assert introductions(LINE, [], [], [3], 5) == []
    assert introductions(LINE, [1], [1.0], [], 5) == []


def test_equal_chains_go_by_position() -> None:
    square = Ties.of_pairs(4, [0, 0, 1, 2], [1, 2, 3, 3], [0.5] * 4)
    assert places(introductions(square, [2, 1], [0.5, 0.5], [3], 2)) == [[1, 3], [2, 3]]


def test_wrong_questions_are_refused() -> None:
    with pytest.raises(BadValue, match="outside"):
        asked(6)
    with pytest.raises(BadValue, match="steps"):
        asked(3, most_steps=4)
    with pytest.raises(BadValue, match="illingness"):
        asked(3, willing=np.full(6, 2.0))
    with pytest.raises(BadValue, match="trengths"):
        introductions(LINE, [1], [1.5], [3], 1)
    strong = Ties.of_pairs(3, [0, 1], [1, 2], [1.0, 2.0])
    with pytest.raises(BadValue, match="trengths"):
        introductions(strong, [1], [1.0], [2], 1)


def test_a_short_way_is_among_those_that_are_offered() -> None:
    # Four strong ways of three steps to 20, and a weaker one of two.
    pairs = [(i, 10 + i, 0.9) for i in range(4)] + [(10 + i, 20, 0.9) for i in range(4)]
    pairs += [(4, 20, 0.3)]
    u, v, w = (np.array(column) for column in zip(*pairs, strict=True))
    ties = Ties.of_pairs(21, u.astype(int), v.astype(int), w.astype(np.float32))
    first, strength = np.arange(5), np.full(5, 0.9)
    strongest = introductions(ties, first, strength, [20], 5)
    assert [chain.steps for chain in strongest] == [3, 3, 3, 3, 2]
    short = introductions(ties, first, strength, [20], 1, most_steps=2)
    found = offered(strongest[:4], short, 3)
    assert [chain.steps for chain in found[:3]] == [3, 3, 2]
    met = [p for chain in found for p in chain.positions[:-1].tolist()]
    assert len(met) == len(set(met))
    assert offered(strongest, short, 5) == strongest
    assert offered(strongest[:3], [], 3) == strongest[:3]
    assert [c.steps for c in offered([], short, 3)] == [2]

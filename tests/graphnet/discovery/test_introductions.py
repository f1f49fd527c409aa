from itertools import pairwise

import networkx as nx
import numpy as np
import pytest

from graphnet.discovery.introductions import introductions
from graphnet.errors import BadValue
from graphnet.snapshot.arrays import Ties

from .networks import random_ties


def strength_of(graph: nx.Graph, path: list[int], willing: np.ndarray) -> float:
    ties = np.prod([graph[u][v]["weight"] for u, v in pairwise(path)])
    return float(ties * np.prod(willing[path[1:-1]]))


@pytest.mark.parametrize("seed", range(12))
def test_agrees_with_every_simple_path(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ties = random_ties(25, 60, seed)
    willing = np.round(rng.random(25), 1)
    graph = nx.from_scipy_sparse_array(ties.matrix())
    source, *targets = rng.choice(25, 4, replace=False).tolist()
    chains = introductions(ties, [source], targets, 6, willing=willing)
    used: set[int] = set()
    direct: set[int] = set()
    for chain in chains:
        paths = [
            path
            for target in targets
            for path in nx.all_simple_paths(graph, source, target, cutoff=3)
            if not set(path[1:-1]) & (used | set(targets))
            and not (len(path) == 2 and target in direct)
        ]
        best = max(strength_of(graph, path, willing) for path in paths)
        positions = chain.positions.tolist()
        assert positions in paths
        assert chain.strength == pytest.approx(best)
        assert chain.strength == pytest.approx(strength_of(graph, positions, willing))
        assert len(chain.ties) == len(positions) - 1
        used |= set(positions[1:-1])
        if len(positions) == 2:
            direct.add(positions[1])
    strengths = [chain.strength for chain in chains]
    assert strengths == sorted(strengths, reverse=True)
    if len(chains) < 6:
        left = [
            path
            for target in targets
            for path in nx.all_simple_paths(graph, source, target, cutoff=3)
            if not set(path[1:-1]) & (used | set(targets) | set(np.flatnonzero(willing == 0)))
            and not (len(path) == 2 and target in direct)
        ]
        assert not left


# 0 - 1 - 2 - 3 - 4, and a weaker way from 0 to 3 through 5.
LINE = Ties.of_pairs(6, [0, 1, 2, 3, 0, 5], [1, 2, 3, 4, 5, 3], [0.9, 0.9, 0.9, 0.9, 0.3, 0.3])


def test_three_steps_and_no_more() -> None:
    (best, other) = introductions(LINE, [0], [3], 5)
    assert best.positions.tolist() == [0, 1, 2, 3]
    assert best.strength == pytest.approx(0.9**3)
    assert other.positions.tolist() == [0, 5, 3]
    assert introductions(LINE, [0], [4], 5)[0].positions.tolist() == [0, 5, 3, 4]
    assert introductions(LINE, [0], [4], 5, most_steps=2) == []
    assert introductions(LINE, [1], [0], 5, most_steps=1)[0].positions.tolist() == [1, 0]


def test_who_is_asked_too_often_is_no_connector() -> None:
    willing = np.ones(6)
    willing[2] = 0.0
    assert [c.positions.tolist() for c in introductions(LINE, [0], [3], 5, willing=willing)] == [
        [0, 5, 3]
    ]
    willing[2] = 0.1
    chains = introductions(LINE, [0], [3], 5, willing=willing)
    assert chains[0].positions.tolist() == [0, 5, 3]
    assert chains[1].strength == pytest.approx(0.9**3 * 0.1)


def test_hidden_people_are_on_no_chain() -> None:
    allowed = np.ones(6, bool)
    allowed[5] = False
    assert len(introductions(LINE, [0], [3], 5, allowed=allowed)) == 1
    allowed[3] = False
    assert introductions(LINE, [0], [3], 5, allowed=allowed) == []
    assert introductions(LINE, [0], [4], 5, allowed=allowed) == []


def test_several_sources_and_a_whole_company() -> None:
    chains = introductions(LINE, [0, 1], [3, 4], 5)
    assert chains[0].positions.tolist() == [1, 2, 3]
    assert not any(set(chain.positions[1:-1].tolist()) & {0, 1, 3, 4} for chain in chains)
    assert introductions(LINE, [0], [0], 5) == []


def test_equal_chains_go_by_position() -> None:
    square = Ties.of_pairs(4, [0, 0, 1, 2], [1, 2, 3, 3], [0.5] * 4)
    assert [c.positions.tolist() for c in introductions(square, [0], [3], 2)] == [
        [0, 1, 3],
        [0, 2, 3],
    ]


def test_wrong_questions_are_refused() -> None:
    with pytest.raises(BadValue, match="outside"):
        introductions(LINE, [0], [6], 3)
    with pytest.raises(BadValue, match="steps"):
        introductions(LINE, [0], [3], 3, most_steps=4)
    with pytest.raises(BadValue, match="illingness"):
        introductions(LINE, [0], [3], 3, willing=np.full(6, 2.0))
    strong = Ties.of_pairs(3, [0, 1], [1, 2], [2.0, 1.0])
    with pytest.raises(BadValue, match="trengths"):
        introductions(strong, [0], [2], 1)

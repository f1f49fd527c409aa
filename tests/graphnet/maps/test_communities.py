"""Leiden against known divisions, networkx's modularity and all divisions of a small graph."""

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.errors import BadValue
from graphnet.maps.communities import find_communities, islands


def ties_of(graph):
    matrix = sp.csr_array(nx.to_scipy_sparse_array(graph, nodelist=range(len(graph))))
    matrix.sort_indices()
    indptr, indices = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32)
    return indptr, indices, matrix.data.astype(np.float32)


def groups_of(label):
    return [set(np.flatnonzero(label == c).tolist()) for c in range(label.max() + 1)]


def divisions(items):
    if not items:
        yield []
        return
    for rest in divisions(items[1:]):
        yield [{items[0]}, *rest]
        for i in range(len(rest)):
            yield [*rest[:i], rest[i] | {items[0]}, *rest[i + 1 :]]


@pytest.mark.parametrize("resolution", [0.5, 1.0, 2.0])
def test_modularity_is_that_of_networkx(resolution):
    graph = nx.karate_club_graph()
    found = find_communities(*ties_of(graph), resolution=resolution)
    expected = nx.community.modularity(graph, groups_of(found.label), resolution=resolution)
    assert found.modularity == pytest.approx(expected, abs=1e-9)
    assert found.sizes.tolist() == sorted(np.bincount(found.label).tolist(), reverse=True)


def test_small_graphs_get_the_best_of_all_divisions():
    for seed in range(4):
        graph = nx.gnm_random_graph(8, 13, seed=seed)
        indptr, indices, _ = ties_of(graph)
        found = max(find_communities(indptr, indices, seed=s).modularity for s in range(10))
        best = max(nx.community.modularity(graph, d) for d in divisions(list(range(8))))
        assert found == pytest.approx(best, abs=1e-9)


def test_no_worse_than_networkx_louvain_and_planted_groups_come_back():
    graph = nx.random_partition_graph([60, 50, 40, 30], 0.3, 0.01, seed=3)
    found = find_communities(*ties_of(graph), seed=1)
    assert found.sizes.tolist() == [60, 50, 40, 30]
    louvain = nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=1))
    assert found.modularity >= louvain - 1e-9


def test_every_group_is_connected_and_further_rounds_and_starts_do_not_lose():
    graph = nx.powerlaw_cluster_graph(800, 3, 0.4, seed=5)
    indptr, indices, _ = ties_of(graph)
    for seed in range(4):
        one = find_communities(indptr, indices, seed=seed, starts=1, rounds=0)
        more = find_communities(indptr, indices, seed=seed, starts=1, rounds=3)
        best = find_communities(indptr, indices, seed=seed)
        assert one.modularity <= more.modularity + 1e-9
        assert one.modularity <= best.modularity + 1e-9
        for found in (one, more, best):
            for group in groups_of(found.label):
                assert nx.is_connected(graph.subgraph(group))


def clubs(seed, *, people=300, groups=20):
    """People tied through the clubs that they have in common, the more the smaller a club is."""
    rng = np.random.default_rng(seed)
    graph = nx.empty_graph(people)
    for size in rng.integers(8, 50, groups):
        for u, v in combinations(sorted(rng.choice(people, size, replace=False).tolist()), 2):
            weight = graph.get_edge_data(u, v, {"weight": 0.0})["weight"]
            graph.add_edge(u, v, weight=weight + 1 / np.log(size))
    return graph


@pytest.mark.parametrize("seed", range(3))
def test_layers_of_shared_clubs_are_divided_no_worse_than_by_the_best_of_other_tries(seed):
    graph = clubs(seed)
    tries = [nx.community.louvain_communities(graph, seed=s) for s in range(3)]
    best = max(nx.community.modularity(graph, found) for found in tries)
    ties = ties_of(graph)
    assert min(find_communities(*ties, seed=s).modularity for s in range(3)) >= best
    one = np.median([find_communities(*ties, seed=s, starts=1, rounds=0).modularity
                     for s in range(9)])  # fmt: skip
    assert find_communities(*ties).modularity > one + 0.001


@given(st.integers(1, 25), st.floats(0, 0.5), st.integers(0, 20), st.booleans())
@settings(max_examples=60, deadline=None)
def test_modularity_is_that_of_networkx_on_any_graph(n, density, seed, weighted):
    graph = nx.gnp_random_graph(n, density, seed=seed)
    if weighted:
        for number, (u, v) in enumerate(graph.edges):
            graph[u][v]["weight"] = 0.25 + number % 7
    indptr, indices, weight = ties_of(graph)
    found = find_communities(indptr, indices, weight if weighted else None, seed=seed)
    groups = groups_of(found.label)
    expected = nx.community.modularity(graph, groups) if graph.size() else 0.0
    assert found.modularity == pytest.approx(expected, abs=1e-6)
    assert all(nx.is_connected(graph.subgraph(group)) for group in groups)


def test_same_seed_same_division():
    ties = ties_of(nx.gnm_random_graph(400, 1600, seed=6))
    assert np.array_equal(
        find_communities(*ties, seed=2).label, find_communities(*ties, seed=2).label
    )


def test_nobody_and_nobody_tied():
    none = find_communities(np.zeros(1, np.int64), np.zeros(0, np.int32))
    assert len(none.label) == 0 and none.modularity == 0
    alone = find_communities(np.zeros(4, np.int64), np.zeros(0, np.int32))
    assert alone.label.tolist() == [0, 1, 2] and alone.modularity == 0
    with pytest.raises(BadValue):
        find_communities(np.zeros(4, np.int64), np.zeros(0, np.int32), resolution=0.0)


def test_islands_are_the_connected_components_largest_first():
    graph = nx.disjoint_union(nx.path_graph(3), nx.cycle_graph(5))
    graph.add_nodes_from([8, 9])
    indptr, indices, _ = ties_of(graph)
    label, sizes = islands(indptr, indices)
    assert sizes.tolist() == [5, 3, 1, 1]
    assert label.tolist() == [1, 1, 1, 0, 0, 0, 0, 0, 2, 3]

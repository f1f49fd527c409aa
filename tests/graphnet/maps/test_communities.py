"""Leiden against known divisions, networkx's modularity and all divisions of a small graph."""

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp

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


def test_every_group_is_connected_and_further_rounds_do_not_lose():
    graph = nx.powerlaw_cluster_graph(800, 3, 0.4, seed=5)
    indptr, indices, _ = ties_of(graph)
    for seed in range(4):
        one = find_communities(indptr, indices, seed=seed, rounds=1)
        more = find_communities(indptr, indices, seed=seed, rounds=3)
        assert more.modularity >= one.modularity - 1e-9
        for group in groups_of(one.label):
            assert nx.is_connected(graph.subgraph(group))


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

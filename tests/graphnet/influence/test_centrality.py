"""PageRank, betweenness and core numbers against networkx."""

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.errors import BadValue
from graphnet.influence.betweenness import betweenness
from graphnet.influence.centrality import core_numbers, pagerank


def arrays(graph):
    """Ties of a networkx graph on 0..n-1, and their weights."""
    matrix = sp.csr_array(nx.to_scipy_sparse_array(graph, nodelist=range(len(graph))))
    matrix.sort_indices()
    weight = matrix.data.astype(np.float32)
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), weight


GRAPHS = [
    nx.karate_club_graph(),
    nx.gnm_random_graph(120, 400, seed=1),
    nx.disjoint_union(nx.path_graph(7), nx.empty_graph(4)),
    nx.star_graph(9),
]


@pytest.mark.parametrize("graph", GRAPHS)
def test_pagerank_is_that_of_networkx(graph):
    indptr, indices, _ = arrays(graph)
    expected = nx.pagerank(graph, tol=1e-13, weight=None, max_iter=1000)
    found = pagerank(indptr, indices, tolerance=1e-13)
    assert found.scores == pytest.approx([expected[v] for v in range(len(graph))], abs=1e-10)
    assert found.scores.sum() == pytest.approx(1)


@pytest.mark.parametrize("graph", GRAPHS)
def test_personalised_weighted_pagerank_is_that_of_networkx(graph):
    graph = graph.copy()
    for number, (u, v) in enumerate(graph.edges):
        graph[u][v]["weight"] = 0.5 + number % 3
    indptr, indices, weight = arrays(graph)
    restart = np.zeros(len(graph))
    restart[[1, 3]] = [1.0, 3.0]
    # networkx lets walks without a way on start over by the same vector, as we do.
    expected = nx.pagerank(graph, personalization={1: 1.0, 3: 3.0}, tol=1e-13, max_iter=1000)
    found = pagerank(indptr, indices, weight, restart=restart, tolerance=1e-13)
    assert found.scores == pytest.approx([expected[v] for v in range(len(graph))], abs=1e-10)


def test_pagerank_tolerance_bounds_the_error():
    indptr, indices, _ = arrays(nx.gnm_random_graph(500, 3000, seed=2))
    exact = pagerank(indptr, indices, tolerance=1e-14).scores
    for tolerance in (1e-3, 1e-6):
        rough = pagerank(indptr, indices, tolerance=tolerance)
        assert rough.residual <= tolerance
        assert abs(rough.scores - exact).sum() <= 2 * tolerance * 0.85 / 0.15


@pytest.mark.parametrize(
    "restart", [[1.0], [0.0, 0.0, 0.0], [1.0, -1.0, 1.0], [np.nan, 1.0, 1.0], [np.inf, 1.0, 1.0]]
)
def test_pagerank_refuses_a_restart_that_is_no_distribution(restart):
    indptr, indices, _ = arrays(nx.path_graph(3))
    with pytest.raises(BadValue):
        pagerank(indptr, indices, restart=restart)


@given(st.integers(1, 30), st.floats(0, 1), st.integers(0, 10))
@settings(max_examples=60, deadline=None)
def test_core_numbers_are_those_of_networkx(n, density, seed):
    graph = nx.gnp_random_graph(n, density, seed=seed)
    indptr, indices, _ = arrays(graph)
    expected = nx.core_number(graph)
    assert core_numbers(indptr, indices).tolist() == [expected[v] for v in range(n)]


@pytest.mark.parametrize("graph", GRAPHS)
def test_betweenness_of_all_sources_is_exact(graph):
    indptr, indices, _ = arrays(graph)
    expected = nx.betweenness_centrality(graph)
    found = betweenness(indptr, indices)
    assert found.scores == pytest.approx([expected[v] for v in range(len(graph))], abs=1e-12)
    assert not found.standard_error.any()


def test_sampled_betweenness_is_unbiased_and_knows_its_error():
    graph = nx.gnm_random_graph(150, 450, seed=3)
    indptr, indices, _ = arrays(graph)
    exact = betweenness(indptr, indices).scores
    runs = [betweenness(indptr, indices, k=30, seed=seed) for seed in range(60)]
    estimates = np.array([r.scores for r in runs])
    claimed = np.sqrt(np.mean([r.standard_error**2 for r in runs], axis=0))
    top = np.argsort(-exact)[:20]
    drift = (estimates.mean(axis=0) - exact)[top] / (claimed[top] / np.sqrt(60))
    assert abs(drift).max() < 4
    observed = estimates.std(axis=0, ddof=1)
    assert np.median(claimed[top] / observed[top]) == pytest.approx(1, abs=0.15)


def test_betweenness_does_not_depend_on_threads():
    indptr, indices, _ = arrays(nx.gnm_random_graph(300, 1500, seed=4))
    one = betweenness(indptr, indices, k=64, seed=5, threads=1)
    three = betweenness(indptr, indices, k=64, seed=5, threads=3)
    assert np.array_equal(one.scores, three.scores)
    assert np.array_equal(one.sources, three.sources)
    with pytest.raises(BadValue):
        betweenness(indptr, indices, k=0)


def test_nobody_at_all():
    indptr, indices = np.zeros(1, np.int64), np.zeros(0, np.int32)
    assert len(pagerank(indptr, indices).scores) == 0
    assert len(core_numbers(indptr, indices)) == 0
    assert len(betweenness(indptr, indices).scores) == 0

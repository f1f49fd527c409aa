"""PageRank, betweenness and core numbers against networkx."""

import networkx as nx
import numpy as np
import pytest
import scipy.io
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.errors import BadValue
from graphnet.influence.betweenness import MOST_VISITS, betweenness, pivots_for
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
    assert 0.9 < np.median(claimed[top] / observed[top]) < 1.5


def made_graph(name):
    if name == "preferential":
        return arrays(nx.barabasi_albert_graph(1500, 4, seed=1))
    if name == "small world":
        return arrays(nx.connected_watts_strogatz_graph(1200, 8, 0.1, seed=1))
    parts = [nx.powerlaw_cluster_graph(n, 3, 0.3, seed=n) for n in (700, 300, 40)]
    return arrays(nx.disjoint_union_all([*parts, nx.empty_graph(200)]))


@pytest.mark.parametrize("name", ["preferential", "small world", "islands"])
def test_the_error_bars_of_betweenness_hold_nineteen_times_in_twenty(name):
    indptr, indices, _ = made_graph(name)
    check_error_bars(indptr, indices)


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["Reed98", "Amherst41"])
def test_the_error_bars_hold_on_real_universities(real_data, name):
    matrix = sp.csr_array(scipy.io.loadmat(real_data / "facebook100" / f"{name}.mat")["A"])
    matrix = matrix.maximum(matrix.T)
    matrix.setdiag(0)
    matrix.eliminate_zeros()
    matrix.sort_indices()
    check_error_bars(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32))


def check_error_bars(indptr, indices):
    exact = betweenness(indptr, indices).scores
    tied, top = np.diff(indptr) > 0, np.argsort(-exact)[:100]
    for k in (64, 256):
        held, held_top, error = [], [], []
        for seed in range(4):
            found = betweenness(indptr, indices, k=k, seed=seed)
            within = abs(found.scores - exact) <= 2 * found.standard_error + 1e-15
            held.append(within[tied].mean())
            held_top.append(within[top].mean())
            error.append(abs(found.scores - exact)[top].sum() / exact[top].sum())
        assert np.mean(held) >= 0.95, (k, held)
        assert np.mean(held_top) >= 0.93, (k, held_top)
        assert np.mean(error) < (0.22 if k == 64 else 0.11), (k, error)


def test_people_outside_of_the_graph_change_no_value_and_are_no_source():
    graph = nx.gnm_random_graph(60, 180, seed=7)
    alone = nx.disjoint_union(nx.empty_graph(0), graph)
    alone.add_nodes_from(range(60, 200))
    expected = nx.betweenness_centrality(graph)
    people = np.arange(200) < 60
    indptr, indices, _ = arrays(alone)
    found = betweenness(indptr, indices, people=people)
    assert found.scores[:60] == pytest.approx([expected[v] for v in range(60)], abs=1e-12)
    assert not found.scores[60:].any()
    sampled = betweenness(indptr, indices, k=59, people=people, seed=1)
    assert (np.diff(indptr)[sampled.sources] > 0).all() and len(sampled.sources) == 59
    assert sampled.scores[:60] == pytest.approx(found.scores[:60], rel=0.2, abs=0.005)


def test_few_people_are_exact_and_many_are_sampled_with_a_sum_that_stays():
    few = arrays(nx.gnm_random_graph(900, 4000, seed=8))[0]
    assert pivots_for(few) is None
    many = np.arange(41_501, dtype=np.int64) * 66
    k = pivots_for(many)
    assert k is not None and 256 <= k < 41_500 and k * many[-1] <= MOST_VISITS
    dense = np.arange(2_001, dtype=np.int64) * 10_000_000
    assert pivots_for(dense) == 256


@given(st.integers(2, 40), st.floats(0.02, 0.6), st.integers(0, 10))
@settings(max_examples=60, deadline=None)
def test_betweenness_of_all_sources_is_that_of_networkx_on_any_graph(n, density, seed):
    graph = nx.gnp_random_graph(n, density, seed=seed)
    indptr, indices, _ = arrays(graph)
    expected = nx.betweenness_centrality(graph)
    assert betweenness(indptr, indices).scores == pytest.approx(
        [expected[v] for v in range(n)], abs=1e-12
    )


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

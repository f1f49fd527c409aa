"""Density, mixing, stability and who is cut off, against networkx and by hand."""

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.influence.structure import agreement, cut_off, density, mixing, stability


def arrays(graph):
    matrix = sp.csr_array(nx.to_scipy_sparse_array(graph, nodelist=range(len(graph))))
    matrix.sort_indices()
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32)


@given(st.integers(4, 30), st.floats(0.1, 0.6), st.integers(0, 20), st.integers(2, 4))
@settings(max_examples=60, deadline=None)
def test_mixing_is_networkx_assortativity_and_its_error_is_the_jackknife(n, share, seed, groups):
    graph = nx.gnp_random_graph(n, share, seed=seed)
    label = np.random.default_rng(seed).integers(groups, size=n)
    nx.set_node_attributes(graph, dict(enumerate(label.tolist())), "g")
    tied = {int(label[v]) for edge in graph.edges for v in edge}
    found = mixing(*arrays(graph), label)
    assert found.ties == graph.number_of_edges()
    if len(tied) < 2 or graph.number_of_edges() < 3:
        return
    expected = nx.attribute_assortativity_coefficient(graph, "g")
    assert found.coefficient == pytest.approx(expected, abs=1e-9)
    square = 0.0
    for edge in list(graph.edges):
        without = graph.copy()
        without.remove_edge(*edge)
        if len({int(label[v]) for pair in without.edges for v in pair}) < 2:
            continue
        r = nx.attribute_assortativity_coefficient(without, "g")
        square += (r - expected) ** 2
    assert found.error == pytest.approx(np.sqrt(square), abs=1e-9)


def test_ties_of_people_without_a_group_are_left_out():
    graph = nx.complete_graph(6)
    label = np.array([0, 0, 1, 1, -1, -1])
    known = mixing(*arrays(graph), label)
    assert known.ties == 6
    assert known == mixing(*arrays(nx.complete_graph(4)), label[:4])
    assert np.isnan(mixing(*arrays(graph), np.full(6, -1)).coefficient)
    assert np.isnan(mixing(*arrays(graph), np.zeros(6, int)).coefficient)


def test_density_is_that_of_networkx():
    for graph in (nx.karate_club_graph(), nx.path_graph(2), nx.empty_graph(4)):
        assert density(arrays(graph)[0]) == pytest.approx(nx.density(graph))
    assert np.isnan(density(np.zeros(2, np.int64)))


def test_who_is_cut_off_when_the_bridge_leaves():
    graph = nx.barbell_graph(5, 1)  # two cliques of five and one person between
    assert cut_off(*arrays(graph), [5]) == 5
    assert cut_off(*arrays(graph), [0]) == 0
    star = nx.star_graph(6)
    assert cut_off(*arrays(star), [0]) == 5  # six alone, one of whom is the largest island
    assert cut_off(*arrays(star), list(range(7))) == 0
    with_others = nx.disjoint_union(star, nx.path_graph(3))
    assert cut_off(*arrays(with_others), [0]) == 5


def test_agreement_of_divisions():
    one = np.array([0, 0, 0, 1, 1, 1])
    assert agreement(one, 1 - one) == 1.0
    assert agreement(one, np.array([0, 0, 1, 1, 2, 2])) == pytest.approx(0.24242424, abs=1e-7)
    rng = np.random.default_rng(0)
    chance = [agreement(rng.integers(5, size=400), rng.integers(5, size=400)) for _ in range(30)]
    assert abs(np.mean(chance)) < 0.01
    assert stability([one, one, 1 - one]) == 1.0
    assert np.isnan(stability([one]))

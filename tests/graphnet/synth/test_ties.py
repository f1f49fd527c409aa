"""Ties: as many as asked for, clustered, heavy-tailed, and the same each time."""

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp

from graphnet.synth import cohorts, people_and_ties
from graphnet.synth.population import make
from graphnet.synth.ties import GROUP
from graphnet.synth.ties import make as make_ties


@pytest.mark.parametrize(("n", "degree"), [(50, 12.0), (300, 25.0), (3000, 25.0), (5000, 60.0)])
def test_pairs(n: int, degree: float) -> None:
    people = make(n, 7)
    known = make_ties(people, mean_degree=degree)
    assert abs(2 * len(known) / n - degree) < 0.02 * degree
    assert (known.u < known.v).all()
    code = known.u.astype(np.int64) * n + known.v
    assert (np.diff(code) > 0).all(), "sorted, no pair twice"
    assert known.u.min() >= 0
    assert known.v.max() < n
    assert known.strength.min() >= 5
    assert known.strength.max() <= 100
    group = people.studies.group
    of_group = known.circle == GROUP
    assert (group[known.u[of_group]] == group[known.v[of_group]]).all()


def test_structure() -> None:
    people = make(3000, 7)
    known = make_ties(people, mean_degree=25)
    graph = nx.Graph(zip(known.u.tolist(), known.v.tolist(), strict=True))
    assert nx.average_clustering(graph) > 0.2  # of a random graph: 0.008
    degrees = np.array([degree for _, degree in graph.degree()])
    assert degrees.max() > 3 * degrees.mean()
    left, right = cohorts.ISLAND_GROUPS
    members = np.flatnonzero(np.isin(people.studies.group, (left, right))).tolist()
    islands = sorted(map(len, nx.connected_components(graph.subgraph(members))))
    assert islands == sorted(cohorts.cast_sizes(3000)[1])


def test_known_share() -> None:
    people = make(3000, 7)
    whole = make_ties(people, mean_degree=20)
    part = make_ties(people, mean_degree=20, known=0.3)
    assert 0.27 < len(part) / len(whole) < 0.33
    n = people.n
    assert np.isin(part.u.astype(int) * n + part.v, whole.u.astype(int) * n + whole.v).all()


def test_sample_in_memory() -> None:
    sample = people_and_ties(1000, 20, seed=4)
    n = len(sample.names.family)
    matrix = sp.csr_array((sample.weight, sample.indices, sample.indptr), shape=(n, n))
    assert abs(matrix - matrix.T).max() == 0
    assert matrix.diagonal().sum() == 0
    assert abs(matrix.nnz / n - 20) < 0.5
    assert sample.attributes.shape == (1000, len(sample.columns))
    assert sample.attributes.dtype == np.int32
    again = people_and_ties(1000, 20, seed=4)
    assert np.array_equal(again.indices, sample.indices)
    assert np.array_equal(again.attributes, sample.attributes)
    assert again.names == sample.names

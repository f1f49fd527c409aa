"""Places within cohorts, the split of a score, stability, and an attack by planted accounts."""

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp

from graphnet.errors import BadValue
from graphnet.influence.centrality import pagerank
from graphnet.influence.reach import bridging, carried_by, coverage, stability, within_cohort


def ties_of(graph):
    matrix = sp.csr_array(nx.to_scipy_sparse_array(graph, nodelist=range(len(graph))))
    matrix.sort_indices()
    indptr, indices = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32)
    return indptr, indices, matrix.data.astype(np.float32)


def test_coverage_counts_people_with_a_tie_of_the_official_size():
    found = coverage([3, 3, 3, 8, 8, -1], [0, 2, 4, 1, 1, 9], people={3: 6})
    assert found.cohort.tolist() == [3, 8]
    assert found.people.tolist() == [6, 2]
    assert found.tied.tolist() == [2, 2]
    assert found.share == pytest.approx([1 / 3, 1])
    assert found.mean_ties == pytest.approx([1, 1])


def test_percentiles_within_cohorts_leave_out_small_and_unknown_ones():
    score = [1, 2, 2, 5, 9, 9, 3, 4, 7]
    cohort = [0, 0, 0, 0, 0, 1, 1, 1, -1]
    place = within_cohort(score, cohort, least_people=4)
    assert place[:5] == pytest.approx([0, 0.375, 0.375, 0.75, 1])
    assert np.isnan(place[5:]).all()


def test_percentiles_make_cohorts_of_different_size_comparable():
    rng = np.random.default_rng(0)
    score = np.r_[rng.normal(0, 1, 50), rng.normal(100, 30, 500)]
    place = within_cohort(score, np.repeat([0, 1], [50, 500]))
    assert place[:50].mean() == pytest.approx(0.5)
    assert place[50:].mean() == pytest.approx(0.5)
    z = within_cohort(score, np.repeat([0, 1], [50, 500]), by="z")
    assert abs(np.median(z[:50])) < 1e-9 and z[50:].std() == pytest.approx(1, abs=0.15)
    with pytest.raises(BadValue):
        within_cohort(score, np.zeros(550), by="rank")


def test_cohorts_below_the_stated_coverage_have_no_value():
    degree = [1, 0, 0, 0, 0, 1, 1, 1, 0, 0]
    place = within_cohort(np.arange(10), [0] * 5 + [1] * 5, degree=degree, least_coverage=0.5)
    assert np.isnan(place[:5]).all() and not np.isnan(place[5:]).any()


@pytest.mark.parametrize("least", [0.0, 12.0])
@pytest.mark.parametrize("weighted", ["weighted", "plain"])
def test_a_score_is_exactly_what_its_ties_and_its_sources_bring(weighted, least):
    graph = nx.gnm_random_graph(60, 150, seed=1)
    graph.add_node(60)
    for number, (u, v) in enumerate(graph.edges):
        graph[u][v]["weight"] = 1.0 + number % 4
    indptr, indices, weight = ties_of(graph)
    value = weight if weighted == "weighted" else None
    restart = np.zeros(61)
    restart[[2, 5, 7, 60]] = [1, 1, 2, 1]
    ranks = pagerank(indptr, indices, value, restart=restart, least_strength=least, tolerance=1e-14)
    assert ranks.scale > 1
    for person in range(61):
        parts = carried_by(indptr, indices, value, ranks, person)
        assert parts.own + parts.share.sum() == pytest.approx(ranks.scores[person], abs=1e-10)
        assert parts.source_share.sum() == pytest.approx(ranks.scores[person], abs=1e-10)
        assert set(parts.sources.tolist()) <= {2, 5, 7, 60}
        assert sorted(parts.neighbours.tolist()) == sorted(graph[person])


def test_a_source_brings_what_is_lost_without_it():
    indptr, indices, _ = ties_of(nx.connected_watts_strogatz_graph(40, 4, 0.3, seed=2))
    both = np.zeros(40)
    both[[0, 20]] = 1
    alone = np.zeros(40)
    alone[0] = 1
    ranks = pagerank(indptr, indices, restart=both, tolerance=1e-14)
    parts = carried_by(indptr, indices, None, ranks, 3)
    brought = dict(zip(parts.sources.tolist(), parts.source_share.tolist(), strict=True))
    only = pagerank(indptr, indices, restart=alone, tolerance=1e-14).scores[3]
    assert brought[0] == pytest.approx(only / 2, abs=1e-11)


def test_stability_holds_the_hub_and_widens_with_missing_ties():
    graph = nx.star_graph(30)
    graph.add_edges_from((i, i + 1) for i in range(1, 30))
    indptr, indices, _ = ties_of(graph)

    def measure(a, b, c):
        return pagerank(a, b, c).scores

    few = stability(indptr, indices, measure, missing=0.05, samples=30, top=1)
    many = stability(indptr, indices, measure, missing=0.5, samples=30, top=1)
    drawn = stability(indptr, indices, measure, samples=30, top=1)
    assert few.in_top[0] == many.in_top[0] == drawn.in_top[0] == 1
    assert few.rank_high[0] == 1
    assert many.deviation.sum() > 2 * few.deviation.sum()
    assert (many.rank_high - many.rank_low).sum() > (few.rank_high - few.rank_low).sum()
    again = stability(indptr, indices, measure, samples=30, top=1)
    assert np.array_equal(drawn.mean, again.mean)
    assert drawn.mean.sum() == pytest.approx(1)
    with pytest.raises(BadValue):
        stability(indptr, indices, measure, missing=1.0)


def test_bridging_is_the_chance_that_two_acquaintances_are_of_different_cohorts():
    indptr, indices, _ = ties_of(nx.star_graph(4))
    found = bridging(indptr, indices, [0, 0, 0, 1, -1])
    assert found == pytest.approx([1 - (4 + 1) / 9, 0, 0, 0, 0])


def test_a_ring_of_planted_accounts_gains_next_to_nothing():
    """200 accounts, 2,000 ties among themselves, 10 into the graph; walks start at verified people.

    They would need to be reached from verified people, and only 10 ties lead to them. Without
    verified people to start from, the same ring gets many times as much.
    """
    rng = np.random.default_rng(7)
    honest = nx.powerlaw_cluster_graph(3000, 12, 0.3, seed=1)
    ring = nx.gnm_random_graph(200, 2000, seed=2)
    graph = nx.disjoint_union(honest, ring)
    doors = rng.choice(3000, 10, replace=False)
    graph.add_edges_from(zip(doors.tolist(), range(3000, 3010), strict=True))
    indptr, indices, _ = ties_of(graph)
    restart = np.zeros(3200)
    restart[rng.choice(3000, 300, replace=False)] = 1
    restart[doors] = 0
    scores = pagerank(indptr, indices, restart=restart).scores
    top = scores[:3000].max()
    assert scores[3000:].max() <= 0.01 * top
    assert (pagerank(indptr, indices).scores[3000:].max()) > 0.01 * top


def test_a_verified_person_with_few_ties_cannot_lift_a_planted_account():
    graph = nx.powerlaw_cluster_graph(1000, 12, 0.3, seed=3)
    graph.add_edges_from([(1000, 5), (1000, 1001)])  # verified, one friend, one planted account
    indptr, indices, _ = ties_of(graph)
    restart = np.zeros(1002)
    restart[[*range(100, 200), 1000]] = 1
    plain = pagerank(indptr, indices, restart=restart).scores
    held = pagerank(indptr, indices, restart=restart, least_strength=20).scores
    assert plain[1001] / plain[:1001].max() > 5 * held[1001] / held[:1001].max()
    assert held.sum() == pytest.approx(1)

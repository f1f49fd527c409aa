"""Cascades against enumeration, choices against all sets, certificates, quotas, alternatives."""

from itertools import combinations, product

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp

from graphnet.errors import BadValue
from graphnet.influence.cascade import cascade_of_pairs, simulate, weighted_cascade
from graphnet.influence.compare import compare
from graphnet.influence.quotas import Quota
from graphnet.influence.spread import choose_people

SMALL = [(0, 1, 0.5), (1, 2, 0.9), (0, 2, 0.2), (2, 3, 0.4), (3, 0, 1.0), (4, 2, 0.3), (1, 4, 0.7)]


def exact_reach(edges, n, seeds):
    """Expected reach, by all 2^m worlds."""
    total = 0.0
    for world in product([0, 1], repeat=len(edges)):
        chance = np.prod([p if w else 1 - p for w, (_, _, p) in zip(world, edges, strict=True)])
        graph = nx.DiGraph()
        graph.add_nodes_from(range(n))
        graph.add_edges_from((u, v) for w, (u, v, _) in zip(world, edges, strict=True) if w)
        heard = set(seeds)
        for s in seeds:
            heard |= nx.descendants(graph, s)
        total += chance * len(heard)
    return total


def small():
    u, v, p = zip(*SMALL, strict=True)
    return cascade_of_pairs(5, u, v, p)


def ties_of(graph):
    matrix = sp.csr_array(nx.to_scipy_sparse_array(graph, nodelist=range(len(graph))))
    matrix.sort_indices()
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32)


@pytest.fixture(scope="module")
def clubs():
    """300 people in six clubs of different density."""
    graph = nx.random_partition_graph([100, 80, 50, 40, 20, 10], 0.1, 0.003, seed=1)
    indptr, indices = ties_of(graph)
    club = np.repeat(np.arange(6), [100, 80, 50, 40, 20, 10]).astype(np.int32)
    return (indptr, indices), club, weighted_cascade(indptr, indices)


@pytest.mark.parametrize("seeds", [[0], [4], [1, 3], [0, 2, 4]])
def test_simulation_agrees_with_all_worlds(seeds):
    found = simulate(small(), seeds, runs=40_000, seed=1)
    assert found.mean == pytest.approx(exact_reach(SMALL, 5, seeds), abs=5 * found.standard_error)
    assert found.heard.sum() == pytest.approx(found.mean)


def test_rows_of_unequal_chances_are_drawn_without_bias():
    chances = [0.9, 0.05, 0.3, 0.3, 0.001, 1.0, 0.6]
    cascade = cascade_of_pairs(8, [0] * 7, range(1, 8), chances)
    heard = simulate(cascade, [0], runs=100_000, seed=2).heard[1:]
    error = np.sqrt(np.array(chances) * (1 - np.array(chances)) / 100_000)
    assert (abs(heard - chances) <= 4.5 * error + 1e-6).all()


def test_simulation_does_not_depend_on_threads_and_counts_the_audience():
    one = simulate(small(), [0], runs=1000, seed=3, threads=1)
    two = simulate(small(), [0], runs=1000, seed=3, threads=2)
    assert np.array_equal(one.heard, two.heard)
    only = np.array([False, False, True, True, False])
    part = simulate(small(), [0], runs=1000, seed=3, audience=only)
    assert part.mean == pytest.approx(one.heard[only].sum())


def test_the_choice_is_the_best_of_all_sets():
    best = max(combinations(range(5), 2), key=lambda s: exact_reach(SMALL, 5, s))
    chosen = choose_people(small(), 2, seed=0, most_samples=1 << 16)
    assert set(chosen.people.tolist()) == set(best)
    truth = exact_reach(SMALL, 5, best)
    assert chosen.at_least <= truth <= chosen.best_at_most
    assert chosen.reach == pytest.approx(truth, abs=5 * chosen.standard_error)
    assert chosen.certificate > 0.9


def test_certificate_holds_for_the_best_set_found_by_enumeration(clubs):
    _, _, cascade = clubs
    for seed in range(5):
        chosen = choose_people(cascade, 3, seed=seed, most_samples=1 << 14)
        reach = simulate(cascade, chosen.people, runs=4000, seed=seed)
        assert chosen.at_least <= reach.mean + 4 * reach.standard_error
        assert chosen.best_at_most >= reach.mean - 4 * reach.standard_error
        assert 1 - 1 / np.e - 0.1 < chosen.certificate <= 1


def test_same_seed_same_people_for_any_number_of_threads(clubs):
    _, _, cascade = clubs
    one = choose_people(cascade, 8, seed=4, most_samples=1 << 14, threads=1)
    two = choose_people(cascade, 8, seed=4, most_samples=1 << 14, threads=3)
    assert one.people.tolist() == two.people.tolist()
    assert one.reach == two.reach


def test_quotas_fixed_and_barred_people_hold(clubs):
    _, club, cascade = clubs
    parity = (np.arange(300) % 2).astype(np.int32)
    free = choose_people(cascade, 8, most_samples=1 << 14).people
    barred = free[:3]
    quotas = [
        Quota("club", club, least={4: 1, 5: 2}, most={0: 2}),
        Quota("parity", parity, least={0: 5}),
    ]
    chosen = choose_people(
        cascade, 8, quotas=quotas, fixed=[7, 150], barred=barred, most_samples=1 << 14
    ).people
    assert len(set(chosen.tolist())) == 8
    assert {7, 150} <= set(chosen.tolist())
    assert not set(barred.tolist()) & set(chosen.tolist())
    count = np.bincount(club[chosen], minlength=6)
    assert count[4] >= 1 and count[5] >= 2 and count[0] <= 2
    assert (parity[chosen] == 0).sum() >= 5


def test_overlapping_quotas_that_greedy_alone_would_miss():
    # The strongest person fits one quota; only the two weak ones together meet both in two places.
    hub = [(0, v, 1.0) for v in range(3, 30)]
    u, v, p = zip(*hub, strict=True)
    cascade = cascade_of_pairs(30, u, v, p)
    faculty = np.full(30, -1, np.int32)
    city = np.full(30, -1, np.int32)
    faculty[[0, 1]] = 1
    city[[2]] = 1
    quotas = [Quota("faculty", faculty, least={1: 1}), Quota("city", city, least={1: 1})]
    chosen = choose_people(cascade, 2, quotas=quotas, most_samples=1024).people
    assert set(chosen.tolist()) == {0, 2}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"quotas": [Quota("city", np.zeros(5, np.int32), least={1: 1})]}, "1 of city 1"),
        ({"quotas": [Quota("city", np.zeros(5, np.int32), most={0: 1})]}, "all quotas"),
        ({"fixed": [0, 1, 2]}, "3 fixed"),
        ({"barred": [0, 1, 2, 3]}, "no 2 people"),
        ({"barred": [9]}, "outside"),
        ({"audience": np.zeros(5, bool)}, "audience"),
        ({"fairness": 1.5}, "dial"),
        ({"quotas": [Quota("city", np.zeros(3, np.int32))]}, "labels 3 of 5"),
    ],
)
def test_rules_that_cannot_be_met_are_refused_in_words(arguments, says):
    with pytest.raises(BadValue, match=says):
        choose_people(small(), 2, most_samples=1024, **arguments)


@pytest.mark.parametrize("chance", [0.0, -0.1, 1.1, np.nan])
def test_chances_out_of_range_are_refused(chance):
    with pytest.raises(BadValue):
        cascade_of_pairs(2, [0], [1], [chance])


def test_the_audience_of_a_second_wave_changes_the_choice(clubs):
    _, club, cascade = clubs
    late = club == 3
    chosen = choose_people(cascade, 3, audience=late, most_samples=1 << 14)
    free = choose_people(cascade, 3, most_samples=1 << 14)
    in_late = simulate(cascade, chosen.people, runs=2000, audience=late).mean
    assert in_late > simulate(cascade, free.people, runs=2000, audience=late).mean
    assert chosen.reach <= late.sum()


def test_fairness_lifts_those_reached_least_at_the_cost_of_reach(clubs):
    _, club, cascade = clubs
    size = np.bincount(club)
    aims, reach, least = [], [], []
    for dial in (0.0, 0.9):
        chosen = choose_people(cascade, 4, group=club, fairness=dial, most_samples=1 << 14, seed=1)
        heard = simulate(cascade, chosen.people, runs=20_000).heard
        share = np.array([heard[club == g].mean() for g in range(6)])
        aims.append((size * share**0.1).sum())
        reach.append(heard.sum())
        least.append(np.sort(share)[:3].mean())
        assert np.isnan(chosen.certificate) == (dial > 0)
    assert aims[1] > aims[0] + 1
    assert reach[1] < reach[0]
    assert least[1] > 1.4 * least[0], "the three of six groups that are reached least"


def test_alternatives_stand_beside_the_choice(clubs):
    ties, club, cascade = clubs
    quotas = [Quota("club", club, most={0: 2})]
    chosen = choose_people(cascade, 6, quotas=quotas, fixed=[9], most_samples=1 << 14)
    found = {
        a.name: a for a in compare(cascade, chosen.people, ties, quotas=quotas, fixed=[9], runs=200)
    }
    assert list(found) == ["chosen", "random", "random_more", "degree", "pagerank", "peers"]
    assert found["random"].beaten
    assert found["chosen"].ahead == 0 and not found["chosen"].beaten
    for name, other in found.items():
        assert 9 in other.people
        assert len(set(other.people.tolist())) == (12 if name == "random_more" else 6)
        if name != "random_more":
            assert (club[other.people] == 0).sum() <= 2
        assert other.ahead == pytest.approx(found["chosen"].reach - other.reach)


@pytest.fixture(scope="module")
def town():
    """3,000 people of unequal activity: enough that the last word have fine samples."""
    rng = np.random.default_rng(5)
    weight = rng.pareto(1.6, 3000) + 1
    u, v = rng.choice(3000, (2, 12_000), p=weight / weight.sum())
    graph = nx.Graph()
    graph.add_nodes_from(range(3000))
    graph.add_edges_from((int(a), int(b)) for a, b in zip(u, v, strict=True) if a != b)
    indptr, indices = ties_of(graph)
    return (indptr, indices), weighted_cascade(indptr, indices)


def test_fine_samples_keep_the_promises(town):
    """Same set for any threads; never behind degree; rules hold; the certificate is honest."""
    (indptr, _), cascade = town
    label = (np.arange(3000) % 7).astype(np.int32)
    quota = Quota("faculty", label, least={3: 4, 5: 2}, most={0: 1})
    rules = {"quotas": [quota], "fixed": [2999], "barred": np.argsort(-np.diff(indptr))[:3]}
    rules["most_samples"] = 1 << 17
    one = choose_people(cascade, 12, seed=3, threads=1, **rules)
    two = choose_people(cascade, 12, seed=3, threads=2, **rules)
    assert one.samples >= 200 * 3000
    assert np.array_equal(one.people, two.people)
    assert (one.reach, one.ahead_of_degree) == (two.reach, two.ahead_of_degree)
    counts = np.bincount(label[one.people], minlength=7)
    assert (counts[3] >= 4, counts[5] >= 2, counts[0] <= 1) == (True, True, True)
    assert one.people[0] == 2999
    assert not np.isin(rules["barred"], one.people).any()
    reach = simulate(cascade, one.people, runs=20_000, seed=9)
    assert reach.mean == pytest.approx(one.reach, abs=4 * (one.standard_error + 1))
    assert one.at_least <= reach.mean + 3 * reach.standard_error
    assert one.ahead_of_degree >= -2 * one.ahead_error
    fair = choose_people(cascade, 6, seed=3, group=label, fairness=0.5, most_samples=1 << 17)
    assert fair.samples >= 200 * 3000
    assert len(set(fair.people.tolist())) == 6


def test_two_sets_are_simulated_in_the_same_worlds(clubs):
    """What a larger set reaches holds what a part of it reaches, world by world."""
    _, _, cascade = clubs
    part = simulate(cascade, [1, 5], runs=500, seed=4)
    whole = simulate(cascade, [1, 5, 120], runs=500, seed=4)
    assert (whole.reached >= part.reached).all()
    ahead, error = whole.ahead_of(part)
    assert ahead == pytest.approx(whole.mean - part.mean)
    assert error < (whole.standard_error**2 + part.standard_error**2) ** 0.5

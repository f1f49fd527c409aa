"""A made association in memory: its tables, its graph as others read it, what is computed of it."""

import importlib.util

import networkx as nx
import numpy as np
import polars as pl
import pytest

import graphnet
from graphnet.analysis import description
from graphnet.privacy import SMALLEST_CELL


@pytest.fixture(scope="module")
def association() -> graphnet.Association:
    return graphnet.synthetic(alumni=300, seed=5)


@pytest.fixture(scope="module")
def knows(association: graphnet.Association) -> graphnet.Graph:
    return association.graph("knows")


def test_the_same_seed_gives_the_same_people_and_pseudonyms(
    association: graphnet.Association, knows: graphnet.Graph
) -> None:
    again = graphnet.synthetic(alumni=300, seed=5)
    assert again.people().equals(association.people())
    assert again.graph().edges().equals(knows.edges())
    assert not set(graphnet.synthetic(alumni=300, seed=6).people()["person"]) & set(knows.ids)
    assert again.describe() | {"made": ""} == association.describe() | {"made": ""}
    assert "as analyst" in repr(association)
    assert repr(knows).startswith(f"<Graph of {len(knows)} people")


def test_people_are_pseudonyms_in_their_own_order_and_nothing_small_points_at_them(
    association: graphnet.Association,
) -> None:
    people = association.people()
    assert people["person"].to_list() == sorted(people["person"])
    assert people["person"].str.contains("^[0-9a-f]{16}$").all()
    assert len(people) < 300  # the hidden and the dead are not there
    assert set(people["state"]) == {"registered", "reachable", "lost"}
    for column in ("cohort", "study_group", "faculty", "decade"):
        sizes = people[column].drop_nulls().value_counts()["count"]
        assert sizes.min() >= SMALLEST_CELL, column  # type: ignore[operator]
    cohorts = association.things("cohorts")
    assert (cohorts["people"] >= SMALLEST_CELL).all()
    rows = association.memberships("cohorts")
    counted = rows.group_by("thing").len().rename({"thing": "id"})
    assert cohorts.join(counted, on="id").select((pl.col("people") == pl.col("len")).all()).item()
    assert set(rows["person"]) <= set(people["person"])
    with pytest.raises(graphnet.NotAllowed, match="for staff"):
        association.memberships("places")
    with pytest.raises(graphnet.BadValue, match="no kind of thing"):
        association.things("planets")


def test_others_read_the_same_graph_attribute_by_attribute(knows: graphnet.Graph) -> None:
    graph, edges, matrix = knows.networkx(), knows.edges(), knows.matrix()
    assert edges["id"].n_unique() == len(edges) == graph.number_of_edges() == matrix.nnz // 2
    assert edges["weight"].is_between(0, 1).all()
    place = {one: i for i, one in enumerate(knows.ids)}
    for row in edges.sample(40, seed=1).iter_rows(named=True):
        tie = graph.edges[row["source"], row["target"]]
        assert tie == {"id": row["id"], "weight": row["weight"]}
        assert matrix[place[row["source"]], place[row["target"]]] == pytest.approx(row["weight"])
    for row in knows.people.iter_rows(named=True):
        assert graph.nodes[row.pop("person")] == row
    if importlib.util.find_spec("igraph") is None:
        with pytest.raises(graphnet.BadValue, match="not installed"):
            knows.igraph()
    else:
        other = knows.igraph()
        assert other.vs["name"] == knows.ids
        assert other.es["weight"] == edges["weight"].to_list()


def test_a_part_has_the_ties_among_its_people(knows: graphnet.Graph) -> None:
    some = knows.ids[10:60]
    part = knows.part(reversed(some))
    assert part.ids == some
    expected = knows.networkx().subgraph(some).edges
    assert {frozenset(tie) for tie in part.networkx().edges} == set(map(frozenset, expected))
    with pytest.raises(graphnet.ThingNotFound):
        knows.part(["nobody"])


def test_the_cohort_that_fell_apart_has_two_islands(association: graphnet.Association) -> None:
    found = {}
    for row in association.things("cohorts").iter_rows(named=True):
        cohort = association.graph(kind="cohorts", thing=row["id"])
        assert len(cohort) == row["people"]
        sizes = cohort.islands()["island"].value_counts()["count"]
        found[row["id"]] = int((sizes >= SMALLEST_CELL).sum())
    assert found["c2"] == 2
    with pytest.raises(graphnet.ThingNotFound):
        association.graph(kind="cohorts", thing="no such")
    with pytest.raises(graphnet.BadValue, match="no layer"):
        association.graph("hates")


def test_centrality_is_what_networkx_says_and_only_of_who_agreed(knows: graphnet.Graph) -> None:
    found = knows.centrality(samples=8)
    agreed = {one for one, yes in zip(knows.ids, knows.agreed, strict=True) if yes}
    objected = {one for one, yes in zip(knows.ids, knows.objected, strict=True) if yes}
    assert agreed
    assert objected
    assert set(found["person"]) == agreed - objected
    graph = knows.networkx()
    graph.remove_nodes_from(objected)
    ranks = nx.pagerank(graph, weight="weight", tol=1e-10)
    between = nx.betweenness_centrality(graph)
    core = nx.core_number(graph)
    for row in found.iter_rows(named=True):
        assert row["pagerank"] == pytest.approx(ranks[row["person"]], rel=1e-3)
        assert row["betweenness"] == pytest.approx(between[row["person"]], abs=1e-9)
        assert row["core"] == core[row["person"]]
        assert row["ties"] == graph.degree[row["person"]]
        assert row["pagerank_low"] <= row["pagerank_high"]
        assert row["rank_low"] <= row["rank_high"]
    assert (found["betweenness_error"] == 0).all()


def test_communities_stand_beside_chance_and_have_names(knows: graphnet.Graph) -> None:
    found = knows.communities(seeds=3)
    assert found.modularity > found.random_modularity + 10 * found.random_error
    assert 0 < found.stability <= 1
    assert (found.table["people"] >= SMALLEST_CELL).all()
    sizes = found.people["community"].value_counts().sort("community")["count"].to_list()
    assert sizes == sorted(sizes, reverse=True)
    assert found.table["name"].drop_nulls().str.contains("s$").any()
    assert nx.community.modularity(
        knows.networkx(),
        [set(part["person"]) for part in found.people.partition_by("community")],
    ) == pytest.approx(found.modularity, abs=1e-4)
    with pytest.raises(graphnet.BadValue):
        knows.communities(seeds=1)


def test_mixing_density_and_what_five_people_hold_together(knows: graphnet.Graph) -> None:
    mixed = knows.mixing("faculty")
    graph = knows.networkx()
    known = [one for one, row in graph.nodes(data=True) if row["faculty"] is not None]
    expected = nx.attribute_assortativity_coefficient(graph.subgraph(known), "faculty")
    assert isinstance(mixed, graphnet.Mixing)
    assert mixed.coefficient == pytest.approx(expected)
    assert mixed.error > 0
    assert knows.density == pytest.approx(nx.density(graph))
    assert knows.cut_off_without([]) == 0
    with pytest.raises(graphnet.BadValue):
        knows.mixing("shoe size")
    places = knows.layout(seed=1)
    assert places.shape == (len(knows), 2)
    assert np.abs(places).max() <= 1 + 1e-9


def test_reach_is_the_same_for_a_seed_and_grows_with_who_starts(knows: graphnet.Graph) -> None:
    one = knows.reach(knows.ids[:1], runs=200)
    more = knows.reach(knows.ids[:10], runs=200)
    assert one.mean == knows.reach(knows.ids[:1], runs=200).mean
    assert more.mean > one.mean > 0
    assert more.error > 0
    assert set(more.heard.filter(pl.col("chance") == 1)["person"]) >= set(knows.ids[:10])


def test_coverage_shows_an_analyst_nothing_small(association: graphnet.Association) -> None:
    decades = association.coverage()
    assert decades.columns == ["id", "name", "people", "registered", "reachable", "lost"]
    assert decades["people"].drop_nulls().min() >= SMALLEST_CELL  # type: ignore[operator]
    assert len(association.coverage("units"))
    with pytest.raises(graphnet.NotAllowed):
        association.coverage("organisations")


def test_suggestions_beat_chance_on_ties_that_were_hidden(
    association: graphnet.Association,
) -> None:
    found = association.suggestion_quality(people=40)
    recall = dict(zip(found["way"], found["recall"], strict=True))
    assert recall["common acquaintances"] > 3 * recall["chance"]
    assert recall["learned"] > 3 * recall["chance"]
    assert (found["people"] == 40).all()
    with pytest.raises(graphnet.BadValue):
        association.suggestion_quality(hidden=1.5)


def test_what_takes_a_database_or_staff_says_so(association: graphnet.Association) -> None:
    with association as it:
        with pytest.raises(graphnet.BadValue, match="open_installation"):
            it.recommendation_quality()
        with pytest.raises(graphnet.NotAllowed, match="for staff"):
            it.ambassadors(3)
        with pytest.raises(graphnet.NotAllowed, match="for staff"):
            it.recovery("c1")
        with pytest.raises(graphnet.NotAllowed, match="alumnus"):
            it.suggestions()
    with pytest.raises(graphnet.BadValue, match="alumni"):
        graphnet.synthetic(alumni=3)
    assert issubclass(graphnet.BadValue, graphnet.GraphnetError)


def test_a_random_network_has_less_to_divide(knows: graphnet.Graph) -> None:
    assert description.random_modularity(knows.ties, 1) < 0.5
    assert graphnet.LAYERS[0] == "knows"
    assert set(graphnet.KINDS) >= {"cohorts", "groups", "events"}

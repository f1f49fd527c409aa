"""Cut-outs, coordinates and files of maps."""

import csv
import io

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp

from graphnet.errors import BadValue
from graphnet.maps.export import gexf, graphml, guarded, people_csv, ties_csv
from graphnet.maps.extract import cohort_map, cut, ego_map
from graphnet.maps.layout import layout


def ties_of(graph):
    matrix = sp.csr_array(nx.to_scipy_sparse_array(graph, nodelist=range(len(graph))))
    matrix.sort_indices()
    indptr, indices = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32)
    return indptr, indices, matrix.data.astype(np.float32)


def drawn(drawing):
    people = drawing.people.tolist()
    pairs = zip(drawing.source, drawing.target, strict=True)
    return {frozenset((people[u], people[v])) for u, v in pairs}


@pytest.fixture(scope="module")
def graph():
    graph = nx.gnm_random_graph(80, 300, seed=1)
    for number, (u, v) in enumerate(graph.edges):
        graph[u][v]["weight"] = 1.0 + number % 5
    return graph


def test_a_cut_is_the_induced_subgraph_in_the_order_asked(graph):
    people = [40, 3, 17, 60, 5, 4, 77]
    indptr, indices, weight = cut(*ties_of(graph), people)
    found = {
        (people[i], people[j]): w
        for i in range(7)
        for j, w in zip(
            indices[indptr[i] : indptr[i + 1]], weight[indptr[i] : indptr[i + 1]], strict=True
        )
    }
    part = graph.subgraph(people)
    assert found == {
        pair: d["weight"] for u, v, d in part.edges(data=True) for pair in ((u, v), (v, u))
    }
    for bad in ([1, 1], [80], [-1]):
        with pytest.raises(BadValue):
            cut(*ties_of(graph), bad)


def test_ego_map_shows_acquaintances_and_the_ties_among_them(graph):
    drawing = ego_map(*ties_of(graph), 12)
    around = {12, *graph[12]}
    assert drawing.people[0] == 12
    assert set(drawing.people.tolist()) == around
    assert drawn(drawing) == {frozenset(e) for e in graph.subgraph(around).edges}
    assert (drawing.people_left_out, drawing.ties_left_out, drawing.rule) == (0, 0, "all")
    assert (drawing.source < drawing.target).all()


def test_two_rings_and_a_small_size_keep_the_strongest(graph):
    ties = ties_of(graph)
    whole = ego_map(*ties, 12, rings=2, most_people=80)
    assert set(whole.people.tolist()) == set(nx.ego_graph(graph, 12, radius=2).nodes)
    small = ego_map(*ties, 12, most_people=4)
    strongest = sorted(graph[12], key=lambda v: (-graph[12][v]["weight"], v))[:3]
    assert set(small.people.tolist()) == {12, *strongest}
    assert small.rule == "strongest"
    assert small.people_left_out == len(graph[12]) - 3


def test_nobody_invisible_is_on_a_map_or_counted_on_it(graph):
    ties = ties_of(graph)
    visible = np.arange(80) % 3 > 0
    seen = graph.subgraph(np.flatnonzero(visible).tolist())
    for drawing in (
        ego_map(*ties, 13, rings=2, visible=visible),
        cohort_map(*ties, np.ones(80, bool), visible=visible),
    ):
        assert visible[drawing.people].all()
        part = seen.subgraph(drawing.people.tolist())
        assert drawing.degree.tolist() == [part.degree[v] for v in drawing.people.tolist()]
    without = cohort_map(*ties, visible)
    shown = cohort_map(*ties, np.ones(80, bool), visible=visible)
    assert np.array_equal(shown.coordinates, without.coordinates)
    assert np.array_equal(shown.community, without.community)


def test_a_large_cohort_keeps_those_with_most_ties_inside_it(graph):
    ties = ties_of(graph)
    members = np.arange(80) < 50
    inside = graph.subgraph(range(50))
    drawing = cohort_map(*ties, members, most_people=10, most_ties=6)
    best = sorted(range(50), key=lambda v: (-inside.degree[v], v))[:10]
    assert drawing.people.tolist() == sorted(best)
    assert (drawing.people_left_out, drawing.rule) == (40, "most_tied")
    all_ties = inside.subgraph(best).edges(data="weight")
    assert len(drawing.source) == 6 and drawing.ties_left_out == len(all_ties) - 6
    assert sorted(drawing.weight) == sorted(sorted(w for _, _, w in all_ties)[-6:])


def test_layout_is_the_same_again_finite_within_the_circle_and_nobody_on_another():
    graph = nx.disjoint_union_all(
        [nx.gnm_random_graph(90, 300, seed=2), nx.path_graph(6), nx.empty_graph(25)]
    )
    indptr, indices, weight = ties_of(graph)
    first = layout(indptr, indices, weight, seed=3)
    assert np.array_equal(first, layout(indptr, indices, weight, seed=3))
    assert np.isfinite(first).all()
    assert np.sqrt((first**2).sum(axis=1)).max() == pytest.approx(1)
    distance = np.sqrt(((first[:, None] - first[None]) ** 2).sum(axis=2))
    assert distance[np.triu_indices(len(first), 1)].min() > 1e-3


def test_layout_puts_groups_apart_and_the_tied_near():
    graph = nx.random_partition_graph([50, 50, 50], 0.3, 0.01, seed=4)
    indptr, indices, _ = ties_of(graph)
    place = layout(indptr, indices)
    group = np.repeat([0, 1, 2], 50)
    distance = np.sqrt(((place[:, None] - place[None]) ** 2).sum(axis=2))
    same = group[:, None] == group[None]
    assert distance[same].mean() < 0.6 * distance[~same].mean()
    row = np.repeat(np.arange(150), np.diff(indptr))
    assert distance[row, indices].mean() < 0.75 * distance.mean()


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_maps_of_hardly_anybody(n):
    for graph in (nx.empty_graph(n), nx.path_graph(n)):
        indptr, indices, weight = ties_of(graph) if n else (
            np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32)
        )  # fmt: skip
        drawing = cohort_map(indptr, indices, weight, np.ones(n, bool))
        assert drawing.coordinates.shape == (n, 2)
        assert np.isfinite(drawing.coordinates).all()
        assert len(drawing.source) == graph.number_of_edges()


NAMES = ["=HYPERLINK(1)", "Ёлкина, Анна", 'said "so"\n', "+7", " @x", "null\x00", "plain"]


@pytest.fixture(scope="module")
def seven():
    graph = nx.cycle_graph(7)
    return graph, cohort_map(*ties_of(graph), np.ones(7, bool))


def test_xml_files_come_back_as_the_same_graph(seven):
    graph, drawing = seven
    ids = [f"p{i}" for i in range(7)]
    city = ["Тверь", "", "<a&b>", "x", "y", "z", "\x0b"]
    for text, read in (
        (gexf(drawing, ids, NAMES, more={"city": city}), nx.read_gexf),
        (graphml(drawing, ids, NAMES, more={"city": city}), nx.read_graphml),
    ):
        back = read(io.BytesIO(text.encode()))
        assert set(back.nodes) == set(ids)
        assert {frozenset(e) for e in back.edges} == {
            frozenset((ids[u], ids[v])) for u, v in graph.edges
        }
        assert back.nodes["p1"]["label"] == "Ёлкина, Анна"
        assert back.nodes["p2"]["city"] == "<a&b>"
        assert back.nodes["p3"]["x"] == pytest.approx(drawing.coordinates[3, 0])


def test_csv_is_guarded_against_formulas(seven):
    _, drawing = seven
    ids = [f"p{i}" for i in range(7)]
    rows = list(csv.DictReader(io.StringIO(people_csv(drawing, ids, NAMES), newline="")))
    assert [row["label"] for row in rows] == [
        "'=HYPERLINK(1)", "Ёлкина, Анна", 'said "so"\n', "'+7", "' @x", "null\x00", "plain",
    ]  # fmt: skip
    assert all(float(row["x"]) == pytest.approx(x, abs=1e-6) for row, x in zip(
        rows, drawing.coordinates[:, 0], strict=True
    ))  # fmt: skip
    ties = list(csv.DictReader(io.StringIO(ties_csv(drawing, ["-1", *ids[1:]]))))
    assert len(ties) == 7
    assert {"'-1"} == {t["source"] for t in ties if "1" in t["source"] and t["source"] != "p1"}


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "  =1", "＝1", "\ufeff=1"]
)
def test_every_way_to_start_a_formula_is_guarded(text):
    assert guarded(text) == "'" + text
    assert guarded("a" + text) == "a" + text


def test_files_refuse_what_does_not_fit(seven):
    _, drawing = seven
    ids = [f"p{i}" for i in range(7)]
    with pytest.raises(BadValue):
        people_csv(drawing, ids[:6])
    with pytest.raises(BadValue):
        gexf(drawing, ["p"] * 7)
    with pytest.raises(BadValue):
        graphml(drawing, ids, more={"x": ids})

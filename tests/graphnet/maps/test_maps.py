"""Cut-outs, coordinates and files of maps."""

import csv
import io
import unicodedata
from xml.etree import ElementTree

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from graphnet.errors import BadValue
from graphnet.maps.export import (
    clean,
    csv_text,
    gexf,
    graphml,
    people_table,
    ties_table,
)
from graphnet.maps.extract import cohort_map, cut, ego_map, in_order
from graphnet.maps.far import push_far
from graphnet.maps.kept import carry, kept
from graphnet.maps.layout import MOST_PUSHED, _push, layout
from graphnet.spreadsheets import guarded


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
    assert len(drawing.source) == 6
    assert sorted(drawing.weight) == sorted(sorted(w for _, _, w in all_ties)[-6:])
    assert drawing.ties_left_out == inside.number_of_edges() - 6
    assert drawing.degree.tolist() == [inside.degree[v] for v in sorted(best)]
    whole = cohort_map(*ties, members, most_people=None, most_ties=None)
    assert (whole.people_left_out, whole.ties_left_out, whole.rule) == (0, 0, "all")
    assert drawn(whole) == {frozenset(e) for e in inside.edges}
    for name in ("community", "island"):
        of_whole = dict(zip(whole.people.tolist(), getattr(whole, name).tolist(), strict=True))
        assert getattr(drawing, name).tolist() == [of_whole[v] for v in sorted(best)]


def test_nothing_on_a_map_in_a_strange_order_tells_of_positions(graph):
    alone = nx.disjoint_union(graph, nx.empty_graph(20))
    for number, (u, v) in enumerate(alone.edges):
        alone[u][v]["weight"] = 1.0 + number % 5
    order = np.random.default_rng(0).permutation(100)
    drawing = cohort_map(*ties_of(alone), np.ones(100, bool), order=order)
    assert drawing.people.tolist() == np.argsort(order).tolist()
    singles = drawing.people[np.argsort(drawing.island)][-20:].tolist()
    assert sorted(singles) == list(range(80, 100)) and singles != sorted(singles)
    names = [f"{(7 * p) % 100:02}" for p in drawing.people.tolist()]
    by_name = np.argsort(names)
    sorted_drawing = in_order(drawing, by_name)
    assert drawn(sorted_drawing) == drawn(drawing)
    assert (sorted_drawing.source < sorted_drawing.target).all()
    for name in ("people", "community", "island", "degree", "coordinates"):
        assert np.array_equal(getattr(sorted_drawing, name), getattr(drawing, name)[by_name])
    weight = nx.get_edge_attributes(alone, "weight")
    for u, v, w in zip(
        sorted_drawing.people[sorted_drawing.source].tolist(),
        sorted_drawing.people[sorted_drawing.target].tolist(),
        sorted_drawing.weight.tolist(),
        strict=True,
    ):
        assert w == weight[min(u, v), max(u, v)]


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


@pytest.mark.parametrize("seed", range(3))
def test_the_push_of_who_is_far_off_is_nearly_that_of_everybody(seed):
    rng = np.random.default_rng(seed)
    place = np.concatenate([rng.normal(size=(700, 2)), rng.normal([9, 4], 0.1, (300, 2))])
    place[:5] = place[5]  # on one spot
    x, y = place.astype(np.float32).T.copy()
    mass = rng.integers(1, 60, 1000).astype(np.float32)
    exact, nearly = np.zeros((2, 2, 1000), np.float32)
    _push(x, y, mass, *exact)
    push_far(x, y, mass, *nearly)
    off = np.sqrt(((nearly - exact) ** 2).sum(axis=0)) / np.sqrt((exact**2).sum(axis=0))
    assert np.median(off) < 0.02 and np.percentile(off, 99) < 0.15
    alone = np.zeros(1, np.float32)
    push_far(alone, alone, alone + 1, *nearly[:, :1])
    assert not nearly[:, 0].any()


def test_a_network_too_large_for_all_pairs_is_still_moved_by_its_ties():
    groups, size = 9, 750
    n = groups * size
    assert n > MOST_PUSHED
    rng = np.random.default_rng(3)
    one = rng.integers(n, size=6 * n)
    inside = rng.random(len(one)) < 0.9
    other = np.where(
        inside, one // size * size + rng.integers(size, size=len(one)), rng.integers(n, size=6 * n)
    )
    keep = one != other
    pairs = sp.coo_array((np.ones(keep.sum()), (one[keep], other[keep])), shape=(n, n))
    matrix = sp.csr_array(pairs + pairs.T)
    matrix.sort_indices()
    ties = (
        matrix.indptr.astype(np.int64),
        matrix.indices.astype(np.int32),
        np.ones(matrix.nnz, np.float32),
    )

    def apart(place):
        own = np.arange(n) // size
        middle = np.stack([place[own == g].mean(axis=0) for g in range(groups)])
        spread = np.sqrt(((place - middle[own]) ** 2).sum(axis=1)).mean()
        between = np.sqrt(((middle[:, None] - middle[None]) ** 2).sum(axis=2))
        return between[np.triu_indices(groups, 1)].mean() / spread

    place = layout(*ties, seed=1)
    assert np.array_equal(place, layout(*ties, seed=1))
    assert apart(place) > 1.2 * apart(layout(*ties, seed=1, steps=0))
    grown = layout(*ties, seed=2, start=np.where(np.arange(n)[:, None] < n - 40, place, np.nan))
    moved = np.sqrt(((grown[: n - 40] - place[: n - 40]) ** 2).sum(axis=1))
    assert np.median(moved) < 0.1


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
    city = ["Тверь", "", "<a&b>", "x", "y\tz", "z", "\x0b"]
    of = {"title": "<Optics & 1998>", "people": 7, "layer": "knows"}
    there = [True, False] * 3 + [True]
    for text, read in (
        (gexf(drawing, ids, NAMES, more={"city": city, "registered": there}, of=of), nx.read_gexf),
        (
            graphml(drawing, ids, NAMES, more={"city": city, "registered": there}, of=of),
            nx.read_graphml,
        ),
    ):
        back = read(io.BytesIO(text.encode()))
        assert set(back.nodes) == set(ids)
        assert {frozenset(e) for e in back.edges} == {
            frozenset((ids[u], ids[v])) for u, v in graph.edges
        }
        one = back.nodes["p3"]
        assert back.nodes["p1"]["label"] == "Ёлкина, Анна"
        assert back.nodes["p5"]["label"] == "null"
        assert (back.nodes["p2"]["city"], back.nodes["p4"]["city"]) == ("<a&b>", "y z")
        assert one["x"] == pytest.approx(1000 * drawing.coordinates[3, 0], abs=1e-3)
        assert {type(one[name]) for name in ("community", "island", "ties")} == {int}
        assert [back.nodes[name]["registered"] for name in ids] == there
        assert all(w == 1.0 for _, _, w in back.edges(data="weight"))
        assert "&lt;Optics &amp; 1998&gt;" in text
        edges = ElementTree.fromstring(text).findall(".//{*}edge")
        assert len({edge.get("id") for edge in edges} | set(ids)) == 7 + 7
    assert nx.read_graphml(io.BytesIO(text.encode())).graph["people"] == 7


def test_csv_is_guarded_against_formulas_and_has_people_and_ties(seven):
    graph, drawing = seven
    ids = [f"p{i}" for i in range(7)]
    text = csv_text(*people_table(drawing, ids, NAMES, more={"registered": [True] * 7}))
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["label"] for row in rows] == [
        "'=HYPERLINK(1)", "Ёлкина, Анна", 'said "so"', "'+7", "'@x", "null", "plain",
    ]  # fmt: skip
    assert {row["registered"] for row in rows} == {"true"}
    assert all(float(row["x"]) == pytest.approx(1000 * x, abs=1e-3) for row, x in zip(
        rows, drawing.coordinates[:, 0], strict=True
    ))  # fmt: skip
    ties = list(csv.DictReader(io.StringIO(csv_text(*ties_table(drawing, ids)))))
    assert {frozenset((t["source"], t["target"])) for t in ties} == {
        frozenset((ids[u], ids[v])) for u, v in graph.edges
    }
    assert len({t["id"] for t in ties}) == 7
    guarded_ids = csv_text(*ties_table(drawing, ["-1", *ids[1:]]))
    assert "'-1" in guarded_ids and ",-1" not in guarded_ids


@given(st.text())
def test_no_control_character_enters_a_file(text):
    kept = clean(text)
    assert not [c for c in kept if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert len(kept.splitlines()) <= 1
    assert clean(kept) == kept


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
        people_table(drawing, ids[:6])
    with pytest.raises(BadValue):
        gexf(drawing, ["p"] * 7)
    with pytest.raises(BadValue):
        graphml(drawing, ids, more={"x": ids})


def near(place, people, k=10):
    distance = np.sqrt(((place[people, None] - place[None, people]) ** 2).sum(axis=2))
    return [set(row[1 : k + 1]) for row in np.argsort(distance, axis=1).tolist()]


def test_neighbours_stay_neighbours_while_the_network_grows():
    whole = nx.random_partition_graph([70, 60, 50], 0.2, 0.01, seed=6)
    young = nx.Graph(whole.subgraph(range(170)))  # ten join later, some ties with them
    old = np.full((180, 2), np.nan)
    old[:170] = layout(*ties_of(young), seed=1)
    ties = ties_of(whole)
    fresh, grown = layout(*ties, seed=1), layout(*ties, seed=1, start=old)
    assert np.array_equal(grown, layout(*ties, seed=1, start=old))
    assert np.isfinite(grown).all() and np.sqrt((grown**2).sum(axis=1)).max() == pytest.approx(1)
    people = np.arange(170)
    moved = np.sqrt(((grown[:170] - old[:170]) ** 2).sum(axis=1))
    assert np.median(moved) < 0.1
    assert np.median(moved) < np.median(np.sqrt(((fresh[:170] - old[:170]) ** 2).sum(axis=1)))
    before = near(old, people)
    stay = [len(a & b) for a, b in zip(before, near(grown, people), strict=True)]
    anew = [len(a & b) for a, b in zip(before, near(fresh, people), strict=True)]
    assert np.mean(stay) > 6 and np.mean(stay) > np.mean(anew)
    for new in range(170, 180):  # who is new stands among their own
        mine = np.array(list(whole[new]))
        distance = np.sqrt(((grown[mine] - grown[new]) ** 2).sum(axis=1))
        assert distance.mean() < np.sqrt(((grown - grown[new]) ** 2).sum(axis=1)).mean()
    # Of an island of which hardly anybody was drawn, nothing is kept.
    few = np.full((180, 2), np.nan)
    few[:20] = old[:20]
    assert np.array_equal(layout(*ties, seed=1, start=few), fresh)


def test_a_drawing_beside_the_snapshot_is_the_drawing_and_nothing_else_is_taken_for_it(
    tmp_path, graph
):
    ties, keys = ties_of(graph), np.arange(80) * 3 + 5
    drawn = []

    def draw(start):
        drawn.append(start)
        return cohort_map(*ties, np.ones(80, bool), start=start)

    first = kept(tmp_path, "cohorts one", "a", keys, draw)
    again = kept(tmp_path, "cohorts one", "a", keys, draw)
    assert len(drawn) == 1 and drawn[0] is None
    for name, value in first.__dict__.items():
        assert np.array_equal(getattr(again, name), value)
        assert type(getattr(again, name)) is type(value)
    kept(tmp_path, "cohorts two", "a", keys, draw)
    assert len(drawn) == 2 and drawn[1] is None
    kept(tmp_path, "cohorts one", "b", keys, draw)
    assert np.array_equal(drawn[2], first.coordinates)
    assert not [path for path in (tmp_path / "maps").iterdir() if path.name.startswith(".")]
    for path in (tmp_path / "maps").iterdir():
        whole = path.read_bytes()
        path.write_bytes(whole[:500] + bytes([whole[500] ^ 1]) + whole[501:-200])
    kept(tmp_path, "cohorts one", "b", keys, draw)
    assert len(drawn) == 4 and drawn[3] is None
    assert kept(None, "cohorts one", "b", keys, draw).rule == "all"


def test_to_the_next_snapshot_go_places_of_those_alone_who_are_in_it(tmp_path, graph):
    keys, ties = np.arange(80), ties_of(graph)
    before, after = tmp_path / "1", tmp_path / "2"
    before.mkdir()
    after.mkdir()
    assert carry(before, after, keys) == 0
    old = kept(before, "all", "a", keys, lambda start: cohort_map(*ties, np.ones(80, bool)))
    stay = keys[keys != 7]
    assert carry(before, after, stay) == 1
    with np.load(next((after / "maps").iterdir())) as held:
        assert set(held.files) == {"keys", "coordinates", "mark"}
        assert held["keys"].tolist() == stay.tolist()
    starts = []

    def draw(start):
        starts.append(start)
        return cohort_map(*cut(*ties, stay), np.ones(79, bool), start=start)

    kept(after, "all", "b", stay, draw)
    assert np.array_equal(starts[0], old.coordinates[keys != 7])

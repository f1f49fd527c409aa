"""Maps and their files: the same people everywhere, whole files, nothing small."""

import html
import io
import itertools
import json
import re
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pytest
from flask.testing import FlaskClient

from graphnet import engine
from graphnet.computed import refresh
from graphnet.live import Live
from graphnet.maps import extract
from graphnet.settings import Settings
from tests.support.furnished import reader, site
from tests.support.mapped import (
    GONE,
    MAKE_TIES,
    SEEN,
    Command,
    analyst,
    command,
    expected,
    graph,
    home,
    live,
    rows_of,
)

__all__ = ["analyst", "command", "graph", "home", "live"]


def test_files_are_whole_where_the_drawing_is_thinned_and_the_page_says_by_how_much(
    analyst: FlaskClient, graph: nx.Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract, "MOST_PEOPLE", 40)
    monkeypatch.setattr(extract, "MOST_TIES", 50)
    seen = expected(graph)
    page = analyst.get("/maps/units/physics").text
    assert f"40 of {SEEN} people" in page
    assert f"50 of {seen.number_of_edges()} ties" in page
    data = analyst.get("/maps/units/physics/data.json").get_json()
    assert (len(data["nodes"]), len(data["edges"])) == (40, 50)
    whole = nx.read_graphml(io.BytesIO(analyst.get("/maps/units/physics/as/graphml").data))
    assert (len(whole), whole.number_of_edges()) == (SEEN, seen.number_of_edges())
    assert sorted(d for _, d in whole.degree) == sorted(d for _, d in seen.degree)
    for name, own in whole.nodes(data=True):
        assert own["ties"] == whole.degree[name]
    parts = {frozenset(part) for part in nx.connected_components(whole)}
    by_island: dict[int, set[str]] = {}
    for name, own in whole.nodes(data=True):
        by_island.setdefault(own["island"], set()).add(name)
    assert {frozenset(part) for part in by_island.values()} == parts
    # The numbers of a thinned drawing are those of the whole.
    for node in data["nodes"]:
        own = whole.nodes[node["label"]]
        assert (node["ties"], node["community"]) == (own["ties"], own["community"])


def test_every_form_has_the_same_people_ties_and_attributes_and_csv_has_the_ties(
    analyst: FlaskClient, command: "Command", tmp_path: Path, graph: nx.Graph
) -> None:
    found = {}
    for form in ("gexf", "graphml"):
        answer = analyst.get(f"/maps/units/physics/as/{form}")
        name = answer.headers["Content-Disposition"]
        assert re.search(rf"map-physics-knows-\d{{4}}-\d\d-\d\d\.{form}", name)
        found[form] = answer.text
        file = tmp_path / f"a.{form}"
        assert command("map", "units", "physics", "--out", str(file)).exit_code == 0
        assert file.read_text(encoding="utf-8") == answer.text
        assert "G1 F" not in answer.text  # the analyst is one of them
    gexf = nx.read_gexf(io.BytesIO(found["gexf"].encode()))
    graphml = nx.read_graphml(io.BytesIO(found["graphml"].encode()))
    assert set(gexf) == set(graphml)
    assert {frozenset(e) for e in gexf.edges} == {frozenset(e) for e in graphml.edges}
    kinds = {"community": int, "island": int, "ties": int, "registered": bool, "x": float}
    for back in (gexf, graphml):
        for _, own in back.nodes(data=True):
            assert {key: type(own[key]) for key in kinds} == kinds
        assert sum(own["registered"] for _, own in back.nodes(data=True)) == SEEN - 1
        assert max(abs(own["x"]) for _, own in back.nodes(data=True)) > 100
    assert graphml.graph["layer"] == "knows" and graphml.graph["title"] == "Physics"
    assert "layer: knows" in found["gexf"] and "snapshot: " in found["gexf"]
    people = rows_of(analyst.get("/maps/units/physics/as/people").text)
    ties = rows_of(analyst.get("/maps/units/physics/as/ties").text)
    assert [row["id"] for row in people] == sorted(gexf)
    assert {frozenset((t["source"], t["target"])) for t in ties} == {
        frozenset(e) for e in gexf.edges
    }
    # As every file of the site, it opens in columns in the reader's spreadsheet.
    russian = analyst.get("/maps/units/physics/as/ties", headers={"Accept-Language": "ru"}).text
    assert russian.startswith("\ufeffid;source;target;weight\r\n")
    assert {row["weight"] for row in rows_of(russian)} == {"0,25", "0,375", "0,5", "0,625"}
    assert len({t["id"] for t in ties}) == len(ties) == expected(graph).number_of_edges()
    said = command("map", "units", "physics", "--out", str(tmp_path / "a.csv"))
    assert f"{len(people)} people, {len(ties)} ties" in said.output
    assert "a.csv" in said.output and "a.ties.csv" in said.output
    assert [r["id"] for r in rows_of((tmp_path / "a.csv").read_text())] == sorted(gexf)
    assert len(rows_of((tmp_path / "a.ties.csv").read_text())) == len(ties)
    assert analyst.get("/maps/units/physics/as/csv").status_code == 404


def test_pseudonyms_are_the_sites_in_every_process_and_a_study_has_its_own(
    analyst: FlaskClient, command: "Command", tmp_path: Path, live: Live
) -> None:
    def ids(*more: str) -> list[str]:
        file = tmp_path / "p.csv"
        assert command("map", "units", "physics", "--out", str(file), *more).exit_code == 0
        return [row["id"] for row in rows_of(file.read_text())]

    site_ids = [r["id"] for r in rows_of(analyst.get("/maps/units/physics/as/people").text)]
    assert ids() == ids() == site_ids
    study = ids("--project", "thesis")
    assert study == ids("--project", "thesis") and not set(study) & set(site_ids)
    assert not set(study) & set(ids("--project", "another"))
    entries = live.store.read(
        "MATCH (a:AuditEntry {act: 'export'}) RETURN a.detail AS d ORDER BY d LIMIT 99"
    )
    assert len(entries) >= 6


def test_without_a_secret_key_pseudonyms_last_as_long_as_the_home(
    settings: Settings, tmp_path: Path
) -> None:
    own = replace(settings, home=tmp_path, demo=False, secret_key="")
    first = engine.rules(own).pseudonym_key
    assert engine.rules(own).pseudonym_key == first
    later = replace(own, secret_key="s" * 64)
    assert engine.rules(later).pseudonym_key == first
    other = replace(settings, home=tmp_path / "other", demo=False, secret_key="")
    assert engine.rules(other).pseudonym_key != first


def test_the_order_of_nodes_says_nothing_of_who_was_entered_first(
    analyst: FlaskClient, live: Live
) -> None:
    labels = [n["label"] for n in analyst.get("/maps/units/physics/data.json").get_json()["nodes"]]
    assert labels == sorted(labels)
    ties = rows_of(analyst.get("/maps/units/physics/as/ties").text)
    ends = [(t["source"], t["target"]) for t in ties]
    assert ends == sorted(ends) and all(u < v for u, v in ends)


def test_a_file_that_cannot_be_written_is_said_before_anything_is_computed(
    command: "Command", tmp_path: Path
) -> None:
    for out in ("nowhere/x.gexf", "x.txt", "x"):
        said = command("map", "units", "physics", "--out", str(tmp_path / out))
        assert said.exit_code == 2 and "Traceback" not in said.output
        assert "Error: Invalid value for '--out'" in said.output
    assert not list(tmp_path.iterdir())


def test_the_first_page_of_maps_shows_the_first_kind_that_has_something(
    analyst: FlaskClient,
) -> None:
    page = analyst.get("/maps").text
    assert "/maps/graduations/" in page and "under pseudonyms; nothing" in page
    empty = analyst.get("/maps?kind=study_groups").text
    assert "quarantine" in empty


SHOW_TIES = """UNWIND $keys AS wanted MATCH (p:Person {key: wanted})
SET p.audiences = ['connections:members', 'groups:members']"""


@pytest.fixture
def alumnus(live: Live, home: Settings) -> FlaskClient:
    return reader(site(live, home), "a2")


def labels(data: dict[str, list[dict[str, object]]]) -> set[object]:
    return {node["label"] for node in data["nodes"]}


def test_my_map_has_my_acquaintances_and_a_tie_of_theirs_only_where_both_show_it(
    alumnus: FlaskClient, graph: nx.Graph, live: Live, home: Settings
) -> None:
    seen = {v for v in graph[2] if v not in GONE}
    registered = {v for v in seen if v < SEEN}
    address = "/me/map/data.json?layer=knows"
    data = alumnus.get(address).get_json()
    known = {f"G{v} F" for v in (*registered, 2)}
    assert labels(data) - {"G100 F"} == known
    centre = next(node["key"] for node in data["nodes"] if node["label"] == "G2 F")
    assert all(centre in edge for edge in data["edges"])  # of the others nobody shows theirs
    assert len(data["edges"]) == len(data["nodes"]) - 1
    assert labels(alumnus.get(f"{address}&rings=2").get_json()) == labels(data)

    showing = sorted(registered)[:4]
    live.store.write(SHOW_TIES, keys=showing)
    refresh(live.store, home.snapshots)
    live.catch_up()
    data = alumnus.get(address).get_json()
    names = {node["key"]: node["label"] for node in data["nodes"]}
    among = {frozenset((names[u], names[v])) for u, v in data["edges"] if centre not in (u, v)}
    expected_ties = {frozenset((f"G{u} F", f"G{v} F")) for u, v in graph.subgraph(showing).edges}
    assert among == expected_ties
    page = alumnus.get("/me/map?layer=knows").text
    assert "My surroundings" in page and "Hidden" not in page
    for key in GONE:
        assert f"G{key} F" not in page
    for word in ("worked", "came"):
        empty = alumnus.get(f"/me/map?layer={word}").text
        assert "Nobody is on this map yet" in empty and "/classmates" in empty
        assert alumnus.get(f"/me/map/data.json?layer={word}").status_code == 404


def test_a_contact_of_a_moment_ago_is_on_my_map_and_one_taken_back_is_not(
    alumnus: FlaskClient, graph: nx.Graph, live: Live
) -> None:
    new = next(v for v in range(3, SEEN) if v not in graph[2])
    old = next(v for v in graph[2] if v < SEEN)
    live.store.write(MAKE_TIES, rows=[[2, new, 0.5]])
    live.store.write("MATCH (:Person {key: $a})-[t:KNOWS]-(:Person {key: $b}) DELETE t", a=2, b=old)
    try:
        found = labels(alumnus.get("/me/map/data.json?layer=knows").get_json())
        assert f"G{new} F" in found and f"G{old} F" not in found
    finally:
        live.store.write(
            "MATCH (:Person {key: $a})-[t:KNOWS]-(:Person {key: $b}) DELETE t", a=2, b=new
        )
        live.store.write(MAKE_TIES, rows=[[2, old, 0.5]])


def test_an_analyst_sees_surroundings_under_pseudonyms_and_never_of_fewer_than_five(
    analyst: FlaskClient, alumnus: FlaskClient, graph: nx.Graph
) -> None:
    seen = expected(graph)
    data = analyst.get("/maps/units/physics/data.json").get_json()
    most = max(data["nodes"], key=lambda node: node["ties"])
    near = analyst.get(f"/maps/around/{most['label']}/data.json?layer=knows").get_json()
    assert len(near["nodes"]) == most["ties"] + 1 == max(d for _, d in seen.degree) + 1
    assert labels(near) <= labels(data)
    assert most["label"] in analyst.get(f"/maps/around/{most['label']}").text
    alone = next(node for node in data["nodes"] if node["ties"] == 0)
    page = analyst.get(f"/maps/around/{alone['label']}?layer=knows")
    assert page.status_code == 200 and "Too few people" in page.text
    for wrong in ("/maps/around/p7", "/maps/around/0000000000000000"):
        assert analyst.get(wrong).status_code == 404
    assert alumnus.get("/maps/around/p7").status_code == 403
    assert analyst.get("/me/map").status_code == 403


def test_the_ways_between_two_are_the_strongest_and_share_nobody(
    analyst: FlaskClient, graph: nx.Graph
) -> None:
    data = analyst.get("/maps/units/physics/data.json").get_json()
    name = {node["key"]: node["label"] for node in data["nodes"]}
    drawn = nx.Graph([(name[u], name[v]) for u, v in data["edges"]])
    steps = dict(nx.all_pairs_shortest_path_length(drawn))
    one, other = next(
        (u, v) for u in sorted(drawn) for v in sorted(drawn) if steps[u].get(v, 0) == 2
    )
    page = analyst.get(f"/maps/units/physics?from={one}&to={other}&colour=decade").text
    ways = json.loads(html.unescape(re.search(r'data-ways="([^"]+)"', page)[1]))
    assert 1 <= len(ways) <= 3
    assert min(len(way) for way in ways) == 3  # a short one is among them
    for way in ways:
        assert (way[0], way[-1]) == (one, other) and len(way) <= 4
        assert all(drawn.has_edge(u, v) for u, v in itertools.pairwise(way))
    between = [person for way in ways for person in way[1:-1]]
    assert len(between) == len(set(between))
    assert "know each other" in page and 'name="colour" value="decade"' in page
    alone = next(node["label"] for node in data["nodes"] if node["ties"] == 0)
    said = analyst.get(f"/maps/units/physics?from={one}&to={alone}").text
    assert "different islands" in said and "data-ways" not in said
    for asked, words in (
        (f"from={one}&to={one}", "two different people"),
        (f"from={one}&to=nobody", "Nobody on this map is called so"),
        (f"from={one}", "Write who, or choose on the map"),
        ("from=a&to=" + one, "Several people"),
    ):
        wrong = analyst.get(f"/maps/units/physics?{asked}")
        assert wrong.status_code == 200 and words in wrong.text


def test_surroundings_are_a_file_too_of_whom_they_show(analyst: FlaskClient) -> None:
    everybody = analyst.get("/maps/units/physics/data.json").get_json()["nodes"]
    who = max(everybody, key=lambda node: node["ties"])["label"]
    data = analyst.get(f"/maps/around/{who}/data.json?layer=knows&rings=2").get_json()
    file = analyst.get(f"/maps/around/{who}/as/gexf?layer=knows&rings=2")
    assert file.status_code == 200
    whole = nx.read_gexf(io.BytesIO(file.data))
    assert sorted(whole) == sorted(node["label"] for node in data["nodes"]) and who in whole
    assert whole.number_of_edges() == len(data["edges"])
    page = analyst.get(f"/maps/around/{who}?layer=knows&rings=2").text
    assert html.escape(f"/maps/around/{who}/as/gexf?layer=knows&rings=2") in page
    alone = next(node["label"] for node in everybody if node["ties"] == 0)
    for nothing in (alone, "0123456789abcdef"):
        assert analyst.get(f"/maps/around/{nothing}/as/gexf?layer=knows").status_code == 404


def test_the_years_of_a_map_are_of_five_people_or_more(analyst: FlaskClient, live: Live) -> None:
    data = analyst.get("/maps/units/physics/data.json").get_json()
    assert {node["year"] for node in data["nodes"]} == {1990, 1991, 1992}
    assert data["years"] == []  # since when they know each other is unknown
    page = analyst.get("/maps/units/physics").text
    assert 'min="1990" max="1992"' in page
    club = analyst.get("/maps/groups/sailing/data.json").get_json()
    assert {node["year"] for node in club["nodes"]} == {-1}  # nobody knows when they joined
    assert "map-year" not in analyst.get("/maps/groups/sailing").text

"""What analysts see and take home: the same people everywhere, whole files, nothing small."""

import csv
import html
import io
import itertools
import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import networkx as nx
import numpy as np
import openpyxl
import polars as pl
import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from graphnet import accounts, engine, privacy
from graphnet.analysis.whole import whole_network
from graphnet.cli import main
from graphnet.computed import refresh
from graphnet.live import Live
from graphnet.maps import extract
from graphnet.maps.network import EVERYBODY, network_of
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.snapshot.arrays import Memberships
from graphnet.statistics import association
from graphnet.statistics.disclosure import Count, protect
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import PASSWORD, own_home, reader, site

N = 120
HIDDEN, DEAD, WAITING, REFUSED, OUTSIDE = 101, 102, 103, 104, 105
GONE = {HIDDEN, DEAD, WAITING, REFUSED}
SEEN = 100  # 1 to 100 are whom an analyst may see; all but one of them have registered
MAKE = """UNWIND range(1, $n) AS key
CREATE (p:Person:Alumnus {id: 'p' + toString(key), key: key, given_name: 'G' + toString(key),
  family_name: 'F', name_key: 'f',
  visibility: CASE key WHEN $hidden THEN 'hidden' ELSE 'shown' END})
SET p.quarantined = key = $waiting
WITH p WHERE p.key <= 104
MERGE (u:Unit {id: 'physics', kind: 'faculty', name: 'Physics', name_ru: 'Физика'})
CREATE (p)-[:COMPLETED {year: 1990 + p.key % 3}]->(u)
MERGE (g:Group {id: 'sailing', key: 1, name: 'Sailing', name_ru: 'Парус', kind: 'club',
  visibility: 'members'})
CREATE (p)-[:MEMBER_OF {role: 'member'}]->(g)"""
MAKE_OF_NOTE = """MATCH (p:Person {key: $dead}) SET p.died_on = $day
WITH 1 AS one MATCH (p:Person {key: $refused})
CREATE (p)-[:GAVE]->(:Consent {id: 'no', purpose: 'show_to_members', state: 'refused', at: $now})"""
MAKE_TIES = """UNWIND $rows AS row MATCH (a:Person {key: row[0]}) MATCH (b:Person {key: row[1]})
CREATE (a)-[:KNOWS {strength: row[2], source: 'test'}]->(b)"""


@pytest.fixture(scope="module")
def graph() -> nx.Graph:
    graph = nx.gnm_random_graph(104, 700, seed=2)
    graph.remove_edges_from(list(graph.edges(99)))  # the hundredth person knows nobody
    return nx.relabel_nodes(graph, {v: v + 1 for v in graph})


@pytest.fixture(scope="module")
def home(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return own_home(settings, tmp_path_factory.mktemp("analyst"))


@pytest.fixture(scope="module")
def live(session_store: Store, home: Settings, graph: nx.Graph) -> Iterator[Live]:
    session_store.run_alone(WIPE)
    session_store.write(MAKE, n=N, hidden=HIDDEN, waiting=WAITING)
    session_store.write(
        MAKE_OF_NOTE, dead=DEAD, refused=REFUSED, day=date(2020, 1, 1), now=datetime.now(UTC)
    )
    session_store.write(MAKE_TIES, rows=[[u, v, 0.25 + (u * v) % 4 / 8] for u, v in graph.edges])
    rows = [
        {"email": f"a{key}@example.org", "person_key": key, "roles": ["alumnus"]}
        for key in range(1, SEEN)
    ]
    rows[0] |= {"email": "analyst@example.org", "roles": ["analyst"]}
    accounts.create_many(session_store, rows, PASSWORD)
    refresh(session_store, home.snapshots)
    following = Live(session_store, home.snapshots, rules=engine.rules(home))
    following.start()
    yield following
    following.stop()


@pytest.fixture(scope="module")
def analyst(live: Live, home: Settings) -> FlaskClient:
    return reader(site(live, home), "analyst")


@pytest.fixture
def command(home: Settings, address: tuple[str, str, str], live: Live) -> "Command":
    uri, user, password = address
    return Command(replace(home, neo4j_uri=uri, neo4j_user=user, neo4j_password=password))


class Command:
    def __init__(self, own: Settings) -> None:
        self.own = own

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, obj=self.own)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=
                               max(",;", key=text.split("\n")[0].count)))  # fmt: skip


def expected(graph: nx.Graph) -> nx.Graph:
    return graph.subgraph(range(1, SEEN + 1))


# -- maps ---------------------------------------------------------------------------------------


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


# -- statistics ---------------------------------------------------------------------------------


def test_figures_count_whom_maps_show_and_nobody_else(
    analyst: FlaskClient, live: Live, graph: nx.Graph
) -> None:
    people = association.counted(live, Viewer("analyst"))
    snapshot = live.view().snapshot
    assert set(snapshot.keys[people].tolist()) & {*range(1, 105)} == set(range(1, SEEN + 1))
    everybody = N - len(GONE)
    page = analyst.get("/statistics").text
    figures = re.findall(r'figure-number">([\d,]+)<', page)
    assert figures == [str(everybody), str(expected(graph).number_of_edges())]
    assert association.size(snapshot, people) == association.Size(everybody, int(figures[1]))


def test_complements_give_nobody_away(analyst: FlaskClient, live: Live) -> None:
    snapshot, people = live.view().snapshot, association.counted(live, Viewer("analyst"))
    (sailing,) = association.by_thing(snapshot, people, "groups")
    assert (sailing.n, sailing.registered) == (SEEN, None)  # all but one have registered
    exact = association.by_thing(snapshot, people, "groups", exact=True)
    assert (exact[0].n, exact[0].registered) == (SEEN, SEEN - 1)
    decades = association.by_decade(snapshot, people)
    assert [cell.n for cell in decades] == [SEEN, N - len(GONE) - SEEN]
    assert [cell.registered for cell in decades] == [None, None]
    for cell in (*decades, *association.by_thing(snapshot, people, "units")):
        assert cell.n is None or cell.n == 0 or cell.n >= 5
        if cell.registered is not None:
            assert cell.n is not None and not 0 < cell.n - cell.registered < 5


def test_the_csv_of_figures_has_all_rows_and_one_charset(
    analyst: FlaskClient, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.features.statistics.routes.ROWS", 1)
    page = analyst.get("/statistics").text
    assert "1 further row is in the file" in page
    answer = analyst.get("/statistics?as=decades")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert len(rows_of(answer.text)) == 2


def test_counted_leaves_out_each_who_is_not_to_be_in_data() -> None:
    flags = np.array(
        [0, privacy.CLAIMED, privacy.HIDDEN, privacy.DECEASED, privacy.QUARANTINED,
         privacy.REFUSED, privacy.HIDDEN | privacy.CLAIMED], np.uint16,
    )  # fmt: skip
    assert privacy.counted(flags).tolist() == [True, True, False, False, False, False, False]


def test_json_of_the_export_says_what_was_written(command: "Command", tmp_path: Path) -> None:
    out = tmp_path / "m.csv"
    said = json.loads(command("map", "units", "physics", "--out", str(out), "--json").output)
    assert (said["people"], said["people_left_out"], said["ties_left_out"]) == (SEEN, 0, 0)
    assert said["project"] is None and len(said["files"]) == 2


def test_the_data_of_a_map_say_by_what_it_is_coloured_sized_and_narrowed(
    analyst: FlaskClient, graph: nx.Graph
) -> None:
    data = analyst.get("/maps/units/physics/data.json").get_json()
    assert len(data["nodes"]) == SEEN
    seen = expected(graph)
    assert sorted(node["core"] for node in data["nodes"]) == sorted(nx.core_number(seen).values())
    assert {node["state"] for node in data["nodes"]} <= {0, 1, 2}
    assert data["words"]["state"][0] == "registered"
    assert "city" not in data["words"]  # not an analyst's to know
    for by in ("faculty", "decade"):
        for node in data["nodes"]:
            assert -1 <= node[by] < len(data["words"][by])
    russian = analyst.get(
        "/maps/units/physics/data.json", headers={"Accept-Language": "ru"}
    ).get_json()
    assert russian["nodes"] == data["nodes"]


def test_the_table_beside_a_map_sorts_by_its_columns(analyst: FlaskClient) -> None:
    for column in ("person", "state", "ties", "core", "outward", "circle", "island"):
        there, back = (
            re.findall(r'<tr data-node="(\d+)"', analyst.get(f"/maps/units/physics?sort={s}").text)
            for s in (column, f"-{column}")
        )
        assert sorted(there) == sorted(back)
        assert len(there) == SEEN
    data = analyst.get("/maps/units/physics/data.json").get_json()["nodes"]
    rows = re.findall(r'<tr data-node="(\d+)"', analyst.get("/maps/units/physics?sort=-ties").text)
    ties = [data[int(row)]["ties"] for row in rows]
    assert ties == sorted(ties, reverse=True)


def test_the_map_of_all_has_whom_figures_count_and_no_names(
    analyst: FlaskClient, live: Live, home: Settings, graph: nx.Graph
) -> None:
    page = analyst.get("/maps/everybody/all")
    assert page.status_code == 200
    counted = int(np.count_nonzero(privacy.counted(live.view().snapshot.flags)))
    assert f"{counted} people" in page.text
    assert 'href="/maps/everybody/all"' in analyst.get("/maps?kind=units").text
    data = analyst.get("/maps/everybody/all/data.json").get_json()
    seen = expected(graph)
    assert (len(data["nodes"]), len(data["edges"])) == (counted, seen.number_of_edges())
    assert {node["label"] for node in data["nodes"]} >= {
        node["label"] for node in analyst.get("/maps/units/physics/data.json").get_json()["nodes"]
    }
    for wrong in ("/maps/everybody/some", "/maps/everybody/all/as/gexf"):
        assert analyst.get(wrong).status_code == 404
    staff = Viewer("staff", account_id="office", purpose="maps")
    cards = network_of(live, staff, EVERYBODY, "all").cards
    assert {(card.id, card.name.full) for card in cards} == {("", "")}


def test_circles_have_names_and_ties_and_of_the_whole_network_maps_of_their_own(
    analyst: FlaskClient, live: Live, graph: nx.Graph
) -> None:
    data = analyst.get("/maps/units/physics/data.json").get_json()
    circle = [node["community"] for node in data["nodes"]]
    between: dict[tuple[int, int], int] = {}
    outward = [0] * len(circle)
    for one, other in data["edges"]:
        if circle[one] != circle[other]:
            pair = min(circle[one], circle[other]), max(circle[one], circle[other])
            between[pair] = between.get(pair, 0) + 1
            outward[one] += 1
            outward[other] += 1
    assert {(a, b): n for a, b, n in data["circles"]} == between
    assert [node["outward"] for node in data["nodes"]] == outward
    assert data["words"]["community"][0].startswith("circle 1: Physics")
    russian = analyst.get(
        "/maps/units/physics/data.json", headers={"Accept-Language": "ru"}
    ).get_json()
    assert russian["words"]["community"][0].startswith("круг 1: Физика")
    whole = analyst.get("/maps/everybody/all").text
    links = re.findall(r'href="(/maps/everybody/\d+)\?', whole)
    assert links
    everybody = analyst.get("/maps/everybody/all/data.json").get_json()["nodes"]
    for link in links:
        number = int(link.rpartition("/")[2])
        inside = {node["label"] for node in everybody if node["community"] == number - 1}
        page = analyst.get(link)
        if len(inside) < 5:
            assert page.status_code == 404
            continue
        assert f"{len(inside)} people" in page.text and "The whole network" in page.text
        found = analyst.get(f"{link}/data.json").get_json()["nodes"]
        assert {node["label"] for node in found} == inside
    for wrong in ("0", "-1", "9999999", "900", "x", "²"):
        assert analyst.get(f"/maps/everybody/{wrong}").status_code == 404


def test_intakes_follow_from_no_decade_and_no_faculty() -> None:
    people = np.ones(60, bool)
    counts = {i: Count(n, n // 2, 0) for i, n in enumerate((3, 12, 15, 30))}
    starts = np.array([0, 3, 15, 30, 60])
    owner = np.repeat(np.arange(4), np.diff(starts))
    members = Memberships.of_rows(60, 4, np.arange(60), owner)
    decade = np.arange(60) < 30  # the first three intakes: 30 people, as another table says
    registered = np.zeros(60, bool)
    totals = association._totals(members, people, registered, registered, counts, [decade])
    protect(counts.values(), totals)
    hidden = [i for i, row in counts.items() if not row.shows_people]
    assert 0 in hidden and len([i for i in hidden if i < 3]) >= 2


def test_figures_are_a_workbook_too_with_numbers_as_numbers(analyst: FlaskClient) -> None:
    answer = analyst.get("/statistics?as=xlsx", headers={"Accept-Language": "ru"})
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames[0] == "По десятилетиям набора" and len(book.sheetnames) == 4
    rows = list(book["По сообществам"].values)
    assert (rows[0][0], rows[0][2:]) == (
        "Название", ("Зарегистрировано", "Есть контакт", "Связь потеряна"),
    )  # fmt: skip
    assert rows[1] == ("Парус", SEEN, None, None, None)  # all but one have registered
    report = openpyxl.load_workbook(io.BytesIO(analyst.get("/statistics/report.xlsx").data))
    assert len(report.sheetnames) == 6
    numbers = [value for row in list(report.worksheets[0].values)[1:] for value in row[1:]]
    assert numbers and all(value is None or isinstance(value, int | float) for value in numbers)


def test_the_network_in_figures_is_that_of_networkx_with_source_and_coverage(
    analyst: FlaskClient, live: Live, graph: nx.Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = expected(graph)
    everybody = N - len(GONE)
    found = whole_network(live, "knows")
    assert (found["people"], found["ties"]) == (everybody, seen.number_of_edges())
    tied = sum(degree > 0 for _, degree in seen.degree)
    assert found["coverage"] == pytest.approx(tied / everybody)
    pairs = everybody * (everybody - 1) / 2
    assert found["density"] == pytest.approx(seen.number_of_edges() / pairs)
    assert found["modularity"] > 0.1 and found["random_modularity_deviation"] >= 0
    assert found["mixing_city_ties"] == 0 and found["mixing_city"] is None
    assert found["communities"][0]["name_ru"].startswith("Физика")
    page = analyst.get("/statistics/network").text
    assert "Newman, Girvan 2004" in page and f"{100 * tied / everybody:.0f} %" in page

    # It lies beside the snapshot, and counts for exactly whom it was made of.
    def nothing(*_: object) -> None:
        raise AssertionError("computed again")

    with monkeypatch.context() as patched:
        patched.setattr("graphnet.analysis.whole.described_network", nothing)
        assert whole_network(live, "knows") == found
        with pytest.raises(AssertionError):
            whole_network(live, "studied")
    # Of a large network nobody waits for them: they are there some time later.
    monkeypatch.setattr("graphnet.analysis.whole.AT_ONCE", 1)
    assert "are being computed" in analyst.get("/statistics/network?layer=member").text
    until = time.monotonic() + 60
    while "are being computed" in analyst.get("/statistics/network?layer=member").text:
        assert time.monotonic() < until
        time.sleep(0.2)
    book = openpyxl.load_workbook(io.BytesIO(analyst.get("/statistics/network?as=xlsx").data))
    values = {row[0]: row[1] for row in book.worksheets[0].values}
    assert values["Ties"] == seen.number_of_edges()
    assert values["Density"] == pytest.approx(found["density"])


def test_parquet_of_a_map_is_its_csv(analyst: FlaskClient) -> None:
    for table in ("people", "ties"):
        rows = rows_of(analyst.get(f"/maps/units/physics/as/{table}").data.decode("utf-8-sig"))
        found = pl.read_parquet(
            io.BytesIO(analyst.get(f"/maps/units/physics/as/{table}-parquet").data)
        )
        assert found["id"].to_list() == [row["id"] for row in rows]
        assert found.columns == list(rows[0])


# -- surroundings of one person ------------------------------------------------------------------

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
    who = analyst.get("/maps/units/physics/data.json").get_json()["nodes"][0]["label"]
    data = analyst.get(f"/maps/around/{who}/data.json?layer=knows&rings=2").get_json()
    whole = nx.read_gexf(
        io.BytesIO(analyst.get(f"/maps/around/{who}/as/gexf?layer=knows&rings=2").data)
    )
    assert sorted(whole) == sorted(node["label"] for node in data["nodes"]) and who in whole
    assert whole.number_of_edges() == len(data["edges"])
    page = analyst.get(f"/maps/around/{who}?layer=knows&rings=2").text
    assert html.escape(f"/maps/around/{who}/as/gexf?layer=knows&rings=2") in page
    assert analyst.get("/maps/around/0123456789abcdef/as/gexf").status_code == 404


def test_the_years_of_a_map_are_of_five_people_or_more(analyst: FlaskClient, live: Live) -> None:
    data = analyst.get("/maps/units/physics/data.json").get_json()
    assert {node["year"] for node in data["nodes"]} == {1990, 1991, 1992}
    assert data["years"] == []  # since when they know each other is unknown
    page = analyst.get("/maps/units/physics").text
    assert 'min="1990" max="1992"' in page
    club = analyst.get("/maps/groups/sailing/data.json").get_json()
    assert {node["year"] for node in club["nodes"]} == {-1}  # nobody knows when they joined
    assert "map-year" not in analyst.get("/maps/groups/sailing").text

"""Figures and what analysts take home of them: of whom maps show, nothing small."""

import io
import json
import re
import time
from pathlib import Path

import networkx as nx
import numpy as np
import openpyxl
import polars as pl
import pytest
from flask.testing import FlaskClient

from graphnet import privacy
from graphnet.analysis.whole import whole_network
from graphnet.live import Live
from graphnet.maps.network import EVERYBODY, network_of
from graphnet.people.visibility import hide, show
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.statistics import association
from tests.support.mapped import (
    GONE,
    SEEN,
    Command,
    N,
    analyst,
    command,
    expected,
    graph,
    home,
    live,
    rows_of,
)

__all__ = ["analyst", "command", "graph", "home", "live"]


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
    base = association.base_of(snapshot, people)
    (sailing,) = association.cells(base.groups)
    assert (sailing.n, sailing.registered) == (SEEN, None)  # all but one have registered
    (exact,) = association.by_thing(snapshot, people, "groups")
    assert (exact.n, exact.registered) == (SEEN, SEEN - 1)
    decades = association.cells(base.decades)
    assert [cell.n for cell in decades] == [SEEN, N - len(GONE) - SEEN]
    assert [cell.registered for cell in decades] == [None, None]
    for cell in (*decades, *association.cells(base.units)):
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


def test_the_map_of_all_is_made_once_for_all_who_look_until_somebody_hides(
    analyst: FlaskClient, live: Live
) -> None:
    asks, desk = (Viewer(kind, purpose="maps") for kind in ("analyst", "staff"))
    first = network_of(live, asks, EVERYBODY, "all")
    assert network_of(live, desk, EVERYBODY, "all").cards is first.cards
    data = analyst.get("/maps/everybody/all/data.json")
    assert analyst.get("/maps/everybody/all/data.json").data == data.data
    hides = Viewer("staff", account_id="office", purpose="correct")
    gone = first.cards[0].key
    live.store.in_write(lambda transaction: hide(transaction, hides, gone, why="asked"))
    live.catch_up()
    try:
        after = network_of(live, asks, EVERYBODY, "all")
        assert {card.key for card in first.cards} - {card.key for card in after.cards} == {gone}
        labels = {
            node["label"]
            for node in analyst.get("/maps/everybody/all/data.json").get_json()["nodes"]
        }
        assert first.cards[0].pseudonym not in labels and len(labels) == len(first.cards) - 1
    finally:
        live.store.in_write(lambda transaction: show(transaction, hides, gone, why="a test"))
        live.catch_up()


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
    # One that fails, in whatever way, is said to have failed, and is tried anew later.
    page = "/statistics/network?layer=came"
    with monkeypatch.context() as patched:
        patched.setattr("graphnet.analysis.whole.described_network", nothing)
        while "are being computed" in (said := analyst.get(page).text):
            assert time.monotonic() < until
            time.sleep(0.05)
    assert "could not be computed" in said and "Look again" in said
    assert "could not be computed" in analyst.get(page).text
    assert "не удалось" in analyst.get(page, headers={"Accept-Language": "ru"}).text
    monkeypatch.setattr("graphnet.analysis.whole.AGAIN_SECONDS", 0.0)
    while "Newman, Girvan 2004" not in analyst.get(page).text:
        assert time.monotonic() < until
        time.sleep(0.2)
    book = openpyxl.load_workbook(io.BytesIO(analyst.get("/statistics/network?as=xlsx").data))
    values = {row[0]: row[1] for row in book.worksheets[0].values}
    assert values["Ties"] == seen.number_of_edges()
    assert values["Density"] == pytest.approx(found["density"])
    known = {
        row["Figure"]: row["Value"]
        for row in rows_of(analyst.get("/statistics/network?as=figures").text.lstrip("\ufeff"))
    }
    assert float(known["Density"]) == pytest.approx(found["density"])
    assert int(known["Ties"]) == seen.number_of_edges()
    circles = rows_of(analyst.get("/statistics/network?as=circles").text.lstrip("\ufeff"))
    assert [int(row["People"]) for row in circles] == [c["people"] for c in found["communities"]]


def test_parquet_of_a_map_is_its_csv(analyst: FlaskClient) -> None:
    for table in ("people", "ties"):
        rows = rows_of(analyst.get(f"/maps/units/physics/as/{table}").data.decode("utf-8-sig"))
        found = pl.read_parquet(
            io.BytesIO(analyst.get(f"/maps/units/physics/as/{table}-parquet").data)
        )
        assert found["id"].to_list() == [row["id"] for row in rows]
        assert found.columns == list(rows[0])

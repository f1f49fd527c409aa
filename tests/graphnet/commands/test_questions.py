"""Commands for machines: numbers are numbers, nothing is null, a filter is never dropped."""

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from graphnet.cli import main
from graphnet.commands.answers import machine
from graphnet.computed import refresh
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import own_home
from tests.support.graphs import small_association

NAMED_ONLY = """MATCH (f:Unit {id: 'faculty'})
UNWIND ['4794', '4795'] AS name
CREATE (g:StudyGroup {id: 'only ' + name, name: name})
CREATE (p:Person:Alumnus {id: 'of ' + name, key: toInteger(name), given_name: 'Семён',
  family_name: 'Сидоренко', name_key: 'sidorenko', visibility: 'shown'})
CREATE (p)-[:STUDIED_IN {role: 'student'}]->(g)"""
AGREE = """MATCH (p:Person {id: 'anna'})
CREATE (p)-[:GAVE]->(:Consent {id: 'yes', purpose: 'profile', state: 'given', at: datetime()})"""


@pytest.fixture(scope="module")
def own(
    session_store: Store, settings: Settings, address: tuple[str, str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Settings]:  # fmt: skip
    session_store.run_alone(WIPE)
    small_association(session_store)
    session_store.write(NAMED_ONLY)
    session_store.write(AGREE)
    uri, user, password = address
    home = own_home(settings, tmp_path_factory.mktemp("questions"))
    refresh(session_store, home.snapshots)
    yield replace(home, neo4j_uri=uri, neo4j_user=user, neo4j_password=password)


def run(own: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, obj=own)


def rows(own: Settings, *arguments: str) -> list[dict[str, Any]]:
    found = run(own, *arguments, "--json")
    assert found.exit_code == 0, found.output
    said = json.loads(found.stdout, parse_constant=lambda name: pytest.fail(name))
    assert isinstance(said, list)
    return said


def test_no_number_that_is_none_reaches_a_machine() -> None:
    deep = {"a": [1.5, math.nan, {"b": math.inf}], "c": "nan", "d": (None, 2, True)}
    assert machine(deep) == {"a": [1.5, None, {"b": None}], "c": "nan", "d": [None, 2, True]}


def test_central_prints_every_order_as_a_number_and_its_error_apart(own: Settings) -> None:
    from graphnet.influence.central import ORDERS

    for order in ORDERS:
        found = rows(own, "central", "--by", order)
        for row in found:
            assert {*ORDERS, "low", "high", "missing", "betweenness_error", "coverage"} <= set(row)
            for name in (*ORDERS, "betweenness_error"):
                assert row[name] is None or isinstance(row[name], int | float)
            assert row["intake"] is None or isinstance(row["intake"], int)
    assert run(own, "central").exit_code == 0


def test_a_filter_that_nobody_fits_is_an_error_and_prints_nobody(own: Settings) -> None:
    assert [row["id"] for row in rows(own, "find", "Иванова")] == ["anna"]
    for filters in (["--group", "9999"], ["--year", "1931"], ["--city", "Атлантида"],
                    ["--group", "121", "--year", "1931"]):  # fmt: skip
        found = run(own, "find", "Иванова", *filters, "--json")
        assert found.exit_code == 1, filters
        assert found.stdout == "" and "nobody fits" in found.stderr
    fits = rows(own, "find", "Иванова", "--group", "121")
    assert [(row["id"], row["narrowed"]) for row in fits] == [("anna", "group 121")]


def test_a_group_is_found_by_what_the_column_shows(own: Settings) -> None:
    both = {row["id"]: row["group"] for row in rows(own, "find", "Сидоренко")}
    assert both == {"of 4794": "4794", "of 4795": "4795"}
    for person, group in both.items():
        assert [r["id"] for r in rows(own, "find", "Сидоренко", "--group", group)] == [person]


def test_lists_have_the_ids_that_other_commands_take(own: Settings, tmp_path: Path) -> None:
    units = rows(own, "list", "units")
    assert [(u["id"], u["name_ru"], u["kind"]) for u in units] == [("faculty", "Оптика", "faculty")]
    cohorts = {row["id"]: row for row in rows(own, "list", "cohorts")}
    assert cohorts["optics98"]["year"] == 1998
    # Vera is hidden and Evgeny has died.
    assert cohorts["optics98"]["people"] == 4
    assert [row["id"] for row in rows(own, "list", "study_groups", "--name", "479")] == [
        "only 4794", "only 4795",
    ]  # fmt: skip
    assert len(rows(own, "list", "study_groups", "--limit", "2")) == 2
    for what in ("graduations", "groups", "organisations", "places", "events", "topics"):
        rows(own, "list", what)
    assert run(own, "list", "people").exit_code == 2
    nothing = run(own, "list", "cohorts", "--name", "astrology", "--json")
    assert (nothing.exit_code, nothing.stdout) == (1, "")
    assert "none of the" in nothing.stderr


def test_reach_says_who_may_ask_from_where_and_that_somebody_is_the_same(own: Settings) -> None:
    for arguments, said in (
        (("anna", "boris", "--as", "staff"), "as staff, ask from `association`"),
        (("association", "boris"), "add --as staff"),
        (("anna", "anna"), "FROM and TO are the same person"),
    ):
        found = run(own, "reach", *arguments)
        assert found.exit_code == 2 and said in found.stderr
    assert run(own, "reach", "association", "boris", "--as", "staff").exit_code == 0


def test_the_network_is_described_by_those_whom_statistics_count(own: Settings) -> None:
    said = json.loads(run(own, "network", "--json").output)
    page = Path(__file__).parents[3].joinpath("docs/reference/json.md").read_text(encoding="utf-8")
    assert [name for name in said if f"`{name}`" not in page] == []
    # Eight people: without Vera, who is hidden, and Evgeny, who has died. Four ties and an island
    # of four are too few to be shown.
    assert (said["people"], said["islands"]) == (8, 1)
    assert (said["ties"], said["largest_island"], said["density"]) == (None, None, None)
    assert said["communities"] == []  # nothing of fewer than five people is described
    assert said["mixing_decade"] is None
    assert run(own, "network", "--layer", "studied").exit_code == 0


def test_settings_are_one_object(own: Settings) -> None:
    said = json.loads(run(own, "settings", "--json").output)
    assert isinstance(said, dict)
    assert said["GRAPHNET_DEMO"]["value"] is True
    assert all(row["value"] != "" for row in said.values())


def test_the_page_of_schemas_names_every_field(own: Settings) -> None:
    page = Path(__file__).parents[3].joinpath("docs/reference/json.md").read_text(encoding="utf-8")
    for arguments in (
        ("find", "Иванова"), ("classmates", "anna"), ("central",), ("list", "units"),
        ("reach", "association", "boris", "--as", "staff"),
    ):  # fmt: skip
        for row in rows(own, *arguments)[:1]:
            assert [name for name in row if f"`{name}`" not in page] == []


@pytest.mark.parametrize("task", ["spread"])
def test_an_empty_file_gets_the_message_alone(tmp_path: Path, task: str) -> None:
    (tmp_path / "edges.csv").write_text("")
    found = subprocess.run(
        [sys.executable, "-m", "graphnet", "bench", task, "--work", str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 2
    assert "needs the columns" in found.stderr and "Warning" not in found.stderr

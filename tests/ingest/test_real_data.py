"""The real data sets through the shipped mappings: the numbers that their README counts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from graphnet.store import Store
from ingest import mapping
from ingest.load import import_folder
from ingest.report import Report
from tests.ingest.register import counts

pytestmark = pytest.mark.real_data


@pytest.fixture
def imported(store: Store, real_data: Path, tmp_path: Path) -> Callable[[str, str], Report]:
    def work(name: str, folder: str) -> Report:
        chosen = mapping.read(mapping.find(name), real_data / folder)
        return import_folder(store, chosen, real_data / folder, rejects=tmp_path / "rejects")

    return work


def test_facebook100(store: Store, imported: Callable[[str, str], Report]) -> None:
    report = imported("facebook100", "facebook100/Amherst41-csv")
    found = counts(store)
    assert report.source == "facebook100-amherst41"
    assert (report.rejected, report.rejects) == (0, ())
    assert (found["Person"], found["KNOWS"], found["COMPLETED"]) == (2235, 90954, 2021)
    turned = store.read("MATCH (a:Person)-[:KNOWS]->(b) WHERE a.key >= b.key RETURN count(*) AS n")
    assert turned[0]["n"] == 0
    one = store.read("MATCH (:Record {origin: 'facebook100-amherst41:person:7'})-[:ABOUT]->(p) "
                     "RETURN p.given_name AS name, p.gender AS gender")  # fmt: skip
    assert one == [{"name": "Amherst41 7", "gender": None}]
    # An empty field is unknown, not a category.
    assert not store.read("MATCH (u:Unit) WHERE u.name CONTAINS 'major ' AND u.code = '' "
                          "RETURN u LIMIT 1")  # fmt: skip
    assert imported("facebook100", "facebook100/Amherst41-csv").written == 0


def test_meetup_montana(store: Store, imported: Callable[[str, str], Report]) -> None:
    report = imported("meetup-montana", "meetup-montana")
    found = counts(store)
    expected = {"Person": 1757, "Group": 13, "Event": 1391, "Registration": 10416, "BY": 10416,
                "FOR": 10416, "Topic": 129, "INTERESTED_IN": 8568}  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    assert report.rejected == 0
    event = store.read(
        "MATCH (e:Event {title: 'Lake County Coders December Gathering'}) "
        "RETURN e.starts_at AS at, e.time_zone AS zone, e.venue AS venue"
    )[0]
    assert event["at"].to_native().isoformat() == "2008-12-11T02:00:00+00:00"
    assert event["zone"] == "America/Denver"
    assert event["venue"]
    answers = store.read("MATCH (r:Registration) RETURN r.state AS s, count(*) AS n ORDER BY s")
    assert [(a["s"], a["n"]) for a in answers] == [("no", 2800), ("yes", 7616)]
    assert imported("meetup-montana", "meetup-montana").written == 0


def test_ldbc_snb(store: Store, imported: Callable[[str, str], Report]) -> None:
    report = imported("ldbc-snb", "ldbc-snb")
    found = counts(store)
    expected = {"Person": 1528, "KNOWS": 14073, "COMPLETED": 1209, "WORKED_AT": 3313,
                "INTERESTED_IN": 35475, "Place": 1460, "Topic": 16080, "HAS": 3310}  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    assert found["Unit"] + found["Organisation"] == 7955
    assert report.rejected == 0
    person = store.read(
        "MATCH (:Record {origin: 'ldbc-snb:person:933'})-[:ABOUT]->(p)-[:LIVES_IN]->(c:Place) "
        "RETURN p.given_name AS given, p.family_name AS family, p.gender AS gender, "
        "toString(p.born_on) AS born, c.kind AS kind"
    )
    assert person == [{"given": "Mahinda", "family": "Perera", "gender": "m",
                       "born": "1989-12-03", "kind": "city"}]  # fmt: skip
    year = store.read("MATCH (:Record {origin: 'ldbc-snb:person:933'})-[:ABOUT]->(p)"
                      "-[s:STUDIED_IN]->(u)<-[c:COMPLETED]-(p) "
                      "RETURN c.year AS year, s.to_term AS term")  # fmt: skip
    assert year == [{"year": 2011, "term": 4021}]
    assert imported("ldbc-snb", "ldbc-snb").written == 0

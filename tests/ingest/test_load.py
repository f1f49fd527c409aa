"""The import itself, on a small register: what it makes, repeats, refuses and resumes."""

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from graphnet import changes
from graphnet.errors import BadFile, BadMapping, Conflict, QueryTimeout
from graphnet.model import term
from graphnet.names.folding import fold
from graphnet.store import Store
from ingest import runs, undoing
from ingest.steps import Batch, Step
from ingest.writing import Writer
from tests.ingest.register import (
    MAPPING,
    PEOPLE,
    STUDIES,
    TIES,
    counts,
    everything,
    person,
    run,
    write,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "register")


def test_people_come_with_names_keys_and_records(store: Store, folder: Path) -> None:
    report = run(store, folder, ground="consent, 2024")
    assert (report.read, report.rejected, report.quarantined) == (9, 0, False)
    anna = person(store, 1)
    assert anna["given_name"] == "Анна"
    assert anna["born_on"].to_native() == date(1980, 5, 1)  # type: ignore[attr-defined]
    assert anna["name_key"] == fold("Анна Иванова")
    assert anna["visibility"] == "shown"
    assert "quarantined" not in anna
    assert len(str(anna["id"])) == 16
    assert {person(store, n)["key"] for n in (1, 2, 3)} == {1, 2, 3}
    records = store.read(
        "MATCH (r:Record)-[:FROM]->(:ImportRun {source: 'register'}) "
        "RETURN r.file AS file, r.row AS row, r.fields AS fields ORDER BY row"
    )
    assert [(r["file"], r["row"]) for r in records] == [("people.csv", n) for n in (2, 3, 4)]
    assert json.loads(records[1]["fields"]) == {
        "number": "2",
        "given": "Борис",
        "family": "Петров",
        "club": "Chess",
        "interest": "Optics",
    }
    assert counts(store)["Alumnus"] == 3


def test_things_and_ties_are_made(store: Store, folder: Path) -> None:
    report = run(store, folder)
    found = counts(store)
    expected = {"Group": 1, "Unit": 2, "Topic": 1, "ContactPoint": 3, "MEMBER_OF": 2, "HAS": 3,
                "INTERESTED_IN": 2, "STUDIED_IN": 4, "KNOWS": 2, "ImportRun": 1}  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    stays = store.read(
        "MATCH (p:Person {key: 2})-[t:STUDIED_IN]->(u:Unit) "
        "RETURN t.from_term AS a, t.to_term AS b, t.source AS source, t.run AS run ORDER BY a"
    )
    assert [(s["a"], s["b"]) for s in stays] == [
        (term(1998), term(1999, 1)), (term(2001), term(2003, 1))]  # fmt: skip
    assert {(s["source"], s["run"]) for s in stays} == {("register", 1)}
    ties = store.read("MATCH (a:Person)-[t:KNOWS]->(b) RETURN a.key AS a, b.key AS b, "
                      "t.strength AS s ORDER BY a, b")  # fmt: skip
    assert [(t["a"], t["b"], t["s"]) for t in ties] == [(1, 2, 1.0), (1, 3, 0.5)]
    club = store.read("MATCH (g:Group) RETURN g.id AS id, g.key AS key, g.visibility AS v")[0]
    assert (club["key"], club["v"]) == (1, "quarantined")
    assert "chess" not in club["id"].lower()
    assert report.written == sum(step.counts.written for step in report.steps) == 3 + 7 + 13


def test_repeating_an_import_changes_nothing(store: Store, folder: Path) -> None:
    run(store, folder)
    before, change = everything(store), changes.newest(store)
    again = run(store, folder)
    assert (again.run, again.written) == ("", 0)
    assert everything(store) == before
    assert changes.newest(store) == change
    assert sum(step.counts.unchanged for step in again.steps) == 3 + 7 + 13
    assert "Nothing has changed" in again.as_text()


def test_one_change_in_the_feed_a_run(store: Store, folder: Path) -> None:
    report = run(store, folder)
    assert [(c.kind, c.thing) for c in changes.after(store, 0)] == [("imported", report.run)]


def test_a_changed_row_changes_only_what_it_says(store: Store, folder: Path) -> None:
    run(store, folder)
    store.write("MATCH (p:Person {key: 1}) SET p.family_name = 'Смирнова', p.about = 'Hello'")
    write(folder, people=PEOPLE.replace("Анна,Иванова,1980-05-01", "Аня,Иванова-К,1980-05-02")
          .replace("Борис", "Boris").replace("1981-01-31", ""))  # fmt: skip
    report = run(store, folder)
    people = next(step.counts for step in report.steps if step.name == "Person")
    assert (people.written, people.unchanged, people.kept) == (3, 0, 1)
    anna, boris, vera = (person(store, n) for n in (1, 2, 3))
    assert anna["family_name"] == "Смирнова"  # hers; the file does not take it back
    assert anna["about"] == "Hello"
    assert anna["name_key"] == fold("Аня Смирнова")
    assert anna["born_on"].to_native() == date(1980, 5, 2)  # type: ignore[attr-defined]
    assert boris["given_name"] == "Boris"
    assert boris["name_key"] == fold("Boris Петров")
    assert "born_on" not in vera
    assert (anna["key"], boris["key"], vera["key"]) == (1, 2, 3)
    found = counts(store)
    assert (found["Person"], found["Record"]) == (3, 6)
    assert run(store, folder).written == 0


def test_changed_ties_and_things_are_updated(store: Store, folder: Path) -> None:
    run(store, folder)
    write(folder, ties=TIES.replace("1,3,0.5", "1,3,0.75"),
          studies=STUDIES.replace("2003", "2004"))  # fmt: skip
    assert run(store, folder).written == 2
    ties = store.read("MATCH (:Person {key: 1})-[t:KNOWS]->(:Person {key: 3}) "
                      "RETURN t.strength AS s, t.run AS run")  # fmt: skip
    assert (ties[0]["s"], ties[0]["run"]) == (0.75, 1)


def test_what_people_made_themselves_stays(store: Store, folder: Path) -> None:
    run(store, folder)
    store.write("MATCH (:Person {key: 1})-[t:KNOWS]->(:Person {key: 3}) "
                "SET t.source = 'confirmed', t.strength = 2.0 REMOVE t.run")  # fmt: skip
    before = everything(store)
    assert run(store, folder).written == 0
    assert everything(store) == before


def test_bad_rows_come_back_and_the_rest_goes_in(store: Store, folder: Path) -> None:
    write(
        folder,
        people=PEOPLE
        + "4,,Nameless,,,,\n1,Again,Anna,,,,\n5,Egor,Popov,31.01.1981,,,\n6,x,,,,,,y\n"
        ",No,Id,,,,\n7,Zoya,Sokolova,,,,\n",
        ties=TIES + "1,99,\n3,3,\n1,,\n1,7,strong\n3,7,\n1,4,\n",
    )
    report = run(store, folder)
    assert counts(store)["Person"] == 4
    assert counts(store)["KNOWS"] == 3
    with (folder.parent / "rejects" / "people.csv").open(encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file))
    assert [(p["row"], p["field"], p["value"], p["reason"]) for p in people] == [
        ("5", "given", "", "is empty, and it is required"),
        ("6", "number", "1", "comes twice; the first row counts"),
        ("7", "born", "31.01.1981", "is no date (YYYY-MM-DD)"),
        ("8", "", "6,x,,,,,,y\n", "has 8 cells, the header 7"),
        ("9", "number", "", "is empty, and it identifies the row"),
    ]
    assert [p["family"] for p in people][:3] == ["Nameless", "Anna", "Popov"]
    assert all(p["file"] == "people.csv" for p in people)
    with (folder.parent / "rejects" / "ties.csv").open(encoding="utf-8", newline="") as file:
        ties = list(csv.DictReader(file))
    assert [(t["row"], t["field"], t["value"]) for t in ties] == [
        ("4", "b", "99"), ("5", "b", "3"), ("6", "b", ""), ("7", "strength", "strong"),
        ("9", "b", "4")]  # fmt: skip
    assert {f.file: (f.read, f.rejected) for f in report.files} == {
        "people.csv": (9, 5), "studies.csv": (4, 0), "ties.csv": (8, 5)}  # fmt: skip
    assert len(report.rejects) == 2
    assert json.loads(report.as_json())["rejected"] == 10


def test_mended_rejects_can_be_imported_by_the_same_mapping(store: Store, folder: Path) -> None:
    write(folder, people=PEOPLE + "4,,Nameless,,,,\n")
    run(store, folder)
    rejected = (folder.parent / "rejects" / "people.csv").read_text(encoding="utf-8")
    write(folder, people=rejected.replace("4,,Nameless", "4,Gleb,Nameless"))
    assert run(store, folder, rejects=folder.parent / "second").rejected == 0
    assert person(store, 4)["given_name"] == "Gleb"
    assert counts(store)["Person"] == 4


def test_counts_say_what_was_made_and_what_was_there(store: Store, folder: Path) -> None:
    store.write("CREATE (:Topic {id: 'optics', name: 'Optics'})")
    more = STUDIES + "3,Law,,\n1,Physics,1998,2003\n"
    write(folder, studies=more, ties=TIES + "1,2,\n")
    first = run(store, folder, size=3)
    found = counts(store)
    told = {step.name: step.counts for step in first.steps}
    labels = {"Person": "Person", "Group club": "Group", "Unit": "Unit",
              "ContactPoint email": "ContactPoint", "MEMBER_OF person to club": "MEMBER_OF",
              "INTERESTED_IN person to topic": "INTERESTED_IN", "HAS person to email": "HAS",
              "STUDIED_IN person to unit": "STUDIED_IN", "KNOWS person to person": "KNOWS",
              }  # fmt: skip
    assert {name: told[name].made for name in labels} == {
        name: found[label] for name, label in labels.items()
    }
    assert (told["Topic"].made, told["Topic"].unchanged, told["Topic"].repeated) == (0, 1, 1)
    assert (told["Unit"].made, told["Unit"].repeated) == (2, 4)
    studied, knows = told["STUDIED_IN person to unit"], told["KNOWS person to person"]
    assert (studied.read, studied.made, studied.repeated, studied.unchanged) == (6, 4, 2, 0)
    assert (knows.read, knows.made, knows.repeated) == (3, 2, 1)
    write(folder, people=PEOPLE.replace("Борис", "Boris") + "4,Gleb,Popov,,Go,,Optics\n",
          studies=more.replace("2003", "2004"), ties=TIES.replace("0.5", "0.25"))  # fmt: skip
    second = {step.name: step.counts for step in run(store, folder, size=3).steps}
    numbers = {name: (c.made, c.changed, c.unchanged) for name, c in second.items()}
    assert numbers["Person"] == (1, 1, 2)
    assert numbers["Group club"] == (1, 0, 1)
    assert numbers["Topic"] == (0, 0, 1)
    assert numbers["KNOWS person to person"] == (0, 1, 1)
    assert numbers["STUDIED_IN person to unit"][:2] == (0, 1)
    assert counts(store)["Person"] == 4


def test_a_second_edition_says_what_it_emptied_kept_and_no_longer_has(
    store: Store, folder: Path
) -> None:
    people = "number,given,family,born,club,emails,interest\n1,Иван,Пустов,1980-05-01,Go,,\n"
    empty = {"studies": "number,unit,from,to\n", "ties": "a,b,strength\n"}
    write(folder, people=people + "2,Анна,Пустова,,Chess,,\n3,Яна,Ким,,,,\n", **empty)
    run(store, folder)
    store.write("MATCH (p:Person {key: 2}) SET p.family_name = 'Лебедева'")
    before = [person(store, n) for n in (1, 2)]
    people = people.replace("1980-05-01", " ") + "2,Анна,Пустова-Новая,,Go,,\n"
    write(folder, people=people, **empty)
    second = run(store, folder)
    told = next(step.counts for step in second.steps if step.name == "Person")
    assert (told.changed, told.emptied, told.kept) == (2, 1, 1)
    assert second.absent == {"person": 1, "things": 1}
    text = second.as_text()
    assert "1 fields emptied, 1 fields kept, for somebody changed them since" in text
    assert "In no file any more, and left as they are: 1 of person" in text
    assert "born_on" not in person(store, 1)
    undoing.undo_run(store, second.run)
    assert [person(store, n) for n in (1, 2)] == before


def test_columns_that_the_mapping_does_not_name_are_not_stored(store: Store, folder: Path) -> None:
    head, *rows = PEOPLE.splitlines()
    secret = [head + ",Паспорт,СНИЛС", *(row + ",4509 000000,000-000-000 00" for row in rows)]
    write(folder, people="\n".join([*secret, "4,,Nameless,,,,,4509 000000,000-000-000 00", ""]))
    report = run(store, folder)
    assert report.unused == {"people.csv": ("Паспорт", "СНИЛС")}
    assert "not stored, for no section uses them: Паспорт, СНИЛС" in report.as_text()
    assert json.loads(report.as_json())["unused"] == {"people.csv": ["Паспорт", "СНИЛС"]}
    assert not any("4509" in properties for _, properties in everything(store))
    rejects = (folder.parent / "rejects" / "people.csv").read_text(encoding="utf-8")
    assert "Nameless" in rejects
    assert "4509" not in rejects
    # What they say does not count either; what the mapping keeps does.
    write(folder, people="\n".join(secret).replace("4509", "4510") + "\n")
    assert run(store, folder).written == 0
    kept = MAPPING.replace('{ path = "people.csv" }', '{ path = "people.csv", keep = "СНИЛС" }')
    report = run(store, folder, kept)
    assert report.unused == {"people.csv": ("Паспорт",)}
    fields = store.read("MATCH (r:Record {origin: 'register:person:2'}) RETURN r.fields AS f")
    assert json.loads(fields[0]["f"])["СНИЛС"] == "000-000-000 00"
    assert "Паспорт" not in json.loads(fields[0]["f"])
    everything_kept = kept.replace('keep = "СНИЛС"', 'keep = "*"')
    assert run(store, folder, everything_kept).unused == {}


def test_rejects_are_written_as_the_file_is_so_that_they_can_come_back(
    store: Store, folder: Path
) -> None:
    text = MAPPING.replace('"people.csv"', '"people.csv", encoding = "cp1251", delimiter = ";"')
    people = PEOPLE.replace(";", "|").replace(",", ";") + "4;;Жуков;;;;\n"
    (folder / "people.csv").write_bytes(people.replace("|", ",").encode("cp1251"))
    report = run(store, folder, text)
    assert report.rejected == 1
    path = folder.parent / "rejects" / "people.csv"
    mended = path.read_bytes().decode("cp1251").replace("4;;Жуков", "4;Глеб;Жуков")
    (folder / "people.csv").write_bytes(mended.encode("cp1251"))
    assert run(store, folder, text, rejects=folder.parent / "second").rejected == 0
    assert person(store, 4)["family_name"] == "Жуков"


def test_all_missing_columns_are_told_once_and_what_divides_them(
    store: Store, folder: Path
) -> None:
    write(folder, people=PEOPLE.replace("family", "surname").replace("born", "birth"))
    with pytest.raises(BadMapping) as told:
        run(store, folder)
    text = str(told.value)
    assert "nodes.person, people.csv: no column 'family', no column 'born'" in text
    assert text.count("people.csv has the columns number, given, surname, birth") == 1
    write(folder, people=PEOPLE.replace(",", "|"))
    with pytest.raises(BadMapping, match=r"its cells are divided by '\|': say delimiter = '\|'"):
        run(store, folder)


def test_nothing_is_written_if_a_column_or_file_is_missing(store: Store, folder: Path) -> None:
    write(folder, people=PEOPLE.replace("family", "surname"))
    with pytest.raises(BadMapping, match=r"nodes\.person, people\.csv: no column 'family'"):
        run(store, folder)
    (folder / "ties.csv").unlink()
    with pytest.raises(BadFile, match=r"ties\.csv is missing"):
        run(store, folder)
    assert counts(store) == {}


class Stop(Exception):
    """What the tests interrupt an import with."""


@pytest.mark.parametrize("after", [1, 4, 11])
def test_an_interrupted_import_resumes(store: Store, folder: Path, after: int) -> None:
    bad = PEOPLE + "4,,Nameless,,,,\n"
    write(folder, people=bad)
    whole = run(store, folder, size=2)
    wanted = counts(store)
    store.run_alone("MATCH (n) WHERE NOT n:Migration DETACH DELETE n")
    calls = 0

    def stop(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == after:
            raise Stop

    with pytest.raises(Stop):
        run(store, folder, size=2, progress=stop)
    assert [r["state"] for r in runs.runs(store)] == ["running"]
    resumed = run(store, folder, size=2)
    assert resumed.resumed
    assert counts(store) == wanted
    assert [step.counts for step in resumed.steps] == [step.counts for step in whole.steps]
    assert [r["state"] for r in runs.runs(store)] == ["finished"]
    rejected = (folder.parent / "rejects" / "people.csv").read_text(encoding="utf-8")
    assert "Nameless" in rejected


def test_a_batch_that_takes_too_long_is_written_in_halves(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = PEOPLE.splitlines()[0] + "\n" + "".join(f"{i},P,N{i},,,,\n" for i in range(300))
    write(folder, people=people, studies=STUDIES.splitlines()[0] + "\n",
          ties="a,b,strength\n" + "".join(f"0,{i},\n" for i in range(1, 300)))  # fmt: skip
    written = Writer._write
    sizes: list[int] = []

    def slow(self: Writer, number: int, step: Step, batch: Batch) -> None:
        if len(batch.rows) > 100:
            raise QueryTimeout("too slow")
        sizes.append(len(batch.rows))
        written(self, number, step, batch)

    monkeypatch.setattr(Writer, "_write", slow)
    report = run(store, folder)
    assert max(sizes) <= 100
    found = counts(store)
    assert (found["Person"], found["KNOWS"]) == (300, 299)
    assert report.written == 599
    monkeypatch.setattr(Writer, "_write", lambda *_: (_ for _ in ()).throw(QueryTimeout("slow")))
    write(folder, people=people + "300,P,N,,,,\n")
    with pytest.raises(QueryTimeout):
        run(store, folder)


def test_a_run_with_other_files_begins_anew(store: Store, folder: Path) -> None:
    def stop(*_: object) -> None:
        raise Stop

    with pytest.raises(Stop):
        run(store, folder, progress=stop)
    write(folder, people=PEOPLE + "4,Gleb,Popov,,,,\n")
    report = run(store, folder)
    assert not report.resumed
    assert counts(store)["Person"] == 4
    assert [r["state"] for r in runs.runs(store)] == ["finished", "interrupted"]


def test_of_two_imports_at_once_one_stops(store: Store, folder: Path) -> None:
    def second(*_: object) -> None:
        write(folder, people=PEOPLE + "4,Gleb,Popov,,,,\n")
        run(store, folder, rejects=folder.parent / "second")

    with pytest.raises(Conflict, match="another process imports"):
        run(store, folder, progress=second)
    found = counts(store)
    assert (found["Person"], found["KNOWS"]) == (4, 2)


def test_shared_things_are_found_by_name(store: Store, folder: Path) -> None:
    store.write("CREATE (:Topic {id: 'optics', name: 'Optics', name_ru: 'Оптика'})")
    run(store, folder)
    assert counts(store)["Topic"] == 1
    topic = store.read("MATCH (t:Topic)<-[:INTERESTED_IN]-(p) RETURN t.id AS id, count(p) AS n, "
                       "t.name_ru AS ru")[0]  # fmt: skip
    assert (topic["id"], topic["n"], topic["ru"]) == ("optics", 2, "Оптика")
    before = everything(store)
    assert run(store, folder).written == 0
    assert everything(store) == before


def test_who_was_erased_does_not_come_back(store: Store, folder: Path) -> None:
    run(store, folder)
    store.write("MATCH (p:Person {key: 1}) DETACH DELETE p")
    write(folder, people=PEOPLE.replace("Анна", "Аня"))
    report = run(store, folder)
    assert counts(store)["Person"] == 2
    assert report.rejected == 0


def test_a_merged_person_gets_the_ties_of_both(store: Store, folder: Path) -> None:
    run(store, folder)
    # Merging moves the record from one person to the other.
    store.write("MATCH (r:Record {origin: 'register:person:2'})-[a:ABOUT]->(old:Person) "
                "MATCH (new:Person {key: 3}) CREATE (r)-[:ABOUT]->(new) DELETE a")  # fmt: skip
    write(folder, people=PEOPLE + "4,Gleb,Popov,,,,\n", ties=TIES + "2,4,\n")
    run(store, folder)
    tied = store.read("MATCH (p:Person {key: 3})-[:KNOWS]->(q) RETURN q.given_name AS name")
    assert [row["name"] for row in tied] == ["Gleb"]


def test_own_visibility_and_times_are_kept(store: Store, folder: Path) -> None:
    text = MAPPING.replace(
        'properties.name = "club"',
        'properties.name = "club"\nproperties.visibility = { constant = "public" }\n'
        "properties.created_at = { constant = 2001-02-03T04:05:06Z }",
    )
    run(store, folder, text, ground="published")
    group = store.read("MATCH (g:Group) RETURN g.visibility AS v, g.created_at AS at")[0]
    assert group["v"] == "public"
    assert group["at"].to_native() == datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)

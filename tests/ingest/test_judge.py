"""A rejected row leaves nothing behind; and what a row must be to be of use."""

import csv
from pathlib import Path

import pytest

from graphnet.errors import BadMapping, TooManyRejects
from graphnet.store import Store
from ingest import mapping, runs
from tests.ingest import register
from tests.ingest.alumni import HEADER, MAPPING, names, run
from tests.ingest.register import counts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sheet"


def rejected(folder: Path) -> list[tuple[str, str, str]]:
    path = folder.parent / "rejects" / "people.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [(r["row"], r["field"], r["reason"]) for r in csv.DictReader(file, delimiter=";")]


def test_nothing_of_a_rejected_row_is_in_the_graph(store: Store, folder: Path) -> None:
    rows = (
        "1;Иванов;01.02.1980;девяносто;Омск;i@x.ru\n"
        "2;Петров;1981-04-03;20000;Тверь;p@x.ru\n"
        "3;Сидоров;31.02.1980;1999,5;Омск;\n" + HEADER + "4;;01.02.1980;1998;Пермь;a@x.ru,b@x.ru\n"
        "5;Орлов;01.02.1980;1999;Томск;o@x.ru,o@x.ru,oo@x.ru\n"
        "6;Зайцева;;1999;;;лишнее\n"
        "5;Орлов;;2001;Уфа;\n"
    )
    report = run(store, folder, rows)
    assert names(store) == {
        "Person": ["Орлов"],
        "Unit": ["1999"],
        "Place": ["Томск"],
        "ContactPoint": ["o@x.ru", "oo@x.ru"],
        "Record": ["deanery:person:5"],
    }
    assert (report.read, report.rejected, report.failed) == (8, 7, False)
    assert [(row, field) for row, field, _ in rejected(folder)] == [
        ("2", "Год"), ("3", "Дата"), ("3", "Год"), ("4", "Дата"), ("4", "Год"), ("5", "Дата"),
        ("5", "Год"), ("6", "Фамилия"), ("8", ""), ("9", "id")]  # fmt: skip


def test_the_row_that_counts_is_the_first_good_one(store: Store, folder: Path) -> None:
    rows = "1;Иванов;;1850;Омск;\n1;Смирнов;;1999;Тула;\n1;Кац;;1999;Уфа;\n2;Ким;;2000;Омск;\n"
    report = run(store, folder, rows)
    assert names(store)["Person"] == ["Ким", "Смирнов"]
    assert names(store)["Place"] == ["Омск", "Тула"]
    assert report.rejected == 2
    assert run(store, folder, rows).written == 0


CHIEFS = """
[[ties]]
type = "SUPERVISED_BY"
file = "people"
from = { kind = "person", columns = "id" }
to = { kind = "person", columns = "Год", empty = "skip" }
"""


def test_a_row_that_names_a_rejected_one_is_rejected_too(store: Store, folder: Path) -> None:
    text = MAPPING.replace('type = "integer", minimum = 1900, maximum = 2030', 'type = "text"')
    text = text[: text.index("[[ties]]")] + CHIEFS + text[text.index('[[ties]]\ntype = "LIVES') :]
    rows = "1;А;;2;Уфа;\n2;Б;;3;Уфа;\n3;В;;4;Омск;\n5;Г;;;Тверь;\n6;Д;;5;;\n7;Е;;7;Орёл;\n"
    report = run(store, folder, rows, text=text)
    assert names(store)["Person"] == ["Г", "Д"]
    assert names(store)["Place"] == ["Тверь"]
    assert report.rejected == 4
    assert {reason for _, _, reason in rejected(folder)} == {
        "there is no person with this id", "is tied to itself"}  # fmt: skip
    assert counts(store)["SUPERVISED_BY"] == 1


def test_if_all_is_rejected_that_is_no_success(store: Store, folder: Path) -> None:
    report = run(store, folder, "1;Иванов;01.02.1980;1999;Омск;;лишнее\n2;;;;;\n")
    assert (report.failed, report.run, report.rejected) == (True, "", 2)
    text = report.as_text()
    assert "Nothing was imported: 2 rows were rejected." in text
    assert "1 x people.csv, Фамилия: is empty, and it is required" in text
    assert "ground" not in text  # there is no run of which it could be named
    assert counts(store) == {"Counter": counts(store)["Counter"]}
    assert not run(store, folder, "").failed
    assert "RUN" not in run(store, folder, "").as_text()


def test_strict_imports_write_all_or_nothing(store: Store, tmp_path: Path) -> None:
    folder = register.write(tmp_path / "register", ties=register.TIES + "1,99,\n1,2,much\n")
    with pytest.raises(TooManyRejects, match="2 rows would be rejected and 1 may be") as told:
        register.run(store, folder, most_rejects=1)
    assert "1 x ties.csv, b: there is no person with this id" in str(told.value)
    assert counts(store) == {}
    assert "99" in (tmp_path / "rejects" / "ties.csv").read_text(encoding="utf-8")
    report = register.run(store, folder, most_rejects=2)
    assert (report.rejected, counts(store)["KNOWS"]) == (2, 2)
    assert [run["state"] for run in runs.runs(store)] == ["finished"]


@pytest.mark.parametrize("letter", ["x", "Ж", "щ", "字", "🎓"])
def test_what_is_too_long_to_be_searched_for_is_one_reject(
    store: Store, folder: Path, letter: str
) -> None:
    rows = "".join(
        f"{i};{letter * 5000 if i == 7 else 'Иванов'};;;{letter * 9000 if i == 8 else 'Уфа'};\n"
        for i in range(1, 12)
    )
    report = run(store, folder, rows + f"{'1' * 9000};Долгов;;;;\n")
    found = [(row, field) for row, field, _ in rejected(folder)]
    assert found == [("8", "Фамилия"), ("9", "Город"), ("13", "")]
    assert (report.read, report.rejected, len(names(store)["Person"])) == (12, 3, 9)


def test_names_that_are_long_together_are_one_reject(store: Store, folder: Path) -> None:
    text = MAPPING.replace("[nodes.year]", 'properties.given_name = "Город"\n[nodes.year]', 1)
    rows = f"1;{'щ' * 600};;;{'щ' * 600};\n2;{'щ' * 600};;;;\n"
    assert run(store, folder, rows, text=text).rejected == 1
    assert len(names(store)["Person"]) == 1


RSVPS = """
source = "rsvps"
ground = "trial"
[files.rsvps]
path = "people.csv"
[nodes.person]
label = "Person"
labels = "Alumnus"
file = "rsvps"
id = "member"
repeated = true
properties.given_name = { template = "Member {member}" }
[nodes.event]
label = "Event"
file = "rsvps"
id = "event"
repeated = true
properties.title = { template = "Event {event}" }
properties.starts_at = { column = "at", type = "time" }
properties.ends_at = { column = "until", type = "time" }
properties.time_zone = "zone"
[nodes.rsvp]
label = "Registration"
file = "rsvps"
id = "rsvp"
properties.state = "answer"
[[ties]]
type = "BY"
file = "rsvps"
from = { kind = "rsvp", columns = "rsvp" }
to = { kind = "person", columns = "member" }
[[ties]]
type = "FOR"
file = "rsvps"
from = { kind = "rsvp", columns = "rsvp" }
to = { kind = "event", columns = "event" }
"""
RSVP_HEADER = "rsvp,member,event,answer,at,until,zone\n"
AT = "2026-01-10T18:00:00Z"


def reasons(store: Store, folder: Path, rows: str, text: str = RSVPS) -> list[str]:
    report = run(store, folder, rows, header=RSVP_HEADER, text=text)
    return [line.partition("people.csv, ")[2] for line in report.reasons]


def test_words_that_no_engine_knows_are_refused_with_those_that_are(
    store: Store, folder: Path
) -> None:
    told = reasons(
        store,
        folder,
        f"1,a,e1,yes,{AT},,Europe/Moscow\n2,b,e1,going,{AT},,Europe/Moscow\n"
        f"3,c,e2,yes,{AT},,MSK+3\n4,d,e3,yes,,,Europe/Moscow\n5,e,e4,,{AT},,Europe/Moscow\n"
        f"6,f,e5,no,{AT},2026-01-10T17:59:59Z,Europe/Moscow\n",
    )
    known = "is none of the words that are known here: yes, no, waiting, cancelled"
    assert set(told) == {
        f"answer: {known}; the mapping's `terms` say what others mean",
        "answer: is empty, and state is needed",
        "at: is empty, and starts_at is needed",
        "until: ends before it begins",
        "zone: is no time zone that is known, for example Europe/Moscow; "
        "the mapping's `terms` say what others mean",
    }
    found = counts(store)
    assert [found[label] for label in ("Person", "Event", "Registration")] == [1, 1, 1]
    said = RSVPS.replace(
        '"answer"', '{ column = "answer", terms = { going = "yes", declined = "no" } }'
    )
    assert reasons(store, folder, f"2,b,e1,going,{AT},,Europe/Moscow\n", said) == []


def test_an_event_without_any_time_is_told_for_each_row(store: Store, folder: Path) -> None:
    text = RSVPS.replace('properties.starts_at = { column = "at", type = "time" }\n', "")
    assert reasons(store, folder, f"1,a,e1,yes,{AT},,Europe/Moscow\n", text) == [
        "starts_at: is empty, and starts_at is needed"
    ]
    assert "Person" not in counts(store)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('{ constant = "email" }', '{ constant = "e-mail" }', "'e-mail' is none of"),
        ('properties.value = "Почта"',
         'properties.value = "Почта"\nproperties.value_key = { constant = "x" }', ""),
        ('id = "Год"', 'id = "Год"\nproperties.kind = { column = "Год", one_of = ["кафедра"] }',
         "known here: university, institute, faculty, department, school"),
        ('id = "Год"', 'id = "Год"\nproperties.kind = { column = "Год", terms = { a = "x" } }',
         "nodes.year.properties.kind: 'x' is none of"),
        ('id = "Год"', 'id = "Год"\nproperties.kind = { column = "Год", terms = { a = "faculty" }'
         ', other = "y" }', "'y' is none of"),
        ('id = "Год"', 'id = "Год"\nproperties.kind = { column = "Год", default = "z" }',
         "'z' is none of"),
    ],
)  # fmt: skip
def test_words_that_the_mapping_says_itself_are_checked_before_any_row(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in MAPPING
    path = tmp_path / "m.toml"
    path.write_text(MAPPING.replace(old, new, 1), encoding="utf-8")
    if not told:
        assert mapping.read(path, tmp_path)
        return
    with pytest.raises(BadMapping) as caught:
        mapping.read(path, tmp_path)
    assert told in str(caught.value)

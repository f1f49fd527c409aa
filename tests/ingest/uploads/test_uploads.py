"""Files that staff load up: kept, shown, judged, brought in, compared the next time, taken back."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.merging import doubles
from graphnet.settings import Settings
from graphnet.store import Store
from ingest import undoing
from ingest.reading import read
from ingest.uploads import commit, judging, kept, preview, recipes
from tests.support.loaded_up import HEADER, ROWS, STAFF, Load, bring, choose, home, load, people

__all__ = ["home", "load"]


def rejects(home: Settings, upload: str, result: dict[str, Any]) -> Path:
    """Return the rows that stayed out as a file, with reasons in the words of the program."""
    folder = kept.folder_of(home, upload)
    name, content = judging.rejects_file(
        folder / result["rejects"], lambda field, why: f"{field}: {why}"
    )
    (folder / name).write_bytes(content)
    return folder / name


def test_files_are_kept_for_nobody_else_and_not_for_ever(
    store: Store, home: Settings, load: Load
) -> None:
    upload = load(list_csv=HEADER + ROWS)
    path = kept.folder_of(home, upload) / "list.csv"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    with pytest.raises(BadValue):
        load(list_exe="MZ")
    with pytest.raises(BadValue):
        load(list_csv="")
    with pytest.raises(ThingNotFound):
        kept.folder_of(home, "../../etc")
    assert kept.forget_old(home, store) == 0
    store.write("MATCH (u:Upload) SET u.at = u.at - duration('P15D')")
    assert kept.forget_old(home, store) == 1
    assert not path.exists()
    assert kept.listed(store) == []


def test_what_is_found_is_shown_with_reasons(store: Store, home: Settings, load: Load) -> None:
    upload = load(dean_csv=(HEADER + ROWS).encode("cp1251"))
    told = preview.make(home, store, upload)["sheets"][0]
    codes = [code for code, _ in told["notes"]]
    assert {"encoding likely", "delimiter likely", "header at"} <= set(codes)
    assert told["good"] == 3
    assert {(g["field"], g["code"]) for g in told["groups"]} == {
        ("birth_date", "date impossible"),
        ("email", "address wrong"),
    }
    first = told["sample"][0]["cells"]
    assert (first[0]["original"], first[0]["cleaned"]) == ("ИВАНОВ", "Иванов")
    assert first[0]["differs"]
    assert first[8]["cleaned"] == "+79211234567"
    choose(store, upload, told["key"], off=["name case"])
    again = preview.make(home, store, upload)["sheets"][0]
    assert again["sample"][0]["cells"][0]["cleaned"] == "ИВАНОВ"


def test_rejected_rows_come_back_and_the_mended_file_takes_exactly_those(
    store: Store, home: Settings, load: Load
) -> None:
    upload = load(dean_csv=(HEADER + ROWS).encode("cp1251"))
    result = bring(store, home, upload)[0]
    assert (result["made"], result["rejected"]) == (3, 1)
    assert people(store) == ["Зубова", "Иванов", "Орлова"]
    assert [(why["field"], why["code"]) for why in result["reasons"]] == [
        ("birth_date", "date impossible"),
        ("email", "address wrong"),
    ]
    path = rejects(home, upload, result)
    table = read(path).tables[0]
    assert len(table.rows) == 1
    assert "birth_date: no day of the calendar" in str(table.rows[0].cells[-1])
    mended = path.read_text(encoding="utf-8-sig").replace("31.02.1980", "28.02.1980")
    second = load(mended_csv=mended.replace("oleg@example;", "oleg@example.org;"))
    choose(store, second, "mended.csv|mended", sender="dean")
    assert bring(store, home, second)[0]["made"] == 1
    assert people(store) == ["Зубова", "Иванов", "Никто", "Орлова"]
    assert store.read("MATCH (r:Record) RETURN DISTINCT r.file AS f, count(*) AS n ORDER BY f") == [
        {"f": "dean.csv", "n": 3},
        {"f": "mended.csv", "n": 1},
    ]


def test_a_group_of_problems_can_be_forgiven_at_once(
    store: Store, home: Settings, load: Load
) -> None:
    upload = load(dean_csv=HEADER + ROWS)
    choose(
        store,
        upload,
        "dean.csv|dean",
        forgive=["birth_date:date impossible", "email:address wrong"],
    )
    assert bring(store, home, upload)[0]["rejected"] == 0
    row = store.read(
        "MATCH (p:Person {family_name: 'Никто'}) RETURN p.born_on AS born, "
        "EXISTS { (p)-[:HAS]->() } AS mail LIMIT 1"
    )
    assert row == [{"born": None, "mail": False}]


def test_what_a_column_is_can_be_corrected_and_is_remembered(
    store: Store, home: Settings, load: Load
) -> None:
    text = "Фамилия;Имя;Стало\nПетров;Иван;Казань\n"
    upload = load(own_csv=text)
    told = preview.make(home, store, upload)["sheets"][0]
    assert told["columns"][2]["field"] != "city"
    choose(store, upload, told["key"], columns={"2": "city"}, sender="Деканат")
    bring(store, home, upload)
    assert store.read("MATCH (:Person)-[:LIVES_IN]->(c:Place) RETURN c.name AS n LIMIT 1") == [
        {"n": "Казань"}
    ]
    again = load(own_csv="Фамилия;Имя;Стало;Новое\nСидоров;Олег;Пенза;x\n")
    choose(store, again, "own.csv|own", sender="Деканат")
    told = preview.make(home, store, again)["sheets"][0]
    assert told["columns"][2]["field"] == "city"
    assert told["columns"][2]["reason"][0] == "column remembered"
    assert told["new"] == ["Новое"]
    assert recipes.senders(store) == ["Деканат"]


def test_passports_stay_out_without_a_ground(store: Store, home: Settings, load: Load) -> None:
    text = "Фамилия;Имя;Паспорт\nПетров;Иван;4010 123456\n"
    upload = load(own_csv=text)
    told = preview.make(home, store, upload)["sheets"][0]
    assert told["columns"][2]["sensitive"]
    assert "123456" not in str(told["sample"])
    bring(store, home, upload)
    assert not store.read("MATCH (r:Record) WHERE r.fields CONTAINS '123456' RETURN r LIMIT 1")
    second = load(own_csv=text)
    choose(store, second, "own.csv|own", sender="second", ground="agreement of 2019")
    bring(store, home, second)
    assert store.read("MATCH (r:Record) WHERE r.fields CONTAINS '123456' RETURN 1 AS n LIMIT 1")


def test_who_is_in_the_base_is_joined_and_undoing_takes_back_what_the_file_gave(
    store: Store, home: Settings, load: Load
) -> None:
    many = "".join(
        f"{f}ов;{g};;0{d}.0{d}.198{d};200{d};P330{d};ФПМ;{f}{d}@example.org;;Пермь\n"
        for d in range(1, 9)
        for f in ("Абрам", "Вихр", "Гус", "Дятл", "Журавл", "Климент", "Лоскут", "Мокроус")
        for g in ("Иван",)
    )
    bring(store, home, load(first_csv=HEADER + many))
    count = len(people(store))
    assert count == 64
    line = "Вихров;Иван;Петрович;03.03.1983;2003;P3303;ФПМ;Вихр3@example.org;+79215556677;Пермь\n"
    result = bring(store, home, load(second_csv=HEADER + line))[0]
    assert (result["made"], result["joined"]) == (0, 1)
    assert len(people(store)) == count
    one = "MATCH (p:Person {family_name: 'Вихров', born_on: date('1983-03-03')})"
    assert store.read(one + " RETURN p.patronymic AS x LIMIT 1") == [{"x": "Петрович"}]
    assert store.read(one + "<-[:ABOUT]-(r) RETURN count(r) AS n LIMIT 1") == [{"n": 2}]
    assert store.read(one + "-[:HAS]->(c) RETURN count(c) AS n LIMIT 1") == [{"n": 2}]
    undoing.undo_run(store, result["run"])
    assert store.read(one + " RETURN p.patronymic AS x LIMIT 1") == [{"x": None}]
    assert store.read(one + "-[:HAS]->(c) RETURN count(c) AS n LIMIT 1") == [{"n": 1}]
    assert len(people(store)) == count


def test_a_worker_that_goes_on_ends_where_another_would_have(
    store: Store, home: Settings, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = load(a_csv=HEADER + ROWS, b_csv=HEADER + ROWS.replace("Орлова", "Орловская"))
    kept.ask(store, STAFF, upload, kept.COMMIT)
    plain = commit._table

    def dies(*given: Any) -> Any:
        if given[5] == 1:
            raise KeyboardInterrupt
        return plain(*given)

    monkeypatch.setattr(commit, "_table", dies)
    with pytest.raises(KeyboardInterrupt):
        commit.commit(home, store, STAFF, upload)
    monkeypatch.undo()
    commit.commit(home, store, STAFF, upload)
    first = people(store)
    assert kept.one(store, upload).state == "committed"
    assert commit.commit(home, store, STAFF, upload)  # once more changes nothing
    assert people(store) == first


def test_who_is_asked_about_is_leased_and_decided_once(
    store: Store, home: Settings, load: Load
) -> None:
    store.write(
        "UNWIND [1, 2] AS k CREATE (:Person {id: 'p' + k, key: k, given_name: 'Анна', "
        "family_name: 'Орлова', visibility: 'shown'})"
    )
    pair = doubles.pair_of(
        {
            "odds": 0.4,
            "said": [
                {
                    "field": "family_name",
                    "left": "орлова",
                    "right": "орлова",
                    "level": "same",
                    "weight": 9.5,
                }
            ],
        }
    )
    assert doubles.propose(store, [(1, 2, pair), (2, 1, pair)], source="test") == 1
    assert doubles.propose(store, [(1, 2, pair)], source="test") == 0
    other = replace(STAFF, account_id="other", purpose="correct")
    me = replace(STAFF, purpose="correct")
    waits = doubles.queue(store, me)
    assert waits.expected == pytest.approx(0.6, abs=0.01)
    one = waits.waiting[0].id
    assert doubles.take(store, me, one)
    assert not doubles.take(store, other, one)
    assert doubles.queue(store, other).waiting == ()
    doubles.differ(store, me, one)
    with pytest.raises(Conflict):
        doubles.differ(store, other, one)
    assert doubles.decided(store) == [(1, 2, False)]
    assert doubles.propose(store, [(1, 2, pair)], source="later") == 0
    doubles.end(store, me, one)
    assert doubles.decided(store) == []
    assert len(doubles.queue(store, me).waiting) == 1


def test_a_spreadsheet_comes_back_as_a_spreadsheet(
    store: Store, home: Settings, load: Load
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["ФИО", "E-mail", "Телефон"])
    sheet.append(["Петрова Мария Ильинична", "мария@@example", 79211234567])
    sheet.append(["Гусев Олег Львович", "oleg@example.org", 7.92e10])
    buffer = io.BytesIO()
    book.save(buffer)
    upload = load(guests_xlsx=buffer.getvalue())
    result = bring(store, home, upload)[0]
    path = rejects(home, upload, result)
    assert path.suffix == ".xlsx"
    assert read(path).tables[0].rows[0].cells[0] == "Петрова Мария Ильинична"


def test_how_a_file_is_read_can_be_said_by_hand_and_is_remembered(
    store: Store, home: Settings, load: Load
) -> None:
    text = "Отчёт;за;2019\nКто;Имя;Стало\nПетров;Иван;Казань\nСидоров;Олег;Пенза\n"
    upload = load(own_csv=text)
    key = "own.csv|own"
    choose(store, upload, key, header="2", sender="Архив")
    told = preview.make(home, store, upload)["sheets"][0]
    assert ["header chosen", {"row": 2}] in told["notes"]
    assert [c["heading"] for c in told["columns"]] == ["Кто", "Имя", "Стало"]
    assert told["first"][0] == [1, "Отчёт · за · 2019"]
    choose(store, upload, key, columns={"0": "family_name", "2": "city"})
    assert bring(store, home, upload)[0]["made"] == 2
    again = load(next_csv=text.replace("Сидоров", "Волков"))
    choose(store, again, "next.csv|next", sender="Архив")
    told = preview.make(home, store, again)["sheets"][0]
    assert (told["header_at"], told["reading"]["header"]) == (2, "2")
    assert told["columns"][0]["reason"][0] == "column remembered"
    # A title more: what was said of the last file would be wrong, and is seen to be.
    moved = load(moved_csv="Ф;И;Г\n" + text.replace("Отчёт;за;2019\n", "\nФамилия;Имя;Стало\n"))
    choose(store, moved, "moved.csv|moved", sender="Архив", header="")
    assert preview.make(home, store, moved)["sheets"][0]["reading"]["header"] == ""
    choose(store, again, "next.csv|next", header="99")
    told = preview.make(home, store, again)["sheets"][0]
    assert ["header not there", {"row": 99}] in told["notes"]


def test_what_was_said_of_the_last_file_gives_way_to_a_better_reading(
    store: Store, home: Settings, load: Load
) -> None:
    text = "Фамилия,Имя,Стало\nПетров,Иван,Казань\n"
    upload = load(own_csv=text.encode("koi8-r"))
    choose(store, upload, "own.csv|own", encoding="koi8-r", delimiter=",", sender="Архив")
    bring(store, home, upload)
    mended = load(mended_csv=text.replace(",", ";").encode("utf-8-sig"))
    choose(store, mended, "mended.csv|mended", sender="Архив")
    told = preview.make(home, store, mended)["sheets"][0]
    assert [c["heading"] for c in told["columns"]] == ["Фамилия", "Имя", "Стало"]
    assert told["reading"] == {"encoding": "", "delimiter": "", "header": ""}
    for wrong in ("utf-16", "cp866", "utf-8"):
        choose(store, mended, "mended.csv|mended", encoding=wrong)
        told = preview.make(home, store, mended)["sheets"][0]
        assert told["reading"]["encoding"] == wrong
        assert any(code == "encoding chosen" for code, _ in told["notes"])


def test_a_sheet_that_was_left_out_is_left_out_of_the_next_file(
    store: Store, home: Settings, load: Load
) -> None:
    def workbook(*rows: list[str]) -> bytes:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "Данные"
        for row in rows:
            sheet.append(row)
        other = book.create_sheet("Коды")
        other.append(["Код", "Значит"])
        other.append(["1", "очно"])
        other.sheet_state = "hidden"
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    upload = load(a_xlsx=workbook(["ФИО"], ["Петрова Мария Ильинична"]))
    told = preview.make(home, store, upload)["sheets"]
    assert [sheet["hidden"] for sheet in told] == [False, True]
    choose(store, upload, "a.xlsx|Данные", sender="Деканат")
    choose(store, upload, "a.xlsx|Коды", use=False)
    bring(store, home, upload)
    again = load(b_xlsx=workbook(["ФИО"], ["Гусев Олег Львович"]))
    choose(store, again, "b.xlsx|Данные", sender="Деканат")
    told = preview.make(home, store, again)["sheets"]
    assert [sheet["used"] for sheet in told] == [True, False]
    assert ["sheet left before", {}] in told[1]["notes"]
    choose(store, again, "b.xlsx|Коды", use=True)
    assert preview.make(home, store, again)["sheets"][1]["used"]

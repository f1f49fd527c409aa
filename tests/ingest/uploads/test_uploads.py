"""Files that staff load up: kept, shown, judged, brought in, compared the next time, taken back."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.merging import doubles
from graphnet.privacy import Viewer
from graphnet.records import corrections
from graphnet.settings import Settings
from graphnet.store import Store
from ingest import undoing
from ingest.reading import read
from ingest.uploads import commit, judging, kept, preview, recipes

STAFF = Viewer("staff", 8, "desk", frozenset({"staff"}), purpose="imports")
HEADER = "Фамилия;Имя;Отчество;Дата рождения;Год выпуска;Группа;Факультет;E-mail;Телефон;Город\n"
ROWS = (
    "ИВАНОВ;Пётр;Ильич;02.03.1980;2003;P3301;ФПМ;petr@example.org;+7 921 123-45-67;г. Москва\n"
    "Орлова;Анна;Сергеевна;05.07.1981;2004;P3302;ФПМ;anna@example.org;;спб\n"
    "Зубова;Ирина;Павловна;11.12.1979;2002;P3303;ФТФ;irina@example.org;;Пермь\n"
    "Никто;Олег;Львович;31.02.1980;2003;P3301;ФПМ;oleg@example;;Омск\n"
)

Load = Callable[..., str]


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, home=tmp_path)


@pytest.fixture
def load(store: Store, home: Settings) -> Load:
    """Load files up: names and texts."""

    def act(**files: str | bytes) -> str:
        named = [
            (name.replace("_", "."), io.BytesIO(text if isinstance(text, bytes) else text.encode()))
            for name, text in files.items()
        ]
        return kept.receive(home, store, STAFF, named)

    return act


def choose(store: Store, upload: str, key: str, **said: Any) -> None:
    choices = kept.one(store, upload).choices
    kept.choose(store, upload, choices | {key: choices.get(key, {}) | said})


def bring(store: Store, home: Settings, upload: str) -> list[dict[str, Any]]:
    kept.ask(store, STAFF, upload, kept.COMMIT)
    return commit.commit(home, store, STAFF, upload)


def rejects(home: Settings, upload: str, result: dict[str, Any]) -> Path:
    """Return the rows that stayed out as a file, with reasons in the words of the program."""
    folder = kept.folder_of(home, upload)
    name, content = judging.rejects_file(
        folder / result["rejects"], lambda field, why: f"{field}: {why}"
    )
    (folder / name).write_bytes(content)
    return folder / name


def people(store: Store) -> list[str]:
    rows = store.read("MATCH (p:Person) RETURN p.family_name AS name ORDER BY name")
    return [row["name"] for row in rows]


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


def test_a_second_delivery_is_compared_and_empties_nothing(
    store: Store, home: Settings, load: Load
) -> None:
    bring(store, home, load(dean_csv=HEADER + ROWS))
    text = (HEADER + ROWS).replace("г. Москва", "Тверь").replace("Зубова", "Новая")
    upload = load(dean_csv=text.replace(";спб", ";"))
    told = preview.make(home, store, upload)["sheets"][0]["compared"]
    assert told["again"]
    assert (told["new"], told["gone"]) == (1, 1)
    assert told["changed"] == {"city": 1}
    assert told["emptied"] == {"city": 1}
    assert told["gone_names"] == ["Зубова Ирина Павловна"]
    bring(store, home, upload)
    lives = {("Иванов", "Тверь"), ("Орлова", "Санкт-Петербург"), ("Зубова", "Пермь")}
    assert cities(store) == lives | {("Новая", "Пермь")}, "nothing ends by silence"
    assert cities(store, former=True) == {("Иванов", "Москва")}
    third = load(dean_csv=text.replace(";спб", ";"))
    result = bring(store, home, third)[0]
    assert (result["made"], result["changed"]) == (0, 0)


def cities(store: Store, *, former: bool = False) -> set[tuple[str, str]]:
    rows = store.read(
        "MATCH (p:Person)-[l:LIVES_IN]->(c:Place) WHERE (l.to_year IS NOT NULL) = $former "
        "RETURN p.family_name AS p, c.name AS c ORDER BY p, c",
        former=former,
    )
    return {(row["p"], row["c"]) for row in rows}


def test_a_city_that_became_another_is_taken_or_left_and_taken_back(
    store: Store, home: Settings, load: Load
) -> None:
    text = "Фамилия;Имя;Год выпуска;Город\nЗубова;Ирина;2002;{}\n"
    bring(store, home, load(dean_csv=text.format("Пермь")))
    left = load(dean_csv=text.format("Тверь"))
    choose(store, left, "dean.csv|dean", take={"city": False})
    bring(store, home, left)
    assert cities(store) == {("Зубова", "Пермь")}
    run = bring(store, home, load(dean_csv=text.format("Тверь")))[0]["run"]
    assert cities(store) == {("Зубова", "Тверь")}
    assert cities(store, former=True) == {("Зубова", "Пермь")}
    undoing.undo_run(store, run)
    assert (cities(store), cities(store, former=True)) == ({("Зубова", "Пермь")}, set())
    bring(store, home, load(dean_csv=text.format("Тверь")))
    bring(store, home, load(dean_csv=text.format("Пермь")))
    assert cities(store) == {("Зубова", "Пермь")}, "back where she was"
    emptied = load(dean_csv=text.format(""))
    choose(store, emptied, "dean.csv|dean", take={"emptied": True})
    bring(store, home, emptied)
    assert cities(store) == set()


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


def test_who_is_in_the_next_file_no_more_stays_and_is_noted_if_staff_say_so(
    store: Store, home: Settings, load: Load
) -> None:
    text = "Фамилия;Имя;Год выпуска\nЗубова;Ирина;2002\nОрлова;Анна;2004\n"
    without = text.replace("Зубова;Ирина;2002\n", "")
    noted = "MATCH (r:Record)-[:ABOUT]->(p) WHERE r.gone_at IS NOT NULL RETURN p.family_name AS p"
    bring(store, home, load(dean_csv=text))
    assert bring(store, home, load(dean_csv=without))[0]["gone"] == 0
    assert store.read(noted + " LIMIT 9") == [], "nothing ends by silence"
    upload = load(dean_csv=without.replace("2004", "2004;").replace("выпуска", "выпуска;Город"))
    choose(store, upload, "dean.csv|dean", take={"gone": True})
    result = bring(store, home, upload)[0]
    assert result["gone"] == 1
    assert store.read(noted + " LIMIT 9") == [{"p": "Зубова"}]
    assert people(store) == ["Зубова", "Орлова"]
    key = store.read("MATCH (p:Person {family_name: 'Зубова'}) RETURN p.key AS key LIMIT 1")
    seen = corrections.history(store, replace(STAFF, purpose="correct"), key[0]["key"])
    assert [change.field for change in seen] == ["gone", "import"]
    bring(store, home, load(dean_csv=text))
    assert store.read(noted + " LIMIT 9") == [], "named again"


def test_new_rows_can_be_left_out_and_are_new_the_next_time_too(
    store: Store, home: Settings, load: Load
) -> None:
    text = "Фамилия;Имя;Год выпуска\nЗубова;Ирина;2002\n"
    more = text + "Орлова;Анна;2004\n"
    bring(store, home, load(dean_csv=text))
    upload = load(dean_csv=more)
    choose(store, upload, "dean.csv|dean", take={"new": False})
    result = bring(store, home, upload)[0]
    assert (result["made"], result["left"]) == (0, 1)
    assert people(store) == ["Зубова"]
    third = load(dean_csv=more)
    told = preview.make(home, store, third)["sheets"][0]["compared"]
    assert (told["new"], told["unchanged"], told["gone"]) == (1, 1, 0)
    assert bring(store, home, third)[0]["made"] == 1


def reached(store: Store) -> list[str]:
    rows = store.read("MATCH (:Person)-[:HAS]->(c) RETURN c.value AS value ORDER BY value LIMIT 50")
    return [row["value"] for row in rows]


def studies(store: Store) -> list[tuple[str, int | None]]:
    rows = store.read(
        "MATCH (:Person)-[t:COMPLETED|STUDIED_IN]->(u) "
        "RETURN u.name AS unit, t.year AS year ORDER BY unit, year LIMIT 50"
    )
    return [(row["unit"], row["year"]) for row in rows]


CONTACTS = (
    "id;Фамилия;Имя;Факультет;Год выпуска;E-mail;Телефон\n"
    "1;Зубова;Ирина;{};{};{};{}\n"
    "2;Орлова;Анна;ФПМ;2004;anna@example.org;\n"
)
FULL = CONTACTS.format("ФТФ", "2002", "irina@example.org, zubova@example.org", "+7 921 123-45-67")
LESS = CONTACTS.format("", "", "zubova@example.org", "")


def test_what_the_next_file_names_no_more_is_counted_and_stays_unless_staff_say_so(
    store: Store, home: Settings, load: Load
) -> None:
    bring(store, home, load(dean_csv=FULL))
    everywhere = reached(store)
    assert len(everywhere) == 4
    studied = studies(store)
    left = load(dean_csv=LESS)
    told = preview.make(home, store, left)["sheets"][0]["compared"]
    assert told["dropped"] == {"graduation_year": 1, "unit": 1, "emails": 1, "phones": 1}
    assert told["emptied"] == {}
    assert bring(store, home, left)[0]["withdrew"] == 0
    assert (reached(store), studies(store)) == (everywhere, studied), "nothing ends by silence"
    # A third one is compared with what stands since the second, where they were left.
    taken = load(dean_csv=LESS)
    again = preview.make(home, store, taken)["sheets"][0]["compared"]
    assert again["dropped"] == told["dropped"]
    choose(store, taken, "dean.csv|dean", take={"contacts": True})
    result = bring(store, home, taken)[0]
    assert result["withdrew"] == 2
    assert reached(store) == ["anna@example.org", "zubova@example.org"]
    assert studies(store) == studied
    fourth = load(dean_csv=LESS)
    assert preview.make(home, store, fourth)["sheets"][0]["compared"]["dropped"] == {
        "graduation_year": 1, "unit": 1,
    }  # fmt: skip
    undoing.undo_run(store, result["run"])
    assert reached(store) == everywhere, "undoing the run brings them back"


def test_an_address_and_a_study_that_are_taken_away_come_back_with_a_later_file(
    store: Store, home: Settings, load: Load
) -> None:
    bring(store, home, load(dean_csv=FULL))
    before = reached(store), studies(store)
    less = load(dean_csv=LESS)
    choose(store, less, "dean.csv|dean", take={"contacts": True, "studies": True})
    result = bring(store, home, less)[0]
    assert result["withdrew"] == 3
    assert studies(store) == [("ФПМ", 2004)]
    undoing.undo_run(store, result["run"])
    assert (reached(store), studies(store)) == before
    less = load(dean_csv=LESS)
    choose(store, less, "dean.csv|dean", take={"contacts": True, "studies": True})
    bring(store, home, less)
    bring(store, home, load(dean_csv=FULL))
    assert (reached(store), studies(store)) == before


def test_what_others_say_or_somebody_has_confirmed_is_not_taken_away(
    store: Store, home: Settings, load: Load
) -> None:
    bring(store, home, load(dean_csv=FULL))
    store.write(
        "MATCH (c:ContactPoint {value: 'irina@example.org'}) SET c.verified_at = datetime() "
        "WITH c MATCH (p:Person)-[:HAS]->(c) SET p.confirmed = ['studies']"
    )
    other = load(club_csv="Фамилия;Имя;Год выпуска;Телефон\nЗубова;Ирина;2002;8 921 123 45 67\n")
    assert bring(store, home, other)[0]["joined"] == 1
    less = load(dean_csv=LESS)
    choose(store, less, "dean.csv|dean", take={"contacts": True, "studies": True})
    assert bring(store, home, less)[0]["withdrew"] == 0
    assert len(reached(store)) == 4
    assert ("ФТФ", 2002) in studies(store)


def test_a_year_that_is_another_now_is_one_study_and_not_two(
    store: Store, home: Settings, load: Load
) -> None:
    bring(store, home, load(dean_csv=FULL))
    left = load(dean_csv=FULL.replace("2002", "2003"))
    choose(store, left, "dean.csv|dean", take={"changed": False})
    bring(store, home, left)
    assert ("ФТФ", 2002) in studies(store)
    result = bring(store, home, load(dean_csv=FULL.replace("2002", "2003")))[0]
    assert [one for one in studies(store) if one[0] == "ФТФ"] == [("ФТФ", 2003)]
    undoing.undo_run(store, result["run"])
    assert [one for one in studies(store) if one[0] == "ФТФ"] == [("ФТФ", 2002)]


def test_who_is_back_after_a_file_without_them_is_told_as_such(
    store: Store, home: Settings, load: Load
) -> None:
    text = "Фамилия;Имя;Год выпуска\nЗубова;Ирина;2002\nОрлова;Анна;2004\n"
    without = text.replace("Зубова;Ирина;2002\n", "")
    bring(store, home, load(dean_csv=text))
    # One that has changed a little, so that there is something to write.
    bring(store, home, load(dean_csv=without.replace("Анна;2004", "Анна;2004;").replace(
        "выпуска", "выпуска;Город")))  # fmt: skip
    third = load(dean_csv=text)
    told = preview.make(home, store, third)["sheets"][0]["compared"]
    assert (told["new"], told["back"]) == (0, 1)
    assert told["back_names"] == ["Зубова Ирина"]
    result = bring(store, home, third)[0]
    assert (result["back"], result["made"]) == (1, 0)
    fourth = load(dean_csv=text)
    assert preview.make(home, store, fourth)["sheets"][0]["compared"]["back"] == 0
    # Rows that were mended come alone: nobody else is missing for that.
    mended = load(mended_csv="Фамилия;Имя;Год выпуска\nНовая;Ольга;2005\n")
    choose(store, mended, "mended.csv|mended", sender="dean")
    bring(store, home, mended)
    fifth = load(dean_csv=text)
    assert preview.make(home, store, fifth)["sheets"][0]["compared"]["back"] == 0

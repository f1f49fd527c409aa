"""A next delivery of a source: compared before it is written; nothing ends by silence."""

from dataclasses import replace

from graphnet.records import corrections
from graphnet.settings import Settings
from graphnet.store import Store
from ingest import undoing
from ingest.uploads import preview
from tests.support.loaded_up import HEADER, ROWS, STAFF, Load, bring, choose, home, load, people

__all__ = ["home", "load"]


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

"""A person changes what is theirs, staff correct it and say how they know; all of it is undone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from graphnet import people, privacy
from graphnet.discovery.search import find_people
from graphnet.errors import BadValue, Conflict, NotAllowed, PersonNotFound, ThingNotFound
from graphnet.live import Live, rebuild
from graphnet.privacy import Viewer
from graphnet.recommendations import preferences
from graphnet.records import choices, corrections, edits
from graphnet.records.corrections import Told
from graphnet.store import Store
from tests.ingest.alumni import MAPPING, run
from tests.support.graphs import ANNA, DARYA, STAFF, VERA, small_association
from tests.support.refused import refused

DARYAS = Viewer("alumnus", DARYA, "account-5")
STAFF_CORRECT = Viewer("staff", STAFF, "account-8", purpose="correct")
CALL = Told("telephone", "Дарья, 3 марта")
NAMES = {"given_name": "Дарья", "family_name": "Белова", "gender": "f"}


@pytest.fixture
def association(store: Store) -> Store:
    small_association(store)
    return store


def family(store: Store, key: int) -> tuple[str, list[str]]:
    row = store.read(
        "MATCH (p:Person {key: $key}) RETURN p.family_name AS name, p.former_names AS former",
        key=key,
    )[0]
    return row["name"], row["former"] or []


def test_a_changed_surname_keeps_the_old_one_and_is_found_by_both_at_once(
    association: Store, tmp_path: Path
) -> None:
    rebuild(association, tmp_path)
    live = Live(association, tmp_path)
    live.start()
    try:
        edits.rename(association, STAFF_CORRECT, DARYA, NAMES, told=CALL)
        assert family(association, DARYA) == ("Белова", ["Кузнецова"])
        live.catch_up()
        anna = Viewer("alumnus", ANNA)
        for word in ("Белова", "Кузнецова", "belova"):
            found = find_people(live, anna, word).hits
            assert [hit.card.key for hit in found][:1] == [DARYA], word
    finally:
        live.stop()


def test_a_misspelt_name_is_forgotten_and_a_former_one_is_named_once(association: Store) -> None:
    edits.rename(association, DARYAS, DARYA, NAMES, misspelt=True)
    assert family(association, DARYA) == ("Белова", [])
    edits.rename(association, DARYAS, DARYA, NAMES | {"family_name": "Орлова"})
    again = NAMES | {"family_name": "Белова", "former_names": ["Белова", " Орлова ", "Орлова"]}
    edits.rename(association, DARYAS, DARYA, again)
    assert family(association, DARYA) == ("Белова", ["Орлова"])


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ({"given_name": " ", "family_name": ""}, "name"),
        ({"family_name": "x" * 81}, "long"),
        ({"family_name": "Белова", "gender": "x"}, "gender"),
    ],
)
def test_names_that_are_none_are_refused(
    association: Store, names: dict[str, Any], why: str
) -> None:
    with refused(BadValue, why):
        edits.rename(association, DARYAS, DARYA, names)
    assert family(association, DARYA) == ("Кузнецова", [])


def test_only_the_person_and_staff_who_say_how_they_know(association: Store) -> None:
    anna, staff = (
        Viewer("alumnus", ANNA, "account-1"),
        Viewer("staff", STAFF, "a", purpose="search"),
    )
    for viewer in (anna, staff, Viewer("anyone"), Viewer("staff", STAFF, "a")):
        with pytest.raises(NotAllowed):
            edits.rename(association, viewer, DARYA, NAMES, told=CALL)
        with pytest.raises(NotAllowed):
            corrections.history(association, viewer, DARYA)
    for told in (
        None,
        Told("telephone", " "),
        Told("rumour", "somebody"),
        Told("letter", "x" * 201),
    ):
        with refused(BadValue, "source", "told"):
            edits.rename(association, STAFF_CORRECT, DARYA, NAMES, told=told)
    with pytest.raises(PersonNotFound):
        edits.rename(association, STAFF_CORRECT, 999, NAMES, told=CALL)
    edits.rename(association, STAFF_CORRECT, VERA, NAMES, told=CALL)
    assert family(association, VERA)[0] == "Белова", "the hidden are corrected for their own sake"


def test_history_says_what_it_was_by_whom_and_how_they_know(association: Store) -> None:
    edits.rename(association, STAFF_CORRECT, DARYA, NAMES, told=CALL)
    edits.say_about(association, DARYAS, DARYA, "Оптика и горы")
    last, first = corrections.history(association, DARYAS, DARYA)
    assert (last.field, last.role, last.before, last.after) == (
        "about",
        "self",
        "",
        "Оптика и горы",
    )
    assert (first.role, first.source, first.told_by) == ("staff", "telephone", "Дарья, 3 марта")
    assert (first.before["family_name"], first.after["family_name"]) == ("Кузнецова", "Белова")
    assert [row["field"] for row in corrections.unseen(association, DARYAS)] == ["names"]
    assert corrections.seen(association, DARYAS) == 1
    assert corrections.unseen(association, DARYAS) == []
    trail = association.read(
        "MATCH (a:AuditEntry) WHERE a.act = 'record.names' RETURN a.purpose AS purpose, "
        "a.detail AS detail, a.keys AS keys LIMIT 9"
    )
    assert trail == [{"purpose": "correct", "detail": "telephone: Дарья, 3 марта", "keys": [DARYA]}]


def test_ones_own_change_is_undone_and_nobody_elses(association: Store) -> None:
    mine = edits.rename(association, DARYAS, DARYA, NAMES)
    theirs = edits.say_about(association, DARYAS, DARYA, "Привет")
    for viewer in (Viewer("alumnus", ANNA), STAFF_CORRECT, Viewer("anyone")):
        with pytest.raises(ThingNotFound):
            corrections.undo(association, viewer, mine)
    corrections.undo(association, DARYAS, mine)
    assert family(association, DARYA) == ("Кузнецова", [])
    with refused(Conflict, "undone"):
        corrections.undo(association, DARYAS, mine)
    edits.say_about(association, DARYAS, DARYA, "Пока")
    with refused(Conflict, "later"):
        corrections.undo(association, DARYAS, theirs)
    staffs = edits.rename(association, STAFF_CORRECT, DARYA, NAMES, told=CALL)
    with pytest.raises(ThingNotFound):
        corrections.undo(association, DARYAS, staffs)
    corrections.undo(association, STAFF_CORRECT, staffs)
    assert family(association, DARYA)[0] == "Кузнецова"


def test_two_who_add_work_at_once_both_stand(association: Store) -> None:
    def add(number: int) -> str:
        return edits.work_at(
            association, DARYAS, DARYA, f"Завод {number}", from_year=2000 + number, to_year=2010
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(add, range(8)))
    found = people.profile(association, DARYAS, "darya").work
    assert sorted(job["name"] for job in found) == [f"Завод {n}" for n in range(8)]


def test_work_has_one_place_of_now_and_years_in_order(association: Store) -> None:
    edits.work_at(association, DARYAS, DARYA, "ГОИ", role="инженер", from_year=2004, now_there=True)
    edits.work_at(association, DARYAS, DARYA, " Светлана ", from_year=2015, now_there=True)
    first, second = people.profile(association, DARYAS, "darya").work
    assert (first["name"], first["from_year"], first["to_year"]) == ("Светлана", 2015, None)
    assert (second["name"], second["role"], second["to_year"]) == ("ГОИ", "инженер", 2015)
    entry = f"{first['id']}:2015:"
    edits.work_at(association, DARYAS, DARYA, "светлана", from_year=2016, instead_of=entry)
    assert [j["from_year"] for j in people.profile(association, DARYAS, "darya").work] == [
        2016,
        2004,
    ]
    with pytest.raises(ThingNotFound):
        edits.leave_work(association, DARYAS, DARYA, entry)
    for wrong, years in (("years", (2010, 2005)), ("year", (1700, None))):
        with refused(BadValue, wrong):
            edits.work_at(association, DARYAS, DARYA, "ГОИ", from_year=years[0], to_year=years[1])
    with refused(BadValue, "employer"):
        edits.work_at(association, DARYAS, DARYA, "  ")


def test_a_city_is_one_that_is_known(association: Store) -> None:
    association.write(
        "CREATE (:Place {id: 'perm', kind: 'city', name: 'Perm', name_ru: 'Пермь'}) "
        "CREATE (:Place {id: 'omsk', kind: 'city', name: 'Omsk', name_ru: 'Омск'})"
    )
    made = edits.live_in(association, DARYAS, DARYA, "пермь")
    assert people.profile(association, DARYAS, "darya").card.city == ("Perm", "Пермь")
    assert edits.live_in(association, DARYAS, DARYA, "Perm") == "", "she lives there already"
    with refused(BadValue, "city"):
        edits.live_in(association, DARYAS, DARYA, "Атлантида")
    held = "MATCH (p:Person {key: $key}) RETURN p.confirmed AS names LIMIT 1"
    assert association.read(held, key=DARYA)[0]["names"] == ["city"]
    corrections.undo(association, DARYAS, made)
    assert people.profile(association, DARYAS, "darya").card.city == ("", "")
    assert association.read(held, key=DARYA)[0]["names"] == [], "files may say it again"
    assert choices.city_named(choices.cities(association), "ОМСК") is not None


def test_one_audience_is_set_and_the_others_stay(association: Store) -> None:
    edits.show_to(association, DARYAS, {"city": "members", "employer": "cohort"})
    edits.show_to(association, DARYAS, {"city": "public", "name": "members"})
    held = association.read("MATCH (p:Person {key: $key}) RETURN p.audiences AS a", key=DARYA)
    assert held[0]["a"] == ["city:public", "employer:cohort"]
    assert edits.show_to(association, DARYAS, {"city": "public"}) == ""
    with pytest.raises(BadValue):
        edits.show_to(association, DARYAS, {"city": "everyone"})
    assert privacy.audiences(held[0]["a"])["employer"] == "cohort"


def test_what_was_confirmed_holds_against_a_newer_file(store: Store, tmp_path: Path) -> None:
    text = MAPPING.replace(
        'properties.value = "Почта"',
        'properties.value = "Почта"\n'
        'properties.value_key = { column = "Почта", type = "contact_key" }',
    )
    folder = tmp_path / "files"
    row = "1;Петрова;01.05.1980;2003;Пермь;anna@example.org\n"
    run(store, folder, row, text=text)
    key = store.read("MATCH (p:Person) RETURN p.key AS key LIMIT 1")[0]["key"]
    her = Viewer("alumnus", key)
    # She looks at her name and leaves it; she has left Perm, and her old address.
    assert edits.rename(store, her, key, {"family_name": "Петрова"}) == ""
    edits.live_in(store, her, key, "")
    from graphnet.records import contacts

    held = people.profile(store, her, store.read("MATCH (p:Person) RETURN p.id AS id")[0]["id"])
    contacts.remove(store, her, key, held.contacts[0]["id"])
    assert run(store, folder, row, text=text).written == 0, "the same file changes nothing"
    newer = row.replace("Петрова", "Иванова").replace("Пермь", "Омск").replace("05.1980", "06.1980")
    report = run(store, folder, newer, text=text)
    now = store.read(
        "MATCH (p:Person) RETURN p.family_name AS name, toString(p.born_on) AS born, "
        "COUNT { (p)-[:LIVES_IN]->() } AS cities, COUNT { (p)-[:HAS]->() } AS contacts LIMIT 2"
    )
    assert now == [{"name": "Петрова", "born": "1980-06-01", "cities": 0, "contacts": 0}]
    people_step = next(step.counts for step in report.steps if step.name == "Person")
    assert people_step.kept == 1
    assert (
        store.read("MATCH (c:ContactPoint) WHERE c.value <> '' RETURN c.value AS v LIMIT 9") == []
    )
    # Another source knows the address she has taken away: it does not come back by that either.
    other = text.replace('source = "deanery"', 'source = "club"')
    run(store, folder, row.replace("1;", "1;", 1), text=other)
    assert store.read("MATCH (p:Person) RETURN count(p) AS n") == [{"n": 2}]


def test_erased_with_all_that_was_corrected(association: Store) -> None:
    from tests.support.themselves import erase, export

    edits.rename(association, DARYAS, DARYA, NAMES)
    told = export(association, DARYAS, DARYA)
    assert any("Correction" in tie["to"] for tie in told["ties"])
    association.write("MATCH (a:Account) SET a.roles = a.roles + 'admin'")
    erase(association, DARYAS, DARYA)
    assert association.read("MATCH (c:Correction) RETURN count(c) AS n") == [{"n": 0}]


def test_what_one_likes_and_offers_stands_in_the_history_of_ones_own_page(
    association: Store,
) -> None:
    association.write("CREATE (:Topic {id: 'lasers', name: 'Lasers', name_ru: 'Лазеры'})")
    for _ in range(2):
        preferences.add(association, DARYAS, "likes", "lasers")
    preferences.add(association, DARYAS, "offers", "lasers", ways=["mentoring"])
    preferences.take(association, DARYAS, "likes", "lasers")
    preferences.take(association, DARYAS, "needs", "lasers")

    def said(one: corrections.Change) -> tuple[str, list[str], list[str]]:
        return one.field, *([row["name"] for row in rows] for rows in (one.before, one.after))

    found = corrections.history(association, DARYAS, DARYA)
    assert [said(one) for one in found] == [
        ("likes", ["Lasers"], []),
        ("offers", [], ["Lasers"]),
        ("likes", [], ["Lasers"]),
    ]
    assert found[1].after[0]["ways"] == ["mentoring"]
    assert corrections.history(association, STAFF_CORRECT, DARYA) == [], "nobody else's"
    with refused(Conflict, "good"):
        corrections.undo(association, DARYAS, found[0].id)

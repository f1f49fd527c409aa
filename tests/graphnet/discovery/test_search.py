"""The one search box: what narrows it, what it offers instead, and what it never gives away."""

from collections.abc import Iterator
from typing import Any

import pytest

from graphnet import changes, people
from graphnet.discovery.criteria import STATES, STATES_OF_STAFF
from graphnet.discovery.directory import directory
from graphnet.discovery.search import PeopleFound, completions, find_people, lucene
from graphnet.discovery.vocabulary import declined, stemmed
from graphnet.errors import BadValue
from graphnet.live import Live, rebuild
from graphnet.names import fold
from graphnet.privacy import Viewer
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.graphs import (
    ANNA,
    BORIS,
    DARYA,
    EVGENY,
    GEORGY,
    VERA,
    ZHANNA,
    small_association,
)
from tests.support.themselves import changed, set_audiences

ANNA_ASKS = Viewer("alumnus", ANNA)
STAFF_ASK = Viewer("staff", account_id="test", purpose="test")

# Darya shows her city, Zhanna her employer to who knows her; Vera, who is hidden, would show all.
WHERE = """
CREATE (kazan:Place {id: 'kazan', name: 'Kazan', name_ru: 'Казань', kind: 'city'})
CREATE (perm:Place {id: 'perm', name: 'Perm', name_ru: 'Пермь', kind: 'city'})
CREATE (omsk:Place {id: 'omsk', name: 'Omsk', name_ru: 'Омск', kind: 'city'})
CREATE (lens:Organisation {id: 'lens', name: 'Линза и Ко', name_key: 'lens'})
CREATE (gas:Organisation {id: 'gas', name: 'Газпром нефть', name_key: 'gas'})
CREATE (baltic:Organisation {id: 'baltic', name: 'ООО «БалтСистемы»', name_key: 'baltic'})
CREATE (petrov:Place {id: 'petrov', name: 'Petrov', name_ru: 'Петров', kind: 'city'})
WITH * MATCH (darya:Person {id: 'darya'}), (vera:Person {id: 'vera'}),
  (zhanna:Person {id: 'zhanna'}), (anna:Person {id: 'anna'})
CREATE (darya)-[:LIVES_IN]->(kazan) CREATE (vera)-[:LIVES_IN]->(perm)
CREATE (vera)-[:LIVES_IN]->(kazan) CREATE (zhanna)-[:LIVES_IN]->(omsk)
CREATE (anna)-[:LIVES_IN]->(petrov)
CREATE (zhanna)-[:WORKED_AT]->(gas) CREATE (zhanna)-[:WORKED_AT]->(baltic)
CREATE (zhanna)-[:WORKED_AT]->(lens) CREATE (darya)-[:WORKED_AT]->(lens)
SET darya.audiences = ['city:members'], anna.audiences = ['city:members'],
  zhanna.audiences = ['employer:members'],
  vera.audiences = ['city:members', 'employer:members']"""


INTERESTED = """MATCH (p:Person {key: $key})
CREATE (p)-[:INTERESTED_IN]->(:Topic {id: 'optics', name: 'Optics', name_ru: 'Оптика'})"""


@pytest.fixture(scope="module")
def live(session_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    session_store.run_alone(WIPE)
    small_association(session_store)
    session_store.write(WHERE)
    session_store.write(INTERESTED, key=DARYA)
    folder = tmp_path_factory.mktemp("search")
    rebuild(session_store, folder)
    following = Live(session_store, folder)
    following.start()
    yield following
    following.stop()


def keys(found: PeopleFound) -> list[int]:
    return [hit.card.key for hit in found.hits]


def test_people_are_found_by_an_interest_that_they_show(live: Live) -> None:
    # The first of this module: of who has changed since the snapshot the list knows nothing yet.
    for said in ("optics", "Optics", "Оптика"):
        assert [c.key for c in directory(live, ANNA_ASKS, filters={"topic": said})[1]] == [DARYA]
    assert directory(live, ANNA_ASKS, filters={"topic": "no such topic"})[0] == 0


@pytest.mark.parametrize(
    ("text", "kind", "name", "expected"),
    [
        ("Кузнецова Казань", "city", "Кузнецова", [DARYA]),
        ("даша из Казани", "city", "даша", [DARYA]),
        ("kuznetsova kazan", "city", "kuznetsova", [DARYA]),
        ("Жанна Линза и Ко", "employer", "Жанна", [ZHANNA]),
        ("Анна группа 121", "group", "Анна", [ANNA]),
        ("Анна выпуск 2003", "year", "Анна", []),  # nobody's graduation is known here
        ("Жанна набор 1999", "year", "Жанна", [ZHANNA]),
        ("Борис оптика", "unit", "Борис", [BORIS]),
        ("Борис факультет оптики", "unit", "Борис", [BORIS]),
        ("Анна с первого потока", "stream", "Анна", [ANNA]),
    ],
)
def test_words_that_narrow(
    live: Live, text: str, kind: str, name: str, expected: list[int]
) -> None:
    found = find_people(live, ANNA_ASKS, text)
    assert [criterion.kind for criterion in found.criteria] == [kind]
    assert found.name == name
    if expected:
        assert keys(found) == expected
        assert found.hits[0].met == found.criteria
    else:
        assert found.widened


@pytest.mark.parametrize(
    ("text", "kinds", "expected"),
    [
        ("староста 121", {"group", "monitor"}, [ANNA]),
        ("Кто староста группы 221?", {"group", "monitor"}, [ANNA]),
        ("monitor of group 121", {"group", "monitor"}, [ANNA]),
        ("староста Анна", {"monitor"}, [ANNA]),
        ("староста", {"monitor"}, [ANNA]),
    ],
)
def test_a_monitor_is_found_by_the_group(
    live: Live, text: str, kinds: set[str], expected: list[int]
) -> None:
    found = find_people(live, ANNA_ASKS, text)
    assert {criterion.kind for criterion in found.criteria} == kinds
    assert keys(found) == expected
    # Of another group nobody was: that is said, and no Starostin is offered.
    assert keys(find_people(live, ANNA_ASKS, "староста 999")) == []


def test_a_city_that_only_a_hidden_person_shows_is_no_city(live: Live) -> None:
    hidden, unknown = (find_people(live, ANNA_ASKS, f"Вера {city}") for city in ("Пермь", "Тверь"))
    assert hidden.criteria == unknown.criteria == ()
    assert hidden.hits == unknown.hits and hidden.alternatives == unknown.alternatives
    by_filter = [find_people(live, ANNA_ASKS, "", filters={"city": c}) for c in ("Perm", "Tver")]
    assert [found.hits for found in by_filter] == [(), ()]
    assert [c.name_ru for found in by_filter for c in found.criteria] == ["Perm", "Tver"]
    for city in ("Perm", "Tver", "kazan"):
        total, cards, _ = directory(live, ANNA_ASKS, filters={"city": city})
        assert total == len(cards) == (1 if city == "kazan" else 0)


def test_a_city_or_employer_counts_only_where_it_is_shown(live: Live) -> None:
    assert keys(find_people(live, ANNA_ASKS, "", filters={"city": "Omsk"})) == []
    assert keys(find_people(live, STAFF_ASK, "", filters={"city": "Omsk"})) == [ZHANNA]
    mine = find_people(live, ANNA_ASKS, "", filters={"employer": "линза и ко"})
    staffs = find_people(live, STAFF_ASK, "", filters={"employer": "линза и ко"})
    assert keys(mine) == [ZHANNA] and sorted(keys(staffs)) == [DARYA, ZHANNA]


def test_a_name_is_read_as_a_name_before_a_city(live: Live) -> None:
    found = find_people(live, ANNA_ASKS, "Петров")
    assert found.criteria == () and keys(found)[0] == BORIS
    assert keys(find_people(live, ANNA_ASKS, "из Петрова")) == [ANNA]
    assert find_people(live, ANNA_ASKS, "Кузнецова Казань", plain=True).criteria == ()


def test_no_dead_end(live: Live) -> None:
    found = find_people(live, ANNA_ASKS, "Кузнецова", filters={"year": "1998", "city": "Omsk"})
    assert keys(found) == [DARYA] and found.widened
    assert [(a.without.kind, a.count) for a in found.alternatives if a.without] == [("city", 1)]
    found = find_people(live, ANNA_ASKS, "Борис", filters={"city": "Kazan", "state": "registered"})
    assert [a.without.kind for a in found.alternatives if a.without] == []
    found = find_people(live, ANNA_ASKS, "Борис", filters={"year": "1998", "city": "Kazan"})
    assert [(a.without.kind, a.count) for a in found.alternatives if a.without] == [("city", 1)]
    found = find_people(live, ANNA_ASKS, "Борис Шварценеггеров")
    assert not found.hits or keys(found) == [BORIS]


def test_a_hidden_person_is_neither_found_nor_counted_nor_offered(live: Live) -> None:
    for viewer in (ANNA_ASKS, STAFF_ASK):
        for text in ("Вера Орлова", "Вера", "орлова оптика", "orlova 1998"):
            assert VERA not in keys(find_people(live, viewer, text))
            assert all(
                o["card"].key != VERA
                for o in completions(live, viewer, text)
                if o["kind"] == "person"
            )
    everyone = find_people(live, ANNA_ASKS, "", filters={"year": "1998"})
    assert VERA not in keys(everyone)
    # In the group of that code, in Kazan: Darya; Vera, who is hidden, would be the second.
    other = find_people(live, ANNA_ASKS, "Жанна", filters={"group": "121", "city": "Kazan"})
    assert [a.count for a in other.alternatives if a.without is None] == [1]


@pytest.mark.parametrize(
    ("text", "kinds", "name"),
    [
        ("121 2003", ["year", "group"], ""),
        ("Анна 121", ["group"], "Анна"),
        ("кто работает в Линза и Ко", ["employer"], ""),
        ("Кто работал в БалтСистемы", ["employer"], ""),
        ("who works at Nowhere Ltd", ["employer"], ""),
        ("кто живет в Казани", ["city"], ""),
    ],
)
def test_questions_mean_what_they_say(live: Live, text: str, kinds: list[str], name: str) -> None:
    found = find_people(live, ANNA_ASKS, text)
    assert [criterion.kind for criterion in found.criteria] == kinds
    assert found.name == name


@pytest.mark.parametrize(
    "text",
    [
        "Кто работает в БалтСистемы",
        "кто работает в «БалтСистемах»?",
        "Кто из выпускников сейчас работает в ООО «БалтСистемы»?",
        "сотрудники БалтСистем",
        "где есть наши в БалтСистемах",
        "Жанна, ООО БалтСистемы",
        "Who works at Baltsistemy?",
        "people who worked for Baltsistemy Ltd",
        "employees of Baltsistemy",
        "кто работал в Газпром нефти",
        "кто трудится в Газпроме?",
        "who is working at Gazprom Neft now",
    ],
)
def test_who_works_there_is_found_however_the_firm_is_called(live: Live, text: str) -> None:
    found = find_people(live, ANNA_ASKS, text)
    assert [criterion.kind for criterion in found.criteria] == ["employer"]
    assert keys(found) == [ZHANNA] and not found.widened
    assert found.name == ("Жанна" if "Жанна" in text else "")


def test_words_of_asking_find_no_event() -> None:
    assert lucene("Кто работает в Казани?") == lucene("who lives in Казани") == lucene("Казани")
    assert lucene("в") == "в^2"


@pytest.mark.parametrize("text", ["Где работает Дарья Кузнецова?", "where does Darya work"])
def test_where_somebody_works_asks_of_a_person(live: Live, text: str) -> None:
    found = find_people(live, ANNA_ASKS, text)
    assert found.criteria == () and keys(found)[0] == DARYA


def test_a_small_word_may_be_a_family_name(live: Live) -> None:
    live.store.write("MATCH (p:Person {id: 'zhanna'}) SET p.family_name = 'По'")
    changed(live.store, ZHANNA)
    live.catch_up()
    assert keys(find_people(live, ANNA_ASKS, "Жанна По"))[0] == ZHANNA
    assert keys(find_people(live, ANNA_ASKS, "По")) == [ZHANNA]
    live.store.write("MATCH (p:Person {id: 'zhanna'}) SET p.family_name = 'Соколова'")
    changed(live.store, ZHANNA)
    live.catch_up()


def test_what_somebody_stops_showing_counts_at_once(live: Live) -> None:
    set_audiences(live.store, DARYA, {"city": "nobody"})
    live.catch_up()
    assert keys(find_people(live, ANNA_ASKS, "", filters={"city": "Kazan"})) == []
    assert directory(live, ANNA_ASKS, filters={"city": "Kazan"})[0] == 0
    assert DARYA in keys(find_people(live, ANNA_ASKS, "Дарья"))
    set_audiences(live.store, DARYA, {"city": "members"})
    set_audiences(live.store, GEORGY, {"studies": "nobody"})
    live.catch_up()
    assert changes.newest(live.store) > 0


def test_an_analyst_finds_nobody_by_name(live: Live) -> None:
    assert find_people(live, Viewer("analyst"), "Дарья Кузнецова").hits == ()
    assert len(find_people(live, Viewer("analyst"), "", filters={"year": "1998"}).hits) > 0


def test_filters_that_are_none(live: Live) -> None:
    for filters in ({"height": "180"}, {"year": "nineteen"}, {"state": "asleep"}):
        with pytest.raises(BadValue):
            find_people(live, ANNA_ASKS, "", filters=filters)
    for state, number in zip(STATES, (3, 2), strict=True):
        assert directory(live, ANNA_ASKS, filters={"state": state})[0] == number


def test_staff_narrow_by_the_states_that_they_are_shown(live: Live) -> None:
    """Every badge of the list is a filter of it, and each gives just those who wear it."""
    staff = Viewer("staff", purpose="directory")
    everybody = directory(live, staff)[1]
    for state in ("registered", *STATES_OF_STAFF):
        wearing = {card.id for card in everybody if card.state == state}
        assert {card.id for card in directory(live, staff, filters={"state": state})[1]} == wearing
        assert wearing or state != "lost"
    with pytest.raises(BadValue):
        directory(live, ANNA_ASKS, filters={"state": "lost"})


def test_cases_of_a_city_are_one_word() -> None:
    for other in ("Москвы", "Москве", "Москвой", "Moskva"):
        assert stemmed(fold(other)) == stemmed(fold("Москва"))
    for said in ("Газпроме", "Газпрому", "Газпромом"):
        assert set(declined(fold(said))) & set(declined(fold("Газпром")))
    for said in ("Железных дорогах", "Железными дорогами", "Железным дорогам"):
        assert set(declined(fold(said))) & set(declined(fold("Железные дороги")))


FOUND_BY = """MATCH (p:Person {id: 'boris'})
CREATE (p)-[:HAS]->(:ContactPoint {id: 'phone', kind: 'phone', value: '+7 (812) 000-17-94',
  value_key: '+78120001794'})
CREATE (:Record {id: 'r', origin: 'dean:person:А-117', source: 'dean'})-[:ABOUT]->(p)
CREATE (:ImportRun {id: 'run', source: 'dean', number: 1})"""


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("+7 812 000-17-94", BORIS), ("8 (812) 000 17 94", BORIS), ("8120001794", BORIS),
        ("Darya@Example.org ", DARYA), ("А-117", BORIS), ("dean:person:А-117", BORIS),
    ],
)  # fmt: skip
def test_staff_find_by_contact_and_number(live: Live, text: str, key: int) -> None:
    live.store.write("MATCH (n) WHERE n.id IN ['phone', 'r', 'run'] DETACH DELETE n")
    live.store.write(FOUND_BY)
    assert keys(find_people(live, STAFF_ASK, text)) == [key]
    mine, nobodys = (find_people(live, ANNA_ASKS, said) for said in (text, text.replace("7", "6")))
    assert mine.hits == nobodys.hits == () and mine.alternatives == nobodys.alternatives


def test_staff_find_the_dead_and_for_their_sake_the_hidden(live: Live) -> None:
    looking = STAFF_ASK.for_purpose("search")
    assert keys(find_people(live, looking, "Попов Евгений")) == [EVGENY]
    assert find_people(live, looking, "Попов Евгений").hits[0].card.state == "deceased"
    assert EVGENY not in keys(find_people(live, STAFF_ASK, "Попов Евгений"))
    assert keys(find_people(live, looking, "Орлова Вера")) == []
    for purpose in ("correct", "erase"):
        assert keys(find_people(live, STAFF_ASK.for_purpose(purpose), "Орлова Вера")) == [VERA]
    for name in ("Попов Евгений", "Орлова Вера"):
        assert find_people(live, ANNA_ASKS, name).hits == ()


def test_a_hidden_id_is_as_good_as_none(live: Live) -> None:
    live.store.write("MATCH (p:Person {id: 'vera'}) SET p.id = 'vera5'")
    for viewer in (ANNA_ASKS, Viewer("analyst"), STAFF_ASK):
        hidden, unknown = (
            find_people(live, viewer, said, filters={"state": "registered"})
            for said in ("vera5", "vera6")
        )
        assert hidden.hits == unknown.hits and hidden.alternatives == unknown.alternatives
        assert hidden.widened == unknown.widened
    live.store.write("MATCH (p:Person {id: 'vera5'}) SET p.id = 'vera'")


def test_of_the_hidden_nothing_is_read_that_is_not_read_of_nobody(live: Live) -> None:
    asked: list[list[int]] = []

    class Listening:
        def in_read(self, work: Any) -> Any:
            def listened(transaction: Any) -> Any:
                class Told:
                    def run(self, query: Any, **parameters: Any) -> Any:
                        asked.append(list(parameters["keys"]))
                        return transaction.run(query, **parameters)

                return work(Told())

            return live.store.in_read(listened)

    for key in (VERA, 10**9):
        assert people.cards(Listening(), ANNA_ASKS, [key]) == []  # type: ignore[arg-type]
    assert asked == [[VERA], [], [10**9], []]


def test_a_former_name_finds_only_where_it_is_shown(live: Live) -> None:
    for person, former in (("boris", "Шереметьев"), ("darya", "Шуйская")):
        live.store.write(
            "MATCH (p:Person {id: $id}) SET p.former_names = [$former]", id=person, former=former
        )
    for key in (BORIS, DARYA):
        changed(live.store, key)
    live.catch_up()
    assert keys(find_people(live, STAFF_ASK, "Шереметьев Борис")) == [BORIS]
    assert keys(find_people(live, ANNA_ASKS, "Шуйская Дарья")) == [DARYA]
    assert keys(find_people(live, ANNA_ASKS, "Шереметьев Борис")) == []
    assert keys(find_people(live, ANNA_ASKS, "Шереметьев")) == []


def test_lists_do_not_tell_the_names_that_they_hide(live: Live) -> None:
    analyst = directory(live, Viewer("analyst"))[1]
    names = [card.pseudonym for card in analyst]
    assert names == sorted(names) and all(len(name) == 16 for name in names)
    set_audiences(live.store, DARYA, {"name": "nobody"})
    live.catch_up()
    shown = directory(live, ANNA_ASKS, language="ru")[1]
    # Whoever has changed anything since the snapshot may have hidden the name: last, like Darya.
    assert DARYA in [card.key for card in shown[-3:]]
    named = [card.name.family for card in shown[:-3]]
    assert named == sorted(named)
    set_audiences(live.store, DARYA, {"name": "members", "city": "members"})
    live.catch_up()

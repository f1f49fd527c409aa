"""Delicate topics that a list brings are shown to nobody; what one says oneself, on one's own page.

Found A22: "Job search", imported, was shown to all members, colleagues and the boss among them.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphnet import delicate, migrations, people
from graphnet.analysis import seen, tables
from graphnet.computed import refresh
from graphnet.discovery.classmates import in_common
from graphnet.discovery.directory import directory
from graphnet.features import registered
from graphnet.introductions import targets
from graphnet.journal.file import file
from graphnet.live import Live
from graphnet.privacy import Level, Viewer
from graphnet.recommendations import Shelf, own, preferences
from graphnet.recommendations.catalogue import read_things
from graphnet.requests.addressees import suggestions
from graphnet.requests.opening import ask
from graphnet.store import Store
from graphnet.synth import data
from graphnet.told import audience
from tests.ingest.register import run, write
from tests.support.graphs import ANNA, DARYA, STAFF, ZHANNA, small_association
from tests.support.told import EVENT, FIRST, evening

ANNAS, DARYAS = Viewer("alumnus", ANNA, "account-1"), Viewer("alumnus", DARYA, "account-5")
CLERK = Viewer("staff", STAFF, "clerk", frozenset({"staff"}), "answer requests")
ANALYST = Viewer("analyst", 99, "analyst", frozenset({"analyst"}), "a test")

# What a list says: Anna, Darya and five more like both topics, offer and need them.
LISTED = """CREATE (j:Topic {id: 'jobs', name: 'Job search', name_ru: 'Поиск работы'})
CREATE (c:Topic {id: 'chess', name: 'Chess', name_ru: 'Шахматы'})
WITH j, c UNWIND range(101, 105) AS key
CREATE (p:Person:Alumnus {id: 'more' + toString(key), key: key, given_name: 'Нина',
  family_name: 'Н' + toString(key), name_key: 'n', visibility: 'shown'})
CREATE (:Account {id: 'of-' + p.id, email: p.id, email_key: p.id, roles: ['alumnus'],
  created_at: datetime()})-[:OF]->(p)
WITH DISTINCT j, c
MATCH (p:Person) WHERE p.key IN [$anna, $darya] OR p.key > 100
UNWIND [j, c] AS t
CREATE (p)-[:INTERESTED_IN {weight: 1.0, source: 'list', run: 1}]->(t)
CREATE (p)-[:OFFERS {weight: 1.0, source: 'list', run: 1}]->(t)
CREATE (p)-[:NEEDS {weight: 1.0, source: 'list', run: 1}]->(t)"""


@pytest.fixture
def live(store: Store, tmp_path: Path) -> Iterator[Live]:
    small_association(store)
    store.write(LISTED, anna=ANNA, darya=DARYA)
    assert delicate.mark_topics(store) == 1
    assert delicate.mark_topics(store) == 0, "again it is no more"
    refresh(store, tmp_path / "snapshots")
    following = Live(store, tmp_path / "snapshots")
    following.start()
    yield following
    following.stop()


def told_of(profile: people.Profile) -> list[list[str]]:
    return [
        [row["id"] for row in rows] for rows in (profile.interests, profile.offers, profile.needs)
    ]


def test_every_kind_is_known_in_both_languages_and_plain_topics_are_plain() -> None:
    words = {
        "work": ("Job search", "Поиск работы", "Ищу работу в Москве", "Open to work"),
        "health": ("Health", "Здоровье", "Жизнь с диабетом", "HIV"),
        "religion": ("Religion", "Православие", "Islam and science"),
        "politics": ("Politics", "Политика", "Профсоюз"),
        "origin": ("Ethnic minorities", "Диаспора"),
        "intimate": ("LGBT", "Знакомства", "Dating"),
        "law": ("Bankruptcy", "Судимость"),
    }
    assert set(words) == set(delicate.KINDS)
    assert {name: delicate.kind_of(name) for names in words.values() for name in names} == {
        name: kind for kind, names in words.items() for name in names
    }
    for plain in (
        "Техническая диагностика", "Библиотеки", "Политехнический музей", "Mental arithmetic",
        "Управление зависимостями", "Race cars", "Careers in optics", "Работа с данными", None, "",
    ):  # fmt: skip
        assert not delicate.kind_of(plain), plain


def test_of_the_demos_topics_one_is_delicate() -> None:
    text = (Path(data.__file__).parent / "topics.toml").read_text(encoding="utf-8")
    found = [topic[:2] for theme in tomllib.loads(text)["theme"] for topic in theme["topics"]]
    assert [name for name, name_ru in found if delicate.kind_of(name, name_ru)] == ["Job search"]


def test_a_list_says_it_to_nobody_but_the_person(live: Live) -> None:
    for viewer in (DARYAS, replace(CLERK, purpose="profile")):
        assert told_of(people.profile(live.store, viewer, "anna")) == [["chess"]] * 3
    mine = people.profile(live.store, ANNAS, "anna")
    assert mine.card.level == Level.SELF
    assert [(row["id"], row["unsaid"]) for row in mine.interests] == [
        ("chess", False),
        ("jobs", True),
    ]
    seen_as = people.profile(live.store, ANNAS, "anna", seen_as="member")
    assert told_of(seen_as) == [["chess"]] * 3


def test_what_one_says_oneself_stands_on_ones_page_and_nowhere_else(live: Live) -> None:
    for viewer in (ANNAS, DARYAS):
        for kind in preferences.ADD:
            preferences.add(live.store, viewer, kind, "jobs")
    assert told_of(people.profile(live.store, DARYAS, "anna")) == [["chess", "jobs"]] * 3
    live.catch_up()
    nowhere(live)


def test_no_reason_filter_target_or_list_goes_by_it(live: Live) -> None:
    nowhere(live)


def nowhere(live: Live) -> None:
    """Whoever is asked, nobody is found, named or counted by the delicate topic."""
    store, view = live.store, live.view()
    cards = people.cards(store, ANNAS, [DARYA, ZHANNA])
    assert [t[0] for t in in_common(store, ANNAS, cards)[DARYA].topics] == ["chess"]
    for viewer in (ANNAS, replace(CLERK, purpose="directory"), ANALYST):
        found, *_ = directory(live, viewer, filters={"topic": "jobs"})
        assert (found, directory(live, viewer, filters={"topic": "chess"})[0]) == (0, 7)
    offered = targets.offered(live, ANNAS, "topic", "")
    assert [row["id"] for row in offered] == ["chess"]
    things = read_things(store)
    assert {topic for one in things.talents for topic in one.offers | one.needs} == {"chess"}
    meet = Shelf(live).of(ANNAS).several((("meet", 10),), seen=frozenset())["meet"]
    reasons = {reason.thing for item in meet for reason in item.reasons}
    assert "chess" in reasons
    assert "jobs" not in reasons
    members = view.snapshot.memberships["topics"].counts(view.allowed(ANNAS, live.rules))
    names = view.snapshot.things["topics"].ids.tolist()
    assert dict(zip(names, members.tolist(), strict=True)) == {"chess": 7, "jobs": 0}


def test_an_analysts_files_do_not_give_it(live: Live) -> None:
    found = seen.look(live.view().snapshot, ANALYST, live.rules)
    belonging = tables.memberships(found, "topics")
    assert set(belonging["thing"].to_list()) == {"chess"}
    assert len(belonging) == 7
    assert tables.things(found, "topics")["id"].to_list() == ["chess"]


def test_the_desk_asks_nobody_because_of_it(live: Live) -> None:
    agreed = """MATCH (p:Person {key: $key}) CREATE (p)-[:GAVE]->(:Consent {id: 'yes',
      purpose: 'asked', state: 'given', at: datetime() - duration('P1D')})"""
    live.store.write(agreed, key=DARYA)
    kinds = registered().request_kinds
    for subject, found in (("Поиск работы", 0), ("Шахматы", 1)):
        asked = ask(live.store, ANNAS, kinds["question"], subject)
        assert len(suggestions(live.store, CLERK, asked, now=datetime.now(UTC))[0]) == found


def test_nobody_is_told_of_an_event_because_of_it(store: Store) -> None:
    evening(store)
    by_topic = {FIRST + 4, FIRST + 5, FIRST + 6}
    assert by_topic <= {one.key for one in audience.fitting(store, EVENT)}
    store.write("MATCH (t:Topic {id: 'light'}) SET t.delicate = 'health'")
    found = audience.fitting(store, EVENT)
    assert found
    assert not by_topic & {one.key for one in found}
    assert not [one for one in found for reason in one.reasons if reason.kind == "topic"]


def test_nothing_is_believed_of_it_until_it_is_said(live: Live) -> None:
    told = own.mine(live.store, ANNA)
    assert set(told.stated) == set(told.offers) == set(told.needs) == {"chess"}
    assert set(map(frozenset, told.unsaid.values())) == {frozenset({"jobs"})}
    for kind in preferences.ADD:
        preferences.add(live.store, ANNAS, kind, "jobs")
    told = own.mine(live.store, ANNA)
    assert set(told.stated) == set(told.offers) == set(told.needs) == {"chess", "jobs"}
    assert not any(told.unsaid.values())


def test_what_one_goes_to_gives_no_belief_of_it(live: Live) -> None:
    live.store.write(
        """MATCH (p:Person {key: $key}), (j:Topic {id: 'jobs'}), (c:Topic {id: 'chess'})
        CREATE (p)-[:MEMBER_OF]->(g:Group {id: 'g', key: 7, name: 'G', visibility: 'members'})
        CREATE (g)-[:ABOUT]->(j) CREATE (g)-[:ABOUT]->(c)""",
        key=ZHANNA,
    )
    beliefs = Shelf(live).of(Viewer("alumnus", ZHANNA, "account-7")).person.beliefs
    assert {topic for topic, belief in beliefs.items() if belief.weight} == {"chess"}


def test_the_office_reads_that_it_is_shown_to_nobody(live: Live) -> None:
    staff = Viewer("staff", STAFF, "clerk", frozenset({"staff"}), "person's file")
    rows = file(live.store, staff, "anna", now=datetime.now(UTC)).row["topics"]
    assert {(row["id"], row["unsaid"]) for row in rows} == {("chess", False), ("jobs", True)}


def test_a_list_that_brings_it_marks_it(store: Store, tmp_path: Path) -> None:
    folder = write(tmp_path / "register")
    text = (folder / "people.csv").read_text(encoding="utf-8").replace("Optics", "Поиск работы")
    write(folder, people=text)
    run(store, folder)
    rows = store.read("MATCH (t:Topic) RETURN t.name AS name, t.delicate AS kind LIMIT 9")
    assert rows == [{"name": "Поиск работы", "kind": "work"}]
    assert [row["kind"] for row in delicate.marked(store)] == ["work"]


def test_topics_that_were_there_before_are_marked_once(store: Store) -> None:
    store.write("CREATE (:Topic {id: 't', name: 'Health'}) CREATE (:Topic {id: 'u', name: 'Go'})")
    marking = next(step for number, _, step in migrations.MIGRATIONS if number == 41)
    marking(store)
    marking(store)
    assert [(row["id"], row["kind"]) for row in delicate.marked(store)] == [("t", "health")]

"""Cards, profiles, what people set, export and erasure, on the hand-made association."""

import json
from pathlib import Path

import pytest

from graphnet import changes, people
from graphnet.discovery.classmates import classes
from graphnet.erasure import remembered
from graphnet.erasure.person import apply_again, jsonable
from graphnet.errors import BadValue, NotAllowed, PersonNotFound
from graphnet.features import registered
from graphnet.model import Name
from graphnet.privacy import Rules, Viewer
from graphnet.records import edits
from graphnet.store import Store
from tests.support.graphs import (  # fmt: skip
    ANNA,
    BORIS,
    DARYA,
    EVGENY,
    GEORGY,
    STAFF,
    VERA,
    ZHANNA,
    small_association,
)
from tests.support.themselves import erase, export, hide, rename, set_audiences, show

EVERYONE = [ANNA, BORIS, VERA, GEORGY, DARYA, EVGENY, ZHANNA, STAFF]
ANNA_ASKS = Viewer("alumnus", ANNA)
STAFF_ASK = Viewer("staff", account_id="a", purpose="search")


@pytest.fixture(autouse=True)
def association(store: Store) -> None:
    small_association(store)


def keys(cards: list[people.Card]) -> list[int]:
    return [card.key for card in cards]


def test_each_reader_gets_their_own_cut(store: Store) -> None:
    assert keys(people.cards(store, ANNA_ASKS, EVERYONE)) == [ANNA, BORIS, GEORGY, DARYA, ZHANNA]
    assert keys(people.cards(store, Viewer("anyone"), EVERYONE)) == []
    staff = people.cards(store, STAFF_ASK, EVERYONE)
    assert keys(staff) == [ANNA, BORIS, GEORGY, DARYA, EVGENY, ZHANNA, STAFF]
    analyst = people.cards(store, Viewer("analyst"), [ANNA, BORIS])
    assert [card.name.full for card in analyst] == ["", ""]
    assert all(card.pseudonym and not card.id for card in analyst)


def test_the_audience_of_the_unclaimed_is_a_setting(store: Store) -> None:
    group_only = Rules(unclaimed_audience="group")
    assert BORIS in keys(people.cards(store, ANNA_ASKS, [BORIS], rules=group_only))
    zhanna = Viewer("alumnus", ZHANNA)
    assert keys(people.cards(store, zhanna, [BORIS], rules=group_only)) == []
    assert keys(people.cards(store, zhanna, [BORIS])) == [BORIS], "the same intake"


def test_states_are_derived(store: Store) -> None:
    states = {card.key: card.state for card in people.cards(store, ANNA_ASKS, EVERYONE)}
    assert states == {
        ANNA: "registered", BORIS: "no_contact", GEORGY: "not_registered",
        DARYA: "registered", ZHANNA: "registered",
    }  # fmt: skip
    staff = {card.key: card.state for card in people.cards(store, STAFF_ASK, EVERYONE)}
    assert staff[BORIS] == "lost" and staff[GEORGY] == "silent" and staff[EVGENY] == "deceased"


def test_a_read_by_staff_is_on_the_record(store: Store) -> None:
    people.cards(store, STAFF_ASK, [ANNA, BORIS])
    entries = store.read("MATCH (a:AuditEntry) RETURN a.purpose AS purpose, a.keys AS keys")
    assert entries == [{"purpose": "search", "keys": [1, 2]}]
    with pytest.raises(NotAllowed):
        people.cards(store, Viewer("staff"), [ANNA])


def test_hidden_erased_and_unknown_are_one_answer(store: Store) -> None:
    for person in ("vera", "nobody"):
        with pytest.raises(PersonNotFound, match="no such person"):
            people.profile(store, ANNA_ASKS, person)
    erase(store, Viewer("alumnus", DARYA), DARYA)
    with pytest.raises(PersonNotFound, match="no such person"):
        people.profile(store, ANNA_ASKS, "darya")


def test_what_one_sets_holds_at_once(store: Store) -> None:
    darya = Viewer("alumnus", DARYA)
    before = people.profile(store, ANNA_ASKS, "darya")
    assert before.contacts == ()
    set_audiences(store, DARYA, {"contacts": "members"})
    assert people.profile(store, ANNA_ASKS, "darya").contacts[0]["value"] == "darya@example.org"
    assert people.profile(store, darya, "darya").audiences["contacts"] == "members"
    with pytest.raises(BadValue):
        set_audiences(store, DARYA, {"contacts": "everyone"})
    with pytest.raises(BadValue):
        edits.say_about(store, Viewer("alumnus", DARYA), DARYA, "x" * 2001)


def test_groupmates_overlap_in_time_and_are_ranked_by_it(store: Store) -> None:
    found = classes(store, ANNA_ASKS)
    assert [group.study.group_id for group in found.groups] == ["A"]
    mates = [(mate.card.key, mate.terms) for mate in found.groups[0].mates]
    assert mates == [(BORIS, 10), (GEORGY, 2)], "Vera hides, Evgeny has died"
    assert found.groups[0].codes == ((1998, "121"), (1999, "221"))
    assert keys(list(found.classmates)) == [ZHANNA]
    darya = classes(store, Viewer("alumnus", DARYA))
    assert [(m.card.key, m.terms) for m in darya.groups[0].mates] == [(GEORGY, 10)]
    assert [m.monitor for m in classes(store, Viewer("alumnus", GEORGY)).groups[0].mates] == [
        True, False,
    ]  # fmt: skip


def test_an_act_writes_its_change(store: Store) -> None:
    hide(store, DARYA)
    show(store, DARYA)
    rename(store, DARYA, Name("Дарья", "Белова"))
    assert [(c.kind, c.people) for c in changes.after(store, 0)] == [
        ("hidden", (DARYA,)), ("shown", (DARYA,)), ("changed", (DARYA,)),
    ]  # fmt: skip
    with pytest.raises(PersonNotFound):
        hide(store, 12345)
    assert changes.newest(store) == 3


def test_who_hid_somebody_when_and_why_is_on_the_record(store: Store) -> None:
    with pytest.raises(NotAllowed):
        store.in_write(lambda t: people.hide(t, ANNA_ASKS, BORIS, why="a joke"))
    with pytest.raises(NotAllowed):
        store.in_write(lambda t: people.hide(t, Viewer("staff"), BORIS, why="no purpose"))
    store.in_write(lambda t: people.hide(t, STAFF_ASK, BORIS, why="request 7"))
    store.in_write(lambda t: people.show(t, Viewer("alumnus", BORIS, "b"), BORIS, why="was wrong"))
    entries = store.read(
        "MATCH (a:AuditEntry) RETURN a.act AS act, a.actor AS actor, a.keys AS keys, "
        "a.detail AS why ORDER BY a.at LIMIT 9"
    )
    assert entries == [
        {"act": "hide", "actor": "a", "keys": [BORIS], "why": "request 7"},
        {"act": "show", "actor": "b", "keys": [BORIS], "why": "was wrong"},
    ]


def test_the_export_holds_ones_own_and_no_other_persons_name(store: Store) -> None:
    data = export(store, Viewer("alumnus", ANNA), ANNA)
    text = json.dumps(jsonable(data), ensure_ascii=False, default=str)
    assert "anna@example.org" in text and "STUDIED_IN" in text
    for other in ("Борис", "boris", "Вера", "vera"):
        assert other not in text
    with pytest.raises(NotAllowed):
        export(store, ANNA_ASKS, BORIS)


def test_an_erasure_outlives_a_restored_backup(store: Store, tmp_path: Path) -> None:
    erase(store, Viewer("alumnus", DARYA), DARYA)
    assert remembered.remember(tmp_path, remembered.in_graph(store)) == 1
    assert remembered.remember(tmp_path, remembered.in_graph(store)) == 0
    with (tmp_path / remembered.FILE).open("a", encoding="utf-8") as file:
        file.write('{"key": 7')  # the machine went down while writing
    # A backup from before: everyone is there again, and nobody knows of the erasure.
    store.write("MATCH (n) WHERE NOT n:Migration DETACH DELETE n")
    small_association(store)
    assert people.cards(store, ANNA_ASKS, [DARYA])
    assert apply_again(store, remembered.in_file(tmp_path), registered().holdings) == 1
    assert people.cards(store, ANNA_ASKS, [DARYA]) == []


def test_only_the_person_or_staff_for_that_purpose_erase(store: Store) -> None:
    with pytest.raises(NotAllowed):
        erase(store, ANNA_ASKS, BORIS)
    with pytest.raises(NotAllowed):
        erase(store, STAFF_ASK, BORIS)
    erase(store, STAFF_ASK.for_purpose("erase"), BORIS)
    assert people.cards(store, ANNA_ASKS, [BORIS]) == []


MAKE_RECORD = """MATCH (p:Person {key: $key}) CREATE (r:Record {id: 'r', origin: 'x:person:5',
  source: 'x', hash: 'h', fields: '{"name": "Дарья"}', mapped: '{}'})-[:ABOUT]->(p)"""


def test_an_erased_persons_record_keeps_only_its_sources_number(store: Store) -> None:
    store.write(MAKE_RECORD, key=DARYA)
    erase(store, Viewer("alumnus", DARYA), DARYA)
    left = store.read("MATCH (r:Record) RETURN properties(r) AS all")
    assert left == [{"all": {"id": "r", "origin": "x:person:5", "source": "x"}}]

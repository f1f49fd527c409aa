"""Contacts: asked, accepted, declined in silence, blocked; two at once; letters; erasure."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graphnet import people
from graphnet.connections import asking, reports, ties
from graphnet.errors import (
    BadValue,
    Conflict,
    GraphnetError,
    NotAllowed,
    PersonNotFound,
    ThingNotFound,
    TooMany,
)
from graphnet.privacy import ANYONE, Viewer
from graphnet.requests.opening import MOST_OPEN
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.furnished import own_home
from tests.support.graphs import ANNA, BORIS, DARYA, EVGENY, VERA, ZHANNA, small_association
from tests.support.letters import delivered
from tests.support.refused import refused
from tests.support.themselves import erase, export, hide, set_audiences

ME, HER, THIRD = (Viewer("alumnus", key, "account") for key in (ANNA, DARYA, ZHANNA))
KNOW = "MATCH (:Person {key: $one})-[t:KNOWS]-(:Person {key: $other}) RETURN t.source AS source"


@pytest.fixture(autouse=True)
def association(store: Store) -> None:
    small_association(store)


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Settings:
    return own_home(settings, tmp_path)


def know(store: Store, one: int, other: int) -> list[str]:
    return [row["source"] for row in store.read(KNOW, one=one, other=other)]


def later(store: Store, days: int) -> None:
    """Let time go by: everything was that much earlier."""
    store.write("MATCH (r:ContactRequest) SET r.at = r.at - duration({days: $days})", days=days)
    store.run_alone("MATCH (j:Job) DETACH DELETE j")


def test_asked_and_accepted(store: Store, home: Settings) -> None:
    assert asking.ask(store, ME, "darya", "  It is Anna.\r\nHi ") == "asked"
    (mine,) = asking.asked_by_me(store, ME)
    (hers,) = asking.asked_of_me(store, HER)
    assert (mine.card.id, hers.card.id, hers.text) == ("darya", "anna", "It is Anna.\nHi")
    assert asking.accept(store, HER, hers.id).id == "anna"
    assert know(store, ANNA, DARYA) == ["contact"]
    assert not asking.asked_by_me(store, ME) and not asking.asked_of_me(store, HER)
    assert {one.card.id for one in ties.mine(store, HER)} >= {"anna"}
    with refused(Conflict, "connected"):
        asking.ask(store, ME, "darya")
    with pytest.raises(ThingNotFound):
        asking.accept(store, HER, hers.id)
    letters = delivered_now(store, home)
    assert [letter["To"] for letter in letters] == ["anna@example.org"]
    (letter,) = letters
    assert "Дарья" in letter["Subject"]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def delivered_now(store: Store, settings: Settings) -> list:
    store.run_alone("MATCH (j:Job) WHERE j.state = 'waiting' SET j.run_at = datetime()")
    return delivered(store, settings)


def test_the_tie_opens_what_is_shown_to_contacts(store: Store) -> None:
    set_audiences(store, DARYA, {"contacts": "connections"})
    assert not people.profile(store, ME, "darya").contacts
    asking.ask(store, HER, "anna")
    asking.accept(store, ME, asking.asked_of_me(store, ME)[0].id)
    assert people.profile(store, ME, "darya").contacts
    (one,) = [c for c in ties.mine(store, ME, points=True) if c.card.id == "darya"]
    assert one.mutual and one.points == (("email", "darya@example.org"),)
    ties.remove(store, HER, "anna")
    assert not people.profile(store, ME, "darya").contacts
    with pytest.raises(PersonNotFound):
        ties.remove(store, HER, "anna")


def test_a_no_looks_like_no_answer_and_nobody_asks_again_for_a_time(store: Store) -> None:
    asking.ask(store, ME, "darya")
    asking.decline(store, HER, asking.asked_of_me(store, HER)[0].id)
    asking.ask(store, ME, "zhanna")
    declined, silent = (
        [one for one in asking.asked_by_me(store, ME) if one.card.id == who]
        for who in ("darya", "zhanna")
    )
    assert declined and silent, "the asker cannot tell them apart"
    for who in ("darya", "zhanna"):
        with refused(Conflict, "asked"):
            asking.ask(store, ME, who)
    asking.withdraw(store, ME, declined[0].id)
    with pytest.raises(ThingNotFound):
        asking.withdraw(store, ME, declined[0].id)
    with refused(Conflict, "asked"):
        asking.ask(store, ME, "darya")
    later(store, 61)
    assert not asking.asked_by_me(store, ME), "it has run out"
    with pytest.raises(ThingNotFound):
        asking.accept(store, THIRD, silent[0].id)
    with pytest.raises(Conflict):
        asking.ask(store, ME, "darya")
    later(store, 30)
    assert asking.ask(store, ME, "darya") == "asked"
    assert asking.forget(store) == 2


def test_only_who_is_there_and_lets_themselves_be_asked_is_asked(store: Store) -> None:
    for who in ("boris", "vera", "evgeny", "nobody", "anna"):
        with pytest.raises(PersonNotFound):
            asking.ask(store, ME, who)
    set_audiences(store, DARYA, {"messages": "nobody"})
    with pytest.raises(PersonNotFound):
        asking.ask(store, ME, "darya")
    set_audiences(store, DARYA, {})
    with refused(BadValue, "long"):
        asking.ask(store, ME, "darya", "x" * 301)
    hide(store, ANNA)
    with refused(BadValue, "hidden"):
        asking.ask(store, ME, "darya")
    with pytest.raises(NotAllowed):
        asking.ask(store, ANYONE, "darya")


def test_who_hides_or_takes_back_asks_nobody_any_more(store: Store, home: Settings) -> None:
    asking.ask(store, ME, "darya")
    (hers,) = asking.asked_of_me(store, HER)
    hide(store, ANNA)
    assert not asking.asked_of_me(store, HER)
    with pytest.raises(ThingNotFound):
        asking.accept(store, HER, hers.id)
    assert not delivered_now(store, home), "nor is anybody written to about it"
    asking.ask(store, THIRD, "darya")
    asking.withdraw(store, THIRD, asking.asked_by_me(store, THIRD)[0].id)
    assert not asking.asked_of_me(store, HER)


def test_blocked_is_as_if_there_were_nobody(store: Store) -> None:
    asking.ask(store, ME, "darya")
    asking.accept(store, HER, asking.asked_of_me(store, HER)[0].id)
    ties.block(store, HER, "anna")
    assert know(store, ANNA, DARYA) == []
    for viewer, who in ((ME, "darya"), (HER, "anna")):
        with pytest.raises(PersonNotFound):
            asking.ask(store, viewer, who)
    darya, anna = (people.cards(store, ME, [key])[0] for key in (DARYA, ANNA))
    assert asking.standing(store, ME, darya) in ("", "asked")
    assert asking.standing(store, HER, anna) == "blocked"
    assert [id for id, _ in ties.blocked(store, HER)] == ["anna"]
    told = {t["tie"] for t in export(store, ME, ANNA)["ties"]}
    assert "BLOCKED" not in told, "who has blocked me is not mine to know"
    assert "BLOCKED" in {t["tie"] for t in export(store, HER, DARYA)["ties"]}
    ties.unblock(store, HER, "anna")
    later(store, 91)
    assert asking.ask(store, ME, "darya") == "asked"
    with pytest.raises(PersonNotFound):
        ties.unblock(store, HER, "anna")
    for who in ("vera", "nobody"):
        with pytest.raises(PersonNotFound):
            ties.block(store, ME, who)
    with pytest.raises(BadValue):
        ties.block(store, ME, "anna")


def test_blocking_ends_what_waits(store: Store) -> None:
    asking.ask(store, ME, "darya")
    ties.block(store, HER, "anna")
    assert not asking.asked_of_me(store, HER)
    assert asking.asked_by_me(store, ME), "nothing has changed for the asker"


def test_a_day_has_its_limit_and_a_new_account_a_lower_one(store: Store) -> None:
    store.write(
        "MATCH (me:Person {key: $me}) UNWIND range(1, $n) AS i "
        "CREATE (me)-[:ASKED]->(:ContactRequest {id: 'r' + toString(i), state: 'waiting', "
        "at: $now})",
        me=ANNA,
        n=asking.A_DAY_WHEN_NEW,
        now=datetime.now(UTC),
    )
    with pytest.raises(TooMany):
        asking.ask(store, ME, "darya")
    old = datetime.now(UTC) - timedelta(days=60)
    store.write("MATCH (a:Account) SET a.created_at = $old", old=old)
    assert asking.ask(store, ME, "darya") == "asked"


@pytest.mark.parametrize("turn", range(3))
def test_two_who_ask_each_other_at_once_know_each_other(store: Store, turn: int) -> None:
    with ThreadPoolExecutor(2) as pool:
        acts = [
            pool.submit(asking.ask, store, ME, "darya"),
            pool.submit(asking.ask, store, HER, "anna"),
        ]
        assert sorted(act.result() for act in acts) == ["asked", "connected"]
    assert know(store, ANNA, DARYA) == ["contact"]


def test_two_yes_at_once_are_one(store: Store) -> None:
    asking.ask(store, ME, "darya")
    (hers,) = asking.asked_of_me(store, HER)

    def accept(_: int) -> bool:
        try:
            asking.accept(store, HER, hers.id)
        except GraphnetError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(accept, range(4))) == 1
    assert know(store, ANNA, DARYA) == ["contact"]


def test_staff_get_a_report_and_no_more_than_ten(store: Store) -> None:
    reports.report_person(store, ME, "darya", " sells things ")
    (row,) = store.read(
        "MATCH (:Person {key: $me})-[:ASKED]->(r:Request)-[:FOR]->(p:Person) "
        "RETURN r.kind AS kind, r.text AS text, p.id AS about LIMIT 5",
        me=ANNA,
    )
    assert row == {"kind": "report", "text": "sells things", "about": "darya"}
    for who in ("vera", "nobody", "anna"):
        with pytest.raises(PersonNotFound):
            reports.report_person(store, ME, who, "x")
    with pytest.raises(BadValue):
        reports.report_person(store, ME, "darya", "  ")
    for _ in range(MOST_OPEN - 1):
        reports.report_person(store, ME, "darya", "again")
    with pytest.raises(TooMany):
        reports.report_person(store, ME, "darya", "again")


def test_nothing_of_the_erased_is_left_and_whom_they_asked_sees_nothing(store: Store) -> None:
    asking.ask(store, ME, "darya", "words of Anna")
    erase(store, ME, ANNA)
    assert not asking.asked_of_me(store, HER)
    assert not store.read("MATCH (r:ContactRequest) RETURN r.id AS id LIMIT 5")
    assert {BORIS, VERA, EVGENY} <= {
        row["key"] for row in store.read("MATCH (p:Person) RETURN p.key AS key LIMIT 20")
    }

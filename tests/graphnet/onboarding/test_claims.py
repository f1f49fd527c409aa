"""Claims: the same steps whatever a name matches; confirmed by address, two groupmates or staff."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graphnet import accounts, people
from graphnet.errors import BadValue, ThingNotFound, TooMany
from graphnet.onboarding import claim_letters, claims, invitation_links
from graphnet.privacy import Viewer
from graphnet.store import Store, Transaction
from tests.support.claimed import (
    ANNA_ASKS,
    LEV_ASKS,
    MAYA_ASKS,
    armed,
    ask,
    kinds,
    letters,
    link,
    only,
    owner,
)
from tests.support.graphs import (
    ANNA,
    BORIS,
    EVGENY,
    GEORGY,
    STAFF,
    VERA,
)
from tests.support.themselves import erase, hide

__all__ = ["link"]


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every query of this thread, in order: a site of an earlier test may still be warming up."""
    seen: list[str] = []
    usual, own = Transaction.run, threading.get_ident()

    def run(self: Transaction, query: Any, /, **parameters: Any) -> Any:
        if threading.get_ident() == own:
            seen.append(query)
        return usual(self, query, **parameters)

    monkeypatch.setattr(Transaction, "run", run)
    return seen


def test_the_steps_are_the_same_whatever_the_name_matches(
    store: Store, link: str, queries: list[str]
) -> None:
    store.write(
        "MATCH (p:Person {key: $key}) SET p.given_name = 'Ян', p.family_name = 'Стёртый'",
        key=GEORGY,
    )
    erase(store, Viewer("staff", STAFF, "account-8", purpose="erase"), GEORGY)
    runs = []
    for name in (
        "Boris Petrov",  # on file
        "Вера Орлова",  # hidden
        "Ян Стёртый",  # erased
        "Анна Иванова",  # registered
        "Евгений Попов",  # has died
        "Никто Неизвестный",
    ):
        queries.clear()
        claims.ask(store, link, name=name, email="somebody@example.com")
        runs.append(list(queries))
        store.write("MATCH (c:Claim) DETACH DELETE c")
        store.write("MATCH (j:Job {kind: 'mail'}) DETACH DELETE j")
    assert all(run == runs[0] for run in runs)
    assert len(runs[0]) >= 6


def test_an_address_on_file_changes_no_step_and_no_recipient(
    store: Store, link: str, queries: list[str]
) -> None:
    store.write(
        "MATCH (p:Person {key: $key}) CREATE (p)-[:HAS]->(:ContactPoint {id: 'b', kind: 'email', "
        "value: 'b@example.com', value_key: 'b@example.com', verified_at: $now})",
        key=BORIS,
        now=datetime.now(UTC),
    )
    queries.clear()
    ask(store, link, email="b@example.com")
    with_address = list(queries)
    queries.clear()
    ask(store, link, email="c@example.com")
    assert queries == with_address
    assert [(one["to"], one["letter"]) for one in letters(store)] == [
        ("b@example.com", "claims.confirm"),
        ("c@example.com", "claims.waits"),
    ]


def test_a_claim_gives_nothing_before_it_is_confirmed(store: Store, link: str) -> None:
    ask(store, link, email="b@example.com")
    assert owner(store, "b@example.com") is None
    assert only(store)["state"] == "waiting"


@pytest.mark.parametrize(
    "wrong",
    [{"name": "  "}, {"name": "x" * 200}, {"email": "nobody"}, {"email": "a@b.c\r\nBcc: d@e.f"}],
)
def test_what_cannot_be_used_is_refused(store: Store, link: str, wrong: dict[str, str]) -> None:
    with pytest.raises(BadValue):
        ask(store, link, **{"name": "Boris Petrov", **wrong})


def test_the_same_claim_twice_is_one(store: Store, link: str) -> None:
    assert ask(store, link, email="b@example.com") == ask(store, link, email="B@example.com ")
    assert len(letters(store)) == 1


def test_a_link_takes_so_many_a_day_and_an_address_so_many_letters(
    store: Store, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "PER_LINK_A_DAY", 5)
    for i in range(5):
        ask(store, link, f"Somebody {i}", email="victim@example.com")
    assert len(letters(store)) == claims.LETTERS_A_DAY
    with pytest.raises(TooMany):
        ask(store, link, "One More")


def with_address(store: Store, key: int, address: str, *, days_ago: int = 30) -> None:
    store.write(
        "MATCH (p:Person {key: $key}) CREATE (p)-[:HAS]->(:ContactPoint {id: $address, "
        "kind: 'email', value: $address, value_key: $address, verified_at: $at})",
        key=key,
        address=address,
        at=datetime.now(UTC) - timedelta(days=days_ago),
    )


def test_an_address_that_nobody_confirmed_for_two_years_is_not_enough(
    store: Store, link: str
) -> None:
    with_address(store, BORIS, "b@example.com", days_ago=731)
    claim = ask(store, link, "Борис Петров", email="b@example.com")
    assert kinds(store) == ["waits"], "groupmates or staff have to say it too"
    for viewer in (LEV_ASKS, MAYA_ASKS):
        claims.say(store, viewer, claim, "yes")
    assert owner(store, "b@example.com") == BORIS


def test_the_letter_to_an_address_on_file_makes_the_record_theirs(store: Store, link: str) -> None:
    with_address(store, BORIS, "b@example.com")
    claim = ask(store, link, "Борис Петров", email="b@example.com", language="ru")
    letter = armed(store, claim)
    assert claim_letters.by_letter(store, letter) == "Борис Петров"
    token = claim_letters.confirm_by_letter(store, letter)
    assert owner(store, "b@example.com") == BORIS
    accounts.set_password_by_link(store, token, "a walk in the park 77")
    assert accounts.who_signs_in(store, "b@example.com", "a walk in the park 77")
    card = people.cards(store, ANNA_ASKS, [BORIS])[0]
    assert card.state == "registered"
    with pytest.raises(ThingNotFound):
        claim_letters.confirm_by_letter(store, letter)
    assert invitation_links.joined_since(store, datetime.now(UTC) - timedelta(minutes=1)) == 1
    assert invitation_links.joined_since(store, datetime.now(UTC) + timedelta(minutes=1)) == 0


def test_an_address_that_only_looks_like_the_one_on_file_opens_nothing(
    store: Store, link: str
) -> None:
    with_address(store, BORIS, "boris@strauss.example")
    ask(store, link, email="boris@strauß.example")
    assert kinds(store) == ["waits"]


def test_what_confirms_goes_to_the_address_on_file_and_not_to_the_one_typed(
    store: Store, link: str
) -> None:
    store.write(
        "MATCH (p:Person {key: $key}) CREATE (p)-[:HAS]->(:ContactPoint {id: 'b', kind: 'email', "
        "value: 'Boris.Petrov@example.com', value_key: 'boris.petrov@example.com', "
        "verified_at: $now})",
        key=BORIS,
        now=datetime.now(UTC),
    )
    claim = ask(store, link, email="BORIS.PETROV@Example.COM")
    assert [one["to"] for one in letters(store)] == ["Boris.Petrov@example.com"]
    assert claim_letters.confirm_by_letter(store, armed(store, claim))
    found = accounts.account_by_email(store, "boris.petrov@example.com")
    assert found is not None and found.email == "Boris.Petrov@example.com"


def test_what_groupmates_confirm_goes_to_the_address_on_file_too(store: Store, link: str) -> None:
    with_address(store, BORIS, "boris@example.com")
    claim = ask(store, link, email="BORIS@example.com")
    for viewer in (LEV_ASKS, MAYA_ASKS):
        claims.say(store, viewer, claim, "yes")
    assert letters(store)[-1]["to"] == "boris@example.com"
    assert kinds(store) == ["confirm", "yours"]
    assert not claim_letters.arm(store, claim, "t" * 43), "decided: that letter has no link now"


def test_a_letter_used_twice_at_once_makes_one_account(store: Store, link: str) -> None:
    with_address(store, BORIS, "b@example.com")
    letter = armed(store, ask(store, link, email="b@example.com"))

    def use(_: int) -> str:
        try:
            return claim_letters.confirm_by_letter(store, letter)
        except ThingNotFound:
            return "gone"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(use, range(4)))
    assert sorted(outcome == "gone" for outcome in outcomes) == [False, True, True, True]


@pytest.mark.parametrize("key", [VERA, EVGENY, ANNA])
def test_no_letter_opens_a_record_that_is_hidden_dead_or_taken(
    store: Store, link: str, key: int
) -> None:
    with_address(store, key, "x@example.com")
    name = {VERA: "Вера Орлова", EVGENY: "Евгений Попов", ANNA: "Анна Иванова"}[key]
    ask(store, link, name, email="x@example.com")
    assert kinds(store) == ["waits"]


def test_a_letter_does_not_work_after_the_link_was_revoked_or_the_record_hidden(
    store: Store, link: str
) -> None:
    with_address(store, BORIS, "b@example.com")
    letter = armed(store, ask(store, link, email="b@example.com"))
    hide(store, BORIS)
    assert claim_letters.confirm_by_letter(store, letter) == ""
    assert only(store)["state"] == "desk"
    assert owner(store, "b@example.com") is None

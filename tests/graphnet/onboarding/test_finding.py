"""Find my group: the same steps whoever is typed; in by address, diploma, groupmates or staff."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graphnet import accounts, job_worker, jobs
from graphnet.computed import refresh
from graphnet.errors import BadValue, ThingNotFound, TooMany
from graphnet.live import Live
from graphnet.model import Name
from graphnet.onboarding import claim_letters, claims, claims_desk, finding
from graphnet.onboarding.on_file import diploma_key
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store, Transaction
from tests.conftest import WIPE
from tests.support.graphs import (
    ANNA,
    BORIS,
    EVGENY,
    GEORGY,
    STAFF,
    VERA,
    small_association,
)
from tests.support.refused import refused
from tests.support.themselves import erase

DESK = Viewer("staff", STAFF, "account-8", purpose="decide claims")
ADDRESS = """MATCH (p:Person {key: $key}) CREATE (p)-[:HAS]->(:ContactPoint {id: $address,
  kind: 'email', value: $address, value_key: $address, verified_at: $at})"""
LETTERS = "MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS payload ORDER BY j.created_at LIMIT 50"
CLAIMS = "MATCH (c:Claim) RETURN properties(c) AS all ORDER BY c.at, c.id LIMIT 50"
GEORGY_ERASED = "MATCH (p:Person {key: $key}) SET p.given_name = 'Ян', p.family_name = 'Стёртый'"


@pytest.fixture(scope="module")
def site(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """The hand-made association with a snapshot, which knows the faculty's name."""
    session_store.run_alone(WIPE)
    small_association(session_store)
    folder = tmp_path_factory.mktemp("finding")
    refresh(session_store, folder)
    live = Live(session_store, folder)
    live.refresh()
    yield live
    live.stop()


@pytest.fixture
def live(site: Live) -> Live:
    """The same association, as it was."""
    site.store.run_alone(WIPE)
    small_association(site.store)
    old = datetime.now(UTC) - timedelta(days=400)
    site.store.write("MATCH (a:Account) SET a.created_at = $old", old=old)
    return site


def on_file(live: Live, key: int, address: str, *, days_ago: int = 30) -> None:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    live.store.write(ADDRESS, key=key, address=address, at=at)


def ask(live: Live, name: str = "Boris Petrov", **more: Any) -> str:
    """Ask as a visitor does, and let the worker look; return the token of the visitor's page."""
    given: dict[str, Any] = {"place": "221", "year": 2000, **more}
    token = finding.ask(live.store, name=name, **given)
    look(live)
    return token


def look(live: Live) -> None:
    """Let a worker do what waits, but for the letters."""
    task = jobs.Task(lambda job: finding.look(live.store, live, job.payload["claim"]))
    worker = job_worker.Worker(live.store, {finding.KIND: task})
    while worker.step():
        pass


def letters(live: Live) -> list[tuple[str, str]]:
    held = [json.loads(row["payload"]) for row in live.store.read(LETTERS)]
    return [(one["letter"].removeprefix("claims."), one["to"]) for one in held]


def claim_in(live: Live, state: str) -> dict[str, Any]:
    (found,) = (row["all"] for row in live.store.read(CLAIMS) if row["all"]["state"] == state)
    return dict(found)


def confirm(live: Live, token: str, email: str, **more: str) -> None:
    """Give an address and press the button of the letter to it."""
    finding.give_address(live.store, token, email, **more)
    claim = claim_in(live, "address")
    secret = f"letter to {email}"
    assert finding.arm_address(live.store, claim["id"], email, secret)
    assert finding.address_waits(live.store, secret)
    finding.confirm_address(live.store, secret)
    look(live)


def owner(live: Live, email: str) -> int | None:
    found = accounts.account_by_email(live.store, email)
    return found.person_key if found else None


# What a visitor can see or measure


def test_the_steps_are_the_same_whoever_was_typed(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, own = live.store, threading.get_ident()
    for key, address in ((BORIS, "b@example.com"), (GEORGY, "g@example.com")):
        on_file(live, key, address)
    store.write(GEORGY_ERASED, key=GEORGY)
    erase(store, Viewer("staff", STAFF, "account-8", purpose="erase"), GEORGY)
    seen: list[tuple[str, int]] = []
    usual = Transaction.run

    def run(self: Transaction, query: Any, /, **parameters: Any) -> Any:
        rows = usual(self, query, **parameters)
        if threading.get_ident() == own:
            seen.append((query, len(rows)))
        return rows

    monkeypatch.setattr(Transaction, "run", run)
    runs = []
    for number, name in enumerate(
        (
            "Борис Петров",  # on file, with an address
            "Вера Орлова",  # hidden
            "Ян Стёртый",  # erased
            "Анна Иванова",  # registered
            "Евгений Попов",  # has died
            "Никто Неизвестный",
        )
    ):
        seen.clear()
        token = finding.ask(store, name=name, place="221", year=2000)
        finding.page(store, token)
        finding.give_address(store, token, f"visitor{number}@example.com", diploma="1")
        finding.page(store, token)
        runs.append(list(seen))
        look(live)
        finding.page(store, token)  # and it is there all the same when the worker has looked
    assert all(run == runs[0] for run in runs)
    assert len(runs[0]) >= 6


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Борис Петров", [("found", "b@example.com")]),
        ("Boria Petroff", [("found", "b@example.com")]),
        ("Анна Иванова", [("already", "anna@example.org")]),
        ("Вера Орлова", []),
        ("Евгений Попов", []),
        ("Никто Неизвестный", []),
    ],
)
def test_letters_go_to_addresses_on_file_and_to_nobody_else(
    live: Live, name: str, expected: list[tuple[str, str]]
) -> None:
    for key, address in ((BORIS, "b@example.com"), (VERA, "v@example.com"),
                         (EVGENY, "e@example.com")):  # fmt: skip
        on_file(live, key, address)
    ask(live, name)
    assert letters(live) == expected


@pytest.mark.parametrize(
    ("place", "year", "found"),
    [
        ("221", 2000, True),
        ("121", 1998, True),  # the code of the first year is next year's group's in the next
        ("Оптика", 2001, True),
        ("faculty of optics", 2003, True),
        ("221", 1970, False),
        ("Оптика", 1970, False),
        ("999", 2000, False),
    ],
)
def test_a_group_by_any_of_its_codes_or_a_faculty_with_a_year(
    live: Live, place: str, year: int, found: bool
) -> None:
    on_file(live, BORIS, "b@example.com")
    ask(live, "Борис Петров", place=place, year=year)
    assert letters(live) == ([("found", "b@example.com")] if found else [])


def test_a_stale_or_bounced_address_gets_no_letter(live: Live) -> None:
    on_file(live, BORIS, "old@example.com", days_ago=731)
    ask(live)
    assert letters(live) == []
    on_file(live, BORIS, "dead@example.com")
    live.store.write(
        "MATCH (c:ContactPoint {id: 'dead@example.com'}) SET c.bounced_at = datetime()"
    )
    ask(live)
    assert letters(live) == []


def test_namesakes_in_one_year_get_no_letter(live: Live) -> None:
    on_file(live, BORIS, "b@example.com")
    live.store.write(
        "MATCH (g:StudyGroup {id: 'A'}) CREATE (p:Person:Alumnus {id: 'twin', key: 30, "
        "given_name: 'Борис', family_name: 'Петров', name_key: 't', visibility: 'shown'})"
        "-[:STUDIED_IN {from_term: 3996, to_term: 4005, role: 'student'}]->(g)"
    )
    ask(live)
    assert letters(live) == []


def test_nobodys_mailbox_is_filled(live: Live) -> None:
    on_file(live, BORIS, "b@example.com")
    for _ in range(5):
        ask(live)
        ask(live, "Анна Иванова")
    assert sorted(letters(live)) == [("already", "anna@example.org"), ("found", "b@example.com")]
    for _ in range(5):
        finding.give_address(live.store, ask(live, "Somebody Else"), "victim@example.com")
    assert letters(live).count(("address", "victim@example.com")) == claims.LETTERS_A_DAY


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"), ({"name": "x" * 121}, "name"), ({"place": ""}, "place"),
        ({"year": 1700}, "year"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(live: Live, wrong: dict[str, Any], field: str) -> None:
    with refused(BadValue, field):
        ask(live, **{"name": "Boris Petrov", **wrong})


# By the address on file


def test_the_letter_to_the_address_on_file_opens_the_record(live: Live) -> None:
    on_file(live, BORIS, "b@example.com", days_ago=700)
    page = ask(live, "Борис Петров")
    claim = claim_in(live, "found")
    assert claim_letters.arm(live.store, claim["id"], "t" * 43)
    assert claim_letters.by_letter(live.store, "t" * 43) == "Борис Петров"
    assert claims_desk.open_claims(live.store, DESK) == [], "nothing for staff to do"
    with ThreadPoolExecutor(3) as pool:
        used = list(pool.map(lambda _: _use(live, "t" * 43), range(3)))
    assert sorted(map(bool, used)) == [False, False, True]
    assert owner(live, "b@example.com") == BORIS
    fresh = live.store.read(
        "MATCH (c:ContactPoint {id: 'b@example.com'}) RETURN c.verified_at AS at LIMIT 1"
    )
    assert datetime.now(UTC) - fresh[0]["at"].to_native() < timedelta(minutes=1)
    # The page of whoever asked goes on: it does not tell that the letter was answered.
    finding.page(live.store, page)


def _use(live: Live, letter: str) -> str:
    try:
        return claim_letters.confirm_by_letter(live.store, letter)
    except ThingNotFound:
        return ""


def test_somebody_without_a_group_gets_in_by_faculty_and_address(live: Live) -> None:
    live.store.write(
        "MATCH (u:Unit {id: 'faculty'}) CREATE (p:Person:Alumnus {id: 'pavel', key: 31, "
        "given_name: 'Павел', family_name: 'Ремизов', name_key: 'p', visibility: 'shown'})"
        "-[:COMPLETED {year: 2002, level: 'specialist'}]->(u)"
    )
    on_file(live, 31, "p@example.com")
    ask(live, "Pavel Remizov", place="Оптика", year=2000)
    assert letters(live) == [("found", "p@example.com")]
    assert claim_letters.arm(live.store, claim_in(live, "found")["id"], "t" * 43)
    assert claim_letters.confirm_by_letter(live.store, "t" * 43)
    assert owner(live, "p@example.com") == 31


# By an address of one's own


def test_a_confirmed_address_alone_opens_nothing(live: Live) -> None:
    confirm(live, ask(live), "stranger@example.com")
    assert owner(live, "stranger@example.com") is None
    assert [kind for kind, _ in letters(live)] == ["address", "waits"]
    assert claim_in(live, "desk")["reason"] == "few_groupmates"


@pytest.mark.parametrize(("number", "opens"), [("всг 0123456", True), ("ВСГ0123457", False)])
def test_the_number_of_the_diploma_opens_the_record(live: Live, number: str, opens: bool) -> None:
    live.store.write(
        "MATCH (p:Person {key: $key}) MATCH (u:Unit {id: 'faculty'}) "
        "CREATE (p)-[:COMPLETED {year: 2003, level: 'specialist', diploma: 'ВСГ 0123456'}]->(u)",
        key=BORIS,
    )
    confirm(live, ask(live), "boris@example.net", diploma=number)
    assert (owner(live, "boris@example.net") == BORIS) is opens
    assert [kind for kind, _ in letters(live)] == ["address", "yours" if opens else "waits"]


def test_a_number_is_read_in_either_script_and_no_number_fits_none() -> None:
    assert diploma_key("№ ВСГ 0123456") == diploma_key("bcг-0123456")
    assert diploma_key("  ") == ""


def test_two_groupmates_are_asked_where_two_are_registered(live: Live) -> None:
    rows = [(40, "Лев", "Орешкин"), (41, "Майя", "Зотова")]
    live.store.write(
        "UNWIND $rows AS row MATCH (g:StudyGroup {id: 'A'}) CREATE (p:Person:Alumnus {id: "
        "'m' + toString(row[0]), key: row[0], given_name: row[1], family_name: row[2], name_key: "
        "'m', visibility: 'shown'})-[:STUDIED_IN {from_term: 3996, to_term: 4005}]->(g) "
        "CREATE (:Account {id: 'account-' + toString(row[0]), email: p.id + '@example.org', "
        "email_key: p.id + '@example.org', roles: ['alumnus'], created_at: $old})-[:OF]->(p)",
        rows=[list(row) for row in rows],
        old=datetime.now(UTC) - timedelta(days=90),
    )
    confirm(live, ask(live, "Boria Petrov"), "boria@example.com")
    for key in (40, 41):
        mate = Viewer("alumnus", key, f"account-{key}")
        (question,) = claims.questions(live.store, mate)
        assert question.name == "Boria Petrov"
        claims.say(live.store, mate, question.id, "yes")
    assert owner(live, "boria@example.com") == BORIS
    assert letters(live)[-1] == ("yours", "boria@example.com")


def test_who_is_on_no_list_waits_for_staff_and_is_marked_as_self_registered(live: Live) -> None:
    confirm(live, ask(live, "Игнат Новиков", place="Никакая", year=1990), "ignat@example.com")
    (row,) = claims_desk.open_claims(live.store, DESK)
    one = claims_desk.claim(live.store, DESK, row["id"])
    assert (one["state"], one["reason"], one["place"], one["year"]) == (
        "desk",
        "nobody",
        "Никакая",
        1990,
    )
    assert claims_desk.candidates_of(live.store, DESK, one) == []
    nobody = "MATCH (p:Person {family_name: 'Новиков'}) RETURN p.key AS key LIMIT 1"
    assert live.store.read(nobody) == [], "nobody is on file by their own word"
    name = Name("Игнат", "Новиков")
    claims_desk.add(live.store, DESK, row["id"], name, ground="their own request")
    marked = live.store.read(
        "MATCH (p:Alumnus {family_name: 'Новиков'})-[:GAVE]->(c:Consent) "
        "RETURN c.channel AS channel LIMIT 1"
    )
    assert marked == [{"channel": "self"}]
    assert letters(live)[-1] == ("yours", "ignat@example.com")


def test_who_has_an_account_with_that_address_is_told_so_by_letter(live: Live) -> None:
    confirm(live, ask(live, "Никто Неизвестный"), "ANNA@example.org")
    assert letters(live) == [("address", "ANNA@example.org"), ("already", "anna@example.org")]
    assert claims_desk.open_claims(live.store, DESK) == []
    assert owner(live, "anna@example.org") == ANNA


def test_a_record_that_is_registered_or_hidden_is_given_to_nobody(live: Live) -> None:
    for name in ("Анна Иванова", "Вера Орлова", "Евгений Попов"):
        confirm(live, ask(live, name), f"{len(name)}x{name[0].encode().hex()}@example.com")
    found = {row["name"]: row["reason"] for row in claims_desk.open_claims(live.store, DESK)}
    assert found["Анна Иванова"] == "registered"
    assert found["Вера Орлова"] == found["Евгений Попов"] == "nobody"
    assert [kind for kind, _ in letters(live)].count("yours") == 0


def test_three_addresses_a_page_and_only_the_last_letter_works(live: Live) -> None:
    page = ask(live)
    for number in range(finding.ADDRESSES):
        finding.give_address(live.store, page, f"try{number}@example.com")
    with pytest.raises(TooMany):
        finding.give_address(live.store, page, "more@example.com")
    claim = claim_in(live, "address")["id"]
    assert not finding.arm_address(live.store, claim, "try0@example.com", "first")
    assert finding.arm_address(live.store, claim, "try2@example.com", "last")
    with pytest.raises(ThingNotFound):
        finding.confirm_address(live.store, "first")
    finding.confirm_address(live.store, "last")
    with pytest.raises(ThingNotFound):
        finding.confirm_address(live.store, "last")
    for wrong in ("nobody", "a@b.c\r\nBcc: d@e.f"):
        with refused(BadValue, "email"):
            finding.give_address(live.store, ask(live), wrong)


def test_what_nobody_went_on_with_is_forgotten_after_a_day(live: Live) -> None:
    on_file(live, BORIS, "b@example.com")
    page = ask(live)
    live.store.write("MATCH (c:Claim) SET c.expires_at = $past", past=datetime.now(UTC))
    with pytest.raises(ThingNotFound):
        finding.page(live.store, page)
    assert claims.forget(live.store) == 2  # the visitor's, and the letter's
    assert live.store.read(CLAIMS) == []

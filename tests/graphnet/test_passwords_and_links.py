"""Passwords that are taken or not, and the links by which one is set."""

import json
import secrets
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graphnet import accounts, job_worker, jobs
from graphnet.accounts import letters, passwords
from graphnet.errors import BadValue, ThingNotFound
from graphnet.store import Store, Transaction
from tests.support.people_with_accounts import PASSWORD, admin, make, signed_in
from tests.support.refused import refused


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("ninechars", "short"),
        ("x" * 257, "long"),
        ("Password1234", "common"),
        ("йцукенгшщз", "common"),
        ("abababababab", "common"),
        ("someone@example.org", "email"),
    ],
)
def test_passwords_that_are_refused(password: str, reason: str) -> None:
    with refused(BadValue, reason):
        accounts.check_password(password, email="someone@example.org")


def test_a_password_is_the_same_from_another_keyboard() -> None:
    composed, decomposed = "caf\u00e9 \uff11\uff12 in Paris", "cafe\u0301 12 in Paris"
    assert passwords.matches(passwords.hashed(composed), decomposed)
    assert passwords.matches(passwords.hashed(decomposed), composed)
    assert not passwords.matches(passwords.hashed(composed), "cafe 12 in Paris")
    old = passwords._hasher.hash(composed)  # of before: as it was typed
    assert passwords.matches(old, composed)
    assert not passwords.matches(None, composed)


@pytest.mark.parametrize(
    "password", ["three words here", "длинный пароль", "aB3$efghij", "x1" * 128]
)
def test_passwords_that_are_taken(password: str) -> None:
    if password == "x1" * 128:
        with refused(BadValue, "common"):  # two letters only
            accounts.check_password(password)
    else:
        accounts.check_password(password, email="someone@example.org")


def test_a_link_sets_a_password_once_and_ends_every_session(store: Store) -> None:
    made = make(store)
    session = signed_in(store, "anna@example.org", PASSWORD)
    assert session
    older = accounts.make_link(store, made.id, "reset")
    token = accounts.make_link(store, made.id, "reset")
    with pytest.raises(ThingNotFound):  # a newer link takes the older one back
        accounts.link_of(store, older)
    assert accounts.link_of(store, token).email == "anna@example.org"
    with refused(BadValue, "short"):
        accounts.set_password_by_link(store, token, "short")
    assert accounts.set_password_by_link(store, token, "another three words") == made.id
    with pytest.raises(ThingNotFound):
        accounts.set_password_by_link(store, token, "and yet another one")
    assert accounts.session_of(store, session) is None
    assert signed_in(store, "anna@example.org", PASSWORD) is None
    assert signed_in(store, "anna@example.org", "another three words")
    kept = store.read("MATCH (l:OneTimeLink) RETURN properties(l) AS all LIMIT 9")
    assert token not in str(kept)


def test_a_link_runs_out_and_is_for_one_purpose(store: Store) -> None:
    made = make(store)
    token = accounts.make_link(store, made.id, "sign-in")
    with pytest.raises(ThingNotFound):
        accounts.set_password_by_link(store, token, "another three words")
    assert accounts.use_sign_in_link(store, token) == made.id
    with pytest.raises(ThingNotFound):
        accounts.use_sign_in_link(store, token)
    late = accounts.make_link(store, made.id, "reset")
    store.write(
        "MATCH (l:OneTimeLink) WHERE l.used_at IS NULL SET l.expires_at = $past",
        past=datetime.now(UTC) - timedelta(seconds=1),
    )
    with pytest.raises(ThingNotFound):
        accounts.set_password_by_link(store, late, "another three words")


def test_a_link_used_twice_at_once_works_once(store: Store) -> None:
    made = make(store)
    token = accounts.make_link(store, made.id, "sign-in")
    outcomes: list[bool] = []

    def use() -> None:
        try:
            accounts.use_sign_in_link(store, token)
            outcomes.append(True)
        except ThingNotFound:
            outcomes.append(False)

    threads = [threading.Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 5 + [True]


def test_changing_a_password_asks_for_the_present_one(store: Store) -> None:
    made = make(store)
    with refused(BadValue, "wrong"):
        accounts.change_password(store, made.id, "not the one", "another three words")
    accounts.change_password(store, made.id, PASSWORD, "another three words")
    assert signed_in(store, "anna@example.org", "another three words")


def worked(store: Store) -> list[dict[str, Any]]:
    """Let the worker look up who is to be written to; return the letters that wait."""
    worker = job_worker.Worker(
        store, {letters.KIND: jobs.Task(lambda job: letters.write(store, job))}
    )
    while worker.step():
        pass
    rows = store.read(
        "MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS payload ORDER BY j.created_at LIMIT 20"
    )
    return [json.loads(row["payload"]) for row in rows]


def test_asking_for_a_letter_takes_the_same_steps_for_known_and_unknown(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(store)
    admin(store)
    accounts.disable(store, make(store, "off@example.org").id)
    seen: list[str] = []
    usual = Transaction.run

    def run(self: Transaction, query: Any, /, **parameters: Any) -> Any:
        seen.append(query)
        return usual(self, query, **parameters)

    monkeypatch.setattr(Transaction, "run", run)
    runs = []
    for email in ("anna@example.org", "nobody@example.org", "off@example.org"):
        seen.clear()
        accounts.ask_for_letter(store, email, "sign-in", language="ru")
        accounts.ask_for_letter(store, email, "reset")
        runs.append(list(seen))
    assert runs[0] == runs[1] == runs[2]
    # Whose account is switched off was told so, and gets neither of the two.
    found = [one for one in worked(store) if one["letter"] != "accounts.closed"]
    assert [(one["to"], one["letter"]) for one in found] == [
        (made.email, "accounts.sign_in"),
        (made.email, "accounts.reset"),
    ]
    with pytest.raises(BadValue):
        accounts.ask_for_letter(store, "no address", "reset")
    with pytest.raises(BadValue):
        accounts.ask_for_letter(store, "anna@example.org", "invite")


def test_a_letter_goes_to_the_address_as_the_account_has_it(store: Store) -> None:
    make(store, "mike@example.org")
    with pytest.raises(BadValue):
        accounts.ask_for_letter(store, "mi\N{KELVIN SIGN}e@example.org", "reset")
    accounts.ask_for_letter(store, "MIKE@Example.ORG", "reset")
    assert [one["to"] for one in worked(store)] == ["mike@example.org"]


def test_links_of_letters_are_short_lived(store: Store) -> None:
    made = make(store)
    for purpose, minutes in (("sign-in", 15), ("reset", 60)):
        token = secrets.token_urlsafe(32)
        assert accounts.make_link_of_letter(store, made.id, purpose, token)
        left = accounts.link_of(store, token).expires_at - datetime.now(UTC)
        assert timedelta(minutes=minutes - 1) < left <= timedelta(minutes=minutes)


def test_a_changed_password_ends_other_sessions_and_links_and_is_told(store: Store) -> None:
    made = make(store)
    here = signed_in(store, "anna@example.org", PASSWORD)
    there = signed_in(store, "anna@example.org", PASSWORD)
    link = accounts.make_link(store, made.id, "sign-in")
    assert here and there
    mine = accounts.session_of(store, here)
    assert mine
    accounts.change_password(store, made.id, PASSWORD, "another three words", keep=mine[0])
    assert accounts.session_of(store, here) is not None
    assert accounts.session_of(store, there) is None
    with pytest.raises(ThingNotFound):
        accounts.use_sign_in_link(store, link)
    assert [one["letter"] for one in worked(store)] == ["accounts.password"]


@pytest.mark.parametrize(
    "guessed",
    [
        "password1234", "qwertyuiop[]", "gfhjkm123456", "пароль123456", "йцукенгшщзхъ",
        "ekaterina1998", "1qaz2wsx3edc", "liverpool2005", "spartak1922", "annaannaanna",
        "aaaaaaaaaaab", "12345678987654321", "anna@example.org1",
    ],
)  # fmt: skip
def test_what_would_be_guessed_first_is_refused(guessed: str) -> None:
    with refused(BadValue, "common"):
        accounts.check_password(guessed, email="anna@example.org")


@pytest.mark.parametrize(
    "good",
    ["a walk in the park 77", "три слова подряд", "another three words", "Xk7#pq2Lw9vT", "ж" * 3
     + "аба-дрова-снег", "x" * 3 + "long and harmless " * 14],
)  # fmt: skip
def test_three_words_are_enough(good: str) -> None:
    begun = time.perf_counter()
    accounts.check_password(good[:256], email="anna@example.org")
    assert time.perf_counter() - begun < 5

"""The pages of coming in: one answer for everybody, limits, letters that lead in by a button."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet import accounts
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import ANNA, BORIS, EVGENY, VERA
from tests.support.letters import delivered
from tests.support.post_office import do_letters
from webapp.frame.security import limiter

ADDRESS = """MATCH (p:Person {key: $key}) MERGE (p)-[:HAS]->(c:ContactPoint {id: $address})
SET c.kind = 'email', c.value = $address, c.value_key = $address, c.verified_at = datetime()"""
CLEAN = "MATCH (n) WHERE n:Claim OR n:Job OR n:OneTimeLink DETACH DELETE n"
NAMES = (
    "Борис Петров",  # on file, with an address
    "Вера Орлова",  # hidden
    "Анна Иванова",  # registered
    "Евгений Попов",  # has died
    "Никто Неизвестный",
    "Ян Стёртый",
)
BORIS_ASKS = {"name": "Boria Petrov", "place": "221", "year": "2000"}


@pytest.fixture(scope="module")
def app(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    session_store.run_alone(WIPE)
    home = own_home(settings, tmp_path_factory.mktemp("joining"))
    live = furnished(session_store, home)
    for key, address in ((BORIS, "b@example.com"), (VERA, "v@example.com"),
                         (EVGENY, "e@example.com")):  # fmt: skip
        session_store.write(ADDRESS, key=key, address=address)
    made = site(live, home)
    limiter.enabled = False  # the test of the limits switches it on
    yield made
    limiter.enabled = True
    live.stop()


@pytest.fixture(autouse=True)
def clean(app: Flask, session_store: Store) -> None:
    session_store.write(CLEAN)
    session_store.write("MATCH (a:Account)-[:OF]->(:Person {key: $key}) DETACH DELETE a", key=BORIS)
    for path in app.extensions["graphnet"].settings.outbox.glob("*.eml"):
        path.unlink()


def bare(answer: Any) -> tuple[int, str, list[tuple[str, str]], str]:
    """An answer without what is random in every one: date, cookie, tokens."""
    kept = [(k, v) for k, v in answer.headers.items() if k not in ("Date", "Set-Cookie")]
    hide = re.compile(r'name="csrf_token" value="[^"]*"|(?<=find-my-group/)[\w-]{43}')
    text = hide.sub("", answer.text)
    plain = [(k, hide.sub("", v)) for k, v in kept]
    return answer.status_code, hide.sub("", answer.location or ""), plain, text


def letters(app: Flask) -> list[tuple[str, str]]:
    """The letters by now, whom they are to and what they say, the worker having done its work."""
    own = app.extensions["graphnet"]
    do_letters(own.engines, own.settings)
    return [(one["To"], one.get_content()) for one in delivered(own.store, own.settings)]


def test_everybody_gets_the_same_bytes(app: Flask) -> None:
    outcomes = []
    for name in NAMES:
        visitor = app.test_client()
        first = visitor.post("/find-my-group", data={**BORIS_ASKS, "name": name})
        assert first.status_code == 303
        before = visitor.get(first.location)
        letters(app)  # whatever the worker does in between
        after = visitor.get(first.location)
        given = visitor.post(first.location, data={"email": "me@example.net", "diploma": "1"})
        thanks = visitor.get(given.location)
        outcomes.append([bare(one) for one in (first, before, after, given, thanks)])
        assert outcomes[-1][1][3] == outcomes[-1][2][3]
    assert all(one == outcomes[0] for one in outcomes)
    assert len(outcomes[0][1][3]) > 1000


def test_the_first_page_has_the_way_in_and_members_have_none(app: Flask) -> None:
    page = app.test_client().get("/").text
    assert 'action="/find-my-group"' in page
    assert page.count("Find my group") >= 2
    member = reader(app, "alumnus").get("/").text
    assert 'action="/find-my-group"' not in member


def test_the_letter_opens_a_page_with_a_button_and_the_button_lets_in(
    app: Flask, session_store: Store
) -> None:
    visitor = app.test_client()
    russian = {"Accept-Language": "ru"}
    visitor.post("/find-my-group", data=BORIS_ASKS, headers=russian)
    ((to, text),) = letters(app)
    assert to == "b@example.com"
    assert "Кто-то искал вашу группу" in text
    link = re.search(r"/join/confirm/[\w-]+", text)
    assert link
    for _ in range(3):  # as scanners of mail do
        assert visitor.get(link[0]).status_code == 200
        visitor.head(link[0])
    assert accounts.account_by_email(session_store, "b@example.com") is None
    chosen = visitor.post(link[0]).location
    assert "/reset/" in chosen
    new = "quite another sentence"
    answer = visitor.post(chosen, data={"password": new, "again": new})
    assert (answer.status_code, answer.location) == (303, "/home")
    assert visitor.get("/home").status_code == 200
    assert visitor.get(link[0]).status_code == 404


def test_who_is_registered_gets_a_letter_that_signs_in(app: Flask) -> None:
    visitor = app.test_client()
    visitor.post("/find-my-group", data={**BORIS_ASKS, "name": "Анна Иванова"})
    ((to, text),) = letters(app)
    assert to == "alumnus@example.org"
    assert "You already have an account" not in text  # that is its subject
    link = re.search(r"/reset/[\w-]+", text)
    assert link
    assert visitor.get(link[0]).status_code == 200
    assert visitor.get("/account").status_code == 303
    assert visitor.post(link[0]).status_code == 303
    assert visitor.get("/account").status_code == 200


def test_an_address_of_ones_own_is_confirmed_by_a_button_and_staff_see_what_was_typed(
    app: Flask,
) -> None:
    visitor = app.test_client()
    asked = visitor.post(
        "/find-my-group", data={"name": "Игнат Новиков", "place": "Никакая", "year": "1990"}
    ).location
    wrong = visitor.post(asked, data={"email": "nobody"})
    assert wrong.status_code == 422
    assert "not an e-mail address" in wrong.text
    visitor.post(asked, data={"email": "ignat@example.com", "diploma": "АБВ 77"})
    ((to, text),) = letters(app)
    assert to == "ignat@example.com"
    link = re.search(r"/find-my-group/address/[\w-]+", text)
    assert link
    assert "<form" in visitor.get(link[0]).text
    assert visitor.get(link[0]).status_code == 200
    assert visitor.post(link[0]).location == "/find-my-group/thank-you"
    assert visitor.post(link[0]).status_code == 404
    assert len(letters(app)) == 2
    staff = reader(app, "staff")
    desk = staff.get("/staff/claims").text
    assert "Игнат Новиков" in desk
    claim = re.search(r"/staff/claims/(\w{16})", desk)
    assert claim
    page = staff.get(claim[0]).text
    for said in ("Никакая", "1990", "АБВ 77", "ignat@example.com"):
        assert said in page
    added = staff.post(
        claim[0],
        data={"act": "add", "given": "Игнат", "family": "Новиков", "ground": "own request"},
    )
    assert added.status_code == 303
    assert "/reset/" in letters(app)[-1][1]


def test_what_is_wrong_is_said_in_the_form_and_kept(app: Flask) -> None:
    visitor = app.test_client()
    for missing in BORIS_ASKS:
        answer = visitor.post("/find-my-group", data={**BORIS_ASKS, missing: ""})
        assert answer.status_code == 422
        assert "field-error" in answer.text
        if missing != "name":
            assert "Boria Petrov" in answer.text
    assert visitor.post("/find-my-group", data={**BORIS_ASKS, "year": "20"}).status_code == 422
    assert visitor.get("/find-my-group/none").status_code == 404
    assert visitor.get("/find-my-group/address/none").status_code == 404


def tried(client: FlaskClient, names: list[str], address: str) -> list[int]:
    return [
        client.post(
            "/find-my-group",
            data={"name": name},
            environ_base={"REMOTE_ADDR": address},
        ).status_code
        for name in names
    ]


def test_one_address_and_one_name_ask_only_so_often(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    visitor = app.test_client()
    many = tried(visitor, [f"Somebody {number}" for number in range(31)], "192.0.2.1")
    assert many == [422] * 30 + [429]
    one = [tried(visitor, ["Борис Петров"], f"198.51.100.{n}")[0] for n in range(1, 12)]
    assert one == [422] * 10 + [429], "from wherever it is asked"
    assert tried(visitor, ["борис  петров"], "203.0.113.9") == [429]
    limiter.reset()


def test_both_languages(app: Flask) -> None:
    for language, word in (("en", "Find my group"), ("ru", "Найти мою группу")):
        page = app.test_client().get("/find-my-group", headers={"Accept-Language": language})
        assert word in page.text
    assert ANNA == 1

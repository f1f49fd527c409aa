"""Signing in and out, sessions, passwords, one-time links, by the pages themselves."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet import accounts
from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.letters import delivered
from tests.support.pages import without_tokens
from tests.support.post_office import do_letters
from tests.webapp.conftest import PASSWORD
from webapp.frame.security import limiter

Accounts = dict[str, accounts.Account]
Readers = Callable[[str], FlaskClient]


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD, then: str = ""):  # type: ignore[no-untyped-def]
    return client.post(f"/sign-in{then}", data={"email": email, "password": password})


def test_a_page_for_members_asks_to_sign_in_and_comes_back(
    app: Flask, people_of_roles: Accounts
) -> None:
    client = app.test_client()
    answer = client.get("/account?from=mail")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/account?from%3Dmail"
    answer = sign_in(client, "alumnus@example.org", then="?next=/account?from%3Dmail")
    assert (answer.status_code, answer.location) == (303, "/account?from=mail")
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
    ],
)
def test_nobody_is_sent_to_another_site(app: Flask, people_of_roles: Accounts, target: str) -> None:
    client = app.test_client()
    answer = client.post(
        "/sign-in",
        query_string={"next": target},
        data={"email": "alumnus@example.org", "password": PASSWORD},
    )
    assert answer.status_code == 303
    assert "evil" not in answer.location
    assert answer.location.startswith("/")
    answer = client.get("/language/ru", query_string={"next": target})
    assert answer.location == "/"


def test_unknown_address_and_wrong_password_get_one_answer(
    app: Flask, people_of_roles: Accounts
) -> None:
    client = app.test_client()
    wrong = sign_in(client, "alumnus@example.org", "not the password")
    unknown = sign_in(client, "somebody@example.org", "not the password")
    assert wrong.status_code == unknown.status_code == 422
    same = wrong.text.replace("alumnus@example.org", "somebody@example.org")
    assert without_tokens(same) == without_tokens(unknown.text)
    assert "do not belong together" in wrong.text
    assert "not the password" not in wrong.text  # what was typed does not come back


def test_a_form_without_words_says_which(app: Flask) -> None:
    answer = sign_in(app.test_client(), "", "")
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 2
    assert 'aria-describedby="email-error"' in answer.text


def test_signing_in_takes_a_new_cookie_and_signing_out_ends_the_session(
    app: Flask, people_of_roles: Accounts, store: Store
) -> None:
    client = app.test_client()
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
    answer = sign_in(client, "alumnus@example.org")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    with client.session_transaction() as after:
        assert "planted" not in after
    stolen = client.get_cookie("session")
    assert stolen is not None
    assert client.get("/account").status_code == 200
    assert client.post("/sign-out").status_code == 303
    assert client.get("/account").status_code == 303
    # The cookie itself, kept by somebody, is worth nothing any more.
    thief = app.test_client()
    thief.set_cookie("session", stolen.value)
    assert thief.get("/account").status_code == 303


def test_a_session_ended_elsewhere_ends_with_the_next_request(
    app: Flask, people_of_roles: Accounts, sign_in_as: Readers, store: Store
) -> None:
    here, there = sign_in_as("alumnus"), sign_in_as("alumnus")
    assert there.get("/account").status_code == 200
    page = here.get("/account").text
    other = re.findall(r"/account/sessions/(\w+)/end", page)
    assert len(other) == 2
    assert here.post("/account/sessions/end-others").status_code == 303
    assert there.get("/account").status_code == 303
    assert here.get("/account").status_code == 200


def test_one_of_my_sessions_is_ended_by_its_button(sign_in_as: Readers) -> None:
    here, there = sign_in_as("alumnus"), sign_in_as("alumnus")
    before = set(re.findall(r"/account/sessions/(\w+)/end\"", here.get("/account").text))
    for session_id in before:
        here.post(f"/account/sessions/{session_id}/end")
        if here.get("/account").status_code == 303:
            break  # it was this one: the browser is signed out
    states = {client.get("/account").status_code for client in (here, there)}
    assert 303 in states


def test_nobody_ends_a_session_of_others(sign_in_as: Readers, store: Store) -> None:
    alumnus, staff = sign_in_as("alumnus"), sign_in_as("staff")
    row = store.read(
        "MATCH (s:Session)-[:HELD_BY]->(:Account {email_key: 'staff@example.org'}) "
        "RETURN s.id AS id ORDER BY id LIMIT 1"
    )[0]
    alumnus.post(f"/account/sessions/{row['id']}/end")
    assert staff.get("/account").status_code == 200


def test_changing_the_password_ends_the_other_sessions(sign_in_as: Readers, app: Flask) -> None:
    here, there = sign_in_as("alumnus"), sign_in_as("alumnus")
    new = "quite another sentence"
    data = {"old": "wrong one", "password": new, "again": new}
    answer = here.post("/account/password", data=data)
    assert answer.status_code == 422
    assert "not your present password" in answer.text
    data = {"old": PASSWORD, "password": "password1234", "again": "password1234"}
    answer = here.post("/account/password", data=data)
    assert answer.status_code == 422
    assert "among the first passwords" in answer.text
    data = {"old": PASSWORD, "password": new, "again": new + "!"}
    assert "not the same" in here.post("/account/password", data=data).text
    data = {"old": PASSWORD, "password": new, "again": new}
    assert here.post("/account/password", data=data).status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    assert sign_in(app.test_client(), "alumnus@example.org", new).status_code == 303


def test_a_reset_link_is_looked_at_often_and_used_once(
    app: Flask, people_of_roles: Accounts, store: Store, sign_in_as: Readers
) -> None:
    old = sign_in_as("alumnus")
    token = accounts.make_link(store, people_of_roles["alumnus"].id, "reset")
    client = app.test_client()
    for _ in range(3):
        answer = client.get(f"/reset/{token}")
        assert answer.status_code == 200
        assert "alumnus@example.org" in answer.text
    new = "quite another sentence"
    assert client.post(f"/reset/{token}", data={"password": "x", "again": "x"}).status_code == 422
    answer = client.post(f"/reset/{token}", data={"password": new, "again": new})
    assert (answer.status_code, answer.location) == (303, "/home")
    assert client.get("/account").status_code == 200, "whoever has the letter is in at once"
    assert old.get("/account").status_code == 303
    assert client.get(f"/reset/{token}").status_code == 404
    assert "does not work any more" in client.get("/reset/never-was").text
    assert sign_in(client, "alumnus@example.org", new).status_code == 303


def test_a_sign_in_link_signs_in_by_its_button_only(
    app: Flask, people_of_roles: Accounts, store: Store
) -> None:
    token = accounts.make_link(store, people_of_roles["staff"].id, "sign-in")
    client = app.test_client()
    for _ in range(2):  # as scanners of mail do
        assert client.get(f"/reset/{token}").status_code == 200
        head = client.head(f"/reset/{token}")
        assert (head.status_code, head.data) == (200, b"")
    assert client.get("/account").status_code == 303
    assert client.post(f"/reset/{token}").status_code == 303
    assert "staff@example.org" in client.get("/account").text
    assert app.test_client().post(f"/reset/{token}").status_code == 404


def test_the_language_is_the_browsers_then_the_readers_own(
    app: Flask, sign_in_as: Readers, people_of_roles: Accounts, store: Store
) -> None:
    client = app.test_client()
    assert '<html lang="en">' in client.get("/").text
    assert '<html lang="ru">' in client.get("/", headers={"Accept-Language": "ru-RU,ru"}).text
    assert '<html lang="en">' in client.get("/", headers={"Accept-Language": "fr"}).text
    assert client.get("/language/ru?next=/sign-in").location == "/sign-in"
    assert '<html lang="ru">' in client.get("/", headers={"Accept-Language": "en"}).text
    assert client.get("/language/xx").status_code == 404
    # An account's language comes along to a browser that has chosen none.
    reader = sign_in_as("alumnus")
    assert reader.post("/account/language", data={"language": "ru"}).status_code == 303
    fresh = sign_in_as("alumnus")
    assert '<html lang="ru">' in fresh.get("/account").text


def test_a_device_is_two_words() -> None:
    from webapp.features.auth.devices import device_of

    chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
    phone = "Mozilla/5.0 (Android 14; Mobile; rv:121.0) Gecko/121.0 Firefox/121.0"
    yandex = "Mozilla/5.0 (Windows NT 10.0) Chrome/118.0 YaBrowser/23.11 Safari/537.36"
    assert device_of(chrome) == "Chrome, Linux"
    assert device_of(phone) == "Firefox, Android"
    assert device_of(yandex) == "Yandex Browser, Windows"
    assert device_of("curl/8") == ""


def test_asking_for_a_letter_gets_the_same_bytes_for_known_and_unknown(
    app: Flask, people_of_roles: Accounts, store: Store
) -> None:
    for path in ("/sign-in/letter", "/sign-in/forgotten"):
        seen = []
        for email in ("alumnus@example.org", "nobody@example.org"):
            client = app.test_client()
            answer = client.post(path, data={"email": email})
            after = client.get(answer.location)
            seen.append((answer.status_code, answer.location, after.status_code, after.text))
        assert seen[0] == seen[1]
        assert seen[0][0] == 303
        wrong = app.test_client().post(path, data={"email": "nobody"})
        assert wrong.status_code == 422
        assert "not an e-mail address" in wrong.text


def test_a_letter_signs_in_and_another_brings_a_new_password(
    app: Flask, people_of_roles: Accounts, store: Store, web_settings: Settings
) -> None:
    def link_in_letter(path: str) -> str:
        app.test_client().post(path, data={"email": "ALUMNUS@example.org"})
        do_letters(Live(store, web_settings.snapshots), web_settings)
        text = delivered(store, web_settings)[-1].get_content()
        found = re.search(r"/reset/[\w-]+", text)
        assert found
        return found[0]

    client = app.test_client()
    link = link_in_letter("/sign-in/letter")
    assert client.get(link).status_code == 200
    assert client.get("/account").status_code == 303
    assert client.post(link).status_code == 303
    assert client.get("/account").status_code == 200
    assert app.test_client().get(link).status_code == 404
    reset = link_in_letter("/sign-in/forgotten")
    new = "quite another sentence"
    assert client.post(reset, data={"password": new, "again": new}).status_code == 303
    do_letters(Live(store, web_settings.snapshots), web_settings)
    assert "was changed" in delivered(store, web_settings)[-1]["Subject"]
    assert sign_in(app.test_client(), "alumnus@example.org", new).status_code == 303


def test_letters_to_one_address_are_asked_for_only_so_often(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = False
    limiter.reset()
    codes = [
        app.test_client()
        .post(
            "/sign-in/letter",
            data={"email": "victim@example.org"},
            environ_base={"REMOTE_ADDR": f"192.0.2.{number}"},
        )
        .status_code
        for number in range(6)
    ]
    limiter.reset()
    assert codes == [303] * 5 + [429]

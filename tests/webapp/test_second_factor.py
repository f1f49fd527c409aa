"""The second factor by its pages: set up, asked for at every way in, required of roles."""

import re
import time
from collections.abc import Callable

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet import accounts
from graphnet.store import Store
from tests.webapp.conftest import PASSWORD

Accounts = dict[str, accounts.Account]
Readers = Callable[[str], FlaskClient]
HERE = "/account/second-factor"


def code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(time.time(), counter_offset=steps)


def set_up(client: FlaskClient) -> tuple[str, list[str]]:
    """Switch the second factor on by its pages; return its secret and the recovery codes."""
    assert client.post(HERE, data={"act": "begin"}).status_code == 303
    page = client.get(HERE).text
    assert 'aria-label="QR code for the authenticator"' in page
    shown = re.search(r'<code id="secret">([A-Z2-7 ]+)</code>', page)
    assert shown
    secret = shown[1].replace(" ", "")
    wrong = client.post(HERE, data={"act": "confirm", "code": "000000"})
    assert wrong.status_code == 422
    assert "This code is wrong" in wrong.text
    done = client.post(HERE, data={"act": "confirm", "code": code(secret)})
    codes = re.findall(r"<li><code>([\w-]{19})</code></li>", done.text)
    assert len(codes) == 10
    assert codes[0] not in client.get(HERE).text, "shown once"
    return secret, codes


def sign_in(app: Flask, email: str = "alumnus@example.org") -> tuple[FlaskClient, str]:
    client = app.test_client()
    answer = client.post("/sign-in?next=/account", data={"email": email, "password": PASSWORD})
    assert answer.status_code == 303
    return client, answer.location


def test_the_password_alone_opens_nothing_any_more(app: Flask, sign_in_as: Readers) -> None:
    secret, codes = set_up(sign_in_as("alumnus"))
    client, location = sign_in(app)
    assert location == "/sign-in/code"
    assert client.get("/account").status_code == 303
    assert client.post(location, data={"code": "123"}).status_code == 422
    used = code(secret, 1)
    answer = client.post(location, data={"code": used})
    assert (answer.status_code, answer.location) == (303, "/account")
    assert client.get("/account").status_code == 200
    other, location = sign_in(app)
    assert other.post(location, data={"code": used}).status_code == 422, "a replay"
    assert other.post(location, data={"code": codes[3]}).status_code == 303
    assert "9 recovery codes are left" in other.get("/account").text


def test_letters_lead_through_it_too(
    app: Flask, sign_in_as: Readers, people_of_roles: Accounts, store: Store
) -> None:
    _, codes = set_up(sign_in_as("alumnus"))
    new = "quite another sentence"
    for purpose, data in (("sign-in", {}), ("reset", {"password": new, "again": new})):
        token = accounts.make_link(store, people_of_roles["alumnus"].id, purpose)
        client = app.test_client()
        answer = client.post(f"/reset/{token}", data=data)
        assert answer.location == "/sign-in/code"
        assert client.get("/account").status_code == 303
        assert client.post(answer.location, data={"code": codes.pop()}).status_code == 303
        assert client.get("/account").status_code == 200


def test_the_step_between_runs_out(
    app: Flask, sign_in_as: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, codes = set_up(sign_in_as("alumnus"))
    client, location = sign_in(app)
    later = time.time() + 601
    monkeypatch.setattr("webapp.features.auth.factor.time.time", lambda: later)
    assert client.post(location, data={"code": codes[0]}).location == "/sign-in"
    assert app.test_client().get("/sign-in/code").location == "/sign-in"


def test_it_is_switched_off_by_a_code(app: Flask, sign_in_as: Readers) -> None:
    client = sign_in_as("alumnus")
    _, codes = set_up(client)
    assert client.post(HERE, data={"act": "off", "code": "000000"}).status_code == 422
    assert client.post(HERE, data={"act": "codes", "code": codes[0]}).text.count("<li><code>") == 10
    assert client.post(HERE, data={"act": "off", "code": codes[1]}).status_code == 422, "void"
    assert "switched on" in client.get("/account").text
    app.test_client()
    _, location = sign_in(app)
    assert location == "/sign-in/code"


def test_staff_are_urged_and_a_setting_requires_it(
    make_app: Callable[..., Flask], people_of_roles: Accounts
) -> None:
    app = make_app(second_factor=("staff",))
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    staff, _ = sign_in(app, "staff@example.org")
    for path in ("/staff", "/staff/claims", "/search?q=a"):
        answer = staff.get(path)
        assert (answer.status_code, answer.location) == (303, HERE)
    assert "Your role needs a second factor" in staff.get(HERE).text
    alumnus, _ = sign_in(app)
    assert alumnus.get("/account").status_code == 200
    assert alumnus.get("/staff").status_code == 403
    set_up(staff)
    assert staff.get("/staff/claims").status_code == 200


def test_an_administrator_takes_it_away(
    app: Flask, sign_in_as: Readers, people_of_roles: Accounts
) -> None:
    set_up(sign_in_as("alumnus"))
    admin = sign_in_as("admin")
    path = f"/admin/accounts/{people_of_roles['alumnus'].id}"
    assert "Take the second factor away" in admin.get(path).text
    assert admin.post(f"{path}/second-factor").status_code == 303
    assert "Take the second factor away" not in admin.get(path).text
    assert sign_in(app)[1] == "/account"
    assert sign_in_as("staff").post(f"{path}/second-factor").status_code == 403


def test_no_passkey_no_way_in(app: Flask, sign_in_as: Readers) -> None:
    client = app.test_client()
    assert client.post("/sign-in/passkey", data={"answer": "{}"}).location == "/sign-in"
    options = client.post("/sign-in/passkey/options").get_json()
    assert options["rpId"] == "localhost"
    assert options.get("allowCredentials", []) == [], "it names nobody's"
    for wrong in ("", "[]", "{", '{"id": "x"}', '{"id": 7}', "9" * 30_000):
        client.post("/sign-in/passkey/options")
        assert client.post("/sign-in/passkey", data={"answer": wrong}).location == "/sign-in"
    member = sign_in_as("alumnus")
    assert member.post("/account/passkeys/options").get_json()["rp"]["id"] == "localhost"
    assert member.post("/account/passkeys", data={"answer": "{}"}).status_code == 303
    assert "The passkey was not added" in member.get("/account").text
    assert member.post("/account/passkeys/none", data={"act": "remove"}).status_code == 303

"""What every answer carries, and what is refused before any page is asked."""

import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet import accounts
from graphnet.errors import SettingsError
from graphnet.settings import Settings
from graphnet.store import Store
from tests.webapp.conftest import PASSWORD
from webapp.app import create_app
from webapp.frame import security

MakeApp = Callable[..., Flask]


def test_every_answer_has_the_headers(app: Flask) -> None:
    client = app.test_client()
    for path in ("/", "/nothing-here", "/healthz", "/static/app.css", "/account"):
        answer = client.get(path)
        answer.close()
        headers = answer.headers
        assert headers["Content-Security-Policy"] == (
            "default-src 'self'; img-src 'self' data:; object-src 'none'; "
            "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
        )
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
    assert client.get("/").headers["Cache-Control"] == "private, no-store"


def test_what_is_versioned_may_be_kept_for_a_year(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/").text
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"]
        answer.close()


def test_no_page_has_inline_script_or_style() -> None:
    templates = Path(security.__file__).parent.rglob("*.html")
    for path in templates:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|<style|\son\w+=|hx-on|javascript:", text), path
        for script in re.findall(r"<script[^>]*>(.*?)</script>", text, flags=re.DOTALL):
            assert not script.strip(), path


def test_a_key_is_needed_outside_the_demo_and_made_inside(
    store: Store, web_settings: Settings, make_app: MakeApp
) -> None:
    with pytest.raises(SettingsError, match="secret-key"):
        make_app(demo=False)
    make_app()
    path = web_settings.home / "secret-key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = path.read_text()
    assert len(key) == 64
    assert make_app().config["SECRET_KEY"] == key
    assert make_app(demo=False, secret_key="k" * 32).config["SECRET_KEY"] == "k" * 32


def test_over_tls_cookies_are_for_tls_only(
    make_app: MakeApp, people_of_roles: dict[str, accounts.Account]
) -> None:
    app = make_app(secure_cookies=True)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    answer = client.post(
        "/sign-in",
        data={"email": "alumnus@example.org", "password": PASSWORD},
        base_url="https://localhost",
    )
    cookies = answer.headers.getlist("Set-Cookie")
    assert all("Secure" in one and "HttpOnly" in one for one in cookies)
    (cookie,) = (one for one in cookies if "session=" in one)
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_only_the_sites_own_names_are_answered(make_app: MakeApp) -> None:
    client = make_app(trusted_hosts=("alumni.example",)).test_client()
    assert client.get("/healthz", base_url="http://alumni.example").status_code == 200
    refused = client.get("/", base_url="http://evil.example")
    assert refused.status_code == 400
    assert "evil" not in refused.text


def test_behind_a_proxy_links_have_its_scheme_and_name(
    make_app: MakeApp, people_of_roles: dict[str, accounts.Account], store: Store
) -> None:
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "alumni.example"}
    app = make_app(proxies=1, trusted_hosts=("alumni.example",))
    seen = {}

    @app.get("/where")
    def where() -> str:
        from flask import request, url_for

        seen["url"] = url_for("auth.sign_in", _external=True)
        seen["from"] = request.remote_addr
        return "ok"

    client = app.test_client()
    client.get("/where", headers=forwarded | {"X-Forwarded-For": "1.1.1.1, 203.0.113.9"})
    assert seen == {"url": "https://alumni.example/sign-in", "from": "203.0.113.9"}
    # Without a proxy in front, nobody can claim to be one.
    direct = make_app(trusted_hosts=("localhost",)).test_client()
    assert direct.get("/", headers=forwarded).status_code == 200


def test_a_form_needs_its_token(
    make_app: MakeApp, people_of_roles: dict[str, accounts.Account]
) -> None:
    client = make_app().test_client()
    data = {"email": "alumnus@example.org", "password": PASSWORD}
    answer = client.post("/sign-in", data=data)
    assert answer.status_code == 400
    assert "The form has expired" in answer.text
    assert "nothing was done" in answer.text
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    answer = client.post("/sign-in", data=data | {"csrf_token": token[1]})
    assert answer.status_code == 303
    # The token of before the sign-in is worth nothing after it.
    assert client.post("/sign-out", data={"csrf_token": token[1]}).status_code == 400


# A mail program posts here for its reader (RFC 8058); the secret is in the address itself.
ONE_CLICK = {
    "/digest/stop/<token>", "/answer/<token>/never", "/letters/stop/<token>",
    "/reunions/answer/<token>/stop",
}  # fmt: skip


def test_every_route_that_changes_something_asks_for_the_token(make_app: MakeApp) -> None:
    app = make_app()
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()):
            continue
        if rule.rule in ONE_CLICK:
            continue
        path = re.sub(r"<int:[^>]+>", "1", rule.rule)
        answer = client.post(re.sub(r"<[^>]+>", "x", path))
        assert answer.status_code == 400, rule.rule
        assert "The form has expired" in answer.text, rule.rule


def test_sign_in_is_limited_by_address_of_mail_and_success_is_free(
    make_app: MakeApp, people_of_roles: dict[str, accounts.Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "who_signs_in", lambda *_, **__: None)  # not the subject: quick
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()

    def attempt(email: str, address: str) -> int:
        return client.post(
            "/sign-in",
            data={"email": email, "password": "guess"},
            environ_base={"REMOTE_ADDR": address},
        ).status_code

    codes = [attempt("alumnus@example.org", f"198.51.100.{i}") for i in range(11)]
    assert codes == [422] * 10 + [429]
    assert attempt(" ALUMNUS@example.org", "198.51.100.99") == 429  # the same address of mail
    assert attempt("staff@example.org", "198.51.100.99") == 422
    codes = [attempt(f"{i}@example.org", "2001:db8::1") for i in range(10)]
    codes += [attempt(f"{i}@example.org", "2001:db8::2") for i in range(10, 21)]
    assert codes == [422] * 20 + [429]  # one customer's whole /64
    monkeypatch.undo()
    for _ in range(12):
        fresh = app.test_client()
        answer = fresh.post(
            "/sign-in",
            data={"email": "analyst@example.org", "password": PASSWORD},
            environ_base={"REMOTE_ADDR": "198.51.100.200"},
        )
        assert answer.status_code == 303


def test_a_store_of_limits_that_is_down_locks_nobody_out(
    make_app: MakeApp,
    people_of_roles: dict[str, accounts.Account],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The limiter is one for all applications of a process and remembers that its store was lost:
    # a later test would count in the fallback until the store is tried again, and then from nought.
    monkeypatch.setattr(security.limiter, "_storage_dead", False)
    app = make_app(limits_uri="redis://127.0.0.1:1")  # nothing listens there
    app.config["WTF_CSRF_ENABLED"] = False
    answer = app.test_client().post(
        "/sign-in", data={"email": "alumnus@example.org", "password": PASSWORD}
    )
    assert answer.status_code == 303


def test_roles_open_their_pages_and_no_others(
    app: Flask,
    people_of_roles: dict[str, accounts.Account],
    sign_in_as: Callable[[str], FlaskClient],
) -> None:
    from webapp.frame.security import current_viewer, role_required, signed_in

    seen = {}

    @app.get("/for-staff")
    @role_required("staff", purpose="find the lost")
    def for_staff() -> str:
        seen["viewer"] = current_viewer()
        return "ok"

    @app.get("/for-members")
    @signed_in
    def for_members() -> str:
        seen["viewer"] = current_viewer()
        return "ok"

    expected = {"anyone": (303, 303), "alumnus": (403, 200), "staff": (200, 200)}
    for role, codes in expected.items():
        client = sign_in_as(role)
        found = tuple(client.get(p).status_code for p in ("/for-staff", "/for-members"))
        assert found == codes, role
    # Who is both asks as an alumnus, until on a page for staff.
    accounts.give_role(app.extensions["graphnet"].store, people_of_roles["staff"].id, "alumnus")
    client = sign_in_as("staff")
    client.get("/for-members")
    assert (seen["viewer"].kind, seen["viewer"].purpose) == ("alumnus", "")
    client.get("/for-staff")
    assert (seen["viewer"].kind, seen["viewer"].purpose) == ("staff", "find the lost")
    assert seen["viewer"].person_key == people_of_roles["staff"].person_key


def test_a_role_taken_counts_from_the_next_request(
    app: Flask,
    people_of_roles: dict[str, accounts.Account],
    sign_in_as: Callable[[str], FlaskClient],
    store: Store,
) -> None:
    client = sign_in_as("admin")
    accounts.create(store, "second@example.org", None, roles=("admin",))
    assert client.get("/admin").status_code == 200
    accounts.take_role(store, people_of_roles["admin"].id, "admin")
    assert client.get("/admin").status_code == 403


def test_two_applications_keep_their_stores_apart(store: Store, web_settings: Settings) -> None:
    first, second = (create_app(web_settings, store=store) for _ in range(2))
    assert first.extensions["graphnet"] is not second.extensions["graphnet"]

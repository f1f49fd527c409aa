"""What every answer carries, and what is refused before any page is asked."""

import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet import accounts
from graphnet.audit import entries
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


# The secret is in the address itself, and no session counts: a mail program posts here for its
# reader (RFC 8058), a door's phone sends what it recorded a day ago.
BY_ADDRESS = {
    "/digest/stop/<token>", "/answer/<token>/never", "/letters/stop/<token>",
    "/reunions/answer/<token>/stop", "/door/<token>/sync",
}  # fmt: skip


def test_every_route_that_changes_something_asks_for_the_token(make_app: MakeApp) -> None:
    app = make_app()
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()):
            continue
        if rule.rule in BY_ADDRESS:
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

    codes = [attempt("alumnus@example.org", "198.51.100.99") for _ in range(11)]
    assert codes == [422] * 10 + [429]
    assert attempt(" ALUMNUS@example.org", "198.51.100.99") == 429  # the same address of mail
    assert attempt("alumnus@example.org", "198.51.100.98") == 422, "its owner, somewhere else"
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


def test_nobody_is_locked_out_by_others(
    make_app: MakeApp, people_of_roles: dict[str, accounts.Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = False
    strangers, own = app.test_client(), app.test_client()

    def attempt(client: FlaskClient, who: str, address: str, password: str = PASSWORD) -> int:
        data = {"email": f"{who}@example.org", "password": password}
        base = {"REMOTE_ADDR": address}
        return client.post("/sign-in", data=data, environ_base=base).status_code

    assert attempt(own, "alumnus", "203.0.113.7") == 303
    own.post("/sign-out")
    monkeypatch.setattr(accounts, "who_signs_in", lambda *_, **__: None)
    codes = [attempt(strangers, "alumnus", f"198.51.{n // 9}.1", "guess") for n in range(61)]
    assert codes == [422] * 60 + [429], "from everywhere together"
    assert [attempt(strangers, f"no-{n}", "203.0.113.7", "guess") for n in range(21)][-1] == 429
    refused = strangers.post("/sign-in", data={"email": "alumnus@example.org", "password": "x"})
    assert refused.status_code == 429 and 'href="/sign-in/letter"' in refused.text
    monkeypatch.undo()
    assert attempt(app.test_client(), "alumnus", "192.0.2.1") == 429
    assert attempt(own, "alumnus", "203.0.113.7") == 303, "the browser that the account knows"
    monkeypatch.setattr(accounts, "who_signs_in", lambda *_, **__: None)
    own.post("/sign-out")
    tries = [attempt(own, "alumnus", f"192.0.{n}.1", "guess") for n in range(11)]
    assert tries == [422] * 10 + [429], "it has an end of its own"


def test_acts_are_counted_by_account_not_by_network(
    make_app: MakeApp, people_of_roles: dict[str, accounts.Account]
) -> None:
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = False

    @app.post("/limited")
    @security.limiter.limit("2/hour")
    def limited() -> str:
        return "ok"

    def signed_in(role: str) -> FlaskClient:
        client = app.test_client()
        client.post("/sign-in", data={"email": f"{role}@example.org", "password": PASSWORD})
        return client

    def act(client: FlaskClient, address: str) -> int:
        return client.post("/limited", environ_base={"REMOTE_ADDR": address}).status_code

    mine, hers = signed_in("alumnus"), signed_in("staff")
    assert [act(mine, f"192.0.2.{n}") for n in range(3)] == [200, 200, 429]
    assert act(hers, "192.0.2.1") == 200
    visitor = app.test_client()
    assert [act(visitor, "192.0.2.9") for _ in range(3)] == [200, 200, 429]


def test_what_is_refused_stands_on_the_trail(
    make_app: MakeApp, people_of_roles: dict[str, accounts.Account], store: Store
) -> None:
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = False

    def trail() -> list[tuple[str, str, str]]:
        found = entries(store, limit=100)
        told = ("sign-in.failed", "refused", "limit")
        return sorted((one.act, one.subject, one.detail) for one in found if one.act in told)

    client = app.test_client()
    for email in ("alumnus@example.org", "nobody@example.org", "alumnus@example.org"):
        client.post("/sign-in", data={"email": email, "password": "wrong"})
    known, unknown = trail()[::-1]
    assert known == ("sign-in.failed", people_of_roles["alumnus"].id, ""), "once, however often"
    assert unknown[1] == "" and len(unknown[2]) == 16 and "nobody" not in unknown[2]
    client.post("/sign-in", data={"email": "alumnus@example.org", "password": PASSWORD})
    assert client.get("/admin").status_code == client.get("/admin").status_code == 403
    (refused,) = (one for one in entries(store, limit=100) if one.act == "refused")
    assert refused.actor == people_of_roles["alumnus"].id and refused.detail == "admin.index"
    for _ in range(12):
        client.post("/sign-in", data={"email": "staff@example.org", "password": "wrong"})
    assert ("limit", "", "auth.sign_in") in trail()


def test_an_administrator_acts_only_soon_after_signing_in(
    make_app: MakeApp, people_of_roles: dict[str, accounts.Account], store: Store
) -> None:
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = False
    client, staff = app.test_client(), people_of_roles["staff"]
    data = {"email": "admin@example.org", "password": PASSWORD}
    client.post("/sign-in", data=data)
    store.write("MATCH (s:Session) SET s.created_at = s.created_at - duration('PT31M')")
    assert client.get("/admin").status_code == 200
    act = f"/admin/accounts/{staff.id}/state"
    asked = client.post(act, data={"act": "disable"})
    assert (asked.status_code, asked.location) == (303, "/sign-in?next=/admin")
    page = client.get(asked.location)
    assert page.status_code == 200 and "Nothing was done yet" in page.text
    assert not accounts.account(store, staff.id).disabled
    assert client.post(asked.location, data=data).location == "/admin"
    assert client.post(act, data={"act": "disable"}).location == f"/admin/accounts/{staff.id}"


def test_whoever_finds_an_open_browser_takes_no_data_along(
    make_app: MakeApp, people_of_roles: dict[str, accounts.Account], store: Store
) -> None:
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    data = {"email": "alumnus@example.org", "password": PASSWORD}
    client.post("/sign-in", data=data)
    assert client.get("/me/export").headers["Content-Disposition"].startswith("attachment")
    store.write("MATCH (s:Session) SET s.created_at = s.created_at - duration('PT31M')")
    assert client.get("/account").status_code == 200, "all else goes on"
    asked = client.get("/me/export")
    assert (asked.status_code, asked.location) == (303, "/sign-in?next=/me")
    assert "please sign in again" in client.get(asked.location).text
    assert client.post(asked.location, data=data).location == "/me"
    assert client.get("/me/export").is_json


def test_sessions_of_the_office_end_by_idleness_and_within_a_day(
    make_app: MakeApp, people_of_roles: dict[str, accounts.Account], store: Store
) -> None:
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = False
    idle = "MATCH (s:Session) SET s.seen_at = s.seen_at - duration({minutes: $minutes})"
    old = "MATCH (s:Session) SET s.created_at = s.created_at - duration({hours: $hours})"
    for query, values in ((idle, {"minutes": 121}), (old, {"hours": 13})):
        readers = {}
        for role in people_of_roles:
            readers[role] = app.test_client()
            data = {"email": f"{role}@example.org", "password": PASSWORD}
            assert readers[role].post("/sign-in", data=data).status_code == 303
        store.write(query, **values)
        held = {role for role, one in readers.items() if one.get("/account").status_code == 200}
        assert held == {"alumnus"}
        lost = readers["staff"].post("/requests/new", data={"text": "Long and carefully written"})
        assert lost.status_code == 401 and "Long and carefully written" in lost.text
        assert readers["staff"].post("/requests/new", data={"text": ""}).status_code == 303


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

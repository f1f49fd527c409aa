"""Signing in by Keycloak: the provider that most universities run, itself, on this machine."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from graphnet import accounts
from tests.support.keycloak import CLIENT, USER, Keycloak, keycloak
from tests.webapp.conftest import PASSWORD

BACK = "http://localhost/sign-in/elsewhere/back"

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keycloak]:
    with keycloak(tmp_path_factory.mktemp("keycloak"), BACK) as opened:
        yield opened


@pytest.fixture
def site(
    make_app: Callable[..., Flask],
    provider: Keycloak,
    people_of_roles: dict[str, accounts.Account],
    monkeypatch: pytest.MonkeyPatch,
) -> Flask:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # of a provider on loopback
    app = make_app(
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret=provider.secret,
        oidc_name="The University",
        site_url="http://localhost",
    )
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    return app


def there(away: str, provider: Keycloak) -> str:
    """Sign in over there as its user does, in a form; return where it sends them back to."""
    page = requests.get(away, timeout=60)
    assert page.status_code == 200, page.text
    form = re.search(r'<form id="kc-form-login"[^>]*action="([^"]+)"', page.text)
    assert form, page.text
    # Its cookies are for https alone, of which browsers except a loopback address.
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in page.cookies)
    sent = requests.post(
        unescape(form[1]),
        headers={"Cookie": cookies},
        data={"username": USER, "password": provider.password, "credentialId": ""},
        allow_redirects=False,
        timeout=60,
    )
    assert sent.status_code == 302, sent.text
    return sent.headers["Location"]


def there_and_back(client: FlaskClient, provider: Keycloak) -> str:
    """Go to Keycloak and come back; return where the site leads then."""
    back = there(client.get("/sign-in/elsewhere").location, provider)
    assert back.startswith(BACK)
    return str(client.get(f"{urlsplit(back).path}?{urlsplit(back).query}").location)


def test_whoever_has_linked_the_two_signs_in_over_there(site: Flask, provider: Keycloak) -> None:
    stranger = site.test_client()
    assert there_and_back(stranger, provider) == "/sign-in", "nobody has linked anything"
    mine = site.test_client()
    mine.post("/sign-in", data={"email": "alumnus@example.org", "password": PASSWORD})
    assert there_and_back(mine, provider) == "/account/elsewhere"
    assert mine.post("/account/elsewhere").status_code == 303
    later = site.test_client()
    assert there_and_back(later, provider) == "/home"
    assert "alumnus@example.org" in later.get("/account").text


def test_an_answer_of_keycloak_counts_once_and_in_one_browser(
    site: Flask, provider: Keycloak
) -> None:
    mine, theirs = site.test_client(), site.test_client()
    back = there(mine.get("/sign-in/elsewhere").location, provider)
    path = f"{urlsplit(back).path}?{urlsplit(back).query}"
    theirs.get("/sign-in/elsewhere")
    assert theirs.get(path).location == "/sign-in", "another state"
    with mine.session_transaction() as kept:
        state = dict(kept)
    assert mine.get(path).location == "/sign-in", "nobody has linked it, but it was good"
    assert "No account here is linked" in mine.get("/sign-in").text
    with mine.session_transaction() as kept:
        kept.update(state)
    mine.get(path)
    assert "did not work" in mine.get("/sign-in").text, "Keycloak gives nothing for a used code"


def test_another_secret_gets_nothing(site: Flask, provider: Keycloak) -> None:
    other = site.extensions["graphnet"].settings.oidc_client_secret
    assert other == provider.secret
    client = site.test_client()
    client.get("/sign-in/elsewhere")
    site.extensions["oidc"]["provider"].client_secret = "another"
    assert there_and_back(client, provider) == "/sign-in"
    assert "did not work" in client.get("/sign-in").text

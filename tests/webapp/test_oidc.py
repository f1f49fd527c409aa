"""Signing in by another site: a real provider, linked by issuer and subject, never by address."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey

from graphnet import accounts
from graphnet.accounts import identities
from graphnet.errors import Conflict
from graphnet.store import Store
from tests.support.oidc_provider import CLIENT, SECRET, Provider, oidc_provider
from tests.webapp.conftest import PASSWORD

Accounts = dict[str, accounts.Account]


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # of the test's provider, on loopback
    with oidc_provider() as opened:
        yield opened


@pytest.fixture
def site(make_app: Callable[..., Flask], provider: Provider, people_of_roles: Accounts) -> Flask:
    app = make_app(
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_name="The University",
        site_url="http://localhost",
    )
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    return app


def signed_in(site: Flask) -> FlaskClient:
    client = site.test_client()
    client.post("/sign-in", data={"email": "alumnus@example.org", "password": PASSWORD})
    return client


def there_and_back(client: FlaskClient, start: str = "/sign-in/elsewhere") -> str:
    """Go to the provider and come back; return where the site leads then."""
    away = client.get(start).location
    answer = requests.get(away, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    return str(client.get(f"{back.path}?{back.query}").location)


def link(site: Flask) -> None:
    client = signed_in(site)
    assert there_and_back(client) == "/account/elsewhere"
    assert "Link the two accounts?" in client.get("/account/elsewhere").text
    assert client.post("/account/elsewhere").status_code == 303


def test_without_a_setting_there_is_no_such_page(app: Flask) -> None:
    assert app.test_client().get("/sign-in/elsewhere").status_code == 404
    assert "elsewhere" not in app.test_client().get("/sign-in").text


def test_an_account_is_opened_by_the_identity_that_its_owner_linked(
    site: Flask, provider: Provider
) -> None:
    link(site)
    client = site.test_client()
    assert there_and_back(client, "/sign-in/elsewhere?next=/account") == "/account"
    page = client.get("/account").text
    assert provider.issuer in page
    assert "alumnus@example.org" in page
    unlink = page.split("/account/elsewhere/")[1].split("/end")[0]
    assert client.post(f"/account/elsewhere/{unlink}/end").status_code == 303
    assert client.post(f"/account/elsewhere/{unlink}/end").status_code == 404
    assert there_and_back(site.test_client()) == "/sign-in"


def test_an_address_that_the_provider_names_opens_nothing(
    site: Flask, provider: Provider, store: Store
) -> None:
    provider.wrong = {"email_verified": True}
    store.write(
        "MATCH (a:Account {email_key: 'alumnus@example.org'}) "
        "SET a.email = 'anna@example.org', a.email_key = 'anna@example.org'"
    )
    client = site.test_client()
    assert there_and_back(client) == "/sign-in"
    assert "No account here is linked" in client.get("/sign-in").text
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://elsewhere.example"}, {"aud": ["another"]}, {"azp": "another"},
        {"nonce": "another"}, {"exp": 1}, {"sub": ""}, {"sub": 7},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_says_anything_wrong_opens_nothing(
    site: Flask, provider: Provider, wrong: dict[str, object]
) -> None:
    link(site)
    if "sub" in wrong:
        provider.subject = ""
    provider.wrong = {k: v for k, v in wrong.items() if k != "sub"}
    client = site.test_client()
    assert there_and_back(client) == "/sign-in"
    assert client.get("/account").status_code == 303


def test_a_token_of_another_key_opens_nothing(site: Flask, provider: Provider) -> None:
    link(site)
    provider.signs_with = RSAKey.generate_key(2048, parameters={"kid": "one"})
    assert there_and_back(site.test_client()) == "/sign-in"


def test_an_answer_belongs_to_the_browser_that_asked_and_counts_once(
    site: Flask, provider: Provider
) -> None:
    link(site)
    mine, theirs = site.test_client(), site.test_client()
    away = mine.get("/sign-in/elsewhere").location
    answer = requests.get(away, allow_redirects=False, timeout=10)
    back = urlsplit(answer.headers["Location"])
    path = f"{back.path}?{back.query}"
    assert theirs.get(path).location == "/sign-in"
    theirs.get("/sign-in/elsewhere")
    assert theirs.get(path).location == "/sign-in", "another state"
    assert mine.get(path).location != "/sign-in"
    assert mine.get(path).location != "/home", "once"
    assert mine.get("/sign-in/elsewhere/back?error=access_denied").status_code == 303


def test_one_identity_opens_one_account(store: Store, people_of_roles: Accounts) -> None:
    first, second = people_of_roles["alumnus"].id, people_of_roles["staff"].id
    identities.link(store, first, "https://a.example", "1")
    for account in (first, second):
        with pytest.raises(Conflict):
            identities.link(store, account, "https://a.example", "1")
    identities.link(store, second, "https://b.example", "1")
    assert identities.who_signs_in(store, "https://a.example", "1") == first
    assert identities.who_signs_in(store, "https://b.example", "1") == second
    accounts.disable(store, second)
    assert identities.who_signs_in(store, "https://b.example", "1") is None

"""The application on the test session's database, and readers of each role who are signed in."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import argon2
import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet import accounts
from graphnet.accounts import passwords
from graphnet.settings import Settings
from graphnet.store import Store
from webapp.app import create_app

PASSWORD = "a walk in the park 77"
ROLES = ("alumnus", "staff", "analyst", "admin")
MAKE_PEOPLE = """UNWIND range(1, size($roles)) AS key
CREATE (:Person {id: 'person-' + toString(key), key: key, given_name: $roles[key - 1],
  family_name: 'Reader', name_key: 'reader', visibility: 'shown'})"""


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign in at a hundredth of the price; tests/graphnet/test_accounts.py pays the full one."""
    monkeypatch.setattr(passwords, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=1024))


@pytest.fixture
def web_settings(settings: Settings, tmp_path: Path) -> Settings:
    """Settings as in the demo, with a home of the test's own."""
    return replace(settings, home=tmp_path, demo=True, secure_cookies=False)


@pytest.fixture
def make_app(store: Store, web_settings: Settings) -> Callable[..., Flask]:
    """Make an application: strict as it is served, with settings changed as the test needs."""

    def make(**changes: object) -> Flask:
        return create_app(replace(web_settings, **changes), store=store)  # type: ignore[arg-type]

    return make


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """An application without CSRF tokens and limits, which have tests of their own."""
    made = make_app()
    made.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    return made


@pytest.fixture
def people_of_roles(store: Store) -> dict[str, accounts.Account]:
    """One account of each role, who all have the password `PASSWORD`."""
    store.write(MAKE_PEOPLE, roles=list(ROLES))
    rows = [
        {"email": f"{role}@example.org", "person_key": key, "roles": [role]}
        for key, role in enumerate(ROLES, start=1)
    ]
    accounts.create_many(store, rows, PASSWORD)
    found = {role: accounts.account_by_email(store, f"{role}@example.org") for role in ROLES}
    return {role: one for role, one in found.items() if one is not None}


@pytest.fixture
def sign_in_as(
    app: Flask, people_of_roles: dict[str, accounts.Account]
) -> Callable[[str], FlaskClient]:
    """Sign a reader of a role in; 'anyone' is nobody."""

    def reader(role: str) -> FlaskClient:
        client = app.test_client()
        if role != "anyone":
            answer = client.post(
                "/sign-in", data={"email": f"{role}@example.org", "password": PASSWORD}
            )
            assert answer.status_code == 303, answer.text
        return client

    return reader

"""`graphnet admin` on a real database."""

import json
import re
from dataclasses import replace

import pytest
from click.testing import CliRunner

from graphnet import accounts
from graphnet.commands.admin import admin
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.settings import Settings
from graphnet.store import Store


@pytest.fixture
def own(settings: Settings, address: tuple[str, str, str]) -> Settings:
    """Settings that name the session's server as one of the user's own."""
    uri, user, password = address
    return replace(settings, neo4j_uri=uri, neo4j_user=user, neo4j_password=password)


def run(own: Settings, *arguments: str, typed: str = "") -> str:
    found = CliRunner().invoke(admin, arguments, obj=own, input=typed, catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.output


def test_a_secret_key_is_long_and_another_each_time(own: Settings) -> None:
    keys = {run(own, "secret-key").strip() for _ in range(3)}
    assert len(keys) == 3
    assert all(re.fullmatch(r"[0-9a-f]{64}", key) for key in keys)


def test_the_first_administrator(own: Settings, store: Store) -> None:
    run(
        own, "create", "boss@example.org", "--given-name", "Ada", typed="a b c d e f\na b c d e f\n"
    )
    made = accounts.account_by_email(store, "boss@example.org")
    assert made is not None
    assert (made.roles, made.name.full) == (("staff", "admin"), "Ada")
    assert accounts.who_signs_in(store, "boss@example.org", "a b c d e f")
    with pytest.raises(Conflict):
        run(own, "create", "boss@example.org", "--invite")
    with pytest.raises(BadValue, match="among the first"):
        run(own, "create", "other@example.org", "--password", "password1234")


def test_links_and_roles(own: Settings, store: Store) -> None:
    printed = run(own, "create", "new@example.org", "--invite", "--role", "analyst")
    token = printed.split("/reset/")[1].strip()
    accounts.set_password_by_link(store, token, "my very own words")
    said = json.loads(run(own, "roles", "new@example.org", "--give", "staff", "--json"))
    assert said == {"email": "new@example.org", "roles": ["staff", "analyst"]}
    assert run(own, "roles", "new@example.org", "--take", "staff") == "new@example.org: analyst\n"
    path = run(own, "sign-in-link", "new@example.org").strip()
    assert accounts.use_sign_in_link(store, path.removeprefix("/reset/"))
    reset = json.loads(run(own, "sign-in-link", "new@example.org", "--reset", "--json"))
    assert accounts.link_of(store, reset["path"].removeprefix("/reset/")).purpose == "reset"
    with pytest.raises(ThingNotFound):
        run(own, "roles", "nobody@example.org")

"""The association with members, partners and offers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask

from graphnet.keys import trusted
from graphnet.ledger import entries
from graphnet.live import Live
from graphnet.loyalty import (
    joining,
    memberships,
    partners,
    perk_editing,
    perks,
)
from graphnet.privacy import Viewer
from graphnet.recommendations import preferences
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, site
from tests.support.graphs import ANNA, STAFF

ANNAS = Viewer("alumnus", ANNA, "account-1")
STAFFS = Viewer("staff", STAFF, "account", purpose="membership")
RUSSIAN = {"Accept-Language": "ru"}
FORGET = """MATCH (n:Membership|MemberCard|Partner|Perk|PerkCode|Badge) DETACH DELETE n"""
NO_CONSENT = """MATCH (c:Consent {purpose: 'partners'}) DETACH DELETE c"""
TODAY = memberships.rules_now().today()


@pytest.fixture(scope="module")
def home(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return own_home(settings, tmp_path_factory.mktemp("loyalty"))


@pytest.fixture(scope="module")
def following(session_store: Store, home: Settings) -> Iterator[Live]:
    session_store.run_alone(WIPE)
    found = furnished(session_store, home)
    session_store.write(
        "MATCH (a:Account) WHERE a.email IN ['admin@example.org', 'analyst@example.org'] "
        "SET a.roles = a.roles + 'alumnus'"
    )
    yield found
    found.stop()


@pytest.fixture
def live(following: Live) -> Live:
    following.store.write(FORGET)
    following.store.write(NO_CONSENT)
    return following


@pytest.fixture
def app(live: Live, home: Settings) -> Flask:
    return site(live, home)


def contribute(live: Live, key: int, kind: str, mode: str, times: int = 1) -> None:
    """Enter acts of somebody's; what came of them goes with the test's own names."""
    for number in range(times):
        live.store.in_write(
            partial(
                entries.record,
                person_key=key,
                kind=kind,
                mode=mode,
                happened_at=datetime.now(UTC) - timedelta(hours=1),
                act_id=f"loyalty:{key}:{kind}:{number}",
                evidence={"note": "as written"},
            )
        )


def offer(live: Live, home: Settings, **values: Any) -> tuple[str, str, partners.Partner]:
    """Make a partner with a published offer; return the offer, the link, the partner."""
    store, links = live.store, trusted(home, "links")
    made = partners.create(store, STAFFS, partners.Content("Bakery", "Пекарня"))
    token = partners.link(store, STAFFS, made, keys=links)
    content = perks.Content(title="Bread", title_ru="Хлеб", **values)
    perk = perk_editing.create(store, STAFFS, made, content)
    perk_editing.publish(store, STAFFS, perk)
    return perk, token, partners.by_token(store, token)


def agree(live: Live, *keys: int) -> None:
    for key in keys:
        preferences.consent(live.store, Viewer("alumnus", key), "partners", "given")
        joining.join(live.store, Viewer("alumnus", key))

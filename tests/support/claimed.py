"""Somebody claims to be of a group, by its link."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graphnet import accounts
from graphnet.onboarding import claim_letters, claims, invitation_links
from graphnet.privacy import Viewer
from graphnet.store import Store
from tests.support.graphs import (
    ANNA,
    STAFF,
    small_association,
)

KEYS = (b"a key of the tests",)
STAFF_ASKS = Viewer("staff", STAFF, "account-8", purpose="decide claims")
ANNA_ASKS = Viewer("alumnus", ANNA, "account-1")
MORE = """UNWIND $rows AS row MATCH (g:StudyGroup {id: 'A'})
CREATE (p:Person:Alumnus {id: row.id, key: row.key, given_name: row.given, family_name: row.family,
  name_key: row.id, visibility: 'shown'})
CREATE (p)-[:STUDIED_IN {from_term: 3996, to_term: 4005, role: 'student'}]->(g)
CREATE (:Account {id: 'account-' + toString(row.key), email: row.id + '@example.org',
  email_key: row.id + '@example.org', roles: ['alumnus'], created_at: $old})-[:OF]->(p)"""

LEV, MAYA = 21, 22
LEV_ASKS, MAYA_ASKS = Viewer("alumnus", LEV, "account-21"), Viewer("alumnus", MAYA, "account-22")
CLAIM = "MATCH (c:Claim) RETURN properties(c) AS all ORDER BY c.at LIMIT 50"
LETTERS = "MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS payload ORDER BY j.created_at LIMIT 50"


@pytest.fixture
def link(store: Store) -> str:
    small_association(store)
    old = datetime.now(UTC) - timedelta(days=400)
    rows = [
        {"id": "lev", "key": LEV, "given": "Лев", "family": "Орешкин"},
        {"id": "maya", "key": MAYA, "given": "Майя", "family": "Зотова"},
    ]
    store.write(MORE, rows=rows, old=old)
    store.write("MATCH (a:Account) SET a.created_at = $old", old=old)
    return invitation_links.make(store, ANNA_ASKS, "A", keys=KEYS).token


def ask(store: Store, link: str, name: str = "Boris Petrov", **more: Any) -> str:
    claims.ask(store, link, name=name, **more)
    rows = store.read("MATCH (c:Claim) RETURN c.id AS id ORDER BY c.at DESC LIMIT 1")
    return str(rows[0]["id"])


def only(store: Store) -> dict[str, Any]:
    return dict(store.read(CLAIM)[-1]["all"])


def letters(store: Store) -> list[dict[str, Any]]:
    return [json.loads(row["payload"]) for row in store.read(LETTERS)]


def kinds(store: Store) -> list[str]:
    return [one["letter"].removeprefix("claims.") for one in letters(store)]


def armed(store: Store, claim: str) -> str:
    """The token of the letter to the address on file, as it leaves."""
    assert kinds(store)[-1] == "confirm"
    token = "t" * 43
    assert claim_letters.arm(store, claim, token)
    return token


def owner(store: Store, email: str) -> int | None:
    found = accounts.account_by_email(store, email)
    return found.person_key if found else None

"""An association with a season of contributions, and its freezing."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from graphnet.ledger import archive
from graphnet.ledger import entries as ledger
from graphnet.privacy import Viewer
from graphnet.store import Store
from tests.support.entries import BEGIN, RULES
from tests.support.graphs import ANNA, DARYA, STAFF, ZHANNA, small_association

KEEPER = Viewer("staff", STAFF, "account-8", purpose="contributions")
KEY = b"k" * 32
RAW = "MATCH (c:Contribution) RETURN properties(c) AS entry ORDER BY c.number LIMIT 1000"
CONSENT = """MATCH (p:Person {key: $key})
CREATE (p)-[:GAVE]->(:Consent {id: randomUUID(), purpose: 'profile', state: $state, at: $at})"""


@pytest.fixture
def association(store: Store) -> Store:
    small_association(store)
    store.write("CREATE (:Event {id: 'meeting', key: 1, title: 'Meeting'})")
    return store


def enter(store: Store, act: str, who: int, kind: str, *, day: int = 0, **more: Any) -> None:
    mode = RULES.kinds[kind].mode
    evidence = more.pop("evidence", {"note": f"of {act}"})
    store.in_write(
        lambda t: ledger.record(
            t,
            person_key=who,
            kind=kind,
            mode=mode,
            happened_at=BEGIN + timedelta(days=day),
            act_id=act,
            evidence=evidence,
            **more,
        )
    )


def a_season(store: Store) -> None:
    enter(store, "a", ANNA, "talk", thing_id="meeting")
    enter(store, "b", ANNA, "attended", day=1, thing_id="meeting")
    enter(store, "c", DARYA, "attended", day=1, thing_id="meeting")
    enter(store, "d", ANNA, "referral", day=2, participant_key=ZHANNA)
    enter(store, "e", DARYA, "invitation_accepted", day=2, participant_key=ZHANNA)
    enter(store, "f", ZHANNA, "helped", day=3, entered_by="account-8", quantity=2)
    store.in_write(lambda t: ledger.correct(t, KEEPER, "c", "was marked by mistake"))


@dataclass(frozen=True)
class Frozen:
    path: Path
    sha256: str


def frozen_in(store: Store, folder: Path) -> Frozen:
    """Seal the season into a file, as the export of its archive has it."""
    made = archive.sealed(store.read, RULES, key=KEY)
    path = archive.season_path(folder, "2026")
    archive.write(path, made.text)
    return Frozen(path, made.sha256)

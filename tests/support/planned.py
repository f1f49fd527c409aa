"""A class of which some are lost, and a plan for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graphnet.live import Live, rebuild
from graphnet.privacy import Viewer
from graphnet.recovery import outreach, plans
from graphnet.store import Store
from tests.support.graphs import ANNA, small_association

STAFF_ASK = Viewer("staff", account_id="account", purpose="recovery")
CLASS = ("cohorts", "optics98")
KEYS = (b"a key of the site", b"an earlier one")


@pytest.fixture
def live(store: Store, tmp_path: Path) -> Iterator[Live]:
    small_association(store)
    rebuild(store, tmp_path)
    following = Live(store, tmp_path)
    following.start()
    yield following
    following.stop()


def state(page: plans.PlanPage, key: int) -> str:
    return next((ask.state for ask in page.asks if ask.card.key == key), "")


def ask_of(page: plans.PlanPage, key: int) -> str:
    return next(ask.id for ask in page.asks if ask.card.key == key)


def planned(live: Live, size: int = 2) -> str:
    plan_id = plans.create(live, STAFF_ASK, *CLASS, size)
    outreach.arm(live.store, STAFF_ASK, plan_id, keys=KEYS)
    return plan_id


def page(live: Live, plan_id: str) -> plans.PlanPage:
    return plans.plan(live, STAFF_ASK, plan_id)


def ask_id(live: Live, key: int) -> str:
    return str(
        live.store.read(
            "MATCH (a:Ask)-[:OF]->(:Person {key: $key}) RETURN a.id AS id LIMIT 1", key=key
        )[0]["id"]
    )


def sent(live: Live, key: int = ANNA, size: int = 4) -> tuple[str, str, str]:
    """Send one letter; the plan, the ask and the word of the link."""
    plan_id = planned(live, size)
    letter = next(
        one for one in outreach.letters(live, STAFF_ASK, plan_id, keys=KEYS) if one.card.key == key
    )
    ask_id = str(letter.ask["id"])
    outreach.send(live, STAFF_ASK, plan_id, ask_id, "post")
    return plan_id, ask_id, letter.token

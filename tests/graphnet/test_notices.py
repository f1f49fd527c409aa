"""Letters of their own accord: chosen, ended by one address, never to the dead."""

from datetime import date
from pathlib import Path

import pytest

from graphnet import mail, notices
from graphnet.errors import BadValue, ThingNotFound
from graphnet.features import registered
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.furnished import own_home
from tests.support.graphs import ANNA, DARYA, small_association
from tests.support.letters import delivered

ME = Viewer("alumnus", ANNA, "account")


@pytest.fixture
def home(store: Store, settings: Settings, tmp_path: Path) -> Settings:
    small_association(store)
    return own_home(settings, tmp_path)


def test_one_address_ends_one_series_of_one_person(store: Store, home: Settings) -> None:
    assert notices.choice_of(store, ME) == "at_once"
    token = notices.stop_address(home, "notices", "anna").rpartition("/")[2]
    core = registered()
    assert notices.series_of(core, home, token) == "notices"
    assert notices.choice_of(store, ME) == "at_once", "looking ends nothing"
    assert notices.stop(core, home, store, token) == "notices"
    assert notices.choice_of(store, ME) == "never"
    assert notices.choice_of(store, Viewer("alumnus", DARYA)) == "at_once"
    of_nobody = notices.stop_address(home, "notices", "nobody").rpartition("/")[2]
    assert notices.stop(core, home, store, of_nobody) == "notices"
    unknown = notices.stop_address(home, "unknown", "anna").rpartition("/")[2]
    for wrong in (token[:-2], token + "AA", "A" + token[1:], "", "ж", "none", unknown):
        with pytest.raises(ThingNotFound):
            notices.stop(core, home, store, wrong)


def test_who_has_chosen_otherwise_is_not_written_to(store: Store, home: Settings) -> None:
    def told(key: int) -> bool:
        return store.in_write(
            lambda t: notices.tell(t, key, "contacts.asked", {"request": "x"}, once=f"x{key}")
        )

    assert told(DARYA)
    for choice in ("daily", "never"):
        notices.choose(store, ME, choice)
        assert not told(ANNA)
    with pytest.raises(BadValue):
        notices.choose(store, ME, "hourly")
    notices.choose(store, ME, "at_once")
    store.write(
        "MATCH (c:ContactPoint {value_key: 'anna@example.org'}) SET c.bounced_at = $now",
        now=date(2026, 1, 1),
    )
    store.write("MATCH (a:Account) SET a.email_key = a.email")
    assert not told(ANNA), "nothing arrives at that address"


def test_the_dead_get_nothing_queued_before_either(store: Store, home: Settings) -> None:
    for name, person in (("one", ""), ("two", "anna")):
        store.in_write(
            lambda t, name=name, person=person: mail.enqueue(
                t, to="anna@example.org", subject=name, text="x", key=name, person=person
            )
        )
    # A wife reads at the same address, and is alive.
    store.in_write(
        lambda t: mail.enqueue(
            t, to="anna@example.org", subject="hers", text="x", key="hers", person="darya"
        )
    )
    store.write("MATCH (p:Person {id: 'anna'}) SET p.died_on = $day", day=date(2026, 1, 1))
    assert [letter["Subject"] for letter in delivered(store, home)] == ["hers"]

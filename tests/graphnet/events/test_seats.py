"""Seats: whoever waits longest is next and is told; attendance in a constant number of queries."""

import threading
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from graphnet.errors import NotAllowed, ThingNotFound
from graphnet.events import attendance, registrations
from graphnet.privacy import Viewer
from graphnet.store import Store, Transaction
from tests.support.graphs import ANNA, BORIS, DARYA, GEORGY, STAFF, ZHANNA, small_association

BY_STAFF = Viewer("staff", STAFF, "account-8", frozenset({"staff"}), "events")
EVENT = """CREATE (:Event {id: $id, key: 1, title: 'Evening', starts_at: $at, capacity: $capacity,
  time_zone: 'Europe/Moscow', visibility: 'members'})"""
GUESTS = """MATCH (e:Event {id: 'past'}) UNWIND range(1, $n) AS n
CREATE (p:Person:Alumnus {id: 'guest' + toString(n), key: 1000 + n, given_name: 'G',
  family_name: 'Guest', visibility: 'shown'})
CREATE (r:Registration {id: 'r' + toString(n), state: 'yes', at: $at})
CREATE (r)-[:FOR]->(e) CREATE (r)-[:BY]->(p)
WITH r, n WHERE n % 3 = 0 MATCH (by:Person {key: $bringer}) CREATE (r)-[:NAMES]->(by)"""


def says(store: Store, key: int, answer: str) -> str:
    return registrations.answer(store, Viewer("alumnus", key, f"account-{key}"), "soon", answer)


def waiting(store: Store) -> list[int]:
    rows = store.read(
        "MATCH (:Event {id: 'soon'})<-[:FOR]-(r:Registration {state: 'waiting'})-[:BY]->(p:Person) "
        "RETURN p.key AS key, r.position AS position ORDER BY position LIMIT 99"
    )
    assert len({row["position"] for row in rows}) == len(rows), "no two have one position"
    return [row["key"] for row in rows]


def told(store: Store) -> list[str]:
    rows = store.read(
        "MATCH (j:Job {kind: $kind}) RETURN j.payload AS payload ORDER BY payload LIMIT 99",
        kind=registrations.SEAT_GIVEN,
    )
    return [row["payload"] for row in rows]


@pytest.fixture
def soon(store: Store) -> Store:
    small_association(store)
    store.write(EVENT, id="soon", at=datetime.now(UTC) + timedelta(days=3), capacity=1)
    return store


def test_nobody_on_the_waiting_list_is_overtaken(soon: Store) -> None:
    assert says(soon, ANNA, "yes") == "yes"
    for key in (BORIS, GEORGY, DARYA):
        assert says(soon, key, "yes") == "waiting"
    says(soon, BORIS, "no")  # the first leaves, a newcomer comes, the first comes back
    says(soon, ZHANNA, "yes")
    says(soon, BORIS, "yes")
    assert waiting(soon) == [GEORGY, DARYA, ZHANNA, BORIS]
    says(soon, ANNA, "no")
    assert waiting(soon) == [DARYA, ZHANNA, BORIS]


def test_who_is_promoted_is_entered_and_told(soon: Store) -> None:
    for key in (ANNA, BORIS, GEORGY):
        says(soon, key, "yes")
    assert told(soon) == []
    says(soon, ANNA, "no")
    rows = soon.read(
        "MATCH (c:Contribution {kind: 'registered_for_event'}) RETURN c.act_id AS act "
        "ORDER BY c.number LIMIT 9"
    )
    (given,) = soon.read(
        "MATCH (r:Registration {state: 'yes'})-[:BY]->(p:Person) "
        "RETURN r.id AS id, p.key AS key ORDER BY id LIMIT 9"
    )
    assert given["key"] == BORIS
    assert [row["act"] for row in rows][1:] == [f"registered:{given['id']}"]
    assert [given["id"] in payload for payload in told(soon)] == [True]


def test_more_seats_promote_and_fewer_take_none_away(soon: Store) -> None:
    for key in (ANNA, BORIS, GEORGY, DARYA):
        says(soon, key, "yes")
    assert registrations.set_capacity(soon, BY_STAFF, "soon", 3) == 2
    assert waiting(soon) == [DARYA]
    assert len(told(soon)) == 2
    assert registrations.set_capacity(soon, BY_STAFF, "soon", 1) == 0
    says(soon, GEORGY, "no")
    assert waiting(soon) == [DARYA], "two are there for one seat"
    assert registrations.set_capacity(soon, BY_STAFF, "soon", None) == 1
    assert waiting(soon) == []
    with pytest.raises(NotAllowed):
        registrations.set_capacity(soon, Viewer("alumnus", ANNA), "soon", 9)
    with pytest.raises(ThingNotFound):
        registrations.set_capacity(soon, BY_STAFF, "none", 9)


def test_a_seat_of_nobody_is_no_seat(soon: Store) -> None:
    soon.write(
        "MATCH (e:Event {id: 'soon'}) CREATE (:Registration {id: 'x', state: 'yes'})-[:FOR]->(e)"
    )
    assert says(soon, ANNA, "yes") == "yes"
    assert says(soon, BORIS, "yes") == "waiting"


def test_three_hundred_guests_are_marked_in_as_many_queries_as_three(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_association(store)
    at = datetime.now(UTC) - timedelta(days=1)
    store.write(EVENT, id="past", at=at, capacity=None)
    store.write(GUESTS, n=303, at=at, bringer=ANNA)
    numbers = count()
    # A site of an earlier test may still be warming up in threads of its own.
    asked, own = Transaction.run, threading.get_ident()

    def counted(self: Transaction, query: str, /, **parameters: object) -> object:
        if threading.get_ident() == own:
            next(numbers)
        return asked(self, query, **parameters)  # type: ignore[arg-type]

    monkeypatch.setattr(Transaction, "run", counted)

    def queries(shown: list[str], came: list[str]) -> int:
        before = next(numbers)
        attendance.mark(store, BY_STAFF, "past", shown=shown, came=came)
        return next(numbers) - before - 1

    few, many = [f"r{n}" for n in range(1, 4)], [f"r{n}" for n in range(4, 304)]
    some = queries(few, few)
    assert queries(many, many) <= some
    assert queries(many, []) == queries(few, []), "taking back, too"
    assert queries(many, many) <= some + 1, "and marking again what was taken back"
    (row,) = store.read(
        "MATCH (r:Registration) WHERE r.attended_at IS NOT NULL RETURN count(r) AS n LIMIT 1"
    )
    assert row["n"] == 300
    (row,) = store.read("MATCH (c:Contribution) RETURN sum(toFloat(c.points_basis)) AS n LIMIT 1")
    assert row["n"] == 400, "each who came once, and a hundred who were brought"

"""Seats: who waited longest is called first, never past capacity; attendance in few queries."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.events import attendance, offers, registrations, seats
from graphnet.privacy import Viewer
from graphnet.store import Store, Transaction
from tests.support.graphs import ANNA, BORIS, DARYA, GEORGY, STAFF, ZHANNA, small_association
from tests.support.refused import refused
from tests.support.themselves import hide

BY_STAFF = Viewer("staff", STAFF, "account-8", frozenset({"staff"}), "events")
EVENT = """CREATE (:Event {id: $id, key: 1, title: 'Evening', starts_at: $at, capacity: $capacity,
  time_zone: 'Europe/Moscow', visibility: 'members'})"""
ACCOUNTS = """MATCH (p:Person) WHERE NOT EXISTS { (p)<-[:OF]-(:Account) }
CREATE (:Account {id: 'account-' + toString(p.key), email: p.id + '@example.org',
  email_key: p.id + '@example.org', roles: ['alumnus'], created_at: $now})-[:OF]->(p)"""
GUESTS = """MATCH (e:Event {id: 'past'}) UNWIND range(1, $n) AS n
CREATE (p:Person:Alumnus {id: 'guest' + toString(n), key: 1000 + n, given_name: 'G',
  family_name: 'Guest', visibility: 'shown'})
CREATE (r:Registration {id: 'r' + toString(n), state: 'yes', at: $at})
CREATE (r)-[:FOR]->(e) CREATE (r)-[:BY]->(p)
WITH r, n WHERE n % 3 = 0 MATCH (by:Person {key: $bringer}) CREATE (r)-[:NAMES]->(by)"""
MANY = """UNWIND range(1, $n) AS n
CREATE (p:Person:Alumnus {id: 'many' + toString(n), key: 2000 + n, given_name: 'M',
  family_name: 'Many', visibility: 'shown'})
WITH p, 'm' + toString(n) + '@example.org' AS email
CREATE (:Account {id: email, email: email, email_key: email, roles: ['alumnus'],
  created_at: $now})-[:OF]->(p)"""


def alumnus(key: int) -> Viewer:
    return Viewer("alumnus", key, f"account-{key}")


def says(store: Store, key: int, answer: str, *, guests: int = 0) -> str:
    wish = registrations.Wish(guests=guests)
    return registrations.answer(store, alumnus(key), "soon", answer, wish=wish)


def of(store: Store, state: str) -> list[int]:
    """Who is in that state, in the order of joining."""
    rows = store.read(
        "MATCH (:Event {id: 'soon'})<-[:FOR]-(r:Registration {state: $state})-[:BY]->(p:Person) "
        "RETURN p.key AS key, r.position AS position ORDER BY position, r.at, key LIMIT 999",
        state=state,
    )
    if state == "waiting":
        assert len({row["position"] for row in rows}) == len(rows), "no two have one position"
    return [row["key"] for row in rows]


def told(store: Store, what: str) -> int:
    (row,) = store.read(
        "MATCH (j:Job {kind: 'mail'}) WHERE j.payload CONTAINS $what RETURN count(j) AS n LIMIT 1",
        what=f'"events.{what}"',
    )
    return int(row["n"])


def setting(store: Store, **values: object) -> None:
    store.write("MATCH (e:Event {id: 'soon'}) SET e += $values", values=values)


@pytest.fixture
def soon(store: Store) -> Store:
    small_association(store)
    store.write(ACCOUNTS, now=datetime.now(UTC))
    store.write(EVENT, id="soon", at=datetime.now(UTC) + timedelta(days=9), capacity=1)
    return store


def test_nobody_on_the_waiting_list_is_overtaken(soon: Store) -> None:
    assert says(soon, ANNA, "yes") == "yes"
    for key in (BORIS, GEORGY, DARYA):
        assert says(soon, key, "yes") == "waiting"
    says(soon, BORIS, "no")  # the first leaves, a newcomer comes, the first comes back
    says(soon, ZHANNA, "yes")
    says(soon, BORIS, "yes")
    assert of(soon, "waiting") == [GEORGY, DARYA, ZHANNA, BORIS]
    says(soon, ANNA, "no")
    assert of(soon, "offered") == [GEORGY]
    assert of(soon, "waiting") == [DARYA, ZHANNA, BORIS]
    assert says(soon, ANNA, "yes") == "waiting", "the seat is held, so the last is the last"


def test_a_seat_is_held_taken_and_entered(soon: Store) -> None:
    for key in (ANNA, BORIS, GEORGY):
        says(soon, key, "yes")
    assert told(soon, "offer") == 0
    says(soon, ANNA, "no")
    assert told(soon, "offer") == 1
    held = offers.offer(soon, alumnus(BORIS), "soon")
    assert timedelta(hours=47) < held.until - datetime.now(UTC) <= timedelta(hours=48)
    assert offers.offers(soon, alumnus(BORIS))[0]["id"] == "soon"
    with pytest.raises(ThingNotFound):
        offers.settle(soon, alumnus(GEORGY), "soon", "take")
    with pytest.raises(BadValue):
        offers.settle(soon, alumnus(BORIS), "soon", "keep")
    offers.settle(soon, alumnus(BORIS), "soon", "take")
    assert of(soon, "yes") == [BORIS]
    rows = soon.read(
        "MATCH (c:Contribution {kind: 'registered_for_event'}) RETURN count(c) AS n LIMIT 1"
    )
    assert rows[0]["n"] == 2, "Anna's, and Boris's once he took it"
    with pytest.raises(ThingNotFound):
        offers.settle(soon, alumnus(BORIS), "soon", "take")


def test_who_gives_a_seat_on_is_not_called_again_unless_they_ask(soon: Store) -> None:
    for key in (ANNA, BORIS, GEORGY):
        says(soon, key, "yes")
    says(soon, ANNA, "no")
    offers.settle(soon, alumnus(BORIS), "soon", "pass")
    assert of(soon, "offered") == [GEORGY]
    offers.settle(soon, alumnus(GEORGY), "soon", "pass")
    assert of(soon, "offered") == of(soon, "waiting") == []
    assert says(soon, BORIS, "yes") == "yes", "who asks anew is a newcomer"


def test_what_lapses_goes_to_the_next_once(soon: Store) -> None:
    setting(soon, offer_hours=2)
    for key in (ANNA, BORIS, GEORGY):
        says(soon, key, "yes")
    says(soon, ANNA, "no")
    late = datetime.now(UTC) + timedelta(hours=3)
    assert offers.lapse(soon) == 0
    with pytest.raises(Conflict):
        offers.settle(soon, alumnus(BORIS), "soon", "take", now=late)
    with ThreadPoolExecutor(2) as two:
        lapsed = list(two.map(lambda _: offers.lapse(soon, now=late), range(2)))
    assert sum(lapsed) == 1
    assert of(soon, "lapsed") == [BORIS]
    assert of(soon, "offered") == [GEORGY]
    assert told(soon, "lapsed") == 1
    assert told(soon, "offer") == 2


def test_with_guests_all_seats_or_none(soon: Store) -> None:
    setting(soon, capacity=2, guests=2)
    with pytest.raises(BadValue):
        says(soon, ANNA, "yes", guests=3)
    assert says(soon, ANNA, "yes", guests=1) == "yes"
    assert says(soon, BORIS, "yes", guests=1) == "waiting"
    assert says(soon, GEORGY, "yes") == "waiting"
    with pytest.raises(Conflict):
        says(soon, ANNA, "yes", guests=2)
    assert says(soon, ANNA, "yes", guests=0) == "yes", "one seat is free now"
    assert of(soon, "offered") == [GEORGY], "Boris needs two: the next who fits is called"
    assert seats.standing(soon, "soon", now=datetime.now(UTC)).why == "held"


def test_where_the_order_is_kept_nobody_passes_who_needs_two(soon: Store) -> None:
    setting(soon, capacity=2, guests=1, whole_only=True)
    says(soon, ANNA, "yes", guests=1)
    says(soon, BORIS, "yes", guests=1)
    says(soon, GEORGY, "yes")
    says(soon, ANNA, "yes", guests=0)
    assert of(soon, "offered") == []
    assert seats.standing(soon, "soon", now=datetime.now(UTC)).why == "pair"
    assert says(soon, DARYA, "yes") == "waiting", "a newcomer does not pass either"
    says(soon, ANNA, "no")
    assert of(soon, "offered") == [BORIS]


def test_more_seats_and_a_reserve_given_up_call_and_fewer_take_none_away(soon: Store) -> None:
    setting(soon, capacity=2, reserve=1)
    for key in (ANNA, BORIS, GEORGY, DARYA):
        says(soon, key, "yes")
    assert seats.standing(soon, "soon", now=datetime.now(UTC)).why == "reserve"
    setting(soon, reserve=0)
    assert registrations.set_capacity(soon, BY_STAFF, "soon", 3) == 2
    assert of(soon, "waiting") == [DARYA]
    assert told(soon, "offer") == 2
    assert registrations.set_capacity(soon, BY_STAFF, "soon", 1) == 0
    says(soon, GEORGY, "no")
    assert of(soon, "waiting") == [DARYA], "two are there for one seat"
    assert registrations.set_capacity(soon, BY_STAFF, "soon", None) == 1
    assert of(soon, "waiting") == []
    with pytest.raises(NotAllowed):
        registrations.set_capacity(soon, alumnus(ANNA), "soon", 9)
    with pytest.raises(ThingNotFound):
        registrations.set_capacity(soon, BY_STAFF, "none", 9)


def test_who_cannot_be_called_is_passed_over_and_the_page_can_say_so(soon: Store) -> None:
    for key in (ANNA, BORIS, GEORGY):
        says(soon, key, "yes")
    soon.write(
        "MATCH (a:Account {id: 'account-2'}) SET a.disabled_at = $now", now=datetime.now(UTC)
    )
    says(soon, GEORGY, "no")
    says(soon, ANNA, "no")
    assert of(soon, "offered") == []
    assert seats.standing(soon, "soon", now=datetime.now(UTC)).why == "nobody"
    assert says(soon, DARYA, "yes") == "yes"


def test_who_hides_gives_their_seat_on(soon: Store) -> None:
    for key in (ANNA, BORIS):
        says(soon, key, "yes")
    hide(soon, ANNA)
    with refused(Conflict, "hidden"):
        registrations.answer(soon, alumnus(ANNA), "soon", "no") and says(soon, ANNA, "yes")
    assert offers.release(soon) == 0, "she said no herself"
    assert of(soon, "offered") == [BORIS]
    hide(soon, BORIS)
    assert offers.release(soon) == 1
    assert of(soon, "cancelled") == [BORIS]


def test_a_seat_of_nobody_is_no_seat(soon: Store) -> None:
    soon.write(
        "MATCH (e:Event {id: 'soon'}) CREATE (:Registration {id: 'x', state: 'yes'})-[:FOR]->(e)"
    )
    assert says(soon, ANNA, "yes") == "yes"
    assert says(soon, BORIS, "yes") == "waiting"


def test_registration_has_its_time_its_questions_and_its_end(soon: Store) -> None:
    now = datetime.now(UTC)
    setting(soon, opens_at=now + timedelta(days=1))
    with refused(Conflict, "not_open"):
        says(soon, ANNA, "yes")
    setting(soon, opens_at=None, closes_at=now - timedelta(minutes=1))
    with refused(Conflict, "closed"):
        says(soon, ANNA, "yes")
    setting(soon, closes_at=None, questions=["Diet", "Size of shirt*"])
    with pytest.raises(registrations.Unanswered, match="Size of shirt"):
        says(soon, ANNA, "yes")
    wish = registrations.Wish(answers={"Size of shirt": "M", "Other": "x"}, remind=1)
    assert registrations.answer(soon, alumnus(ANNA), "soon", "yes", wish=wish) == "yes"
    (row,) = soon.read("MATCH (r:Registration) RETURN r.answers AS a, r.remind AS d LIMIT 1")
    assert row == {"a": '{"Size of shirt": "M"}', "d": 1}
    setting(soon, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1), capacity=5)
    assert says(soon, BORIS, "no") == "no", "what runs for days is answered until its end"
    setting(soon, ends_at=now - timedelta(hours=1))
    with refused(Conflict, "over"):
        says(soon, DARYA, "yes")


@pytest.mark.parametrize(
    ("people", "room"), [(40, 10), pytest.param(200, 50, marks=pytest.mark.long)]
)
def test_all_at_once_fill_the_room_and_no_more(soon: Store, people: int, room: int) -> None:
    soon.write(MANY, n=people, now=datetime.now(UTC))
    setting(soon, capacity=room)
    keys = [2000 + n for n in range(1, people + 1)]
    start = threading.Barrier(20)

    def join(key: int) -> str:
        if key <= 2020:
            start.wait()
        return says(soon, key, "yes")

    with ThreadPoolExecutor(20) as many:
        outcomes = list(many.map(join, keys))
    assert outcomes.count("yes") == room
    assert outcomes.count("waiting") == people - room
    queue = of(soon, "waiting")
    assert sorted(queue + of(soon, "yes")) == keys
    leaving = of(soon, "yes")[: room // 2]
    with ThreadPoolExecutor(10) as many:
        list(many.map(lambda key: says(soon, key, "no"), leaving))
    assert sorted(of(soon, "offered")) == sorted(queue[: len(leaving)]), "in the order of joining"
    with ThreadPoolExecutor(10) as many:
        list(
            many.map(
                lambda key: offers.settle(soon, alumnus(key), "soon", "take"), queue[: len(leaving)]
            )
        )
    assert len(of(soon, "yes")) == room
    assert of(soon, "waiting") == queue[len(leaving) :]


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

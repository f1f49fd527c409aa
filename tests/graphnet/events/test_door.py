"""The door: a link that can be ended, tickets that are made here, who is in once; what they say."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from graphnet import tokens
from graphnet.accounts import token_hash
from graphnet.engine import Engine
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.events import door, feedback, feeds, listing, registrations, roster, tickets
from graphnet.jobs import Job
from graphnet.live import Live
from graphnet.privacy import ANYONE, Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.graphs import ANNA, BORIS, DARYA, STAFF, ZHANNA, small_association
from tests.support.themselves import erase

BY_STAFF = Viewer("staff", STAFF, "account-8", frozenset({"staff"}), "events")
KEY, KEYS = b"k" * 32, (b"k" * 32,)
EVENT = """CREATE (:Event {id: 'tonight', key: 1, title: 'Evening', starts_at: $at, ends_at: $end,
  time_zone: 'Europe/Moscow', visibility: 'members'})"""
STATE = "MATCH (r:Registration {id: $id}) RETURN r.state AS s, r.warned AS w LIMIT 1"


def alumnus(key: int) -> Viewer:
    return Viewer("alumnus", key, f"account-{key}")


@pytest.fixture
def tonight(store: Store) -> Store:
    small_association(store)
    now = datetime.now(UTC)
    store.write(EVENT, at=now - timedelta(hours=1), end=now + timedelta(hours=2))
    for key in (ANNA, DARYA, ZHANNA):
        registrations.answer(store, alumnus(key), "tonight", "yes")
    return store


def ticket(store: Store, key: int) -> str:
    (row,) = store.read(
        "MATCH (:Person {key: $key})<-[:BY]-(r:Registration) RETURN r.id AS id LIMIT 2", key=key
    )
    return str(row["id"])


def opened(store: Store) -> door.Door:
    return door.opened(store, door.make(store, BY_STAFF, "tonight", keys=KEYS))


def test_a_ticket_is_made_here_and_is_nobody_elses() -> None:
    text = tickets.written(KEY, "0123456789abcdef")
    assert text == text.upper() and tickets.read(KEYS, text.lower()) == "0123456789abcdef"
    assert tickets.read((b"x" * 32, KEY), text) == "0123456789abcdef", "after a change of keys"
    assert tickets.read((b"x" * 32,), text) == ""
    assert tickets.read(KEYS, text[:-1] + ("0" if text[-1] != "0" else "1")) == ""
    assert tickets.read(KEYS, text.replace("0123", "0124")) == ""
    for nonsense in ("", "GN", "GN:a", "GN:ж:ж", "http://x"):
        assert tickets.read(KEYS, nonsense) == ""
    short = tickets.short(KEY, "0123456789abcdef")
    assert tokens.typed(tokens.halves(short).replace("0", "O").replace("1", "l")) == short


def test_a_link_is_dated_and_can_be_ended(tonight: Store) -> None:
    token = door.make(tonight, BY_STAFF, "tonight", keys=KEYS)
    found = door.opened(tonight, token)
    assert found.until - datetime.now(UTC) > timedelta(hours=13)
    now = datetime.now(UTC)
    for moment in (now - timedelta(hours=26), now + timedelta(hours=15)):
        with pytest.raises(ThingNotFound):
            door.opened(tonight, token, now=moment)
    assert door.links(tonight, BY_STAFF, "tonight", keys=KEYS)[0].token == token
    assert door.links(tonight, BY_STAFF, "tonight", keys=(b"x" * 32,))[0].token == ""
    stored = tonight.read("MATCH (d:DoorLink) RETURN d.token_hash AS h LIMIT 1")
    assert stored == [{"h": token_hash(token)}], "a copy of the database opens nothing"
    door.revoke(tonight, BY_STAFF, "tonight", found.link)
    for _ in range(2):
        with pytest.raises(ThingNotFound):
            door.opened(tonight, token)
    with pytest.raises(ThingNotFound):
        door.revoke(tonight, BY_STAFF, "tonight", found.link)
    for stranger in (alumnus(ANNA), ANYONE):
        with pytest.raises((ThingNotFound, NotAllowed)):
            door.make(tonight, stranger, "tonight", keys=KEYS)


def test_the_door_shows_names_and_codes_alone(tonight: Store, settings: Settings) -> None:
    people = door.expected(Live(tonight, settings.snapshots), opened(tonight), key=KEY)
    assert [one.name for one in people] == ["Иванова Анна", "Кузнецова Дарья", "Соколова Жанна"]
    assert people[0].short == tickets.short(KEY, ticket(tonight, ANNA))


def test_who_comes_twice_is_here_since_then(tonight: Store) -> None:
    here = opened(tonight)
    with ThreadPoolExecutor(4) as many:
        both = list(many.map(lambda _: door.enter(tonight, here, ticket(tonight, ANNA)), range(4)))
    assert sorted(one.outcome for one in both) == ["again", "again", "again", "in"]
    assert len({one.at for one in both}) == 1, "everybody is told the same moment"
    with pytest.raises(ThingNotFound):
        door.enter(tonight, here, "another")
    door.undo(tonight, here, ticket(tonight, ANNA))
    with pytest.raises(ThingNotFound):
        door.undo(tonight, here, ticket(tonight, ANNA))
    assert door.enter(tonight, here, ticket(tonight, ANNA)).outcome == "in"


def test_who_had_cancelled_is_kept_with_a_warning_when_already_in(tonight: Store) -> None:
    here, darya = opened(tonight), ticket(tonight, DARYA)
    registrations.answer(tonight, alumnus(DARYA), "tonight", "no")
    assert door.enter(tonight, here, darya).outcome == "cancelled"
    at = datetime.now(UTC) - timedelta(minutes=20)
    entered = door.enter(tonight, here, darya, at=at, let_in=True)
    assert (entered.outcome, entered.at) == ("warned", at)
    assert tonight.read(STATE, id=darya) == [{"s": "yes", "w": True}]
    future = door.enter(
        tonight, here, ticket(tonight, ZHANNA), at=datetime.now(UTC) + timedelta(days=1)
    )
    assert future.at is not None and future.at <= datetime.now(UTC), "a clock that goes wrong"


def test_who_came_is_entered_in_one_batch_and_the_rest_are_seen(
    tonight: Store, settings: Settings
) -> None:
    here = opened(tonight)
    for key in (ANNA, ZHANNA):
        door.enter(tonight, here, ticket(tonight, key))
    jobs = tonight.read(
        "MATCH (j:Job {kind: $kind}) RETURN j.payload AS payload LIMIT 9", kind=door.ENTERED
    )
    assert len(jobs) == 1, "one for many"
    live = Live(tonight, settings.snapshots)
    work = door.bookkeeper(Engine(settings, tonight, live))
    payload = {"event": "tonight", "by": "account-8"}
    for _ in range(2):
        work(Job("1", door.ENTERED, payload, 1, "k", datetime.now(UTC)))
        (row,) = tonight.read(
            "MATCH (c:Contribution {kind: 'attended'}) RETURN count(c) AS n LIMIT 1"
        )
        assert row["n"] == 2
    assert roster.roster(live, BY_STAFF, "tonight").no_shows == 1
    with pytest.raises(Conflict):
        door.undo(tonight, here, ticket(tonight, ANNA))


def test_feedback_is_one_each_and_read_by_makers_from_five_on(tonight: Store) -> None:
    with pytest.raises(Conflict):
        feedback.say(tonight, alumnus(ANNA), "tonight", 5, "Great")
    tonight.write("MATCH (e:Event) SET e.ends_at = e.starts_at")
    with pytest.raises(BadValue):
        feedback.say(tonight, alumnus(ANNA), "tonight", 6, "")
    with pytest.raises(ThingNotFound):
        feedback.say(tonight, alumnus(BORIS), "tonight", 5, "I was not there")
    for stars in (1, 5):
        feedback.say(tonight, alumnus(ANNA), "tonight", stars, "Great")
    assert feedback.said(tonight, alumnus(ANNA), "tonight") == {"stars": 5, "words": "Great"}
    echo = feedback.echo(tonight, BY_STAFF, "tonight")
    assert (echo.n, echo.mean, echo.words) == (1, None, ())
    tonight.write(
        "UNWIND range(1, 4) AS n MATCH (e:Event {id: 'tonight'}) "
        "CREATE (:Feedback {id: 'f' + toString(n), stars: 2, words: ''})-[:FOR]->(e)"
    )
    echo = feedback.echo(tonight, BY_STAFF, "tonight")
    assert (echo.n, echo.mean, echo.words) == (5, 2.6, ("Great",))
    with pytest.raises(ThingNotFound):
        feedback.echo(tonight, alumnus(ANNA), "tonight")


def test_a_feed_is_its_owners_and_ends(tonight: Store) -> None:
    anna = alumnus(ANNA)
    assert feeds.token(tonight, anna, keys=KEYS) == ""
    first = feeds.make(tonight, anna, keys=KEYS)
    assert feeds.token(tonight, anna, keys=KEYS) == first
    owner, language = feeds.by_token(tonight, first)
    assert (owner.person_key, language) == (ANNA, "")
    assert [r["id"] for r in listing.mine(tonight, owner, start=datetime.now(UTC))] == ["tonight"]
    second = feeds.make(tonight, anna, keys=KEYS)
    assert second != first
    for gone in (first, "nonsense"):
        with pytest.raises(ThingNotFound):
            feeds.by_token(tonight, gone)
    feeds.end(tonight, anna)
    with pytest.raises(ThingNotFound):
        feeds.by_token(tonight, second)
    feeds.make(tonight, anna, keys=KEYS)
    erase(tonight, anna, ANNA)
    assert tonight.read("MATCH (f:CalendarFeed) RETURN count(f) AS n LIMIT 1") == [{"n": 0}]

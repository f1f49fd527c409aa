"""Making and changing events: who may, what two at once lose, whom a change is told."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graphnet import versions
from graphnet.engine import Engine
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.events import choosing, editing, listing, registrations, roster, states, telling
from graphnet.events.content import Content
from graphnet.jobs import Job
from graphnet.live import Live
from graphnet.privacy import ANYONE, Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.graphs import ANNA, BORIS, DARYA, STAFF, ZHANNA, small_association
from tests.support.refused import refused

BY_STAFF = Viewer("staff", STAFF, "account-8", frozenset({"staff"}), "events")
DAY = datetime.now().replace(hour=18, minute=30, second=0, microsecond=0) + timedelta(days=30)
EVENING = Content(
    title="Evening",
    title_ru="Вечер",
    starts=DAY,
    ends=DAY + timedelta(hours=3),
    venue="Hall",
    group="club",
    capacity=2,
)
MAKE = """CREATE (g:Group {id: 'club', key: 1, name: 'Club', visibility: 'members'})
CREATE (:Topic {id: 'optics', name: 'Optics'})
CREATE (:Place {id: 'perm', name: 'Perm', name_ru: 'Пермь', kind: 'city'})
WITH g MATCH (p:Person {key: $organiser}) CREATE (p)-[:MEMBER_OF {role: 'organiser'}]->(g)
WITH g MATCH (p:Person {key: $member}) CREATE (p)-[:MEMBER_OF {role: 'member'}]->(g)"""


def alumnus(key: int) -> Viewer:
    return Viewer("alumnus", key, f"account-{key}")


@pytest.fixture
def club(store: Store) -> Store:
    """Anna organises the club, Darya is a member of it."""
    small_association(store)
    store.write(MAKE, organiser=ANNA, member=DARYA)
    return store


def published(store: Store, content: Content = EVENING) -> str:
    event_id = editing.create(store, BY_STAFF, content)
    states.publish(store, BY_STAFF, event_id, version=1)
    return event_id


def found(store: Store, viewer: Viewer) -> list[str]:
    now = datetime.now(UTC)
    chosen = listing.Chosen(now, now + timedelta(days=90))
    rows = listing.coming(store, viewer, chosen)
    assert listing.coming_count(store, viewer, chosen) == len(rows)
    return [row["id"] for row in rows]


def letters(store: Store, settings: Settings) -> list[str]:
    """Do the jobs that tell everybody, and return which letters are to leave."""
    work = telling.teller(Engine(settings, store, Live(store, settings.snapshots)))
    for row in store.read(
        "MATCH (j:Job {kind: $kind}) RETURN j.id AS id, j.payload AS payload, "
        "j.idempotency_key AS key ORDER BY id LIMIT 99",
        kind=editing.TOLD,
    ):
        work(Job(row["id"], editing.TOLD, json.loads(row["payload"]), 1, row["key"], DAY))
    rows = store.read(
        "MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS payload ORDER BY payload LIMIT 99"
    )
    return [row["payload"] for row in rows]


def test_a_draft_is_its_makers_and_organisers_propose(club: Store) -> None:
    anna, darya = alumnus(ANNA), alumnus(DARYA)
    event_id = editing.create(club, anna, EVENING)
    for stranger in (darya, ANYONE, alumnus(ZHANNA)):
        with pytest.raises(ThingNotFound):
            listing.event_row(club, stranger, event_id)
    assert listing.event_row(club, anna, event_id)["state"] == "draft"
    with refused(Conflict, "draft"):
        registrations.answer(club, anna, event_id, "yes")
    assert found(club, anna) == []
    assert states.publish(club, anna, event_id, version=1) == "proposed"
    assert found(club, anna) == found(club, darya) == []
    assert [row["id"] for row in roster.proposed(club, BY_STAFF)] == [event_id]
    states.send_back(club, BY_STAFF, event_id, "Which hall?")
    assert editing.one(club, anna, event_id).notice == "Which hall?"
    with pytest.raises(Conflict):
        states.send_back(club, BY_STAFF, event_id, "Again")
    assert states.publish(club, BY_STAFF, event_id, version=3) == "published"
    assert found(club, darya) == [event_id]
    assert found(club, ANYONE) == []
    with pytest.raises(Conflict):
        states.throw_away(club, anna, event_id)


def test_nobody_else_makes_or_changes_them(club: Store) -> None:
    with pytest.raises(NotAllowed):
        choosing.choices(club, alumnus(DARYA))
    with pytest.raises(NotAllowed):
        editing.create(club, alumnus(DARYA), EVENING)
    with refused(BadValue, "group: needed"):
        editing.create(club, alumnus(ANNA), replace(EVENING, group=""))
    club.write("CREATE (:Group {id: 'other', key: 2, name: 'Other', visibility: 'members'})")
    with refused(BadValue, "group: unknown"):
        editing.create(club, alumnus(ANNA), replace(EVENING, group="other"))
    theirs = published(club, replace(EVENING, group="other"))
    for act in (
        lambda v: editing.one(club, v, theirs),
        lambda v: states.cancel(club, v, theirs, "No"),
        lambda v: editing.change(club, v, theirs, EVENING, version=2),
        lambda v: states.throw_away(club, v, theirs),
    ):
        for viewer in (alumnus(ANNA), alumnus(DARYA)):
            with pytest.raises(ThingNotFound):
                act(viewer)
        with pytest.raises(NotAllowed):
            act(ANYONE)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"title": "", "title_ru": ""}, "title: needed"),
        ({"starts": None}, "starts: needed"),
        ({"ends": DAY - timedelta(hours=1)}, "ends: order"),
        ({"ends": DAY + timedelta(days=31)}, "ends: order"),
        ({"closes": DAY + timedelta(days=5)}, "closes: order"),
        ({"opens": DAY, "closes": DAY - timedelta(days=1)}, "opens: order"),
        ({"time_zone": "Europe/Nowhere"}, "time_zone: unknown"),
        ({"map_url": "javascript:alert(1)"}, "map_url: address"),
        ({"online_url": "https://a b.org"}, "online_url: address"),
        ({"capacity": 0}, "capacity: range"),
        ({"reserve": 3}, "reserve: range"),
        ({"guests": 6}, "guests: range"),
        ({"offer_hours": 0}, "offer_hours: range"),
        ({"questions": ("?",) * 13}, "questions: range"),
        ({"audience": "cohort"}, "invites_year: needed"),
        ({"audience": "cohort", "invites_year": 1950}, "invites_year: unknown"),
        ({"audience": "study_group", "invites_code": "999"}, "invites_code: unknown"),
        ({"starts": datetime(2027, 3, 28, 2, 30), "ends": None, "time_zone": "Europe/Berlin"},
         "starts: no_time"),
        ({"topics": ("nothing",)}, "topics: unknown"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(
    club: Store, change: dict[str, Any], problem: str
) -> None:
    with refused(BadValue, problem):
        editing.create(club, BY_STAFF, replace(EVENING, **change))
    assert club.read("MATCH (e:Event) RETURN count(e) AS n LIMIT 1") == [{"n": 0}]


def test_what_is_entered_is_read_again(club: Store) -> None:
    whole = replace(
        EVENING,
        topics=("optics",),
        city="perm",
        time_zone="Asia/Yekaterinburg",
        reserve=1,
        questions=("Diet", "Shirt*"),
        guests=2,
        price="300 ₽",
        offer_hours=24,
        whole_only=True,
        online_url="https://meet.example.org/x",
        opens=DAY - timedelta(days=9),
        audience="public",
    )
    event_id = published(club, whole)
    assert editing.one(club, BY_STAFF, event_id).content == whole
    row = listing.event_row(club, alumnus(ZHANNA), event_id)
    assert row["starts_at"] == DAY.replace(tzinfo=UTC) - timedelta(hours=5)
    assert (row["online_url"], row["online"]) == (None, True), "the registered alone see the link"
    assert registrations.answer(club, alumnus(ZHANNA), event_id, "no") == "no"
    club.write("MATCH (e:Event) SET e.opens_at = null")
    wish = registrations.Wish(answers={"Shirt": "M"})
    assert registrations.answer(club, alumnus(ZHANNA), event_id, "yes", wish=wish) == "yes"
    row = listing.event_row(club, alumnus(ZHANNA), event_id)
    assert row["online_url"] == "https://meet.example.org/x"
    now = datetime.now(UTC)
    chosen = listing.Chosen(
        now, now + timedelta(days=90), city="perm", topic="optics", group="club"
    )
    rows = listing.coming(club, ANYONE, chosen)
    assert [one["id"] for one in rows] == [event_id]
    assert [one["groups"] for one in rows] == [[]], "the community is for members"


def test_those_who_are_invited_find_it_and_nobody_else(club: Store) -> None:
    of_club = published(club, replace(EVENING, audience="group"))
    of_intake = published(club, replace(EVENING, audience="cohort", invites_year=1999))
    of_group = published(
        club, replace(EVENING, audience="study_group", invites_code="121", invites_year=1998)
    )
    assert set(found(club, alumnus(ANNA))) == {of_club, of_intake, of_group}, "she organises them"
    club.write("MATCH (:Person {key: $me})-[m:MEMBER_OF]->() SET m.role = 'member'", me=ANNA)
    assert set(found(club, alumnus(ANNA))) == {of_club, of_group}
    assert set(found(club, alumnus(DARYA))) == {of_club, of_intake}
    assert found(club, alumnus(ZHANNA)) == found(club, ANYONE) == []
    with pytest.raises(ThingNotFound):
        registrations.answer(club, alumnus(ZHANNA), of_group, "yes")
    assert len(found(club, BY_STAFF)) == 3


def test_two_who_edit_at_once_lose_nothing(club: Store) -> None:
    event_id = published(club)
    begin = threading.Barrier(2)

    def save(title: str) -> str:
        begin.wait()
        try:
            editing.change(club, BY_STAFF, event_id, replace(EVENING, title=title), version=2)
        except versions.Meanwhile as meanwhile:
            return f"{title} saw {meanwhile.now.title} in version {meanwhile.version}"
        return title

    with ThreadPoolExecutor(2) as two:
        said = sorted(two.map(save, ("One", "Two")), key=len)
    assert said[1] == f"{({'One', 'Two'} - {said[0]}).pop()} saw {said[0]} in version 3"
    assert editing.one(club, BY_STAFF, event_id).content.title == said[0]
    with pytest.raises(versions.Meanwhile):
        states.publish(club, BY_STAFF, event_id, version=1)


def test_moving_and_cancelling_tell_everybody_once(club: Store, settings: Settings) -> None:
    event_id = published(club)
    for key in (ANNA, DARYA, ZHANNA):
        registrations.answer(club, alumnus(key), event_id, "yes")
    later = replace(EVENING, starts=DAY + timedelta(days=1), ends=None)
    assert set(editing.change(club, BY_STAFF, event_id, later, version=2)) == {"starts", "ends"}
    assert editing.one(club, BY_STAFF, event_id).sequence == 1
    editing.change(club, BY_STAFF, event_id, replace(later, description="More"), version=3)
    assert (
        editing.change(club, BY_STAFF, event_id, replace(later, description="More"), version=4)
        == {}
    )
    with pytest.raises(BadValue):
        states.cancel(club, BY_STAFF, event_id, " ")
    assert states.cancel(club, alumnus(ANNA), event_id, "The hall is closed.") == 3
    with pytest.raises(Conflict):
        states.cancel(club, BY_STAFF, event_id, "Again")
    with pytest.raises(Conflict):
        editing.change(club, BY_STAFF, event_id, EVENING, version=5)
    for _ in range(2):  # a job that is done again writes nothing again
        sent = letters(club, settings)
        assert [
            sum(f'"events.{what}"' in one for one in sent)
            for what in ("registered", "moved", "cancelled")
        ] == [2, 3, 3]
    row = listing.event_row(club, alumnus(ZHANNA), event_id)
    assert (row["notice"], row["sequence"]) == ("The hall is closed.", 3)
    with refused(Conflict, "cancelled"):
        registrations.answer(club, alumnus(BORIS), event_id, "yes")

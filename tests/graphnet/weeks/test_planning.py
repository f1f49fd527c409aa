"""A week is planned, published, changed and lived: versions, who is told, thanks, figures."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from graphnet.computed import refresh
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.events import editing, registrations, roles, spoken
from graphnet.events.attendance import guests, mark
from graphnet.events.content import Content
from graphnet.live import Live
from graphnet.privacy import ANYONE, Viewer
from graphnet.store import Store
from graphnet.versions import Meanwhile
from graphnet.weeks import (
    figures,
    frame,
    planning,
    programme,
    sheet,
    speakers,
    taking,
    telling,
    thanks,
)
from graphnet.weeks.frame import Column, Day, Frame
from graphnet.weeks.planning import Slot
from tests.conftest import WIPE
from tests.support.graphs import ANNA, BORIS, DARYA, STAFF, VERA, small_association
from tests.support.refused import refused
from tests.support.themselves import hide, show

OFFICE = Viewer("staff", STAFF, "account-8", frozenset({"staff"}), "plan weeks")
ACCOUNTS = """UNWIND $keys AS key MATCH (p:Person {key: key})
MERGE (a:Account {email_key: p.id + '@example.org'}) ON CREATE SET a.id = 'acc-' + p.id,
  a.email = p.id + '@example.org', a.roles = ['alumnus'], a.created_at = datetime()
MERGE (a)-[:OF]->(p)"""
FIRST = date.today() + timedelta(days=20)
ZONE = ZoneInfo("Europe/Moscow")
FRAME = Frame(
    "Week",
    "Неделя",
    days=(Day(FIRST, "Science", "Наука"), Day(FIRST + timedelta(days=1), "Business", "Дело")),
    tracks=(Column("t1", "Science", "Наука"), Column("t2", "Business", "Дело")),
    places=(Column("h1", "Hall", "Зал"), Column("h2", "Yard", "Двор")),
)
# One row: the time of an event is over.
OVER = """MATCH (e:Event {id: $id}) SET e.starts_at = datetime() - duration({days: 2, hours: 2}),
  e.ends_at = datetime() - duration({days: 2})"""


def member(key: int) -> Viewer:
    return Viewer("alumnus", key, f"account-{key}")


def at(hour: int, minute: int = 0, day: int = 0) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day, hour, minute) + timedelta(days=day)


def content(title: str, **more: object) -> Content:
    return replace(Content(title=title, title_ru=title, audience="public"), **more)  # type: ignore[arg-type]


@pytest.fixture
def live(store: Store, tmp_path: Path) -> Iterator[Live]:
    small_association(store)
    store.write(ACCOUNTS, keys=[ANNA, BORIS, DARYA, VERA])
    show(store, VERA)
    refresh(store, tmp_path)
    following = Live(store, tmp_path)
    following.start()
    yield following
    following.stop()
    store.run_alone(WIPE)


def letters(store: Store, name: str) -> list[dict[str, str]]:
    rows = store.read(
        "MATCH (j:Job {kind: 'mail'}) WHERE j.payload CONTAINS $name "
        "RETURN j.payload AS payload ORDER BY j.id LIMIT 100",
        name=name,
    )
    return [row["payload"] for row in rows]


def tell(store: Store) -> None:
    """Do the jobs that tell, as a worker does."""

    class Engine:
        pass

    engine = Engine()
    engine.store = store  # type: ignore[attr-defined]
    work = telling.teller(engine)  # type: ignore[arg-type]
    from graphnet.job_worker import Worker
    from graphnet.jobs import Task

    worker = Worker(store, {telling.TOLD: Task(work)})
    while worker.step():
        pass


def test_a_week_is_drafted_published_and_changed_and_each_is_told_once(live: Live) -> None:
    store = live.store
    week_id = frame.create(store, OFFICE, FRAME)
    with pytest.raises(NotAllowed):
        frame.create(store, member(ANNA), FRAME)
    optics = planning.add(store, OFFICE, week_id, content("Optics"), Slot(at(10), 90, "t1", "h1"))
    robots = planning.add(
        store, OFFICE, week_id, content("Robots", capacity=1), Slot(at(11), 60, "t1", "h2")
    )
    # Nobody but staff knows of it.
    with pytest.raises(ThingNotFound):
        frame.one(store, member(ANNA), week_id)
    week = frame.one(store, OFFICE, week_id)
    assert programme.sessions(live, ANYONE, week) == []
    planned = programme.sessions(live, OFFICE, week, planned=True)
    assert [one.id for one in planned] == [optics, robots]
    # A draft moves at once, and stands in its hall.
    assert planning.move(store, OFFICE, week_id, robots, Slot(at(11, 15), 60, "t1", "h2")) is False
    look = planning.preview(live, OFFICE, week)
    assert (look.number, [one.what for one in look.changes], look.people) == (1, ["added"] * 2, 0)
    with refused(Conflict, "meanwhile"):
        planning.publish(live, OFFICE, week_id, number=2)
    assert planning.publish(live, OFFICE, week_id, number=1) == 0
    week = frame.one(store, ANYONE, week_id)
    assert week.number == 1 and week.state == "published"
    seen = programme.sessions(live, ANYONE, week)
    assert [(one.id, one.where[0], one.track.id if one.track else "") for one in seen] == [
        (optics, "Hall", "t1"),
        (robots, "Yard", "t1"),
    ]
    there = editing.one(store, OFFICE, optics).content
    assert (there.venue, there.venue_ru) == ("Hall", "Зал"), "the event's own page says it too"
    # Three come; a fourth speaks; Vera comes and hides: nobody writes to her.
    for key in (ANNA, BORIS, VERA):
        registrations.answer(store, member(key), optics, "yes")
    registrations.answer(store, member(ANNA), robots, "yes")
    part = roles.ask(store, OFFICE, robots, "speaker", key=DARYA)
    roles.say(store, member(DARYA), part, "agree")
    assert set(
        programme.clashes([o for o in programme.sessions(live, member(ANNA), week) if o.mine])
    )
    hide(store, VERA)
    live.catch_up()
    # Both are moved: nobody is told, and readers see the old times, until it is published.
    assert planning.move(store, OFFICE, week_id, optics, Slot(at(14), 90, "t1", "h1"))
    assert planning.move(store, OFFICE, week_id, robots, Slot(at(16), 60, "t2", "h1"))
    before = programme.sessions(live, ANYONE, week)
    assert [one.starts.hour for one in before] == [10, 11]
    staff = {one.id: one for one in programme.sessions(live, OFFICE, week, planned=True)}
    assert staff[robots].starts.hour == 16 and staff[robots].before is not None
    # What is moved back waits no longer.
    assert not planning.move(store, OFFICE, week_id, robots, Slot(at(11, 15), 60, "t1", "h2"))
    assert planning.preview(live, OFFICE, week).moved == (optics,)
    assert planning.move(store, OFFICE, week_id, robots, Slot(at(16), 60, "t2", "h1"))
    # An event that is edited meanwhile keeps what was edited.
    held = editing.one(store, OFFICE, robots)
    editing.change(
        store, OFFICE, robots, replace(held.content, title="Small robots"), version=held.version
    )
    planning.publish(live, OFFICE, week_id, number=2, note="Later.")
    tell(store)
    after = {one.id: one for one in programme.sessions(live, ANYONE, week)}
    assert (after[optics].starts.hour, after[robots].starts.hour) == (14, 16)
    assert after[robots].row["title"] == "Small robots"
    assert after[robots].where[0] == "Hall"
    told = letters(store, "weeks.changed")
    assert sorted(n for n in ("anna", "boris", "darya", "vera") for t in told if n in str(t)) == [
        "anna",
        "boris",
        "darya",
    ]
    assert not letters(store, "events.moved")
    # Twice publishing tells nobody twice.
    tell(store)
    assert len(letters(store, "weeks.changed")) == 3
    versions = programme.versions(store, frame.one(store, ANYONE, week_id), list(after.values()))
    assert [one.number for one in versions] == [2, 1]
    assert {(one.event, one.what) for one in versions[0].changes} == {
        (optics, "moved"),
        (robots, "moved"),
        (robots, "speakers"),
    }
    # Of what a reader does not find nothing is told.
    assert programme.versions(store, week, [after[optics]])[0].changes[0].event == optics
    assert len(programme.versions(store, week, [after[optics]])[0].changes) == 1


def test_two_who_edit_lose_nothing_and_what_cannot_be_is_refused(live: Live) -> None:
    store = live.store
    week_id = frame.create(store, OFFICE, FRAME)
    frame.change(store, OFFICE, week_id, replace(FRAME, name="Other"), version=1)
    with pytest.raises(Meanwhile):
        frame.change(store, OFFICE, week_id, FRAME, version=1)
    for wrong, problem in (
        (replace(FRAME, name="", name_ru=""), "name: needed"),
        (replace(FRAME, days=()), "days: needed"),
        (replace(FRAME, days=(Day(FIRST), Day(FIRST))), "days: twice"),
        (replace(FRAME, days=(Day(FIRST), Day(FIRST + timedelta(days=60)))), "days: range"),
        (replace(FRAME, tracks=(Column("x", ""),)), "tracks: needed"),
    ):
        with refused(BadValue, problem):
            frame.change(store, OFFICE, week_id, wrong, version=2)
    session = planning.add(store, OFFICE, week_id, content("A"), Slot(at(10), 60))
    for slot, problem in (
        (Slot(at(10), 1), "minutes: range"),
        (Slot(at(10), 60, "nowhere"), "track: unknown"),
        (Slot(at(10), 60, "", "nowhere"), "place: unknown"),
        (Slot(at(10) - timedelta(days=60), 60), "starts: past"),
    ):
        with refused(BadValue, problem):
            planning.move(store, OFFICE, week_id, session, slot)
    with pytest.raises(ThingNotFound):
        planning.move(store, OFFICE, week_id, "none", Slot(at(10), 60))
    planning.take_out(store, OFFICE, week_id, session)
    with refused(Conflict, "empty"):
        planning.publish(live, OFFICE, week_id, number=1)


def test_a_sheet_becomes_drafts_with_its_halls_and_speakers(live: Live) -> None:
    store = live.store
    week_id = frame.create(store, OFFICE, FRAME)
    read = sheet.read(
        ["Day", "Start", "End", "Title", "Place", "Track", "Speakers"],
        [
            (2, [FIRST, "10:00", "11:00", "Optics", "hall", "New track", "Ada; Grace"]),
            (3, ["nonsense", "10:00", "", "Left out", "", "", ""]),
        ],
        year=FIRST.year,
    )
    with pytest.raises(Meanwhile):
        taking.take(store, OFFICE, week_id, read, version=9)
    assert taking.take(store, OFFICE, week_id, read, version=1) == 1
    week = frame.one(store, OFFICE, week_id)
    assert [one.name for one in week.frame.tracks] == ["Science", "Business", "New track"]
    (one,) = programme.sessions(live, OFFICE, week, planned=True)
    assert one.place is not None and one.place.id == "h1"
    assert [part.name[0] for part in one.parts] == ["Ada", "Grace"]


def test_parts_stand_by_consent_and_go_with_whoever_hides(live: Live) -> None:
    store = live.store
    week_id = frame.create(store, OFFICE, FRAME)
    event = planning.add(store, OFFICE, week_id, content("Optics"), Slot(at(10), 60))
    planning.publish(live, OFFICE, week_id, number=1)
    part = roles.ask(store, OFFICE, event, "speaker", key=DARYA, about="Lenses")
    with refused(Conflict, "there"):
        roles.ask(store, OFFICE, event, "speaker", key=DARYA)
    with refused(BadValue, "who"):
        roles.ask(store, OFFICE, event, "speaker")
    assert roles.of_events(live, ANYONE, [event]) == {}  # not before the yes
    assert [row["id"] for row in roles.mine(store, member(DARYA), "asked")] == [part]
    with pytest.raises(ThingNotFound):
        roles.say(store, member(ANNA), part, "agree")
    roles.say(store, member(DARYA), part, "agree")
    (stands,) = roles.of_events(live, ANYONE, [event])[event]
    assert stands.name[1].startswith("Дарья") and stands.card is None
    assert letters(store, "events.role_asked")
    hide(store, DARYA)
    live.catch_up()
    assert roles.of_events(live, ANYONE, [event]) == {}
    assert roles.in_hand(live, OFFICE, event) == []


def test_names_become_people_with_their_yes_and_versions_say_who_speaks(live: Live) -> None:
    store = live.store
    week_id = frame.create(store, OFFICE, FRAME)
    event = planning.add(store, OFFICE, week_id, content("Optics"), Slot(at(10), 60))
    other = planning.add(store, OFFICE, week_id, content("Lenses"), Slot(at(12), 60))
    darya = store.read(
        "MATCH (p:Person {key: $key}) RETURN p.given_name + ' ' + p.family_name AS name LIMIT 1",
        key=DARYA,
    )[0]["name"]
    name = roles.ask(store, OFFICE, event, "speaker", name=darya)
    twin = roles.ask(store, OFFICE, other, "speaker", name=darya)
    gone = roles.ask(store, OFFICE, event, "speaker", name="Ada Lovelace")
    planning.publish(live, OFFICE, week_id, number=1)
    with pytest.raises(NotAllowed):
        speakers.proposals(live, member(ANNA), week_id)
    found, total = speakers.proposals(live, OFFICE, week_id)
    assert total == 2 and [one.name for one in found] == [darya, "Ada Lovelace"]
    assert [row["id"] for row in found[0].sessions] == [name, twin]
    assert DARYA in [card.key for card in found[0].people]
    with pytest.raises(ThingNotFound):
        speakers.ask(live, OFFICE, week_id, ["none"], DARYA)
    assert speakers.ask(live, OFFICE, week_id, [name, twin], DARYA) == 2
    with pytest.raises(ThingNotFound):
        speakers.ask(live, OFFICE, week_id, [name], DARYA)  # somebody was asked
    assert [one.name for one in speakers.proposals(live, OFFICE, week_id)[0]] == ["Ada Lovelace"]
    stands = roles.of_events(live, ANYONE, [event])[event]
    assert {part.name[0] for part in stands} == {darya, "Ada Lovelace"}  # not before the yes
    asked = {row["event"]: row["id"] for row in roles.mine(store, member(DARYA), "asked")}
    roles.say(store, member(DARYA), asked[event], "agree")
    roles.say(store, member(DARYA), asked[other], "decline")
    stands = roles.of_events(live, member(ANNA), [event, other])
    assert [part.card.key for part in stands[event] if part.card] == [DARYA]
    assert len(stands[event]) == 2 and [part.name[0] for part in stands[other]] == [darya]
    # The same speaker is no news: only who comes and goes is.
    week = frame.one(store, OFFICE, week_id)
    assert planning.preview(live, OFFICE, week).changes == ()
    roles.take_away(store, OFFICE, event, gone)
    roles.ask(store, OFFICE, event, "speaker", name="Grace Hopper")
    (change,) = planning.preview(live, OFFICE, week).changes
    assert (change.what, change.left) == ("speakers", 1)
    assert [part.name[0] for part in change.came] == ["Grace Hopper"]
    planning.publish(live, OFFICE, week_id, number=2)
    roles.say(store, member(DARYA), asked[event], "decline")
    planning.publish(live, OFFICE, week_id, number=3)
    every = programme.sessions(live, ANYONE, frame.one(store, ANYONE, week_id))
    newest, second, first = programme.versions(store, frame.one(store, ANYONE, week_id), every)
    assert [(one.what, one.came, one.left) for one in newest.changes] == [("speakers", (), 1)]
    assert [part.name[0] for part in second.changes[0].came] == ["Grace Hopper"]
    assert first.changes == ()
    # The contest's award is given at one of its sessions, and said there.
    store.write(
        "MATCH (e:Event {id: $id}) CREATE (:Contest {id: 'season'})-[:AWARDED_AT]->(e)", id=other
    )
    every = programme.sessions(live, ANYONE, frame.one(store, ANYONE, week_id))
    assert {one.id: one.row["awards"] for one in every} == {event: False, other: True}
    kept = store.read(
        "MATCH (v:FestivalVersion) RETURN v.sessions AS sessions ORDER BY v.number LIMIT 5"
    )
    assert not any("Hopper" in row["sessions"] or darya in row["sessions"] for row in kept)


def test_whoever_came_is_thanked_once_and_it_counts(live: Live) -> None:
    store = live.store
    week_id = frame.create(store, OFFICE, FRAME)
    event = planning.add(store, OFFICE, week_id, content("Optics"), Slot(at(10), 60))
    planning.publish(live, OFFICE, week_id, number=1)
    for key in (ANNA, BORIS):
        registrations.answer(store, member(key), event, "yes")
    part = roles.ask(store, OFFICE, event, "speaker", key=DARYA)
    roles.say(store, member(DARYA), part, "agree")
    assert thanks.thank(store) == 0
    store.write(OVER, id=event)
    _, there = guests(store, OFFICE, event)
    came = [one.registration for one in there if one.card.key == ANNA]
    mark(store, OFFICE, event, shown=[one.registration for one in there], came=came)
    assert thanks.thank(store) == 1
    assert thanks.thank(store) == 0
    assert len(letters(store, "weeks.thanks")) == 1
    assert [row["id"] for row in thanks.i_came_to(store, member(ANNA), week_id)] == [event]
    assert thanks.i_came_to(store, member(BORIS), week_id) == []
    assert spoken.enter(store) == 1
    assert spoken.enter(store) == 0
    found = figures.figures(store, OFFICE, week_id)
    assert (found.people["registered"], found.people["came"], found.visits) == (2, 1, 1)
    assert found.sessions[0]["stars"] is None
    kinds = store.read(
        "MATCH (c:Contribution)-[:TO]->(:Event {id: $id}) RETURN c.kind AS kind ORDER BY kind "
        "LIMIT 10",
        id=event,
    )
    assert {row["kind"] for row in kinds} == {"attended", "registered_for_event", "talk"}


def test_the_grid_holds_each_session_once_and_fills_its_rows(live: Live) -> None:
    store = live.store
    week_id = frame.create(store, OFFICE, FRAME)
    for title, slot in (
        ("A", Slot(at(10), 90, "t1", "h1")),
        ("B", Slot(at(10, 15), 30, "t2", "h2")),
        ("C", Slot(at(10, 50), 30, "t2", "h2")),
        ("D", Slot(at(11), 60, "t2", "h1")),  # in one hall with A
        ("E", Slot(at(9), 30)),
    ):
        planning.add(store, OFFICE, week_id, content(title), slot)
    week = frame.one(store, OFFICE, week_id)
    found = programme.sessions(live, OFFICE, week, planned=True)
    for by in ("place", "track: unknown"):
        for step in (None, timedelta(minutes=30)):
            table = programme.grid(week, FIRST, found, by=by, step=step)
            cells = [cell for _, row in table.rows for cell in row if cell is not None]
            shown = [one.id for cell in cells for one in cell.sessions]
            assert sorted(shown) == sorted(one.id for one in found)
            width = len(table.columns)
            assert sum(cell.rows for cell in cells) == width * len(table.rows)
    halls = programme.grid(week, FIRST, found, by="place")
    together = next(c for _, row in halls.rows for c in row if c and len(c.sessions) == 2)
    assert [one.row["title"] for one in together.sessions] == ["A", "D"]
    assert datetime.now(UTC) < found[0].starts

"""Pages of events: made by staff, answered by alumni, offered from the waiting list; letters."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import vobject
from flask import Flask

from graphnet.engine import Engine
from graphnet.events import editing, telling
from graphnet.jobs import Task, Worker
from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import ANNA
from tests.support.letters import delivered


@pytest.fixture(scope="module")
def home(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return own_home(settings, tmp_path_factory.mktemp("events"))


@pytest.fixture(scope="module")
def live(session_store: Store, home: Settings) -> Iterator[Live]:
    session_store.run_alone(WIPE)
    live = furnished(session_store, home)
    # What is furnished has keys of its own; those that are given come after them.
    session_store.write("MERGE (c:Counter {name: 'thing'}) SET c.next = 1000")
    yield live
    live.stop()


@pytest.fixture(scope="module")
def app(live: Live, home: Settings) -> Flask:
    return site(live, home)


DAY = (datetime.now() + timedelta(days=20)).replace(hour=18, minute=30)
FORM = {
    "title": "Chess <evening>", "title_ru": "Шахматный вечер", "kind": "meeting",
    "starts": f"{DAY:%Y-%m-%dT%H:%M}", "ends": f"{DAY + timedelta(hours=2):%Y-%m-%dT%H:%M}",
    "time_zone": "Europe/Moscow", "venue": "Hall 5", "scale": "local", "audience": "public",
    "capacity": "1", "offer_hours": "48", "questions": "Board*", "online_url": "https://meet.org/x",
}  # fmt: skip


def make(app: Flask, **changes: str) -> str:
    staff = reader(app, "staff")
    answer = staff.post("/events/new", data=FORM | changes)
    assert answer.status_code == 303, re.findall(r'field-error"[^<]*', answer.text)
    event_id = answer.location.rsplit("/", 1)[-1]
    published = staff.post(f"/events/{event_id}/state", data={"act": "publish", "version": "1"})
    assert published.status_code == 303
    return event_id


def test_staff_make_an_event_and_everybody_finds_it(app: Flask, live: Live) -> None:
    staff = reader(app, "staff")
    wrong = staff.post("/events/new", data=FORM | {"title": "", "title_ru": "", "venue": "Kept"})
    assert wrong.status_code == 422
    assert "in one of the languages" in wrong.text and 'value="Kept"' in wrong.text
    event_id = make(app)
    page = reader(app, "anyone").get(f"/events/{event_id}")
    assert "Chess &lt;evening&gt;" in page.text and "Hall 5" in page.text
    assert "meet.org" not in page.text
    data = re.search(r'ld\+json">(.*?)</script>', page.text)
    assert data is not None and "<" not in data[1] and '"@type": "Event"' in data[1]
    assert (
        "Шахматный вечер"
        in reader(app, "anyone").get("/events", headers={"Accept-Language": "ru"}).text
    )
    assert event_id in staff.get("/staff/events?what=coming").text
    for path in (f"/events/{event_id}/edit", f"/events/{event_id}/people", "/staff/events"):
        assert reader(app, "anyone").get(path).status_code == 303
        assert reader(app, "alumnus").get(path).status_code in (403, 404)
        for language in ("en", "ru"):
            assert staff.get(path, headers={"Accept-Language": language}).status_code == 200


def test_two_who_edit_see_both_texts_and_choose(app: Flask) -> None:
    event_id = make(app)
    staff = reader(app, "staff")
    first = FORM | {"version": "2", "venue": "Hall 7", "title": "Chess one"}
    assert staff.post(f"/events/{event_id}/edit", data=first).status_code == 303
    second = FORM | {"version": "2", "venue": "Garden", "price": "100"}
    clash = staff.post(f"/events/{event_id}/edit", data=second)
    assert clash.status_code == 409
    assert "Hall 7" in clash.text and "Garden" in clash.text and 'value="100"' in clash.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', clash.text)
    assert version is not None
    chosen = second | {"version": version[1], "take-venue": "theirs", "take-title": "theirs"}
    assert staff.post(f"/events/{event_id}/edit", data=chosen).status_code == 303
    page = staff.get(f"/events/{event_id}").text
    assert "Hall 7" in page and "Chess one" in page and "100" in page


def test_a_full_event_its_list_and_a_seat_that_is_held(
    app: Flask, live: Live, home: Settings
) -> None:
    event_id = make(app, title="Full")
    anna, zhanna = reader(app, "alumnus"), reader(app, "analyst")
    join = f"/events/{event_id}/answer"
    unanswered = anna.post(join, data={"answer": "yes"})
    assert unanswered.status_code == 422 and "Board" in unanswered.text
    answers = {"answer": "yes", "question-Board": "mine", "remind": "1"}
    assert anna.post(join, data=answers).status_code == 303
    assert "https://meet.org/x" in anna.get(f"/events/{event_id}").text
    zhanna.post(join, data=answers)
    page = zhanna.get(f"/events/{event_id}").text
    assert "You are number 1." in page and "every seat is taken" in page
    assert zhanna.get(f"/events/{event_id}/seat").status_code == 303
    people = reader(app, "staff").get(f"/events/{event_id}/people").text
    assert "mine" in people and "Соколова" in people
    anna.post(join, data={"answer": "no"})
    held = zhanna.get(f"/events/{event_id}/seat", headers={"Accept-Language": "ru"})
    assert "Занять место" in held.text
    assert zhanna.post(f"/events/{event_id}/seat", data={"act": "take"}).status_code == 303
    assert zhanna.post(f"/events/{event_id}/seat", data={"act": "pass"}).status_code == 303
    assert "you said yes" in zhanna.get(f"/events/{event_id}").text
    letters = {one["subject"]: one for one in delivered(live.store, home)}
    (held_letter,) = [one for subject, one in letters.items() if "held for you" in subject]
    assert f"/events/{event_id}/seat" in held_letter.get_content()
    (seat,) = [
        one for subject, one in letters.items()
        if subject.startswith("You are registered") and "analyst@" in one["to"]
    ]  # fmt: skip
    part = next(one for one in seat.walk() if one.get_content_type() == "text/calendar")
    entry = vobject.readOne(part.get_payload(decode=True).decode())
    assert entry.method.value == "REQUEST" and entry.vevent.uid.value.startswith(event_id)


def test_moving_and_cancelling_reach_who_is_registered(
    app: Flask, live: Live, home: Settings
) -> None:
    event_id = make(app, title="Moving", questions="")
    reader(app, "alumnus").post(f"/events/{event_id}/answer", data={"answer": "yes"})
    staff = reader(app, "staff")
    later = f"{DAY + timedelta(days=1):%Y-%m-%dT%H:%M}"
    moved = FORM | {"title": "Moving", "questions": "", "version": "2", "starts": later, "ends": ""}
    assert staff.post(f"/events/{event_id}/edit", data=moved).status_code == 303
    cancelled = {"act": "cancel", "notice": "The hall is closed."}
    tell = telling.teller(Engine(home, live.store, live))
    Worker(live.store, {editing.TOLD: Task(tell)}).step()
    sent = delivered(live.store, home)
    (letter,) = [one for one in sent if one["subject"].startswith("Changed: Moving")]
    assert "Before:" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert staff.post(f"/events/{event_id}/state", data=cancelled).status_code == 303
    Worker(live.store, {editing.TOLD: Task(tell)}).step()
    sent = delivered(live.store, home)
    (letter,) = [one for one in sent if one["subject"].startswith("Called off: Moving")]
    part = next(one for one in letter.walk() if one.get_content_type() == "text/calendar")
    entry = vobject.readOne(part.get_payload(decode=True).decode())
    assert (entry.method.value, entry.vevent.sequence.value) == ("CANCEL", "2")
    page = reader(app, "anyone").get(f"/events/{event_id}")
    assert page.status_code == 200 and "The hall is closed." in page.text
    late = reader(app, "alumnus").post(f"/events/{event_id}/answer", data={"answer": "yes"})
    assert late.status_code == 303


def test_organisers_make_theirs_and_staff_publish(app: Flask, live: Live) -> None:
    anna, staff = reader(app, "alumnus"), reader(app, "staff")
    assert anna.get("/events/new").status_code == 403
    live.store.write(
        "MATCH (:Person {key: $me})-[m:MEMBER_OF]->(:Group {id: 'club'}) SET m.role = 'organiser'",
        me=ANNA,
    )
    assert "/events/organised" in anna.get("/events").text
    made = anna.post("/events/new", data=FORM | {"title": "Theirs", "group": "club"})
    assert made.status_code == 303
    event_id = made.location.rsplit("/", 1)[-1]
    assert reader(app, "admin").get(f"/events/{event_id}").status_code in (200, 404)
    assert reader(app, "anyone").get(f"/events/{event_id}").status_code == 404
    anna.post(f"/events/{event_id}/state", data={"act": "publish", "version": "1"})
    assert "Theirs" in staff.get("/staff").text
    assert "Theirs" in staff.get("/staff/events").text
    assert reader(app, "anyone").get(f"/events/{event_id}").status_code == 404
    staff.post(f"/events/{event_id}/state", data={"act": "publish", "version": "2"})
    assert reader(app, "anyone").get(f"/events/{event_id}").status_code == 200
    assert "Theirs" in anna.get("/groups/club").text
    assert "Theirs" in anna.get("/events/organised?what=coming").text


def test_past_events_come_the_latest_first(app: Flask, live: Live) -> None:
    now = datetime.now(UTC)
    live.store.write(
        """UNWIND [1, 2] AS n CREATE (:Event {id: 'was' + toString(n), key: 90 + n,
        title: 'Was ' + toString(n), starts_at: $now - duration({days: n}),
        time_zone: 'Europe/Moscow', visibility: 'public'})
        CREATE (:Event {id: 'runs' + toString(n), key: 80 + n, title: 'Runs ' + toString(n),
        starts_at: $now - duration({hours: n}), ends_at: $now + duration({hours: n}),
        time_zone: 'Europe/Moscow', visibility: 'public'})""",
        now=now,
    )
    past = reader(app, "anyone").get("/events?when=past").text
    assert past.index("Was 1") < past.index("Was 2") and "Runs" not in past
    assert "Runs 1" in reader(app, "anyone").get("/events?when=week").text

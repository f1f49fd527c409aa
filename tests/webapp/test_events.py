"""Pages of events: made by staff, answered by alumni, offered from the waiting list; letters."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import vobject
from flask import Flask

from graphnet.engine import Engine
from graphnet.events import editing, telling
from graphnet.job_worker import Worker
from graphnet.jobs import Handler, Task
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


def all_told(store: Store, tell: Handler) -> None:
    """Do every job that tells those who are registered, as a worker does."""
    worker = Worker(store, {editing.TOLD: Task(tell)})
    while worker.step():
        pass
    assert not failures(store)


def failures(store: Store) -> list[str]:
    rows = store.read(
        "MATCH (j:Job) WHERE j.error IS NOT NULL RETURN j.error AS e ORDER BY e LIMIT 9"
    )
    return [row["e"] for row in rows]


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


def test_the_place_is_read_in_ones_own_language(app: Flask) -> None:
    both = make(app, venue="Cellar 9", venue_ru="Подвал № 9")
    only = make(app, venue="", venue_ru="Во дворе")
    anybody, staff = reader(app, "anyone"), reader(app, "staff")
    for language, said, other in (
        ("en", "Cellar 9", "Подвал № 9"),
        ("ru", "Подвал № 9", "Cellar 9"),
    ):
        for path in (f"/events/{both}", "/events", f"/events/{both}.ics"):
            page = anybody.get(path, headers={"Accept-Language": language}).text
            assert said in page and other not in page, (language, path)
        for path in (f"/events/{only}", "/events", f"/events/{only}.ics"):
            page = anybody.get(path, headers={"Accept-Language": language}).text
            assert "Во дворе" in page, "the only one that there is"
    form = staff.get(f"/events/{only}/edit").text
    assert re.search(r'name="venue"[^>]*value=""', form), "a copy of the other would grow old"


def test_two_who_edit_see_both_texts_and_choose(app: Flask) -> None:
    event_id = make(app)
    staff = reader(app, "staff")
    first = FORM | {"version": "2", "venue": "Hall 7", "title": "Chess one"}
    assert staff.post(f"/events/{event_id}/edit", data=first).status_code == 303
    second = FORM | {"version": "2", "venue": "Garden", "price": "100", "kind": "trip"}
    clash = staff.post(f"/events/{event_id}/edit", data=second)
    assert clash.status_code == 409
    assert '<span class="as-entered">excursion</span>' in clash.text, "by its label"
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
    letters = {one["subject"]: one for one in delivered(live.store, home)}
    (held_letter,) = [one for subject, one in letters.items() if "held for you" in subject]
    assert f"/events/{event_id}/seat" in held_letter.get_content()
    assert zhanna.post(f"/events/{event_id}/seat", data={"act": "take"}).status_code == 303
    assert zhanna.post(f"/events/{event_id}/seat", data={"act": "pass"}).status_code == 303
    assert "you said yes" in zhanna.get(f"/events/{event_id}").text
    letters = {one["subject"]: one for one in delivered(live.store, home)}
    (seat,) = [
        one
        for subject, one in letters.items()
        if subject.startswith("You are registered") and "analyst@" in one["to"]
    ]
    part = next(one for one in seat.walk() if one.get_content_type() == "text/calendar")
    entry = vobject.readOne(part.get_payload(decode=True).decode())
    assert entry.method.value == "REQUEST" and entry.vevent.uid.value.startswith(event_id)


def test_moving_and_cancelling_reach_who_is_registered(
    app: Flask, live: Live, home: Settings
) -> None:
    event_id = make(app, title="Moving", questions="")
    anna = reader(app, "alumnus")
    anna.post(f"/events/{event_id}/answer", data={"answer": "yes"})
    assert "you said yes" in anna.get(f"/events/{event_id}").text
    staff = reader(app, "staff")
    later = f"{DAY + timedelta(days=1):%Y-%m-%dT%H:%M}"
    moved = FORM | {"title": "Moving", "questions": "", "version": "2", "starts": later, "ends": ""}
    assert staff.post(f"/events/{event_id}/edit", data=moved).status_code == 303
    cancelled = {"act": "cancel", "notice": "The hall is closed."}
    tell = telling.teller(Engine(home, live.store, live))
    all_told(live.store, tell)
    sent = delivered(live.store, home)
    assert not failures(live.store)
    (letter,) = [one for one in sent if one["subject"].strip().startswith("Changed: Moving")]
    assert "Before:" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert staff.post(f"/events/{event_id}/state", data=cancelled).status_code == 303
    all_told(live.store, tell)
    sent = delivered(live.store, home)
    (letter,) = [one for one in sent if one["subject"].strip().startswith("Called off: Moving")]
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
    # What runs stands among what comes until its end, and so does what is far off; what was called
    # off does not, and cannot be answered.
    live.store.write(
        """UNWIND [['far', 200, null], ['further', 400, null], ['off', 5, $now],
        ['long', -90, null]] AS row
        CREATE (:Event {id: row[0], key: 700 + row[1], title: 'It is ' + row[0],
        starts_at: $now + duration({days: row[1]}), cancelled_at: row[2],
        ends_at: CASE row[0] WHEN 'long' THEN $now + duration('P30D') END,
        time_zone: 'Europe/Moscow', visibility: 'public'})""",
        now=now,
    )
    coming = reader(app, "anyone").get("/events").text
    names = ("It is long", "Runs 1", "Runs 2", "It is far<", "It is further", "It is off")
    listed = [name for name in names if name in coming]
    assert listed == list(names[:-1]), "an exhibition of four months, too"
    assert "It is long" in reader(app, "staff").get("/staff/events?what=coming").text
    anna = reader(app, "alumnus")
    said = anna.post("/events/runs1/answer", data={"answer": "yes"}, follow_redirects=True)
    assert "you said yes" in said.text
    said = anna.post("/events/off/answer", data={"answer": "yes"}, follow_redirects=True)
    assert "This event has been cancelled." in said.text


def test_my_calendar_is_a_feed_at_an_address_of_mine(app: Flask, live: Live) -> None:
    event_id = make(app, title="Fed", questions="", capacity="")
    anna = reader(app, "alumnus")
    anna.post(f"/events/{event_id}/answer", data={"answer": "yes"})
    assert "Fed" in anna.get("/home").text and "Fed" in anna.get("/calendar").text
    anna.post("/calendar", data={"act": "make"})
    address = re.search(r"/calendar/[\w-]+\.ics", anna.get("/calendar").text)
    assert address is not None
    feed = reader(app, "anyone").get(address[0])
    assert feed.status_code == 200 and feed.content_type.startswith("text/calendar")
    first = {
        one.uid.value: int(one.sequence.value)
        for one in vobject.readOne(feed.get_data(as_text=True)).vevent_list
    }
    uid = f"{event_id}@events.graphnet"
    assert first[uid] == 0
    again = reader(app, "anyone").get(address[0], headers={"If-None-Match": feed.headers["ETag"]})
    assert again.status_code == 304
    at_once = anna.get(f"/events/{make(app, title='At once', questions='')}").text
    assert "same time" in at_once and "Fed" in at_once, "clashes in one's calendar are said"
    staff = reader(app, "staff")
    staff.post(f"/events/{event_id}/state", data={"act": "cancel", "notice": "Off."})
    second = vobject.readOne(reader(app, "anyone").get(address[0]).get_data(as_text=True))
    (entry,) = [one for one in second.vevent_list if one.uid.value == uid]
    assert (entry.status.value, entry.sequence.value) == ("CANCELLED", "1")
    one = reader(app, "anyone").get(f"/events/{event_id}.ics")
    assert vobject.readOne(one.get_data(as_text=True)).vevent.uid.value == uid
    assert "meet.org" not in one.text
    anna.post("/calendar", data={"act": "end"})
    assert reader(app, "anyone").get(address[0]).status_code == 404


def test_a_ticket_opens_the_door_once(app: Flask, live: Live) -> None:
    event_id = make(app, title="Tonight", questions="", capacity="")
    anna, staff = reader(app, "alumnus"), reader(app, "staff")
    assert anna.get(f"/events/{event_id}/ticket").status_code == 303
    anna.post(f"/events/{event_id}/answer", data={"answer": "yes"})
    ticket = anna.get(f"/events/{event_id}/ticket").text
    code = re.search(r'ticket-code">([0-9A-Z-]{9})<', ticket)
    assert code is not None and "<svg" in ticket
    live.store.write(
        "MATCH (e:Event {id: $id}) SET e.starts_at = $now", id=event_id, now=datetime.now(UTC)
    )
    assert reader(app, "admin").get(f"/events/{event_id}/door").status_code == 403
    assert anna.get(f"/events/{event_id}/door").status_code == 404
    staff.post(f"/events/{event_id}/door", data={"act": "make"})
    page = staff.get(f"/events/{event_id}/door").text
    address = re.search(r"/door/[\w-]+", page.split("<code>")[1])
    assert address is not None
    door = reader(app, "anyone")
    shown = door.get(address[0], headers={"Accept-Language": "ru"})
    assert "camera=(self)" in shown.headers["Permissions-Policy"]
    assert "Иванова Анна" in shown.text and "@" not in shown.text.split("<main")[1]
    assert (
        "Come in!"
        in door.post(address[0], data={"code": code[1].lower()}, follow_redirects=True).text
    )
    assert (
        "Already here since"
        in door.post(address[0], data={"code": code[1]}, follow_redirects=True).text
    )
    assert (
        "No such ticket"
        in door.post(address[0], data={"code": "AAAA-BBBB"}, follow_redirects=True).text
    )
    sent = [
        {"code": code[1], "at": datetime.now(UTC).isoformat(), "offline": True},
        {"registration": "nobody's"},
        "nonsense",
    ]
    results = door.post(f"{address[0]}/sync", json=sent).get_json()
    assert [one["outcome"] for one in results] == ["again", "unknown", "unknown"]
    assert door.post(f"{address[0]}/sync", json={"no": "list"}).status_code == 400
    link = re.search(r'name="link" value="(\w+)"', page)
    assert link is not None
    staff.post(f"/events/{event_id}/door", data={"act": "revoke", "link": link[1]})
    assert door.get(address[0]).status_code == 404
    assert door.post(f"{address[0]}/sync", json=[]).status_code == 404


def test_how_it_was_is_said_by_who_was_there(app: Flask, live: Live) -> None:
    event_id = make(app, title="Gone", questions="", capacity="")
    anna = reader(app, "alumnus")
    anna.post(f"/events/{event_id}/answer", data={"answer": "yes"})
    live.store.write(
        """MATCH (e:Event {id: $id}) SET e.starts_at = $now - duration('PT3H'),
        e.ends_at = $now - duration('PT1H'), e.materials = 'Slides: https://slides.org/x'""",
        id=event_id,
        now=datetime.now(UTC),
    )
    assert 'href="https://slides.org/x"' in reader(app, "anyone").get(f"/events/{event_id}").text
    say = f"/events/{event_id}/feedback"
    wrong = anna.post(say, data={"stars": "9", "words": "Kept words"})
    assert wrong.status_code == 422 and "Kept words" in wrong.text
    assert anna.post(say, data={"stars": "4", "words": "Fine"}).status_code == 303
    assert "Fine" in anna.get(f"/events/{event_id}").text
    page = reader(app, "staff").get(f"/events/{event_id}").text
    assert "1 answer so far" in page and "Fine" not in page

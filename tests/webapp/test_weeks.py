"""Pages of an Alumni Week, of parts in events and of businesses, as their readers walk them."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet.engine import Engine
from graphnet.features import registered
from graphnet.live import Live
from graphnet.mail import Delivery
from graphnet.settings import Settings
from graphnet.store import Store
from graphnet.weeks import sheet
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site

DAY = (datetime.now() + timedelta(days=30)).date()


@pytest.fixture(scope="module")
def home(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return own_home(settings, tmp_path_factory.mktemp("weeks"))


@pytest.fixture(scope="module")
def live(session_store: Store, home: Settings) -> Iterator[Live]:
    session_store.run_alone(WIPE)
    live = furnished(session_store, home)
    session_store.write("MERGE (c:Counter {name: 'thing'}) SET c.next = 1000")
    yield live
    live.stop()


@pytest.fixture(scope="module")
def app(live: Live, home: Settings) -> Flask:
    return site(live, home)


@pytest.fixture(scope="module")
def staff(app: Flask) -> FlaskClient:
    return reader(app, "staff")


FRAME = {
    "name": "Spring <Week>", "name_ru": "Весенняя неделя", "time_zone": "Europe/Moscow",
    "day-date": [f"{DAY}", ""], "day-title_ru": ["Наука", ""], "day-title": ["Science", ""],
    "place-id": ["", ""], "place-name_ru": ["Зал", ""], "place-name": ["Hall", ""],
    "track-id": [""], "track-name_ru": [""], "track-name": ["Lasers"],
}  # fmt: skip


@pytest.fixture(scope="module")
def week(staff: FlaskClient) -> str:
    """A week that staff have framed in the browser."""
    wrong = staff.post("/staff/weeks/new", data=FRAME | {"name": "", "name_ru": ""})
    assert wrong.status_code == 422 and "Lasers" in wrong.text
    made = staff.post("/staff/weeks/new", data=FRAME)
    assert made.status_code == 303, made.text
    return made.location.rsplit("/", 1)[-1]


def _delimiter(data: bytes) -> str:
    return ";" if b";" in data.splitlines()[0] else ","


def test_from_a_spreadsheet_to_a_programme_that_i_register_for(
    app: Flask, staff: FlaskClient, week: str
) -> None:
    assert reader(app, "alumnus").get(f"/week/{week}").status_code == 404
    table = f"Дата;Начало;Конец;Title;Зал;Мест\r\n{DAY};10:00;11:00;Lenses;Зал;2\r\n;x;;Bad;;\r\n"
    read = staff.post(
        f"/staff/weeks/{week}/read",
        data={"file": (io.BytesIO(table.encode("cp1251")), "p.csv")},
        content_type="multipart/form-data",
    )
    assert read.status_code == 200 and "Lenses" in read.text
    kept = re.search(r'name="kept" value="([^"]*)"', read.text)
    version = re.search(r'name="version" value="(\d+)"', read.text)
    assert kept and version
    given = {"take": "yes", "kept": unescape(kept[1]), "version": version[1]}
    taken = staff.post(f"/staff/weeks/{week}/read", data=given)
    assert taken.status_code == 303 and taken.location.endswith(f"/staff/weeks/{week}")
    nothing = staff.post(f"/staff/weeks/{week}/read", data={})
    assert nothing.status_code == 422
    broken = staff.post(f"/staff/weeks/{week}/read", data={"take": "yes", "kept": "[1]"})
    assert broken.status_code == 303
    plan = staff.get(f"/staff/weeks/{week}")
    assert "Lenses" in plan.text and "data-session" in plan.text
    session = re.search(r"/sessions/([0-9a-z]{16})", plan.text)
    assert session
    event = session[1]
    # By its page as by the grid.
    bad = staff.post(
        f"/staff/weeks/{week}/move", data={"event": event, "starts": f"{DAY}T10:00", "minutes": "1"}
    )
    assert bad.status_code == 422
    column = re.search(r'data-column="([0-9a-z]{16})"', plan.text)
    assert column
    moved = staff.post(
        f"/staff/weeks/{week}/move",
        data={"event": event, "at": f"{DAY}T12:30", "column": column[1], "by": "place"},
    )
    assert moved.status_code == 303
    assert "12:30–13:30" in staff.get(f"/staff/weeks/{week}/sessions/{event}").text
    look = staff.get(f"/staff/weeks/{week}/publish")
    assert "Lenses" in look.text
    assert staff.post(f"/staff/weeks/{week}/publish", data={"number": "1"}).status_code == 303
    anna = reader(app, "alumnus")
    for view in ("list", "grid", "paper"):
        page = anna.get(f"/week/{week}?view={view}")
        assert page.status_code == 200 and "Lenses" in page.text, view
    assert "Lenses" in app.test_client().get(f"/week/{week}").text
    back = anna.post(f"/events/{event}/answer", data={"answer": "yes", "next": f"/week/{week}"})
    assert back.location.endswith(f"/week/{week}")
    mine = anna.get(f"/week/{week}/mine")
    assert "Lenses" in mine.text
    calendar = anna.get(f"/week/{week}/mine.ics")
    assert b"SUMMARY:Lenses" in calendar.data
    assert anna.get(f"/week/{week}/suggested").status_code == 200
    chosen = anna.post(f"/week/{week}/suggested", data={"event": ["none", event]})
    assert chosen.status_code == 303
    # The second version says what has changed.
    later = {"event": event, "starts": f"{DAY}T15:00", "minutes": "60", "place": column[1]}
    assert staff.post(f"/staff/weeks/{week}/move", data=later).status_code == 303
    assert "12:30" in anna.get(f"/week/{week}").text
    assert "1 person" in staff.get(f"/staff/weeks/{week}/publish").text
    assert staff.post(f"/staff/weeks/{week}/publish", data={"number": "1"}).location.endswith(
        "/publish"
    )
    staff.post(f"/staff/weeks/{week}/publish", data={"number": "2", "note": "A <note>"})
    changes = anna.get(f"/week/{week}/changes")
    assert "A &lt;note&gt;" in changes.text and "12:30" in changes.text
    assert staff.get(f"/staff/weeks/{week}/figures").status_code == 200
    assert staff.get(f"/staff/weeks/{week}/figures?as=csv").mimetype == "text/csv"
    for path in ("/staff/weeks", f"/staff/weeks/{week}/add", f"/staff/weeks/{week}/frame"):
        assert staff.get(path).status_code == 200
        assert anna.get(path).status_code == 403
    for language in ("en", "ru"):  # what the table to fill in calls its columns is understood
        staff.get("/", headers={"Accept-Language": language})
        model = staff.get(f"/staff/weeks/{week}/sheet", headers={"Accept-Language": language})
        header, *rows = csv.reader(
            io.StringIO(model.data.decode("utf-8-sig")), delimiter=_delimiter(model.data)
        )
        read_back = sheet.read(header, list(enumerate(rows, 2)), year=DAY.year)
        assert read_back.ignored == () and len(read_back.good) == 1, header


def test_a_session_is_added_by_hand_and_nothing_typed_is_lost(
    staff: FlaskClient, week: str
) -> None:
    given = {
        "title": "Robots",
        "about": "All about robots.",
        "starts": f"{DAY}T16:00",
        "minutes": "60",
        "capacity": "many",
        "audience": "members",
        "topics": "optics",
    }
    wrong = staff.post(f"/staff/weeks/{week}/add", data=given)
    assert wrong.status_code == 422 and "All about robots." in wrong.text
    added = staff.post(f"/staff/weeks/{week}/add", data=given | {"capacity": "5"})
    assert added.status_code == 303
    assert "Robots" in staff.get(added.location).text
    # What is there already is put in, and out again.
    assert staff.post(f"/staff/weeks/{week}/put-in", data={"event": "evening"}).status_code == 303
    out = staff.post(f"/staff/weeks/{week}/move", data={"event": "evening", "act": "out"})
    assert out.status_code == 303


def test_a_speaker_is_asked_and_agrees_on_the_first_page(app: Flask, staff: FlaskClient) -> None:
    page = "/events/evening/parts"
    assert staff.get(page).status_code == 200
    assert staff.post(page, data={"role": "speaker"}).status_code == 422
    named = staff.post(page, data={"role": "sponsor", "name": "A <Company>"})
    assert named.status_code == 303
    asked = staff.post(page, data={"role": "speaker", "person-id": "anna", "about": "Lenses"})
    assert asked.status_code == 303, asked.text
    stranger = app.test_client().get("/events/evening")
    assert "A &lt;Company&gt;" in stranger.text and "Lenses" not in stranger.text
    anna = reader(app, "alumnus")
    first = anna.get("/home")
    part = re.search(r"/events/parts/([0-9a-z]{16})", first.text)
    assert part
    assert anna.post(f"/events/parts/{part[1]}", data={"answer": "agree"}).status_code == 303
    assert "Lenses" in app.test_client().get("/events/evening").text
    assert anna.post(f"/events/parts/{part[1]}", data={"answer": "decline"}).status_code == 303
    assert "Lenses" not in app.test_client().get("/events/evening").text
    assert reader(app, "analyst").post(f"/events/parts/{part[1]}").status_code in (303, 403)


def test_a_business_is_written_published_and_found(app: Flask, staff: FlaskClient) -> None:
    anna = reader(app, "alumnus")
    given = {"name": "Lens <Works>", "about": "We make lenses.", "topics": "optics"}
    unsaid = anna.post("/me/businesses/new", data=given)
    assert unsaid.status_code == 422 and "We make lenses." in unsaid.text
    made = anna.post("/me/businesses/new", data=given | {"agreed": "yes"})
    assert made.status_code == 303
    business = made.location.rsplit("/", 1)[-1]
    assert f"/businesses/{business}" in staff.get("/staff").text
    other = reader(app, "analyst")
    assert other.get(f"/businesses/{business}").status_code == 404
    back = staff.post(f"/businesses/{business}/state", data={"act": "send_back", "notice": "Why?"})
    assert back.status_code == 303
    assert "Why?" in anna.get("/home").text
    edit = anna.get(f"/businesses/{business}/edit")
    version = re.search(r'name="version" value="(\d+)"', edit.text)
    assert version
    kept = anna.post(f"/businesses/{business}/edit", data=given | {"version": version[1]})
    assert kept.status_code == 303
    stale = anna.post(f"/businesses/{business}/edit", data=given | {"version": version[1]})
    assert stale.status_code == 409
    staff.post(f"/businesses/{business}/state", data={"act": "publish"})
    for page in ("/businesses?q=lens", "/businesses?topic=optics", f"/businesses/{business}"):
        assert "Lens &lt;Works&gt;" in other.get(page).text, page
    assert other.get(f"/businesses/{business}/edit").status_code in (403, 404)
    assert app.test_client().get("/businesses").status_code in (302, 303)
    assert staff.get("/staff/businesses?state=published").status_code == 200
    gone = anna.post(f"/businesses/{business}/state", data={"act": "remove"})
    assert gone.status_code == 303
    assert other.get(f"/businesses/{business}").status_code == 404


LETTERS = """MATCH (f:Festival {id: 'week'}), (e:Event {id: 'evening'}), (p:Person {id: 'anna'})
SET e.materials = 'https://slides.org', f.state = 'published'
CREATE (:FestivalVersion {id: 'v2', number: 2, at: datetime(), note: 'Later.', sessions: '[]',
  moves: $moves})-[:IN]->(f)
CREATE (:Business {id: 'shop', name: 'Lenses', state: 'published'})-[:OF]->(p)
CREATE (:Business {id: 'back', name: 'Mirrors', state: 'sent_back', notice: 'Why?'})-[:OF]->(p)
CREATE (a:EventRole {id: 'asked', role: 'speaker', state: 'asked', at: datetime()})-[:FOR]->(e)
CREATE (a)-[:OF]->(p)
CREATE (s:EventRole {id: 'said', role: 'sponsor', state: 'agreed', at: datetime()})-[:FOR]->(e)
CREATE (s)-[:OF]->(p)
WITH p MATCH (p)<-[:BY]-(r:Registration)-[:FOR]->(:Event {id: 'evening'})
SET r.attended_at = datetime()"""
BEFORE = {
    "id": "evening",
    "starts": "2026-01-01T10:00:00+03:00",
    "place": "A hall",
    "place_ru": "Зал",
}


def test_letters_say_what_has_changed_and_thank(live: Live, home: Settings) -> None:
    live.store.write(LETTERS, moves=json.dumps([BEFORE]))
    engine = Engine(home, live.store, live)
    said = {}
    for name, values in (
        ("weeks.changed", {"version": "v2", "person": "anna"}),
        ("weeks.thanks", {"week": "week", "person": "anna"}),
        ("businesses.published", {"business": "shop"}),
        ("businesses.sent_back", {"business": "back"}),
        ("events.role_asked", {"role": "asked"}),
        ("events.role_answered", {"role": "said"}),
    ):
        for language in ("en", "ru"):
            delivery = Delivery(home, "key", "anna@example.org", language, values)
            written = registered().letters[name](engine, delivery)
            assert written is not None, name
            said[name, language] = written
    changed = said["weeks.changed", "en"]
    assert "Evening" in changed.text and "A hall" in changed.text and "Later." in changed.text
    assert changed.method == "PUBLISH" and b"SUMMARY:Evening" in changed.calendar
    thanked = said["weeks.thanks", "ru"]
    assert "Спасибо" in thanked.subject and "слайды" in thanked.text
    assert "Mirrors" in said["businesses.sent_back", "en"].text
    assert "Why?" in said["businesses.sent_back", "ru"].text
    assert "спонсор" in said["events.role_answered", "ru"].text

"""Telling over real SMTP: looked at twice, one letter each, "not this" without signing in."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from graphnet import own_accord
from graphnet.live import Live
from graphnet.privacy import Viewer
from graphnet.recommendations.own import mine
from graphnet.settings import Settings
from graphnet.store import Store
from graphnet.told import audience
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import ANNA
from tests.support.post_office import do_letters, post_office, posting
from tests.support.told import EVENT, FIRST, evening, leave_now

TELL = f"/staff/events/{EVENT}/tell"
ANNA_TOO = """MATCH (p:Person {key: $key}), (t:Topic {id: 'light'})
CREATE (p)-[:INTERESTED_IN {weight: 1.0, source: 'stated'}]->(t)
CREATE (p)-[:GAVE]->(:Consent {id: 'letters', purpose: 'digest', state: 'given',
  at: datetime(), channel: 'web'})"""


@pytest.fixture(scope="module")
def live(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    session_store.run_alone(WIPE)
    made = furnished(session_store, own_home(settings, tmp_path_factory.mktemp("told")))
    evening(session_store)
    session_store.write(ANNA_TOO, key=ANNA)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def app(live: Live, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return site(live, own_home(settings, tmp_path_factory.mktemp("site")))


def ids(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]+)"', page)


def test_told_by_letter_said_not_this_and_counted(app: Flask, live: Live) -> None:
    store, staff = live.store, reader(app, "staff")
    assert f"/staff/events/{EVENT}/tell" in staff.get(f"/events/{EVENT}").text
    page = staff.get(TELL).text
    assert "10 people would like this and do not know" in page
    assert len(ids(page, "to")) == 10 and "An event for you: Evening of light" in page
    assert page.index("Лучев300") < page.index("Лучев302") < page.index("Лучев304")
    listed = ids(page, "listed")[0].split()
    nobody = staff.post(TELL, data={"act": "look", "listed": " ".join(listed)})
    assert nobody.status_code == 422 and "Nobody is ticked" in nobody.text
    chosen = [one for one in listed if one != "fit308"]
    look = staff.post(TELL, data={"act": "look", "listed": " ".join(listed), "to": chosen}).text
    assert "Write to 9 people?" in look and "1 person is taken out" in look
    assert not store.read("MATCH (l:EventLetter) RETURN l LIMIT 1")  # looking writes nobody
    sent = staff.post(
        TELL,
        data={"act": "send", "listed": ids(look, "listed")[0], "to": ids(look, "to")},
        follow_redirects=True,
    ).text
    assert "9 letters are written" in sent and "9 letters have not left yet" in sent
    own = app.extensions["graphnet"].settings
    with post_office() as (office, port):
        sending = posting(own, port)
        do_letters(live, sending)
        assert not [one for one in office.taken if "light" in str(one["Subject"])]  # they wait
        leave_now(store)
        do_letters(live, sending)
        do_letters(live, sending)
    told = {one["To"]: one for one in office.taken if one["List-Unsubscribe"] is not None}
    assert len(told) == 9 and "fit308@example.org" not in told
    letter = told["fit304@example.org"]
    text = letter.get_body(("plain",)).get_content()
    assert letter["Subject"] == "Мероприятие для вас: Вечер света"
    assert "Здравствуйте, Павел!" in text and "вы выбрали тему: Свет" in text
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    english = told["fit301@example.org"].get_body(("plain",)).get_content()
    assert "it is for your study group: 3-12" in english
    link, stop = re.search(r"/told/[\w-]+", text), re.search(r"/letters/stop/[\w-]+", text)
    assert link is not None and stop is not None
    anyone = reader(app, "anyone")
    assert "Evening of light" in anyone.get(link[0]).text
    assert not mine(store, FIRST + 4).dismissed  # looking alone says nothing
    assert anyone.post(link[0], data={"act": "not_this", "topics": "light"}).status_code == 303
    assert ("events", EVENT) in mine(store, FIRST + 4).dismissed
    assert mine(store, FIRST + 4).off == {"light"}
    assert "You said “not this”" in anyone.get(link[0]).text
    anyone.post(link[0], data={"act": "take_back"})
    assert not mine(store, FIRST + 4).dismissed and not mine(store, FIRST + 4).off
    assert anyone.get("/told/never-made").status_code == 404
    assert anyone.post(stop[0]).status_code == 200
    assert own_accord.refuses(store, Viewer("alumnus", FIRST + 4), own_accord.EVENTS)
    again = staff.get(TELL).text
    assert "Nobody can be told now" in again and "taken out of the list by staff" in again


def test_who_was_told_sees_it_at_home_with_the_reason(app: Flask, live: Live) -> None:
    alumnus = reader(app, "alumnus")
    home = alumnus.get("/home").text
    assert "For you: Evening of light" in home and "topic: Light" in home
    assert alumnus.post(f"/events/{EVENT}/not-this", data={"act": "not_this"}).status_code == 303
    assert "For you: Evening of light" not in alumnus.get("/home").text
    assert "you said “not this”" in alumnus.get("/me/told").text
    alumnus.post("/me/told", data={"act": "stop"})
    assert "You get no letters about events" in alumnus.get("/me/told").text
    alumnus.post("/me/told", data={"act": "start"})
    assert alumnus.post("/events/evening/not-this").status_code == 404  # was not told of it


def test_only_staff_tell_and_organisers_read_counts(app: Flask, live: Live) -> None:
    alumnus = reader(app, "alumnus")
    assert alumnus.get(TELL).status_code == 403
    assert alumnus.get(f"/events/{EVENT}/told").status_code == 404
    live.store.write(
        "MATCH (p:Person {key: $key}), (g:Group {id: 'light-club'}) "
        "CREATE (p)-[:MEMBER_OF {role: 'organiser'}]->(g)",
        key=ANNA,
    )
    page = alumnus.get(f"/events/{EVENT}/told").text
    assert "not shown" in page and "Лучев" not in page
    assert f"/events/{EVENT}/told" in alumnus.get(f"/events/{EVENT}").text
    assert alumnus.post(TELL, data={"act": "stop"}).status_code == 403
    found = audience.fitting(live.store, EVENT)
    assert [one for one in found if one.why_not == "told"]
    live.store.write("MATCH (e:Event {id: $id}) SET e.starts_at = datetime()", id=EVENT)
    over = reader(app, "staff").get(TELL).text
    assert "nobody is told of it any more" in over and "What became of the letters" in over

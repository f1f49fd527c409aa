"""Pages with recommendations: acts hold at once, what staff count, letters by real SMTP."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from graphnet import accounts
from graphnet.privacy import Viewer
from graphnet.recommendations import Shelf, digest, impressions, preferences
from graphnet.recommendations.outcomes import interval, outcomes, would_fit
from graphnet.settings import Settings
from graphnet.store import Store
from tests.graphnet.test_mail import PostOffice
from tests.graphnet.test_mail import office as office
from tests.support.furnished import PASSWORD, own_home, reader
from tests.support.furnished import site as application
from tests.support.graphs import ANNA, DARYA, STAFF, ZHANNA
from tests.support.letters import postman
from tests.support.recommended import Site, association, site
from webapp.features.digest.work import send_due

ME = Viewer("alumnus", ANNA, "account-1")
BY_STAFF = Viewer("staff", STAFF, "account-8", frozenset({"staff"}), "recommendations")


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Settings:
    return own_home(settings, tmp_path)


@pytest.fixture
def made(store: Store, home: Settings) -> Iterator[Site]:
    association(store)
    store.write("MATCH (a:Account)-[:OF]->(p:Person) WHERE p.key IN [1, 5, 8] DETACH DELETE a")
    for role, key in (("alumnus", ANNA), ("staff", STAFF), ("darya", DARYA)):
        accounts.create_many(
            store,
            [
                {
                    "email": f"{role}@example.org",
                    "person_key": key,
                    "roles": ["staff" if role == "staff" else "alumnus"],
                }
            ],
            PASSWORD,
        )
    followed = site(store, home.home)
    yield followed
    followed.live.stop()


@pytest.fixture
def app(made: Site, home: Settings) -> Flask:
    return application(made.live, home)


def test_a_wrong_topic_is_gone_at_the_next_view_and_comes_back(app: Flask) -> None:
    client = reader(app, "alumnus")
    assert "topic: optics" in client.get("/recommended/news").text
    client.post("/recommended/act", data={"how": "topic:optics", "next": "/recommended/news"})
    page = client.get("/recommended/news").text
    assert "topic: optics" not in page
    assert "Undo" in page
    client.post("/recommended/undo", data={"topic": "optics"})
    assert "topic: optics" in client.get("/recommended/news").text


def test_not_interested_takes_it_off_every_page(app: Flask) -> None:
    client = reader(app, "alumnus")
    assert "/events/e-optics-0" in client.get("/events").text
    data = {"list": "events", "item": "e-optics-0", "how": "never", "next": "/home"}
    assert client.post("/recommended/act", data=data).location == "/home"
    for path in ("/home", "/recommended/events"):
        assert "/events/e-optics-0" not in client.get(path).text


def test_home_shows_each_thing_once(app: Flask) -> None:
    page = reader(app, "alumnus").get("/home").text
    shown = re.findall(r'href="(/(?:events|groups|people|news)/[\w-]+)(?:\?via=\w+)?"', page)
    assert shown
    assert len(shown) == len(set(shown)), sorted(shown)


def test_interests_are_shown_with_where_they_came_from_and_corrected(app: Flask) -> None:
    client = reader(app, "alumnus")
    page = client.get("/me/interests").text
    assert "you said so; from what you do here" in page
    client.post("/me/interests", data={"act": "off", "topic": "optics"})
    assert "switched off" in client.get("/me/interests").text
    assert "topic: optics" not in client.get("/recommended/groups").text
    client.post("/me/interests", data={"act": "add", "kind": "offers", "topic": "robots"})
    client.post("/me/interests", data={"act": "take", "kind": "needs", "topic": "music"})
    assert client.get("/recommended/meet").text.count("offers what you look for") == 0
    assert client.post("/me/interests", data={"act": "add", "topic": "none"}).status_code == 404
    assert client.post("/me/interests", data={"act": "x"}).status_code == 400


def test_who_refuses_learning_is_followed_no_more(app: Flask, made: Site) -> None:
    client = reader(app, "alumnus")
    client.get("/recommended/events")
    app.extensions["impressions"].write()
    seen = "MATCH (:Person {key: 1})-[:SAW]->(i:Impression) RETURN count(i) AS n"
    assert made.store.read(seen)[0]["n"] > 0
    client.post("/me/interests/consent", data={"purpose": "profile", "state": "refused"})
    assert made.store.read(seen)[0]["n"] == 0
    assert "you came to" not in client.get("/recommended/events").text
    app.extensions["impressions"].write()
    client.get("/groups/g-optics?via=groups")
    assert made.store.read(seen)[0]["n"] == 0
    assert "from what you do here" not in client.get("/me/interests").text


def test_what_is_shown_and_opened_is_counted_for_staff(app: Flask, made: Site) -> None:
    client = reader(app, "alumnus")
    page = client.get("/recommended/groups").text
    link = re.search(r"/groups/([\w-]+)\?via=groups", page)
    assert link
    app.extensions["impressions"].write()
    shelf = Shelf(made.live)
    client.get(link[0], headers={"Sec-Fetch-Site": "cross-site"})
    elsewhere = {row.list: row for row in outcomes(shelf, BY_STAFF)}
    assert elsewhere["groups"].clicked == 0, "a link on another site clicks for nobody"
    client.get(link[0], headers={"Sec-Fetch-Site": "same-origin"})
    found = {row.list: row for row in outcomes(shelf, BY_STAFF)}
    assert found["groups"].clicked == 1
    assert found["groups"].shown == page.count("?via=groups")
    assert found["groups"].low < found["groups"].rate < found["groups"].high
    assert 0 < found["groups"].coverage <= 1
    staff = reader(app, "staff")
    text = staff.get("/staff/recommendations").text
    assert "Communities for you" in text
    assert client.get("/staff/recommendations").status_code == 403
    later = datetime.now(UTC) + impressions.KEPT + timedelta(days=2)
    assert impressions.forget(made.store, now=later) == found["groups"].shown
    kept = {row.list: row for row in outcomes(shelf, BY_STAFF)}["groups"]
    assert (kept.shown, kept.clicked) == (found["groups"].shown, 1)
    assert interval(0, 0) == (0.0, 1.0)


def test_whom_an_event_would_fit_is_told_in_counts(app: Flask, made: Site) -> None:
    fits = {row.kind: row for row in would_fit(Shelf(made.live), BY_STAFF, "e-optics-1")}
    members = made.store.read(
        "MATCH (p:Person)-[:MEMBER_OF]->(:Group {id: 'g-optics'}) WHERE p.visibility = 'shown' "
        "AND EXISTS { (p)<-[:OF]-(:Account) } RETURN count(p) AS n"
    )[0]["n"]
    assert fits["member"].fit == fits["member"].untold == members
    client = reader(app, "alumnus")
    client.get("/recommended/events")
    app.extensions["impressions"].write()
    after = {row.kind: row for row in would_fit(Shelf(made.live), BY_STAFF, "e-optics-1")}
    assert after["member"].untold == members - 1
    page = reader(app, "staff").get("/events/e-optics-1").text
    assert "Whom it would suit" in page
    assert "Extra" not in page.partition("Whom it would suit")[2]


def test_staff_write_news_and_open_requests(app: Flask) -> None:
    staff, client = reader(app, "staff"), reader(app, "alumnus")
    data = {"title": "A telescope", "text": "On the roof", "topics": ["optics"]}
    draft = staff.post("/staff/news/new", data=data)
    assert "A telescope" not in client.get("/recommended/news").text
    made, engines = draft.location.rpartition("/")[2], app.extensions["graphnet"].engines
    staff.post(f"/staff/news/{made}/publish")
    engines.catch_up()
    assert "A telescope" in client.get("/recommended/news").text
    staff.post(f"/staff/news/{made}/withdraw")
    engines.catch_up()
    assert "A telescope" not in client.get("/recommended/news").text
    client.post("/recommended/help/r1")
    assert "offers help" in staff.get("/staff/recommendations").text
    staff.post("/staff/recommendations/requests/r3", data={"act": "close"})
    assert client.post("/recommended/help/r3").status_code == 404


# Letters


NEXT_MONTH = datetime.now(UTC) + timedelta(days=1)


def begin(made: Site, key: int = ANNA) -> None:
    digest.ask_for(made.store, Viewer("alumnus", key), "weekly", ["events", "news", "groups"])
    made.store.write("MATCH (d:Digest) SET d.period = 'before'")


def test_nobody_gets_a_letter_who_has_not_asked(made: Site, home: Settings) -> None:
    assert send_due(home, made.store, now=NEXT_MONTH) == 0
    digest.ask_for(made.store, ME, "weekly", ["events"])
    assert send_due(home, made.store, now=datetime.now(UTC)) == 0, "the first one comes next week"
    made.store.write("MATCH (d:Digest) SET d.period = 'before'")
    preferences.consent(made.store, ME, "digest", "refused")
    assert send_due(home, made.store, now=NEXT_MONTH) == 0


def test_a_letter_is_what_the_preview_shows_and_comes_once(
    app: Flask, made: Site, home: Settings, office: tuple[PostOffice, int]
) -> None:
    begin(made)
    page = reader(app, "alumnus").get("/me/digest").text
    letter_shown = re.search(r"<pre[^>]*>(.*?)</pre>", page, re.S)
    assert letter_shown
    posting = replace(
        home,
        smtp_uri=f"smtp://127.0.0.1:{office[1]}?starttls=no",
        mail_from="alumni@university.example",
    )
    assert send_due(posting, made.store, now=datetime.now(UTC)) == 1
    assert send_due(posting, made.store, now=datetime.now(UTC)) == 0
    worker = postman(made.store, posting)
    while worker.step():
        pass
    (letter,) = office[0].taken
    assert letter["To"] == "alumnus@example.org"
    text = letter.get_content().replace("\r\n", "\n")
    plain = letter_shown[1].replace("&#39;", "'").replace("&amp;", "&")
    plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"')
    assert text.strip() == plain.strip()
    stop = letter["List-Unsubscribe"].strip(" <>")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = stop.removeprefix(posting.site_url)
    app.config["WTF_CSRF_ENABLED"] = True
    stranger = app.test_client()
    assert stranger.get(path).status_code == 200
    assert digest.wish_of(made.store, ME) is not None, "looking ends nothing"
    answer = stranger.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert digest.wish_of(made.store, ME) is None
    unknown = stranger.post("/digest/stop/none", data={"List-Unsubscribe": "One-Click"})
    assert unknown.status_code == 200


def test_a_letter_says_nothing_twice_and_nothing_empty(made: Site, home: Settings) -> None:
    begin(made)
    begin(made, ZHANNA)
    assert send_due(home, made.store, now=datetime.now(UTC)) >= 1
    first = digest.wish_of(made.store, ME)
    assert first is not None
    assert first.sent
    items = digest.contents(Shelf(made.live).of(ME), first)
    assert not {item.id for item in items} & set(first.sent)
    made.store.write("MATCH (n:News|Event|Group) DETACH DELETE n")
    made.store.write("MATCH (d:Digest) SET d.period = 'before'")
    assert send_due(home, made.store, now=datetime.now(UTC)) == 0


def test_russian_readers_get_russian_letters(made: Site, home: Settings) -> None:
    begin(made)
    made.store.write("MATCH (a:Account {email_key: 'alumnus@example.org'}) SET a.language = 'ru'")
    send_due(home, made.store, now=datetime.now(UTC))
    payload = made.store.read("MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS p")[0]["p"]
    assert "Здравствуйте" in payload
    assert "Why" not in payload

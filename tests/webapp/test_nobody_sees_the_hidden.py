"""Every route as every reader: no hidden, erased or quarantined person in any answer.

The walk takes its routes from the application itself, so that a new page is walked the day it is
added; a route whose parameters nobody knows how to fill fails the test.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet import accounts, people
from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store
from tests.graphs import ANNA, BORIS, DARYA, STAFF, VERA, ZHANNA, small_association
from webapp import create_app
from webapp.worker import refresh, snapshot_folder

PASSWORD = "a walk in the park 77"
HIDDEN_WORDS = ("Вера", "Орлова", "vera")
READERS = {"alumnus": ANNA, "staff": STAFF, "analyst": ZHANNA, "admin": DARYA}

MAKE_EVENTS = """
CREATE (t:Topic {id: 'optics', name: 'Optics', name_ru: 'Оптика'})
CREATE (g:Group {id: 'club', key: 1, name: 'Club', name_ru: 'Клуб', kind: 'club',
  visibility: 'members', created_at: $now})
CREATE (e:Event {id: 'evening', key: 1, title: 'Evening', title_ru: 'Вечер', kind: 'meeting',
  starts_at: $soon, time_zone: 'Europe/Moscow', visibility: 'public', capacity: 20})
CREATE (f:Festival {id: 'week', name: 'Alumni Week', name_ru: 'Неделя выпускников', year: 2026})
CREATE (e)-[:ABOUT]->(t) CREATE (g)-[:ABOUT]->(t) CREATE (e)-[:HELD_BY]->(g)
CREATE (e)-[:IN]->(f)
WITH e, g MATCH (p:Person) WHERE p.key IN $coming
CREATE (p)-[:MEMBER_OF {role: 'member'}]->(g)
CREATE (r:Registration {id: 'r' + p.id, state: 'yes', at: $now})
CREATE (r)-[:FOR]->(e) CREATE (r)-[:BY]->(p)"""
SHOW_ALL = """MATCH (p:Person) SET p.audiences = ['city:members', 'events:members',
  'contacts:members', 'connections:members', 'employer:members'], p.about = 'about ' + p.id"""


@pytest.fixture
def live(store: Store, settings: Settings, tmp_path: Path) -> Iterator[Live]:
    small_association(store)
    now = datetime.now(UTC)
    store.write(MAKE_EVENTS, now=now, soon=now + timedelta(days=3),
                coming=[ANNA, BORIS, VERA, DARYA, ZHANNA])  # fmt: skip
    store.write(SHOW_ALL)
    store.write("MATCH (a:Account) DETACH DELETE a")
    for role, key in READERS.items():
        accounts.create_many(
            store, [{"email": f"{role}@example.org", "person_key": key, "roles": [role]}], PASSWORD
        )
    own = replace(settings, home=tmp_path)
    refresh(store, snapshot_folder(own))
    following = Live(store, snapshot_folder(own))
    following.start()
    yield following
    following.stop()


@pytest.fixture
def app(live: Live, settings: Settings, tmp_path: Path) -> Flask:
    made = create_app(
        replace(settings, home=tmp_path, demo=True, secure_cookies=False), store=live.store,
        live=live,
    )  # fmt: skip
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    return made


def reader(app: Flask, role: str) -> FlaskClient:
    client = app.test_client()
    if role != "anyone":
        answer = client.post(
            "/sign-in", data={"email": f"{role}@example.org", "password": PASSWORD}
        )
        assert answer.status_code == 303, answer.text
    return client


# What may stand in each parameter of a route. People are asked for by every id, the hidden too.
PEOPLE = ("anna", "boris", "vera", "darya", "evgeny", "zhanna", "staff")
PARAMETERS = {
    "person_id": PEOPLE,
    "event_id": ("evening",),
    "group_id": ("club",),
    "cohort_id": ("optics98",),
    "account_id": ("account-1",),
    "session_id": ("none",),
    "token": ("none",),
    "code": ("ru",),
    "kind": ("cohort",),
    "form": ("gexf", "graphml", "csv", "json"),
    "request_id": ("none",),
    "filename": ("app.css",),
    "run_id": ("none",),
    "project_id": ("none",),
}
QUESTIONS = ("", "?q=орлова", "?q=вера", "?q=vera+orlova", "?as=csv", "?q=ве", "?unit=faculty")


def addresses(app: Flask) -> list[str]:
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        paths = [rule.rule]
        for name in rule.arguments:
            assert name in PARAMETERS, f"{rule.rule}: say above what {name} may be"
            paths = [
                re.sub(rf"<(?:[a-z]+:)?{name}>", value, path)
                for path in paths
                for value in PARAMETERS[name]
            ]
        found += paths
    return sorted(set(found))


def test_the_walk_meets_the_people_who_are_to_be_seen(app: Flask) -> None:
    """The walk itself works: it finds those who are no secret."""
    assert "Дарья" in reader(app, "alumnus").get("/search?q=кузнецова").text
    assert "Борис" in reader(app, "alumnus").get("/classmates").text


@pytest.mark.parametrize("role", ["anyone", *READERS])
def test_no_answer_shows_a_hidden_person(app: Flask, role: str) -> None:
    client = reader(app, role)
    for path in addresses(app):
        if path.startswith("/language") or path == "/sign-out":
            continue
        for question in QUESTIONS:
            answer = client.get(path + question)
            assert answer.status_code < 500 or path in ("/readyz",), (path, answer.text[:300])
            # The reader's own words come back in the search box, and nowhere else.
            body = answer.get_data(as_text=True)
            for echo in (question.partition("=")[2], "вера", "орлова", "vera orlova"):
                body = body.replace(f'value="{echo}"', "").replace(f"“{echo}”", "")
            body = re.sub(r"/people/vera\b|q=[^\"'&\s]*|next=[^\"'\s]*", "", body)
            for word in HIDDEN_WORDS:
                assert word not in body, f"{role} {path}{question} shows {word}"


@pytest.mark.parametrize("role", ["anyone", "alumnus", "staff", "analyst"])
def test_hidden_and_unknown_get_the_same_answer(app: Flask, role: str) -> None:
    client = reader(app, role)
    hidden, unknown = client.get("/people/vera"), client.get("/people/nobody")
    assert hidden.status_code == unknown.status_code
    strip = lambda text: re.sub(r"vera|nobody|name=\"csrf_token\" value=\"[^\"]*\"", "", text)  # noqa: E731
    assert strip(hidden.text) == strip(unknown.text)


def test_who_hides_is_gone_from_the_next_answer(app: Flask, live: Live) -> None:
    client = reader(app, "alumnus")
    assert "Кузнецова" in client.get("/search?q=кузнецова").text
    people.hide(live.store, DARYA)
    live.catch_up()
    for path in ("/people", "/classmates", "/home", "/groups/club", "/events/evening"):
        assert "Кузнецова" not in client.get(path).text, path
    assert "Дарья" not in client.get("/search?q=кузнецова").text
    people.show(live.store, DARYA)
    live.catch_up()
    assert "Дарья" in client.get("/search?q=кузнецова").text


def test_a_name_given_a_second_ago_is_found(app: Flask, live: Live) -> None:
    from graphnet.model import Name

    people.rename(live.store, DARYA, Name("Дарья", "Белоусова"))
    live.catch_up()
    assert "Белоусова" in reader(app, "alumnus").get("/search?q=белоусова").text


def test_an_erased_person_is_gone_with_all_that_was_theirs(app: Flask, live: Live) -> None:
    from graphnet.privacy import Viewer

    people.erase(live.store, Viewer("alumnus", DARYA), DARYA)
    live.catch_up()
    assert "Кузнецова" not in reader(app, "alumnus").get("/search?q=кузнецова").text
    left = live.store.read(
        "MATCH (n) WHERE n.value = 'darya@example.org' OR n.email = 'admin@example.org' "
        "RETURN count(n) AS n"
    )
    assert left[0]["n"] == 0

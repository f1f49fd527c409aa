"""The pages of messages: writing, what is new, words that are never lost, strangers, reports."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet.connections import ties
from graphnet.messages import conversations, posting
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import ANNA, DARYA
from tests.support.themselves import hide, show

ME, HER = Viewer("alumnus", ANNA, "a"), Viewer("alumnus", DARYA, "b")
CLEAN = "MATCH (n) WHERE n:Message OR n:Conversation OR n:Request OR n:Job DETACH DELETE n"
UNBLOCK = "MATCH ()-[b:BLOCKED]->() DELETE b"


@pytest.fixture(scope="module")
def app(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    session_store.run_alone(WIPE)
    home = own_home(settings, tmp_path_factory.mktemp("messages"))
    live = furnished(session_store, home)
    session_store.write("MATCH (a:Account) SET a.roles = ['alumnus'] + a.roles")
    yield site(live, home)
    live.stop()


@pytest.fixture
def graph(app: Flask, session_store: Store) -> Store:
    session_store.write(CLEAN)
    session_store.write(UNBLOCK)
    show(session_store, DARYA)
    return session_store


@pytest.fixture
def anna(app: Flask, graph: Store) -> FlaskClient:
    return reader(app, "alumnus")


@pytest.fixture
def darya(app: Flask, graph: Store) -> FlaskClient:
    return reader(app, "admin")


def once_of(page: str) -> str:
    found = re.search(r'name="once"[^>]*value="([^"]+)"', page)
    assert found, page[:500]
    return found[1]


def test_writing_and_what_is_new(anna: FlaskClient, darya: FlaskClient, graph: Store) -> None:
    assert "/messages/with/darya" in anna.get("/people/darya").text
    form = {"text": "Привет <b>\nhttps://example.org/?a=1&b=2", "once": "first"}
    done = anna.post("/messages/with/darya", data=form)
    assert done.status_code == 303
    talk = done.location.rpartition("/")[2]
    assert anna.get("/messages/with/darya").location.endswith(talk)
    assert anna.post("/messages/with/darya", data=form).location.endswith(talk)
    home = darya.get("/home").text
    assert "has written to you" in home and "1 conversation with something new" in home
    listed = darya.get("/messages", headers={"Accept-Language": "ru"}).text
    assert "Сообщения" in listed and "Анна" in listed and "новое" in listed
    page = darya.get(f"/messages/{talk}").text
    assert page.count("Привет &lt;b&gt;") >= 1, "nothing of it is read as HTML"
    link = re.search(r'<a href="https://example.org/\?a=1&amp;b=2" rel="([^"]+)"', page)
    assert link and {"nofollow", "noopener"} <= set(link[1].split())
    assert "something new" not in darya.get("/messages").text
    version = conversations.version(graph, HER, talk)
    fresh = f"/messages/{talk}/new?version={version}"
    assert darya.get(fresh).status_code == 204
    anna.post(f"/messages/{talk}", data={"text": "ещё", "once": once_of(page)})
    answer = darya.get(fresh, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "ещё" in answer.text and "<html" not in answer.text
    sent = darya.post(
        f"/messages/{talk}", data={"text": "и тебе", "once": "x"}, headers={"HX-Request": "true"}
    )
    assert sent.status_code == 200 and "и тебе" in sent.text and 'id="talk"' in sent.text
    assert once_of(sent.text) != "x"


def test_words_are_never_lost(app: Flask, anna: FlaskClient, graph: Store) -> None:
    talk = posting.begin(graph, ME, "darya", "x")
    long = "y" * 3001
    for path in ("/messages/with/darya", f"/messages/{talk}"):
        refused = anna.post(path, data={"text": long, "once": "1"})
        assert refused.status_code == 422 and long in refused.text
    hide(graph, DARYA)
    refused = anna.post(f"/messages/{talk}", data={"text": "kept words", "once": "2"})
    assert refused.status_code == 422 and "kept words" in refused.text
    assert "Nobody can be reached" in refused.text and "Дарья" not in refused.text
    stranger = app.test_client()
    for path in ("/messages/with/darya", f"/messages/{talk}", "/messages/new"):
        for headers in ({}, {"HX-Request": "true"}):
            out = stranger.post(path, data={"text": "kept words"}, headers=headers)
            assert out.status_code == 401 and "kept words" in out.text
            assert f"next={path}" in out.text.replace("%2F", "/")
    assert stranger.get(f"/messages/{talk}/new?version=1").status_code == 204


def test_who_cannot_be_written_to_is_as_nobody(
    anna: FlaskClient, darya: FlaskClient, graph: Store
) -> None:
    ties.block(graph, HER, "anna")
    answers = []
    for who in ("darya", "vera", "boris", "nobody", "anna"):
        got = anna.get(f"/messages/with/{who}")
        sent = anna.post(f"/messages/with/{who}", data={"text": "x", "once": "1"})
        answers.append((got.status_code, sent.status_code))
    assert answers == [(404, 404)] * 5
    assert "/messages/with/darya" not in anna.get("/people/darya").text
    offered = anna.get("/messages/new").text
    assert 'value="darya"' not in offered and "Вера" not in offered


def test_a_group(anna: FlaskClient, darya: FlaskClient, graph: Store) -> None:
    # Groupmates and contacts are offered; whoever is written in besides is looked at alike.
    form = {"title": "Reunion", "text": "Who comes?", "once": "g", "person": ["darya"]}
    assert anna.post("/messages/new", data=form | {"person": []}).status_code == 422
    refused = anna.post("/messages/new", data=form | {"person": ["vera"]})
    assert refused.status_code == 422 and "Who comes?" in refused.text
    assert anna.post("/messages/new", data=form | {"title": ""}).status_code == 422
    talk = anna.post("/messages/new", data=form).location.rpartition("/")[2]
    page = darya.get(f"/messages/{talk}").text
    assert "Reunion" in page and "Leave the conversation" in page
    act, more = f"/messages/{talk}/act", {"act": "add", "person": "zhanna"}
    assert darya.post(act, data=more).status_code == 404
    done = anna.post(act, data=more, follow_redirects=True)
    assert "Added." in done.text and "Жанна" in done.text
    assert anna.post(act, data={"act": "add"}).status_code == 422
    assert "Muted" in darya.post(act, data={"act": "mute"}, follow_redirects=True).text
    assert "told of it again" in darya.post(act, data={"act": "hear"}, follow_redirects=True).text
    assert "You have left" in darya.post(act, data={"act": "leave"}, follow_redirects=True).text
    assert darya.post(f"/messages/{talk}", data={"text": "x", "once": "z"}).status_code == 404
    assert anna.post(act, data={"act": "?"}).status_code == 400


def test_delete_and_report(anna: FlaskClient, darya: FlaskClient, graph: Store) -> None:
    talk = posting.begin(graph, HER, "anna", "buy my thing")
    posting.post(graph, ME, talk, "no, and a secret")
    report = f"/messages/{talk}/report/1"
    assert "buy my thing" in anna.get(report).text
    assert anna.post(report, data={"why": ""}).status_code == 422
    assert "Staff look at it" in anna.post(report, data={"why": "ad"}, follow_redirects=True).text
    (row,) = graph.read("MATCH (r:Request) RETURN r.text AS text LIMIT 2")
    assert "buy my thing" in row["text"] and "secret" not in row["text"]
    assert anna.get(f"/messages/{talk}/report/2").status_code == 404, "one's own"
    act = f"/messages/{talk}/act"
    assert anna.post(act, data={"act": "delete", "number": "1"}).status_code == 404
    assert anna.post(act, data={"act": "delete", "number": "x"}).status_code == 404
    assert anna.post(act, data={"act": "delete", "number": "2"}).status_code == 303
    for client in (anna, darya):
        page = client.get(f"/messages/{talk}").text
        assert "deleted" in page and "secret" not in page


def test_a_conversation_is_its_members_alone(app: Flask, anna: FlaskClient, graph: Store) -> None:
    talk = posting.begin(graph, ME, "darya", "between us")
    zhanna = reader(app, "analyst")
    for path in (f"/messages/{talk}", f"/messages/{talk}/new", f"/messages/{talk}/report/1"):
        strange, none = zhanna.get(path), zhanna.get(path.replace(talk, "none"))
        assert strange.status_code == none.status_code == 404
    assert "between us" not in zhanna.get("/messages").text
    staff_only = Viewer("staff", None, "s", purpose="answer requests")
    assert conversations.unread(graph, staff_only) == 0

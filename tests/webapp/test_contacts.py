"""The pages of contacts and of notices: asking, answering, blocking, files, one-click ends."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet import notices
from graphnet.connections import asking
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import ANNA, DARYA, ZHANNA
from tests.support.themselves import set_audiences

ME, HER = Viewer("alumnus", ANNA, "a"), Viewer("alumnus", DARYA, "b")
CLEAN = """MATCH (n) WHERE n:ContactRequest OR n:Request OR n:Job DETACH DELETE n"""
# Whom she knows by a list stays; what was made here goes.
UNTIE = "MATCH ()-[t:KNOWS|BLOCKED]->() WHERE t.source = 'contact' OR t:BLOCKED DELETE t"


@pytest.fixture(scope="module")
def home(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return own_home(settings, tmp_path_factory.mktemp("contacts"))


@pytest.fixture(scope="module")
def app(session_store: Store, home: Settings) -> Iterator[Flask]:
    session_store.run_alone(WIPE)
    live = furnished(session_store, home)
    # The demo's roles make one alumnus; here three of them write to each other.
    session_store.write("MATCH (a:Account) SET a.roles = ['alumnus'] + a.roles")
    yield site(live, home)
    live.stop()


@pytest.fixture
def graph(app: Flask, session_store: Store) -> Store:
    session_store.write(CLEAN)
    session_store.write(UNTIE)
    for key in (ANNA, DARYA, ZHANNA):
        set_audiences(session_store, key, {"contacts": "connections"})
    return session_store


@pytest.fixture
def anna(app: Flask, graph: Store) -> FlaskClient:
    return reader(app, "alumnus")


@pytest.fixture
def darya(app: Flask, graph: Store) -> FlaskClient:
    return reader(app, "admin")


def test_ask_accept_and_take_it_along(anna: FlaskClient, darya: FlaskClient, graph: Store) -> None:
    assert "/contacts/ask/darya" in anna.get("/people/darya").text
    assert anna.get("/contacts/ask/darya").status_code == 200
    wrong = anna.post("/contacts/ask/darya", data={"text": "x" * 301})
    assert wrong.status_code == 422 and "x" * 301 in wrong.text
    done = anna.post("/contacts/ask/darya", data={"text": "Это Анна"}, follow_redirects=True)
    assert "If they agree, you are told." in done.text and "Asked already" in done.text
    assert anna.get("/contacts/ask/darya").status_code == 303
    home = darya.get("/home").text
    assert "asks to be your contact" in home and "Это Анна" in home
    page = darya.get("/contacts", headers={"Accept-Language": "ru"}).text
    assert "Это Анна" in page and "Принять" in page
    (one,) = asking.asked_of_me(graph, HER)
    assert darya.post(f"/contacts/requests/{one.id}", data={"act": "?"}).status_code == 400
    done = darya.post(f"/contacts/requests/{one.id}", data={"act": "accept"}, follow_redirects=True)
    assert "in each other’s contacts now" in done.text
    assert darya.post(f"/contacts/requests/{one.id}", data={"act": "accept"}).status_code == 404
    mine = anna.get("/contacts").text
    assert "Дарья" in mine and "from a list of the Association" in mine, "Georgy is, by a list"
    csv = anna.get("/contacts?as=csv")
    assert "darya@example.org" in csv.text and csv.mimetype == "text/csv"
    card = anna.get("/contacts?as=vcf")
    assert card.mimetype == "text/vcard"
    assert (
        re.search(r"FN:Дарья Кузнецова\r\n", card.text) and "EMAIL:darya@example.org" in card.text
    )
    assert "Вера" not in csv.text + card.text + mine


def test_decline_and_take_back(anna: FlaskClient, darya: FlaskClient, graph: Store) -> None:
    anna.post("/contacts/ask/darya", data={"text": ""})
    (one,) = asking.asked_of_me(graph, HER)
    assert anna.post(f"/contacts/requests/{one.id}", data={"act": "accept"}).status_code == 404
    darya.post(f"/contacts/requests/{one.id}", data={"act": "decline"})
    page = anna.get("/contacts").text
    assert "You have asked" in page and "declin" not in page.casefold()
    done = anna.post(
        f"/contacts/requests/{one.id}", data={"act": "withdraw"}, follow_redirects=True
    )
    assert "Taken back." in done.text and "You have asked" not in done.text


@pytest.mark.parametrize("who", ["vera", "nobody", "evgeny", "anna"])
def test_who_cannot_be_asked_is_as_nobody(anna: FlaskClient, who: str) -> None:
    for act in (anna.get, anna.post):
        assert act(f"/contacts/ask/{who}").status_code == 404


def test_block_report_remove(anna: FlaskClient, darya: FlaskClient, graph: Store) -> None:
    assert "/contacts/with/darya" in anna.get("/people/darya").text
    wrong = anna.post("/contacts/with/darya", data={"act": "report", "why": ""})
    assert wrong.status_code == 422
    done = anna.post(
        "/contacts/with/darya", data={"act": "report", "why": "sells"}, follow_redirects=True
    )
    assert "Staff look at it" in done.text
    assert "sells" in reader_of_requests(anna)
    done = anna.post("/contacts/with/darya", data={"act": "block"}, follow_redirects=True)
    assert "Blocked. Nobody is told." in done.text and "Unblock" in done.text
    assert darya.post("/contacts/ask/anna").status_code == 404
    assert "/contacts/ask/anna" not in darya.get("/people/anna").text
    assert "Дарья" in anna.get("/contacts").text
    done = anna.post("/contacts/with/darya", data={"act": "unblock"}, follow_redirects=True)
    assert "Not blocked any more." in done.text
    for who in ("vera", "nobody", "anna"):
        assert anna.get(f"/contacts/with/{who}").status_code == 404
    assert anna.post("/contacts/with/darya", data={"act": "remove"}).status_code == 404


def reader_of_requests(client: FlaskClient) -> str:
    return client.get("/requests").text


def test_lists_offer_who_is_here_and_no_contact(anna: FlaskClient) -> None:
    page = anna.get("/classmates").text
    assert "/contacts/ask/zhanna" in page, "of the same intake, and registered"
    assert "/contacts/ask/boris" not in page, "on file only"
    known = anna.get("/home").text.partition('id="may-know"')[2].partition("</section>")[0]
    suggested = set(re.findall(r'href="/people/(\w+)"', known))
    assert suggested & set(re.findall(r'href="/contacts/ask/(\w+)"', known))


def test_strangers_are_sent_away(app: Flask, graph: Store) -> None:
    nobody = app.test_client()
    for path in ("/contacts", "/contacts/ask/darya", "/contacts/with/darya", "/me/notices"):
        assert nobody.get(path).status_code == 303


def test_notices_are_chosen_and_end_at_one_click(
    anna: FlaskClient, app: Flask, home: Settings, graph: Store
) -> None:
    assert anna.post("/me/notices", data={"choice": "hourly"}).status_code == 422
    assert anna.post("/me/notices", data={"choice": "daily"}).status_code == 303
    assert "checked" in anna.get("/me/notices").text
    path = notices.stop_address(home, "notices", "anna").removeprefix(home.site_url)
    stranger = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert stranger.get(path).status_code == 200
        assert notices.choice_of(graph, ME) == "daily", "GET changes nothing"
        done = stranger.post(path, data={"List-Unsubscribe": "One-Click"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert done.status_code == 200 and "no more of them" in done.text
    assert notices.choice_of(graph, ME) == "never"
    assert stranger.get("/letters/stop/none").status_code == 404
    assert stranger.post("/letters/stop/none").status_code == 404

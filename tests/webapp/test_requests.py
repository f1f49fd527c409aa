"""Requests on the pages: who asks stands on every list, the answer reaches them, words stay."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from graphnet.features import registered
from graphnet.live import Live
from graphnet.privacy import Viewer
from graphnet.requests import hiding
from graphnet.requests.opening import ask
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import ANNA
from webapp.features.projects.routes import KIND

ME = Viewer("alumnus", ANNA, "account-1")


@pytest.fixture(scope="module")
def live(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    from tests.conftest import WIPE

    session_store.run_alone(WIPE)
    made = furnished(session_store, own_home(settings, tmp_path_factory.mktemp("requests")))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def app(live: Live, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return site(live, own_home(settings, tmp_path_factory.mktemp("site")))


@pytest.fixture
def nothing_asked(live: Live) -> Live:
    live.store.write("MATCH (r:Request) DETACH DELETE r")
    live.store.write("MATCH (j:Job {kind: 'mail'}) DELETE j")
    return live


def letters(store: Store) -> list[dict[str, str]]:
    rows = store.read("MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS payload LIMIT 9")
    return [json.loads(row["payload"]) for row in rows]


def test_an_answer_goes_from_the_desk_to_the_letter_and_to_my_requests(
    app: Flask, nothing_asked: Live
) -> None:
    store = nothing_asked.store
    request = ask(store, ME, KIND, "Telescope", "Two evenings a month")
    staff, alumnus = reader(app, "staff"), reader(app, "alumnus")
    for page in ("/staff", "/staff/requests", f"/staff/requests/{request}"):
        text = staff.get(page).text
        assert 'href="/people/anna"' in text, page
        assert "alumnus@example.org" in text, f"{page} has no way to answer"
    mine = alumnus.get("/requests").text
    assert "Telescope" in mine
    assert "waiting for an answer" in mine
    closed = staff.post(f"/staff/requests/{request}", data={"answer": "Come on Friday."})
    assert closed.status_code == 303
    assert "Come on Friday." in alumnus.get("/requests").text
    received, letter = sorted(letters(store), key=lambda one: "text" in one)
    assert received["letter"] == "requests.received"
    assert letter["to"] == "alumnus@example.org"
    assert "Come on Friday." in letter["text"]
    assert "/requests" in letter["text"]
    assert "Come on Friday." not in reader(app, "admin").get("/admin/audit").text
    assert "Telescope" not in reader(app, "analyst").get("/requests").text


def test_what_was_written_is_back_in_the_form(app: Flask, nothing_asked: Live) -> None:
    staff = reader(app, "staff")
    request = hiding.ask_to_hide(nothing_asked.store, name="Борис Петров", studies="1998")
    page = f"/staff/requests/{request}"
    refused = staff.post(page, data={"answer": "I looked at the list of 1998"})
    assert refused.status_code == 422
    assert "I looked at the list of 1998" in refused.text
    assert staff.post(page, data={"answer": "x" * 2001, "person": "nobody"}).status_code == 422
    assert staff.post(page, data={"answer": "first", "person": "nobody"}).status_code == 303
    late = staff.post(page, data={"answer": "the second one's words", "person": "boris"})
    assert late.status_code == 409
    assert "the second one&#39;s words" in late.text
    (row,) = nothing_asked.store.read(
        "MATCH (p:Person {id: 'boris'}) RETURN p.visibility AS visibility LIMIT 1"
    )
    assert row["visibility"] != "hidden"


def test_staff_choose_who_is_hidden_among_those_whom_the_name_fits(
    app: Flask, nothing_asked: Live
) -> None:
    staff = reader(app, "staff")
    request = hiding.ask_to_hide(nothing_asked.store, name="Борис Петров", studies="1998")
    page = f"/staff/requests/{request}"
    offered = re.findall(r'name="person" value="([^"]+)"', staff.get(page).text)
    assert offered[0] == "boris"
    assert offered[-1] == hiding.NOBODY
    other = staff.get(page, query_string={"words": "Daria"}).text
    assert 'value="darya"' in other
    assert staff.post(page, data={"person": "boris"}).status_code == 303
    try:
        nothing_asked.catch_up()
        assert reader(app, "alumnus").get("/people/boris").status_code == 404
    finally:
        nothing_asked.store.write("MATCH (p:Person {id: 'boris'}) SET p.visibility = 'shown'")


def test_nobody_but_staff_sees_requests_of_others(app: Flask, nothing_asked: Live) -> None:
    request = ask(nothing_asked.store, ME, KIND, "Telescope")
    for role in ("alumnus", "analyst", "admin"):
        assert reader(app, role).get(f"/staff/requests/{request}").status_code == 403
    assert reader(app, "staff").get("/staff/requests/none").status_code == 404
    assert reader(app, "anyone").get("/requests").status_code == 303


def test_a_member_asks_is_answered_and_asks_on(app: Flask, nothing_asked: Live) -> None:
    staff, alumnus = reader(app, "staff"), reader(app, "alumnus")
    assert "bringing a project to market" in alumnus.get("/requests/new").text.lower()
    assert alumnus.get("/requests/new?kind=hide").status_code == 404, "only what is offered"
    refused = alumnus.post(
        "/requests/new", data={"kind": "lecture", "subject": " ", "text": "In May"}
    )
    assert refused.status_code == 422 and "In May" in refused.text
    asked = alumnus.post("/requests/new", data={"kind": "lecture", "subject": "We meet in May"})
    assert asked.status_code == 303
    page = asked.location
    desk_page = "/staff" + page
    assert "We meet in May" in staff.get("/staff/requests?show=nobodys").text
    for act, words in (("claim", ""), ("note", "She pays herself"), ("wait", "How many are you?")):
        answer = staff.post(desk_page + "/work", data={"act": act, "text": words})
        assert answer.status_code == 303, act
    mine = alumnus.get(page).text
    assert "How many are you?" in mine and "She pays herself" not in mine
    assert "your answer is awaited" in mine
    assert "asks you something about your request" in alumnus.get("/home").text
    assert alumnus.post(page, data={"text": ""}).status_code == 422
    assert alumnus.post(page, data={"text": "Nineteen"}).status_code == 303
    assert "Nineteen" in staff.get(desk_page).text
    staff.post(desk_page, data={"answer": "The hall is yours"})
    assert "The hall is yours" in alumnus.get(page).text
    assert alumnus.post(page, data={"act": "reopen", "text": "Which hall?"}).status_code == 303
    assert "Which hall?" in staff.get(desk_page).text
    assert "1" in staff.get("/staff/requests/figures").text


@pytest.mark.parametrize(
    ("days", "first", "answered", "says", "says_not"),
    [
        ((3, 9), None, False, ("You hear from us by", "The answer is with you by"), "we are late"),
        (
            (-2, 3),
            None,
            False,
            ("You were to hear from us by", "The answer is with you by"),
            "have our",
        ),
        ((-2, 3), -3, False, ("The answer is with you by",), "we are late"),
        ((-9, -2), None, False, ("You were to have our answer by",), "is with you by"),
        ((-9, -2), -10, True, ("dealt with",), "we are late"),
    ],
)
def test_who_asked_is_told_that_it_is_late(
    app: Flask,
    nothing_asked: Live,
    days: tuple[int, int],
    first: int | None,
    answered: bool,
    says: tuple[str, ...],
    says_not: str,
) -> None:
    """`days` from now: until the first answer, and until the whole one; `first`: when it came."""
    now = datetime.now(UTC)
    asked = ask(nothing_asked.store, ME, KIND, "Telescope", "Two evenings a month")
    nothing_asked.store.write(
        "MATCH (r:Request {id: $id}) SET r.first_due_at = $first_due, r.due_at = $due,"
        " r.first_answered_at = $first, r.status = $status",
        id=asked,
        first_due=now + timedelta(days=days[0]),
        due=now + timedelta(days=days[1]),
        first=None if first is None else now + timedelta(days=first),
        status="done" if answered else "new",
    )
    me = reader(app, "alumnus")
    page = me.get(f"/requests/{asked}").text
    assert all(text in page for text in says) and says_not not in page
    late = "we are late" in page
    assert ("tone-bad" in me.get("/requests").text) == late


def test_anothers_request_is_no_request(app: Flask, nothing_asked: Live) -> None:
    request = ask(nothing_asked.store, ME, KIND, "Telescope")
    for who in ("staff", "analyst"):
        theirs = reader(app, who).get(f"/requests/{request}")
        none = reader(app, who).get("/requests/never-was")
        assert theirs.status_code == none.status_code
    assert reader(app, "alumnus").post(f"/staff/requests/{request}/work").status_code == 403


EXPERT = """MATCH (d:Person {id: 'zhanna'}), (t:Topic {id: 'optics'})
MERGE (d)-[:OFFERS {ways: ['expertise']}]->(t)
CREATE (d)-[:GAVE]->(:Consent {id: 'asked-zhanna', purpose: 'asked', state: 'given',
  at: datetime()})
WITH d MATCH (a:Account {email: 'analyst@example.org'}) SET a.roles = ['alumnus', 'analyst']"""


def test_staff_ask_who_may_know_with_one_act(app: Flask, nothing_asked: Live) -> None:
    store = nothing_asked.store
    store.write(EXPERT)
    staff, alumnus, expert = (reader(app, role) for role in ("staff", "alumnus", "analyst"))
    request = ask(store, ME, registered().request_kinds["question"], "Расчёт оптики", "Что это?")
    page = staff.get(f"/staff/requests/{request}").text
    assert 'name="person" value="zhanna"' in page
    assert "offers help with: Optics" in page
    find = f"/staff/requests/{request}/addressee"
    assert staff.post(find, data={"person": "zhanna", "text": " "}).status_code == 422
    assert staff.post(find, data={"person": "boris", "text": "Help?"}).status_code == 422
    asked = {"person": "zhanna", "text": "An optical question?", "passes": "yes"}
    assert staff.post(find, data=asked).status_code == 303
    assert staff.post(find, data=asked).status_code == 409
    assert alumnus.post(find, data=asked).status_code == 403
    home = expert.get("/home").text
    here = re.search(r"/asked/\w+", home)
    assert here is not None and "asks, and you may know" in home
    assert "An optical question?" in expert.get(here[0]).text
    assert "Что это?" not in expert.get(here[0]).text, "only what staff have written for them"
    assert alumnus.get(here[0]).status_code == alumnus.get("/asked/none").status_code == 404
    assert "somebody who may know was asked" in alumnus.get(f"/requests/{request}").text
    assert expert.post(here[0], data={"act": "answer", "text": ""}).status_code == 422
    assert expert.post(here[0], data={"act": "answer", "text": "Lenses"}).status_code == 303
    mine = alumnus.get(f"/requests/{request}").text
    assert "Lenses" in mine and "/people/zhanna" in mine
    assert "asks, and you may know" not in expert.get("/home").text
    assert expert.post(here[0], data={"act": "no"}).status_code == 303
    assert "who was asked cannot help" in alumnus.get(f"/requests/{request}").text

"""The desk on the pages: kinds that staff write, doubles, visitors who ask by a letter's link."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet.features import registered
from graphnet.live import Live
from graphnet.privacy import Viewer
from graphnet.requests import by_mail
from graphnet.requests.opening import ask
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import ANNA, DARYA
from tests.support.letters import delivered

ME = Viewer("alumnus", ANNA, "account-1")
HER = Viewer("alumnus", DARYA, "account-5")
QUESTION = registered().request_kinds["question"]
KIND = {
    "number": "0", "name": "Parking", "name_ru": "Парковка", "description": "A place for a car",
    "first_hours": "8", "done_hours": "24", "thanks": "We look.", "thanks_ru": "Посмотрим.",
    "shown": "yes", "position": "1", "label-0": "Plate", "label_ru-0": "Номер", "needed-0": "yes",
    "label-1": "Which gate", "sort-1": "choice", "choices-1": "North | Север\nSouth | Юг",
}  # fmt: skip


@pytest.fixture(scope="module")
def home(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return own_home(settings, tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def live(session_store: Store, home: Settings) -> Iterator[Live]:
    from tests.conftest import WIPE

    session_store.run_alone(WIPE)
    made = furnished(session_store, home)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def app(live: Live, home: Settings) -> Flask:
    return site(live, replace(home, mail_replies="reply@alumni.example.org"))


@pytest.fixture
def nothing_asked(live: Live) -> Live:
    live.store.write("MATCH (r:Request) DETACH DELETE r")
    live.store.write("MATCH (q:Enquiry) DETACH DELETE q")
    live.store.write("MATCH (j:Job {kind: 'mail'}) DELETE j")
    return live


def test_staff_write_a_kind_and_members_fill_in_its_form(app: Flask, nothing_asked: Live) -> None:
    staff, alumnus = reader(app, "staff"), reader(app, "alumnus")
    assert "Certificate" not in staff.get("/staff/requests/kinds").text
    assert alumnus.get("/staff/requests/kinds").status_code == 403
    for wrong in ({"first_hours": "99"}, {"name": "", "name_ru": ""}, {"choices-1": ""}):
        answer = staff.post("/staff/requests/kinds/new", data=KIND | wrong)
        assert answer.status_code == 422 and "A place for a car" in answer.text
    assert staff.post("/staff/requests/kinds/new", data=KIND).status_code == 303
    (own,) = re.findall(r"/staff/requests/kinds/(own-\w+)", staff.get("/staff/requests/kinds").text)
    assert staff.get("/staff/requests/kinds/nonsense").status_code == 404
    form = alumnus.get(f"/requests/new?kind={own}").text
    assert "Plate" in form and "within 3 working days" in form
    asked = {"kind": own, "subject": "Two cars", "field-0": "A001AA", "field-1": "South"}
    missing = alumnus.post("/requests/new", data=asked | {"field-0": ""})
    assert missing.status_code == 422 and "Please answer: Plate" in missing.text
    assert "Two cars" in missing.text
    page = alumnus.post("/requests/new", data=asked).location
    mine = alumnus.get(page).text
    assert "A001AA" in mine and "We look." in mine and "Parking" in mine
    assert staff.post(f"/staff/requests/kinds/{own}", data=KIND).status_code == 409, "changed since"
    kept = staff.post(
        f"/staff/requests/kinds/{own}",
        data={**KIND, "number": "1", "label-0": "", "label_ru-0": "", "shown": ""},
    )
    assert kept.status_code == 303
    assert alumnus.get(f"/requests/new?kind={own}").status_code == 404, "it is off"
    assert "Plate" in staff.get("/staff" + page).text, "what was asked keeps its form"
    russian = app.test_client()
    russian.get("/language/ru")
    assert "Парковка" not in russian.get("/ask").text


def test_staff_join_and_split_on_the_page(app: Flask, nothing_asked: Live) -> None:
    store, staff = nothing_asked.store, reader(app, "staff")
    mine, hers = ask(store, ME, QUESTION, "A hall in May"), ask(store, HER, QUESTION, "Hall, May")
    page = staff.get(f"/staff/requests/{hers}").text
    assert f'<option value="{mine}">' in page
    join = f"/staff/requests/{hers}/join"
    assert staff.post(join, data={"act": "join", "other": hers}).status_code == 422
    assert staff.post(join, data={"act": "join", "other": mine}).location.endswith(mine)
    assert "Hall, May" in staff.get(f"/staff/requests/{mine}").text
    assert "Take it apart again" in staff.get(f"/staff/requests/{hers}").text
    assert staff.post(join, data={"act": "join", "other": mine}).status_code == 409
    assert staff.post(join, data={"act": "apart"}).status_code == 303
    made = staff.post(join, data={"act": "split", "kind": "document", "subject": "A paper"})
    assert "A paper" in staff.get(made.location).text
    refused = staff.post(join, data={"act": "split", "kind": "document", "subject": ""})
    assert refused.status_code == 422
    assert reader(app, "alumnus").post(join, data={"act": "apart"}).status_code == 403


def letter_to(store: Store, home: Settings, address: str) -> str:
    return delivered(store, home)[-1].get_content() if address else ""


@pytest.mark.parametrize("email", ["visitor@example.org", "alumnus@example.org"])
def test_a_visitor_asks_and_follows_it_by_a_link(
    app: Flask, nothing_asked: Live, home: Settings, email: str
) -> None:
    store = nothing_asked.store
    visitor, staff = app.test_client(), reader(app, "staff")
    assert "You need no account" in visitor.get("/ask").text
    asked = {"kind": "question", "subject": "Your archive", "name": "Пётр", "email": email}
    for wrong in ({"email": "nobody"}, {"name": " "}, {"subject": ""}):
        refused = visitor.post("/ask", data=asked | wrong)
        assert refused.status_code == 422, wrong
    said = visitor.post("/ask", data=asked)
    assert (said.status_code, said.location) == (303, "/ask/letter")
    assert "Your archive" not in staff.get("/staff/requests").text, "nothing is filed yet"
    (link,) = re.findall(r"/ask/confirm/[\w-]+", letter_to(store, home, email))
    for _ in range(2):
        assert "Your archive" in visitor.get(link).text, "looking uses nothing up"
    filed = visitor.post(link)
    assert filed.status_code == 303
    page = filed.location
    assert visitor.post(link).status_code == visitor.get(link).status_code == 404
    assert "Your archive" in visitor.get(page).text
    (request,) = re.findall(r"/staff/requests/(\w{16})\b", staff.get("/staff/requests").text)[:1]
    desk = f"/staff/requests/{request}/work"
    assert staff.post(desk, data={"act": "wait", "text": "Which year?"}).status_code == 303
    letter = delivered(store, replace(home, mail_replies="reply@alumni.example.org"))[-1]
    assert letter["To"] == email and str(letter["Reply-To"]).startswith(f"reply+{request}")
    assert ("/ask/request/" in letter.get_content()) == (email == "visitor@example.org")
    assert "Which year?" in visitor.get(page).text
    assert visitor.post(page, data={"text": ""}).status_code == 422
    assert visitor.post(page, data={"text": "1998"}).status_code == 303
    assert "1998" in staff.get(f"/staff/requests/{request}").text
    staff.post(f"/staff/requests/{request}", data={"answer": "Room 5"})
    assert "Room 5" in visitor.get(page).text
    assert visitor.post(page, data={"text": "Which door?"}).status_code == 303
    assert "Which door?" in staff.get(f"/staff/requests/{request}").text
    another = "x" if page[-1] != "x" else "y"
    for wrong in (page[:-1] + another, "/ask/request/none", f"/ask/request/{request}"):
        assert visitor.get(wrong).status_code == visitor.post(wrong, data={"text": "x"}).status_code
        assert visitor.get(wrong).status_code == 404


HELPS = """MATCH (r:Request {id: $id}), (p:Person {key: $key})
CREATE (f:Referral {id: 'may-know', state: 'helps', text: '', at: datetime()})-[:OF]->(r)
CREATE (f)-[:TO]->(p)
CREATE (:RequestEntry {id: 'helps', kind: 'reply', by: 'helper', text: 'Room 5', at: datetime()})
  -[:IN]->(r)
WITH r, p MATCH (e:RequestEntry {id: 'helps'}) CREATE (e)-[:BY]->(p)"""


def test_a_letter_asks_by_the_same_page_and_its_writer_says_what_helped(
    app: Flask, nothing_asked: Live, home: Settings
) -> None:
    store, visitor, staff = nothing_asked.store, app.test_client(), reader(app, "staff")
    asking = replace(home, mail_requests="ask@alumni.example.org")
    raw = "From: Пётр <petr@example.org>\r\nSubject: Спектрометр\r\n\r\nУ кого есть?".encode()
    took = by_mail.receive(
        store, asking, registered().request_kinds, raw, to=["ask@alumni.example.org"]
    )
    assert took.outcome == "asked"
    letter = delivered(store, asking)[-1]
    assert "Спектрометр" not in letter.as_string() and "7" not in str(letter["Subject"])
    (link,) = re.findall(r"/ask/confirm/[\w-]+", letter.get_content())
    page = visitor.get(link).text
    assert "У кого есть?" in page and 'value="laboratory"' in page and "reunion" not in page
    assert "Спектрометр" not in staff.get("/staff/requests").text
    refused = visitor.post(link, data={"kind": "reunion"})
    assert refused.status_code == 422 and "У кого есть?" in refused.text
    here = visitor.post(link, data={"kind": "laboratory"}).location
    (request,) = re.findall(r"/staff/requests/(\w{16})\b", staff.get("/staff/requests").text)[:1]
    shown = staff.get(f"/staff/requests/{request}").text
    assert "It came as a letter" in shown and "laborator" in shown
    assert "It goes to petr@example.org by letter" in shown, "who reads it is said before"

    assert "Did it help?" not in visitor.get(here).text
    store.write(HELPS, id=request, key=DARYA)
    page = visitor.get(here).text
    assert "Did it help?" in page and "Somebody whose name is not shown" in page
    assert "Darya" not in page
    for wrong in ("none", ""):
        told = visitor.post(here, data={"act": "helped", "helper": wrong})
        assert told.status_code == 404
    assert visitor.post(here, data={"act": "helped", "helper": "may-know"}).status_code == 303
    page = visitor.get(here).text
    assert "it helped" in page and 'value="helped"' not in page


def test_nobody_is_written_to_without_end_and_nothing_tells(
    app: Flask, nothing_asked: Live
) -> None:
    visitor = app.test_client()

    def answers(email: str) -> set[tuple[int, str | None]]:
        asked = {"kind": "question", "subject": "Hello", "name": "Пётр", "email": email}
        made = [visitor.post("/ask", data=asked) for _ in range(5)]
        return {(one.status_code, one.location) for one in made}

    assert (
        answers("alumnus@example.org") == answers("unknown@example.org") == {(303, "/ask/letter")}
    )
    rows = nothing_asked.store.read("MATCH (q:Enquiry) RETURN count(q) AS n")
    assert rows == [{"n": 6}], "three letters a day to one address"


def test_who_is_signed_in_asks_as_such(app: Flask, nothing_asked: Live) -> None:
    alumnus: FlaskClient = reader(app, "alumnus")
    assert alumnus.get("/ask?kind=question").location == "/requests/new?kind=question"


SERVICE = {
    "version": "0", "name": "Certificates", "name_ru": "Справки", "description": "Of your studies",
    "audience": "All alumni", "steps": "Ask\nWait", "documents": "Passport", "terms": "Free",
    "request_kind": "question", "unit": "faculty", "topics": "optics", "position": "10",
}  # fmt: skip


def test_staff_write_services_and_everybody_reads_them(app: Flask, nothing_asked: Live) -> None:
    staff, alumnus, visitor = reader(app, "staff"), reader(app, "alumnus"), app.test_client()
    for wrong in ({"name": "", "name_ru": " "}, {"unit": "nowhere"}, {"topics": "nothing"}):
        refused = staff.post("/staff/services/new", data=SERVICE | wrong)
        assert refused.status_code == 422 and "Of your studies" in refused.text, wrong
    assert alumnus.post("/staff/services/new", data=SERVICE).status_code == 403
    edit = staff.post("/staff/services/new", data=SERVICE).location
    page = edit.removeprefix("/staff")
    for client, way in ((visitor, "/ask?kind=question"), (alumnus, "/requests/new?kind=question")):
        assert "Certificates" in client.get("/services").text
        shown = client.get(page).text
        for words in ("Of your studies", "All alumni", "<li>Wait</li>", "Passport", "Free", way):
            assert words in shown, words
    changed = SERVICE | {"version": "1", "terms": "Ten roubles"}
    assert staff.post(edit, data=changed).status_code == 303
    late = staff.post(edit, data=changed | {"terms": "Two"})
    assert late.status_code == 409 and "Two" in late.text
    assert "Ten roubles" in visitor.get(page).text
    partner = changed | {"version": "2", "partner": "Guitars Ltd"}
    assert staff.post(edit, data=partner).status_code == 303
    for client in (visitor, alumnus):
        assert client.get(page).status_code == 404, "a partner's is shown to who agreed"
        assert "Certificates" not in client.get("/services").text
    gone = changed | {"version": "3", "withdrawn": "yes"}
    assert staff.post(edit, data=gone).status_code == 303
    assert visitor.get(page).status_code == 404
    assert "not offered now" in staff.get("/staff/services").text

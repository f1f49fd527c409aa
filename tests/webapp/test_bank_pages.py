"""Pages of the bank and of receipts: what a treasurer sees and says, and what a giver is given."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.bank import Paid, client_bank
from tests.support.furnished import furnished, own_home, reader, site

TODAY = datetime.now(UTC).date()
ROLE = "MATCH (a:Account {email: 'staff@example.org'}) SET a.roles = ['staff', 'treasurer']"


@pytest.fixture(scope="module")
def app(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    session_store.run_alone(WIPE)
    home = own_home(settings, tmp_path_factory.mktemp("bank"))
    live: Live = furnished(session_store, home)
    session_store.write("MERGE (c:Counter {name: 'thing'}) SET c.next = 100")
    yield site(live, home)
    live.stop()


def send(client: FlaskClient, content: bytes, **more: bytes) -> "str":
    files = {
        "files": [(io.BytesIO(one), f"{n}.txt") for n, one in enumerate([content, *more.values()])]
    }
    answer = client.post(
        "/staff/projects/bank",
        data=files,
        content_type="multipart/form-data",
        follow_redirects=True,
    )
    return answer.text


def test_from_the_promise_to_the_receipt(app: Flask) -> None:
    store: Store = app.extensions["graphnet"].store
    anna, staff = reader(app, "alumnus"), reader(app, "staff")
    assert staff.get("/staff/projects/bank").status_code == 403, "staff who keep no books"
    assert "Bank statements" not in staff.get("/staff/projects").text
    store.write(ROLE)
    assert "Bank statements" in staff.get("/staff/projects").text
    assert anna.get("/staff/projects/bank").status_code == 403
    page = "/projects/roof"
    assert anna.post(f"{page}/promise", data={"amount": "500", "parts": "1"}).status_code == 303
    quoted = re.search(r"RF\d\d( \d{4}){3}", anna.get(page).text)
    assert quoted and quoted[0] in staff.get(f"{page}/money").text
    gift = Paid(50_000, TODAY, f"Дар {quoted[0]}", number="31")
    other = Paid(77_700, TODAY, "Спасибо", "ООО «Оптика»", "32")
    out = Paid(-1_200, TODAY, "Зарплата", "Петров П. П.", "33")
    wrong = send(staff, client_bank([gift], closing=1))
    assert "Line 15: the statement does not add up: 0.00" in wrong and "500.00 in" in wrong
    assert "Choose a file" in staff.post("/staff/projects/bank").text
    text = send(staff, client_bank([gift, other, out]))
    assert "The statement adds up and is taken. 3 new payments." in text
    assert "Found by their reference" in text and "Анна" in text
    assert "3 were there already" in send(staff, client_bank([gift, other, out]))
    assert "3 payments of the bank wait" in staff.get("/staff").text
    found = re.findall(r'name="payment" value="([\w-]+)" checked', text)
    assert len(found) == 1
    booked = staff.post(
        "/staff/projects/bank/book", data={"payment": found}, follow_redirects=True
    ).text
    assert "1 payment is booked" in booked
    rest = re.findall(r"/staff/projects/bank/payments/([\w-]+)", booked)
    assert len(rest) == 2
    by_text = {
        ("Спасибо" in staff.get(f"/staff/projects/bank/payments/{one}").text): one for one in rest
    }
    payment = f"/staff/projects/bank/payments/{by_text[True]}"
    refused = staff.post(payment, data={"act": "enter", "project": "", "party": "Optics"})
    assert refused.status_code == 422 and "Choose the project." in refused.text
    assert 'value="Optics"' in refused.text, "nothing that was typed is lost"
    nobody = {"act": "enter", "project": "roof", "person": "qqqq", "party": ""}
    assert staff.post(payment, data=nobody).status_code == 422
    assert staff.post(payment, data={"act": "pledge"}).status_code == 422
    assert staff.post(payment, data={"act": "nonsense"}).status_code == 422
    form = {"act": "enter", "project": "roof", "party": "Optics", "party_shown": "yes"}
    assert staff.post(payment, data=form).status_code == 303
    again = staff.post(payment, data=form, follow_redirects=True)
    assert "answered meanwhile" in again.text, "somebody else was quicker"
    assert (
        staff.post(
            f"/staff/projects/bank/payments/{by_text[False]}", data={"act": "not_ours"}
        ).status_code
        == 303
    )
    statement = re.search(
        r"/staff/projects/bank/statements/\w+", staff.get("/staff/projects/bank").text
    )
    assert statement
    told = staff.get(statement[0]).text
    assert told.count("booked") >= 2 and "not ours" in told
    wrong = staff.post(statement[0], data={"act": by_text[True], "why": ""}, follow_redirects=True)
    assert "Say what for" in wrong.text
    staff.post(statement[0], data={"act": by_text[True], "why": "Another project’s"})
    assert "Say what it is" in staff.get(statement[0]).text
    books = reader(app, "anyone").get(f"{page}/books").text
    assert "Another project’s" in books and "Optics" in books
    mine = anna.get("/me/gifts").text
    receipt = re.search(r"/me/gifts/[\w-]+", mine)
    assert receipt and re.search(r"RUB\s?500", mine)
    told = anna.get(receipt[0]).text
    assert "Анна" in told and "Telescope" in told and "Given back" not in told
    made = anna.get(f"{receipt[0]}/receipt.pdf")
    assert made.mimetype == "application/pdf" and b"/StructTreeRoot" in made.data
    for another in ("analyst", "anyone"):
        assert reader(app, another).get(receipt[0]).status_code in (303, 404)
    printed = staff.get(f"{page}/money/{receipt[0].rsplit('/', 1)[1]}/receipt.pdf")
    assert printed.mimetype == "application/pdf"
    staff.post(statement[0], data={"act": "take_back", "why": "All of it"})
    assert "undone" in staff.get("/staff/projects/bank").text
    assert anna.get(receipt[0]).status_code == 404, "nothing was given: no receipt"


def test_files_that_are_none_are_refused_in_both_languages(app: Flask) -> None:
    app.extensions["graphnet"].store.write(ROLE)
    staff = reader(app, "staff")
    assert "this is no statement that can be read" in send(staff, b"PK\x03\x04")
    staff.get("/language/ru")
    russian = send(staff, client_bank([Paid(1, TODAY)], closing=9))
    assert "Строка 15: выписка не сходится: на начало 0.00" in russian
    assert "файл повреждён" in send(staff, b"<Document><a></Document>")
    several = send(staff, client_bank([Paid(1, TODAY)]), second=b"nothing")
    assert "1.txt: Строка 1: это не выписка" in several
    staff.get("/language/en")

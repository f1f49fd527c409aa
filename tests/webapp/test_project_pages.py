"""Pages of projects: proposing, running, helping; the treasurer's; the books as printed."""

import csv
import io
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet.live import Live
from graphnet.money.amounts import read
from graphnet.projects import editing, needs, states
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import ANNA, BORIS, DARYA, ZHANNA

ROLE = "MATCH (a:Account {email: $email}) SET a.roles = a.roles + $role"
TODAY = datetime.now(UTC).date().isoformat()
FORM = {
    "name": "A lens for the school",
    "description": "We grind it with pupils.",
    "kind": "education",
    "origin": "alumni",
    "audience": "members",
    "currency": "RUB",
    "goal": "5000",
    "topics": "optics",
}


@pytest.fixture
def live(store: Store, settings: Settings, tmp_path: Path) -> Iterator[Live]:
    made = furnished(store, own_home(settings, tmp_path))
    store.write("MERGE (c:Counter {name: 'thing'}) SET c.next = 100")  # beyond what is furnished
    yield made
    made.stop()


@pytest.fixture
def app(live: Live, settings: Settings, tmp_path: Path) -> Flask:
    return site(live, own_home(settings, tmp_path))


def proposed(client: FlaskClient) -> str:
    """Draft a project and propose it, as its page does; return its id."""
    run = client.post("/projects/new", data=FORM).headers["Location"]
    project_id = re.search(r"/projects/(\w+)/run", run)
    assert project_id
    page = f"/projects/{project_id[1]}"
    form = {"act": "publish", "version": "1"}
    assert client.post(f"{page}/state", data=form).status_code == 303
    return project_id[1]


def test_a_member_proposes_and_staff_decide(app: Flask, live: Live) -> None:
    anna, staff = reader(app, "alumnus"), reader(app, "staff")
    assert "Propose a project" in anna.get("/projects").text
    wrong = anna.post("/projects/new", data=FORM | {"name": "", "goal": "12.5"})
    assert wrong.status_code == 422 and "We grind it with pupils." in wrong.text
    project_id = proposed(anna)
    page = f"/projects/{project_id}"
    assert "the Association looks at it" in anna.get(page).text
    assert reader(app, "anyone").get(page).status_code == 404
    assert "Proposed: A lens for the school" in staff.get("/staff").text
    assert "Send back" in staff.get(page).text
    staff.post(f"{page}/state", data={"act": "decline", "notice": "Who buys the glass?"})
    assert "Who buys the glass?" in anna.get("/home").text
    assert "Who buys the glass?" in anna.get(page).text
    anna.post(f"{page}/state", data={"act": "publish", "version": "3"})
    staff.post(f"{page}/state", data={"act": "publish", "version": "4"})
    assert "A lens for the school" in staff.get("/projects").text
    assert anna.post(f"{page}/state", data={"act": "nonsense"}).status_code == 400


def test_two_editors_lose_nothing(app: Flask) -> None:
    anna, staff = reader(app, "alumnus"), reader(app, "staff")
    page = f"/projects/{proposed(anna)}"
    staff.post(f"{page}/edit", data=FORM | {"version": "2", "goal": "7000"})
    mine = FORM | {"version": "2", "name": "A mirror"}
    both = anna.post(f"{page}/edit", data=mine)
    assert both.status_code == 409 and "7000" in both.text and "A mirror" in both.text
    kept = anna.post(f"{page}/edit", data=mine | {"version": "3", "take-goal": "theirs"})
    assert kept.status_code == 303
    text = anna.get(f"{page}/edit").text
    assert 'value="7000"' in text and 'value="A mirror"' in text


def test_needs_steps_news_and_help(app: Flask, live: Live) -> None:
    anna, staff = reader(app, "alumnus"), reader(app, "staff")
    project_id = proposed(anna)
    page = f"/projects/{project_id}"
    staff.post(f"{page}/state", data={"act": "publish", "version": "2"})
    run = f"{page}/run"
    for form, status in (
        ({"act": "need", "kind": "lab", "text": "A dark room", "text_ru": "Тёмная комната"}, 303),
        ({"act": "need", "kind": "lab", "text": " "}, 422),
        ({"act": "step", "text": "Ground", "due_on": "2027-03-01"}, 303),
        ({"act": "step", "text": "Never lost", "due_on": "soon"}, 422),
        ({"act": "news", "news": "The glass is here", "news_ru": ""}, 303),
        ({"act": "ask", "person": "Дарья", "words": "Come"}, 422),
        ({"act": "remove:none"}, 404),
        ({"act": "nonsense"}, 422),
    ):
        assert anna.post(run, data=form).status_code == status, form
    text = anna.get(page).text
    assert "A dark room" in text and "Ground" in text and "The glass is here" in text
    need = needs.of_project(live.store, _viewer(ZHANNA), project_id)[0]["id"]
    live.store.write("MATCH (a:Account {email: 'analyst@example.org'}) SET a.roles = ['alumnus']")
    zhanna = reader(app, "analyst")
    empty = zhanna.post(f"{page}/needs/{need}", data={"text": ""})
    assert empty.status_code == 422 and "Write something" in empty.text
    assert zhanna.post(f"{page}/needs/{need}", data={"text": "I have one"}).status_code == 303
    assert "1 person offers help" in anna.get("/home").text
    offers = anna.get(run).text
    assert "I have one" in offers
    offer = re.search(r"/offers/(\w+)", offers)
    assert offer
    assert zhanna.get(run).status_code == 404
    form = {"answer": "accepted", "words": "On Friday"}
    assert zhanna.post(f"{page}/offers/{offer[1]}", data=form).status_code == 404
    assert anna.post(f"{page}/offers/{offer[1]}", data=form).status_code == 303
    home = zhanna.get("/home").text
    assert "Your help is accepted" in home and "On Friday" in home


def _viewer(key: int) -> "editing.Viewer":
    return editing.Viewer("alumnus", key, "account")


def enter(staff: FlaskClient, page: str, **fields: str) -> None:
    """Enter money as the pages do it: look, then for good."""
    url = f"{page}/money/enter"
    begin = staff.get(url, query_string={"kind": fields.get("kind", "gift")}).text
    entry = re.search(r'name="entry" type="hidden" value="(\w+)"', begin)
    assert entry
    form = {"entry": entry[1], "currency": "RUB", "happened_on": TODAY} | fields
    look = staff.post(url, data=form)
    assert look.status_code == 200 and "Once entered it can be neither changed" in look.text
    assert staff.post(url, data=form | {"sure": "yes"}).status_code == 303
    assert staff.post(url, data=form | {"sure": "yes"}).status_code == 303, "sent twice"


def test_the_printed_lines_add_up_and_anybody_can_reckon_it_again(app: Flask, live: Live) -> None:
    staff, page, rng = reader(app, "staff"), "/projects/roof", random.Random(7)
    people = {ANNA: "anna", BORIS: "boris", DARYA: "darya"}
    for n in range(12):
        amount = f"{rng.randrange(10, 5000)},{rng.randrange(100):02d}"
        if n % 3 == 2:
            enter(staff, page, kind="expense", amount=f"{n},{n:02d}", what="Screws / Винты",
                  party="Ivanov", document="№ 7")  # fmt: skip
        elif n % 3:
            enter(staff, page, amount=amount, **{"person-id": people[rng.choice([*people])]})
        else:
            enter(staff, page, amount=amount, party="Works", party_shown="y", fee="1,01")
    anyone = reader(app, "anyone")
    text = anyone.get(f"{page}/books").text
    assert "Ivanov" not in text and "Works" in text and "№ 7" in text and "Screws" in text
    assert not any(name in text for name in ("Анна", "Борис", "Дарья"))
    sums = {name: printed(text, name) for name in ("opening", "came", "went", "balance")}
    assert sums["opening"] + sums["came"] - sums["went"] == sums["balance"]
    table = re.search(
        r"Every line of the books, RUB</caption>.*?<tbody>(.*?)</tbody>", text, re.DOTALL
    )
    assert table
    cells = re.findall(r'<td class="number nowrap">(.*?)</td>', table[1])
    assert sum(map(money, cells[::2])) == sums["came"]
    assert sum(map(money, cells[1::2])) == sums["went"]
    file = anyone.get(f"{page}/books?as=csv").text.lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(file)))
    came = sum(money(row["in"]) for row in rows if row["kind"] not in ("opening", "balance"))
    went = sum(money(row["out"]) for row in rows)
    assert (rows[0]["kind"], rows[-1]["kind"]) == ("opening", "balance")
    assert money(rows[0]["in"]) + came - went == money(rows[-1]["in"]) == sums["balance"]
    inside = staff.get(f"{page}/money?as=csv").text.lstrip("\ufeff")
    last = list(csv.DictReader(io.StringIO(inside)))
    assert money(last[-1]["balance"]) == sums["balance"]
    assert "Ivanov" not in inside and "Works" in inside, "staff who keep no books read no names"
    live.store.write(ROLE, email="staff@example.org", role="auditor")
    assert "Ivanov" in staff.get(f"{page}/money?as=csv").text
    year_adds_up(anyone, page, sums["balance"])
    assert money_of_page(anyone.get(page).text) == sums["balance"]
    assert reader(app, "alumnus").get(f"{page}/money").status_code == 403


def year_adds_up(anyone: FlaskClient, page: str, balance: int) -> None:
    """The printed sums and lines of the yearly report, and of the report of all projects."""
    text = anyone.get(f"{page}/report").text
    found = re.search(r'<dl class="definitions sums">(.*?)</dl>', text, re.DOTALL)
    assert found
    opening, came, went, left = (money(one) for one in re.findall(r"<dd>(.*?)</dd>", found[1]))
    assert opening + came - went == left == balance
    picture, lines = re.findall(r"<tbody>(.*?)</tbody>", text, re.DOTALL)
    for table, size in ((picture, 3), (lines, 2)):
        cells = [money(one) for one in re.findall(r'<td class="number nowrap">(.*?)</td>', table)]
        assert (sum(cells[::size]), sum(cells[1::size])) == (came, went)
    last = re.findall(r'<td class="number nowrap">(.*?)</td>', picture)[-1]
    assert money(last) == balance and "<svg" in text and "Anna" not in text
    rows = re.findall(r"<tr>(.*?)</tr>", anyone.get("/projects/report").text, re.DOTALL)
    for row in rows[1:]:
        opening, came, went, moved, left = map(money, re.findall(r"<td[^>]*>(.*?)</td>", row))
        assert opening + came - went + moved == left
    assert money(re.findall(r"<td[^>]*>(.*?)</td>", rows[-1])[-1]) == balance
    for file in (f"{page}/report.pdf", "/projects/report.pdf"):
        made = anyone.get(file)
        assert made.mimetype == "application/pdf" and b"/StructTreeRoot" in made.data


def printed(text: str, name: str) -> int:
    found = re.search(rf'<dd id="{name}">(.*?)</dd>', text)
    assert found, name
    return money(found[1])


def money_of_page(text: str) -> int:
    found = re.search(r"<dt>What is there</dt><dd>(.*?)</dd>", text)
    assert found
    return money(found[1])


def money(text: str) -> int:
    """Read a printed sum: ₽1,234.50, with tags and signs around it."""
    plain = re.sub(r"<[^>]*>|[+−\s]|₽|RUB", "", text)
    return read(plain) if plain and plain not in ("0", "0.00") else 0


def test_nothing_is_entered_that_is_not_there_and_what_is_wrong_is_put_right_once(
    app: Flask, live: Live
) -> None:
    staff, page = reader(app, "staff"), "/projects/roof"
    url = f"{page}/money/enter"
    form = {"entry": "e1", "kind": "expense", "currency": "RUB", "happened_on": TODAY,
            "amount": "900000", "what": "A dome"}  # fmt: skip
    look = staff.post(url, data=form)
    assert "There is not so much money" in look.text and "Enter it for good" not in look.text
    refused = staff.post(url, data=form | {"sure": "yes"})
    assert refused.status_code == 422 and "There is not so much money" in refused.text
    for wrong in ({"amount": "x"}, {"what": ""}, {"happened_on": "2999-01-01"}):
        assert staff.post(url, data=form | {"amount": "1"} | wrong).status_code == 422
    back = staff.post(url, data=form | {"sure": "back"})
    assert back.status_code == 200 and "A dome" in back.text
    enter(staff, page, amount="100", party="Works", party_shown="y")
    enter(staff, page, kind="expense", amount="40", what="A lamp", approved="y")
    desk = staff.get(f"{page}/money").text
    assert "Approved, not paid yet" in desk
    waits = re.search(rf"{page}/money/(\w+)\"[^>]*>Paid", desk)
    assert waits
    pay = f"{page}/money/{waits[1]}"
    assert staff.post(pay, data={"act": "post", "amount": "41"}).status_code == 422
    look = staff.post(pay, data={"act": "post", "amount": "39.50"})
    assert look.status_code == 200 and re.search(r"The rest, RUB\s?0.50, is free", look.text)
    assert "Afterwards" not in look.text and "Once it is entered" in look.text
    assert "Approved, not paid yet" in staff.get(f"{page}/money").text, "only looked at"
    back = staff.post(pay, data={"act": "post", "amount": "39.50", "sure": "back"})
    assert 'value="39.50"' in back.text
    assert (
        staff.post(pay, data={"act": "post", "amount": "39.50", "sure": "yes"}).status_code == 303
    )
    assert staff.post(pay, data={"act": "void", "sure": "yes"}).status_code == 409
    gift = re.search(rf"{page}/money/(\w+)\"[^>]*>Put right", staff.get(f"{page}/money").text)
    assert gift
    wrong_gift = f"{page}/money/{gift[1]}"
    assert staff.post(wrong_gift, data={"act": "back", "what": ""}).status_code == 422
    form = {"act": "back", "what": "Entered by mistake", "amount": ""}
    look = staff.post(wrong_gift, data=form)
    assert "go back to who gave" in look.text and "Entered by mistake" in look.text
    form |= {"sure": "yes"}
    assert staff.post(wrong_gift, data=form).status_code == 303
    assert (
        "It was entered already, once."
        in staff.post(wrong_gift, data=form, follow_redirects=True).text
    )


def test_a_promise_in_twelve_parts_and_the_books_of_all(app: Flask, live: Live) -> None:
    anna, staff = reader(app, "alumnus"), reader(app, "staff")
    page = "/projects/roof"
    wrong = anna.post(f"{page}/promise", data={"amount": "much", "parts": "12"})
    assert wrong.status_code == 422 and 'value="much"' in wrong.text
    assert anna.post(f"{page}/promise", data={"amount": "100", "parts": "12"}).status_code == 303
    text = anna.get(page).text
    assert re.search(r"11 × RUB\s?8\.33 \+ RUB\s?8\.37", text)
    assert "Intended gifts" in staff.get("/projects/roof/money").text
    pledge = re.search(r"/promise/(\w+)", text)
    assert pledge
    assert "Remind me of each part" in text and "0 of 12 parts are here" in text
    wish = f"{page}/promise/{pledge[1]}/remind"
    assert anna.post(wish, data={"remind": "yes"}).status_code == 303
    mine = anna.get("/me/gifts").text
    assert "What you intend to give" in mine and "Do not remind me" in mine
    assert staff.post(wish, data={"remind": "yes"}).status_code == 403
    assert anna.post(f"{page}/promise/{pledge[1]}").status_code == 303
    everything = reader(app, "anyone").get("/projects/books").text
    assert "Telescope" in everything and "Together in RUB" in everything
    staff.post(f"{page}/state", data={"act": "close_books", "notice": "An audit is on."})
    closed = anna.get(f"{page}/books").text
    assert "An audit is on." in closed and "Closed since" in closed
    assert states.LONGEST_NOTICE == 1000


def test_staff_name_who_keeps_the_books_of_one_project(app: Flask, live: Live) -> None:
    live.store.write("MATCH (a:Account {email: 'analyst@example.org'}) SET a.roles = ['alumnus']")
    zhanna, staff, page = reader(app, "analyst"), reader(app, "staff"), "/projects/roof/money"
    give = {"act": "name", "person-id": "zhanna", "role": "auditor"}
    assert staff.post(f"{page}/keepers", data=give).status_code == 403
    assert "Name somebody" not in staff.get(page).text
    live.store.write(ROLE, email="staff@example.org", role="treasurer")
    assert zhanna.get(page).status_code == 403
    assert "Its money" not in zhanna.get("/projects/roof").text
    assert staff.post(f"{page}/keepers", data=give | {"person-id": ""}).status_code == 422
    assert staff.post(f"{page}/keepers", data=give | {"role": "king"}).status_code == 422
    assert staff.post(f"{page}/keepers", data=give).status_code == 303
    shown = zhanna.get(page)
    assert shown.status_code == 200 and "You audit these books" in shown.text
    assert "You are named for the books of" in zhanna.get("/home").text
    assert "Its money" in zhanna.get("/projects/roof").text
    assert "Books that you keep or audit" in zhanna.get("/projects/mine").text
    entered = {
        "kind": "gift", "amount": "100", "currency": "RUB", "happened_on": TODAY,
        "party": "A friend", "entry": "from-zhanna", "sure": "yes",
    }  # fmt: skip
    assert zhanna.get(f"{page}/enter").status_code == 403
    assert zhanna.post(f"{page}/enter", data=entered).status_code == 403
    staff.post(f"{page}/keepers", data=give | {"role": "treasurer"})
    assert zhanna.post(f"{page}/enter", data=entered).status_code == 303
    text = zhanna.get(page).text
    assert "A friend" in text and "not in the open books" in text
    assert zhanna.get("/staff/projects/bank").status_code == 403
    assert zhanna.get(f"{page}/from-zhanna/receipt.pdf").status_code == 200
    assert zhanna.get(f"{page}/from-zhanna").status_code == 200
    assert zhanna.get("/projects/none/money/from-zhanna/receipt.pdf").status_code == 404
    ends = {"act": f"end:{ZHANNA}"}
    assert zhanna.post(f"{page}/keepers", data=ends).location.endswith("/projects/roof")
    assert zhanna.get(page).status_code == 403
    again = staff.post(f"{page}/keepers", data=ends, follow_redirects=True)
    assert "It was ended already." in again.text

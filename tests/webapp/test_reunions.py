"""Reunions on the pages, with real letters: applied, taken over, answered by a link, thanked."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.post_office import PostOffice, do_letters, post_office, posting

OVER = """MATCH (:Reunion)-[:BECAME]->(e:Event) SET e.starts_at = $then,
  e.ends_at = $then + duration('PT3H')"""


@pytest.fixture(scope="module")
def office() -> Iterator[tuple[PostOffice, int]]:
    with post_office() as opened:
        yield opened


@pytest.fixture(scope="module")
def home(
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
    office: tuple[PostOffice, int],
) -> Settings:
    return posting(own_home(settings, tmp_path_factory.mktemp("reunions")), office[1])


@pytest.fixture(scope="module")
def live(session_store: Store, home: Settings) -> Iterator[Live]:
    session_store.run_alone(WIPE)
    made = furnished(session_store, home)
    session_store.write("MERGE (c:Counter {name: 'thing'}) SET c.next = 100")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def app(live: Live, home: Settings) -> Flask:
    return site(live, home)


def link_in(office: PostOffice, to: str, start: str) -> str:
    """The link of the newest letter to that address, and what the letter says is thrown away."""
    letter = next(one for one in reversed(office.taken) if one["To"] == to)
    text = letter.get_body(("plain",)).get_content()
    found = re.search(rf"https?://[^/\s]+({start}\S+)", text)
    assert found, text
    return found[1]


def test_from_application_to_thanks_with_letters(
    app: Flask, live: Live, home: Settings, office: tuple[PostOffice, int]
) -> None:
    post, store = office[0], live.store
    me, staff, nobody = reader(app, "alumnus"), reader(app, "staff"), reader(app, "anyone")
    assert "Hold a reunion" in me.get("/classmates").text
    refused = me.post("/reunions/new", data={"groups": ["A"], "about": "", "wishes": "A room"})
    assert refused.status_code == 422
    assert "A room" in refused.text and "without your name" in refused.text
    applied = me.post(
        "/reunions/new",
        data={"groups": ["A"], "about": "In May", "wishes": "A room", "named": "y"},
    )
    assert applied.status_code == 303
    page = applied.location
    again = me.post("/reunions/new", data={"groups": ["A"], "about": "June", "named": "y"})
    assert again.status_code == 409 and page in again.text
    assert "In May" in me.get(page).text and "In May" in me.get("/requests").text

    # The desk takes it over; who asked is told, and sees whose it is.
    assert "Анна" in staff.get("/staff/reunions").text
    at_desk = re.search(r"/staff/requests/\w+", staff.get(page).text)
    assert at_desk and "you take the reunion over" in staff.get(at_desk[0]).text
    unsaid = staff.post(page, data={"act": "take", "answer": ""})
    assert unsaid.status_code == 422
    assert staff.post(page, data={"act": "take", "answer": "Gladly"}).status_code == 303
    do_letters(live, home)
    assert any("Gladly" in str(one.get_body(("plain",)).get_content()) for one in post.taken)
    assert "Ирина Лебедева" in me.get(page).text
    assert "it is mine" in staff.get("/staff/reunions?whose=mine").text

    # Georgy has no account: the letter's page takes his answer and his days.
    people = me.get(page + "?show=people").text
    assert "Георгий" in people and "Вера" not in people and "georgy@" not in people
    sent = me.post(page, data={"act": "invite", "people": ["georgy"], "show": "people"})
    assert sent.status_code == 303
    for hour in ("T16:00", "T18:00"):
        day = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
        added = me.post(page, data={"act": "date_add", "starts": day + hour, "show": "dates"})
        assert added.status_code == 303
    wrong = me.post(page, data={"act": "date_add", "starts": "1999-01-01T10:00", "show": "dates"})
    assert wrong.status_code == 422 and 'value="1999-01-01T10:00"' in wrong.text
    do_letters(live, home)
    link = link_in(post, "georgy@example.org", "/reunions/answer/")
    letter = next(one for one in reversed(post.taken) if one["To"] == "georgy@example.org")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Анна Иванова" in letter.get_body(("plain",)).get_content()
    asked = nobody.get(link).text
    assert "Георгий" in asked and "Анна Иванова" in asked
    assert "Борис" not in asked, "no list of the group"
    dates = re.findall(r'name="(date-\w+)"', asked)
    first = dates[0]
    assert nobody.post(link, data={"state": "perhaps"}).status_code == 422
    said = nobody.post(link, data={"state": "yes", first: "yes", "words": "With my wife"})
    assert "your answer is kept" in said.text
    assert nobody.get("/reunions/answer/0000000000000000").status_code == 404
    board = me.get(page + "?show=people").text
    assert "With my wife" in board and "comes" in board

    # The day, the place, a task; then the event, in one act.
    me.post(page, data={"act": "poll", first: "if_need_be"})
    for data in (
        {"act": "cost_add", "what": "Dinner", "amount": "2 500,50", "currency": "RUB",
         "per": "person"},
        {"act": "cost_add", "what": "Hall", "amount": "100", "currency": "RUB", "per": "all"},
        {"act": "settle", "venue": "Kronverksky 49", "heads": "3"},
        {"act": "task_add", "task_what": "Passes", "owner": "staff", "due_on": "2020-01-01"},
    ):  # fmt: skip
        assert me.post(page, data=data | {"show": "plan"}).status_code == 303, data
    plan = me.get(page + "?show=plan").text
    assert "2,533.84" in plan, "a share covers the hall"
    for unsure in ("1,2,3", "10 50", "0,500", "0", ""):
        wrong = me.post(page, data={"act": "cost_add", "what": "x", "amount": unsure,
                                    "show": "plan"})  # fmt: skip
        assert wrong.status_code == 422 and "like 12500 or 99.50" in wrong.text, unsure
    assert "To do: Passes" in staff.get("/staff").text
    assert me.post(page, data={"act": "pick", "date": first[5:]}).status_code == 303
    assert me.post(page, data={"act": "event", "title": "x"}).status_code == 403
    assert "make the event" in staff.get("/staff").text
    form = staff.get(page + "?show=dates").text
    assert "Встреча группы" in form and "Reunion of group" in form
    made = staff.post(
        page,
        data={"act": "event", "title": "Reunion", "title_ru": "Встреча", "hours": "3",
              "guests": "0", "show": "dates"},
    )  # fmt: skip
    assert made.status_code == 303
    do_letters(live, home)
    subjects = [one["Subject"] for one in post.taken if one["To"] == "georgy@example.org"]
    assert any("Registration is open" in each or "Регистрация открыта" in each for each in subjects)
    assert "registered for the day" in me.get(page).text

    store.write(OVER, then=datetime.now(UTC) - timedelta(days=1))
    assert "has taken place" in me.get(page).text
    end = page + "?show=end"
    assert "Mark who came" in staff.get(end).text
    thanked = staff.post(page, data={"act": "thank", "people": ["anna"], "thanks": "Thank you!",
                                     "show": "end"})  # fmt: skip
    assert thanked.status_code == 303
    closed = staff.post(page, data={"act": "close", "reason": "Two sang", "show": "end"})
    assert closed.status_code == 303
    do_letters(live, home)
    assert "Thank you!" in post.taken[-1].get_body(("plain",)).get_content()
    assert "Two sang" in me.get(page).text
    assert me.post(page, data={"act": "settle", "venue": "x"}).status_code == 409
    assert "It has taken place already" in nobody.get(link).text

    # One POST ends it, as mail programs send it.
    assert nobody.post(link + "/stop").status_code == 200
    assert "wishes no letters" in staff.get(page + "?show=people").text


def test_strangers_and_visitors_find_no_reunion(app: Flask, live: Live) -> None:
    rows = live.store.read("MATCH (r:Reunion) RETURN r.id AS id LIMIT 1")
    page = f"/reunions/{rows[0]['id']}"
    assert reader(app, "anyone").get(page).status_code == 303
    for role in ("analyst", "admin"):
        assert reader(app, role).get(page).status_code in (403, 404)
        assert reader(app, role).get("/staff/reunions").status_code == 403
    assert reader(app, "alumnus").get("/reunions/none").status_code == 404
    assert reader(app, "alumnus").post(page, data={"act": "nonsense"}).status_code == 422
    assert reader(app, "alumnus").get("/requests/new?kind=reunion").location == "/reunions/new"


def test_in_russian_the_page_speaks_russian(app: Flask, live: Live) -> None:
    me = reader(app, "alumnus")
    me.get("/language/ru")
    rows = live.store.read("MATCH (r:Reunion) RETURN r.id AS id LIMIT 1")
    for show in ("", "people", "dates", "plan", "team", "end"):
        answer = me.get(f"/reunions/{rows[0]['id']}?show={show}")
        assert answer.status_code == 200
        assert "Встреча группы" in answer.text
    assert "Собрать встречу" in me.get("/reunions").text

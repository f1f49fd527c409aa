"""A survey over real SMTP: one letter each, answered by its link, ended by its one click."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from graphnet import job_worker, worker
from graphnet.engine import Engine
from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store
from graphnet.surveys import making
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.post_office import do_letters, post_office, posting
from tests.support.surveyed import CLERK, drafted, graduates
from webapp.features.journal import demo as journal_demo
from webapp.features.surveys import demo as surveys_demo


@pytest.fixture(scope="module")
def live(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    session_store.run_alone(WIPE)
    made = furnished(session_store, own_home(settings, tmp_path_factory.mktemp("surveys")))
    graduates(session_store)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def app(live: Live, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return site(live, own_home(settings, tmp_path_factory.mktemp("site")))


def do_work(live: Live, settings: Settings) -> None:
    busy = job_worker.Worker(live.store, worker.tasks(Engine(settings, live.store, live), "work"))
    while busy.step():
        pass


def test_letters_go_out_are_answered_and_end(app: Flask, live: Live) -> None:
    store = live.store
    own = app.extensions["graphnet"].settings
    survey = drafted(store)
    staff = reader(app, "staff")
    page = f"/staff/surveys/{survey}"
    assert "12 of them get a letter each" in staff.get(page).text
    assert staff.post(f"{page}/act", data={"act": "open"}).status_code == 303
    assert staff.post(f"{page}/act", data={"act": "open"}).status_code == 409
    with post_office() as (office, port):
        sending = posting(own, port)
        do_work(live, sending)
        do_letters(live, sending)
        do_letters(live, sending)
    to_ones = [letter for letter in office.taken if letter["To"] == "grad203@example.org"]
    assert len(to_ones) == 1
    assert len(office.taken) == 12
    letter = to_ones[0]
    text = letter.get_body(("plain",)).get_content()
    assert letter["Subject"] == "Нужды"
    assert "Здравствуйте, Павел!" in text
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.search(r"/survey/[\w-]+", text)
    stop = re.search(r"/letters/stop/[\w-]+", text)
    assert link is not None and stop is not None
    anyone = reader(app, "anyone")
    before = anyone.get(link[0])
    assert "What do you need?" in before.text
    assert making.one(store, CLERK, survey).answered == 0  # looking is no answer
    question = making.one(store, CLERK, survey).questions[0].id
    wrong = anyone.post(link[0], data={f"q-{question}": "77"})
    assert wrong.status_code == 422 and "Choose from what is offered" in wrong.text
    assert anyone.post(link[0], data={f"q-{question}": "0"}).status_code == 303
    after = anyone.get(link[0]).text
    assert "What I look for: Teaching" in after
    anyone.post(link[0], data={"act": "add", "add": "needs:money"})  # was not offered
    page_of = "MATCH (:Person {key: 203})-[t:NEEDS]->(n) RETURN n.id AS id LIMIT 5"
    assert not store.read(page_of)
    anyone.post(link[0], data={"act": "add", "add": "needs:teaching"})
    assert store.read(page_of) == [{"id": "teaching"}]
    assert "What I look for: Teaching" not in anyone.get(link[0]).text
    assert anyone.get("/survey/never-made").status_code == 404
    assert anyone.post(stop[0]).status_code == 200
    again = making.numbers(store, CLERK, making.one(store, CLERK, drafted(store)))
    assert again.refused == 1
    assert anyone.post(link[0], data={"act": "take back"}).status_code == 303
    assert making.one(store, CLERK, survey).answered == 0


def test_only_staff_make_them_and_only_who_was_asked_answers(app: Flask, live: Live) -> None:
    survey = drafted(live.store)
    for role in ("alumnus", "analyst"):
        assert reader(app, role).get(f"/staff/surveys/{survey}").status_code == 403
    staff, terms = reader(app, "staff"), f"/staff/surveys/{survey}/terms"
    page = staff.get(terms).text
    assert "For the plan" in page and "Для плана" in page
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert version is not None
    data = {"title": "Needs", "title_ru": "Нужды", "explanation": "Another", "consent": "digest",
            "explanation_ru": "Другое", "unit": "faculty", "version": version[1]}  # fmt: skip
    assert staff.post(terms, data=data).status_code == 303
    again = staff.post(terms, data=data | {"title": "Mine"})  # somebody was faster
    assert again.status_code == 422 and "Mine" in again.text
    alumnus = reader(app, "alumnus")
    assert alumnus.get(f"/surveys/{survey}").status_code == 404
    assert "sent no survey yet" in alumnus.get("/me/surveys").text
    alumnus.post("/me/surveys", data={"act": "stop"})
    assert "You get no surveys" in alumnus.get("/me/surveys").text
    alumnus.post("/me/surveys", data={"act": "start"})
    assert "You get no surveys" not in alumnus.get("/me/surveys").text


def test_who_is_hidden_by_staff_is_told(app: Flask, live: Live) -> None:
    staff = reader(app, "staff")
    refused = staff.post("/people/darya/correct/hide", data={"act": "hide", "why": ""})
    assert refused.status_code == 422
    staff.post("/people/darya/correct/hide", data={"act": "hide", "why": "herself, by telephone"})
    assert staff.get("/staff/people/darya").status_code == 404
    staff.post("/people/darya/correct/hide", data={"act": "show", "why": "herself, by telephone"})
    assert staff.get("/staff/people/darya").status_code == 200
    rows = live.store.read(
        "MATCH (j:Job {kind: 'mail'}) WHERE j.payload CONTAINS 'journal.' "
        "RETURN j.payload AS payload ORDER BY payload LIMIT 9"
    )
    assert ["journal.found" in rows[0]["payload"], "journal.hidden" in rows[1]["payload"]] == [
        True,
        True,
    ]
    own = app.extensions["graphnet"].settings
    with post_office() as (office, port):
        do_letters(live, posting(own, port))
    told = [one for one in office.taken if one["To"] == "admin@example.org"]
    assert len(told) == 2


def test_the_demo_shows_a_survey_and_a_journal(app: Flask, live: Live) -> None:
    engine = Engine(app.extensions["graphnet"].settings, live.store, live)
    cast = {role: {"email": f"{role}@example.org"} for role in ("alumnus", "staff")}
    journal_demo.furnish(engine, cast)
    surveys_demo.furnish(engine, cast)
    staff = reader(app, "staff")
    assert "Прислать список потерянных группы" in staff.get("/staff/people/anna").text
    assert "What do you need, and what could you give?" in staff.get("/staff/surveys").text

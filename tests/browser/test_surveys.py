"""A survey's whole way: made, previewed, opened, answered by the letter and on /home, closed."""

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from playwright.sync_api import Page, expect

from graphnet.engine import Engine
from graphnet.jobs import Job
from graphnet.privacy import Viewer
from graphnet.surveys import answering, making, recipients
from tests.browser.conftest import LiveServer, OpenPage
from tests.support.surveyed import CLERK, YEAR, graduates

ANNA_TOO = """MATCH (p:Person {id: 'anna'}) MATCH (g:StudyGroup {id: 'group-2010'})
CREATE (p)-[:STUDIED_IN {role: 'student', how: 'transferred'}]->(g)
CREATE (p)-[:GAVE]->(:Consent {id: 'letters', purpose: 'digest', state: 'given',
  at: datetime(), channel: 'web'})"""


@pytest.fixture
def people(live_server: LiveServer) -> list[Viewer]:
    found = graduates(live_server.store)
    live_server.store.write(ANNA_TOO)
    return found


def test_a_survey_from_the_draft_to_its_figures(
    live_server: LiveServer,
    people: list[Viewer],
    page_as: OpenPage,
    check_axe: Callable[[Page], None],
    check_width: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
) -> None:
    store = live_server.store
    staff = page_as("staff", path="/staff/surveys", language="ru")
    staff.get_by_role("button", name="Новый опрос").click()
    staff.get_by_label("Название (по-русски)").fill("Чем вы могли бы помочь?")
    staff.get_by_label("Название (по-английски)").fill("What could you give?")
    staff.get_by_role("button", name="Начать черновик").click()
    expect(staff.locator(".field-error").first).to_contain_text("кому он")
    expect(staff.get_by_label("Название (по-русски)")).to_have_value("Чем вы могли бы помочь?")
    staff.get_by_label("Годы поступления с").fill(str(YEAR))
    staff.get_by_label("Годы поступления по").fill(str(YEAR))
    day = making.today() + timedelta(days=10)
    staff.get_by_label("Последний день ответа").fill(day.isoformat())
    check_axe(staff)
    staff.get_by_role("button", name="Начать черновик").click()
    staff.get_by_role("button", name="Добавить вопрос").click()
    staff.get_by_label("Вопрос по-русски").fill("В чём вы помогли бы?")
    staff.get_by_label("Вопрос по-английски").fill("Where could you help?")
    for number, (russian, latin) in enumerate(
        [("Преподавание", "Teaching"), ("Деньги", "Money")], start=1
    ):
        staff.get_by_label(f"Вариант {number} по-русски").fill(russian)
        staff.get_by_label(f"Вариант {number} по-английски").fill(latin)
    staff.get_by_label("Тема варианта 1").select_option("teaching")
    staff.get_by_label("Чем вариант может стать").select_option("offers")
    check_axe(staff)
    check_width(staff)
    shoot(staff, "survey-question-ru")
    staff.get_by_role("button", name="Сохранить вопрос").click()
    shoot(staff, "survey-draft-ru")
    check_axe(staff)
    staff.get_by_role("link", name="Посмотреть, как увидят люди").click()
    expect(staff.get_by_label("Преподавание")).to_be_visible()
    expect(staff.locator("main button")).to_have_count(0)
    staff.go_back()
    staff.get_by_role("button", name="Открыть и написать 13 людям").click()
    expect(staff.locator(".notice-success")).to_contain_text("Опрос открыт")
    survey = staff.url.rsplit("/", 1)[1]
    engine = cast(Engine, SimpleNamespace(store=store))
    recipients.sender(engine)(cast(Job, SimpleNamespace(about=survey)))

    me = page_as("alumnus", path="/home", language="en", width=390)
    me.get_by_role("link", name="What could you give?").click()
    me.get_by_role("button", name="Send my answer").click()
    expect(me.locator(".notice-error")).to_contain_text("Answer at least one question")
    me.get_by_label("Teaching").check()
    check_axe(me)
    check_width(me)
    shoot(me, "survey-answer-en-390")
    me.get_by_role("button", name="Send my answer").click()
    additions = me.locator("section", has_text="Should this stand on your page")
    expect(additions).to_contain_text("What I offer: Teaching")
    shoot(me, "survey-additions-en-390")
    check_axe(me)
    additions.get_by_label("What I offer: Teaching").check()
    additions.get_by_role("button").click()
    expect(me.locator(".notice-success")).to_contain_text("It stands on your page now")
    me.goto("/home")
    expect(me.locator("main")).not_to_contain_text("What could you give?")
    me.goto("/me/surveys")
    expect(me.locator("main")).to_contain_text("answered")
    check_axe(me)

    asks = store.read("MATCH (k:SurveyAsk)-[:TO]->(p:Person {key: 200}) RETURN k.id AS id LIMIT 1")
    assert recipients.arm(store, asks[0]["id"], "by-letter") is not None
    letter = page_as("anyone", path="/survey/by-letter", language="ru", width=390)
    letter.get_by_label("Деньги").check()
    letter.get_by_role("button", name="Отправить ответ").click()
    expect(letter.locator(".notice-success")).to_contain_text("Спасибо")
    letter.get_by_label("Преподавание").check()
    letter.get_by_role("button", name="Изменить ответ").click()
    letter.get_by_text("Отозвать мой ответ").click()
    letter.get_by_role("button", name="Удалить мой ответ").click()
    expect(letter.get_by_role("button", name="Отправить ответ")).to_be_visible()
    check_axe(letter)
    for one in people:
        question = making.one(store, CLERK, survey).questions[0].id
        answering.answer(store, one, survey, {question: one.own_key() % 2})

    english = page_as("staff", path=f"/staff/surveys/{survey}")
    expect(english.locator("main")).not_to_contain_text("What was found on")
    english.get_by_role("button", name="Close it now").click()
    expect(english.locator("table")).to_contain_text(re.compile(r"Teaching\s*7"))
    expect(english.locator("table")).to_contain_text(re.compile(r"Money\s*6"))
    shoot(english, "survey-results-en")
    check_axe(english)
    with english.expect_download() as download:
        english.get_by_role("link", name="Open as CSV").click()
    assert "Teaching" in download.value.path().read_text("utf-8-sig")

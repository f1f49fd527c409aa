"""In a browser: a reunion for who telephoned, a change that staff look at, letters, units."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from graphnet.reunions import on_behalf
from tests.browser.conftest import LiveServer, OpenPage
from tests.support.graphs import ANNA
from tests.support.letters import delivered
from tests.support.told import EVENT, evening

ORGANISES = """MATCH (p:Person {key: $me}), (g:Group {id: 'light-club'})
MERGE (p)-[m:MEMBER_OF]->(g) SET m.role = 'organiser'
WITH p MATCH (e:Event {id: $event})-[t:INVITES]->() DELETE t SET e.audience = 'members'"""

Look = Callable[[Page, str], None]


@pytest.fixture
def look(
    check_axe: Callable[[Page], None],
    check_width: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
) -> Look:
    def one(page: Page, name: str) -> None:
        check_axe(page)
        check_width(page)
        shoot(page, f"asks-{name}")

    return one


def test_a_reunion_for_who_has_telephoned(
    live_server: LiveServer, page_as: OpenPage, look: Look
) -> None:
    staff = page_as("staff", path="/staff/reunions", language="ru")
    staff.get_by_role("button", name="Нам позвонили").click()
    staff.get_by_label("Имя, адрес почты или телефон").fill("Сидоров")
    staff.locator("main").get_by_role("button", name="Найти", exact=True).click()
    look(staff, "who-ru")
    staff.get_by_role("link", name=re.compile("Записать просьбу.*Георгий")).click()
    staff.get_by_role("button", name="Записать", exact=True).click()
    expect(staff.locator(".field-error").first).to_be_visible()
    staff.get_by_label("Группа 221").check()
    staff.get_by_label("Примерно когда").fill("Суббота в мае")
    staff.get_by_label("Человек согласен").check()
    look(staff, "new-for-ru")
    staff.get_by_role("button", name="Записать", exact=True).focus()
    staff.keyboard.press("Enter")
    expect(staff.locator(".notice-success")).to_contain_text("уйдёт письмо")
    look(staff, "written-down-ru")
    page = staff.url

    settings = replace(live_server.app.extensions["graphnet"].settings)
    letters = [one for one in delivered(live_server.store, settings) if "georgy" in str(one["To"])]
    (link,) = re.findall(r"(/reunions/\w+/asked-for/\w+)", letters[-1].get_content())
    guest = page_as("anyone", path=link, language="ru", width=390)
    expect(guest.locator("main")).to_contain_text("по телефону")
    look(guest, "link-ru-390")
    guest.get_by_role("button", name="Всё верно").click()
    expect(guest.locator(".notice-success")).to_be_visible()
    guest.get_by_text("Об этом не просили").focus()
    guest.keyboard.press("Enter")
    look(guest, "refuse-ru-390")
    guest.get_by_role("button", name="Это не моя встреча").click()
    expect(guest.locator("main")).to_contain_text("отменена")
    look(guest, "refused-ru-390")
    staff.goto(page)
    expect(staff.locator(".lead")).to_contain_text("не просили")
    assert on_behalf.for_whom(live_server.store, page.rpartition("/")[2].partition("?")[0]) is None

    # She has an account: the row on her first page, in English.
    staff.goto("/staff/people/anna")
    look(staff, "file-ru")
    staff.get_by_role("link", name="Попросить о встрече за них").click()
    staff.get_by_label("Группа 221").check()
    staff.get_by_label("Примерно когда").fill("В июне")
    staff.get_by_label("Человек согласен").check()
    staff.get_by_role("button", name="Записать", exact=True).click()
    me = page_as("alumnus", path="/home", width=390)
    row = me.locator(".waiting li", has_text="Written down for you")
    look(me, "home-en-390")
    row.get_by_role("link").first.click()
    look(me, "mine-en-390")
    me.get_by_role("button", name="That is right").click()
    expect(me.locator(".notice-success")).to_be_visible()


def test_organisers_and_staff_about_an_event(
    live_server: LiveServer, page_as: OpenPage, look: Look
) -> None:
    store = live_server.store
    evening(store)
    store.write(ORGANISES, me=ANNA, event=EVENT)
    me = page_as("alumnus", path=f"/events/{EVENT}", language="ru", width=390)
    me.locator("#makers ~ p").get_by_role("link", name="Изменить").click()
    expect(me.locator(".notice")).to_contain_text("сначала смотрит")
    later = (datetime.now(UTC) + timedelta(days=25)).strftime("%Y-%m-%dT19:00")
    me.get_by_label("Начало").fill(later)
    me.get_by_label("Место (по-русски)").fill("Крыша")
    look(me, "edit-ru-390")
    me.get_by_role("button", name="Сохранить изменения").click()
    expect(me.locator(".notice-success")).to_contain_text("передано Ассоциации")
    look(me, "waits-ru-390")

    staff = page_as("staff", path="/staff")
    staff.get_by_role("link", name="Its organisers would change it").click()
    expect(staff.locator("#makers ~ section")).to_contain_text("Крыша")
    look(staff, "change-en")
    staff.get_by_role("button", name="Let it hold").focus()
    staff.keyboard.press("Enter")
    expect(staff.locator(".notice-success")).to_contain_text("Changed.")
    me.goto(f"/events/{EVENT}")
    expect(me.locator("main")).to_contain_text("Крыша")

    me.get_by_role("link", name="Кому подошло бы").click()
    me.get_by_label("Что им следует знать").fill("Для тех, кто недавно окончил")
    look(me, "ask-ru-390")
    me.get_by_role("button", name="Подать заявку").click()
    expect(me.locator(".notice-success")).to_contain_text("Просьба у Ассоциации")
    look(me, "asked-ru-390")
    staff.goto("/staff")
    staff.get_by_role("link", name="Рассказать о мероприятии").first.click()
    look(staff, "wish-at-desk-en")
    staff.get_by_role("button", name="Look at whom it would suit").click()
    staff.get_by_text("Refuse it, and say why").click()
    staff.get_by_label("Why nobody is told").fill("Not before May.")
    look(staff, "refuse-en")
    staff.get_by_role("button", name="Refuse it", exact=True).click()
    expect(staff.locator(".notice-success")).to_be_visible()
    me.reload()
    expect(me.locator("main")).to_contain_text("Not before May.")


@pytest.mark.parametrize(("language", "width"), [("ru", 390), ("en", 1280)])
def test_where_units_take_letters(
    live_server: LiveServer, page_as: OpenPage, look: Look, language: str, width: int
) -> None:
    live_server.store.write(
        "MERGE (u:Unit {id: 'archive'}) SET u.name = 'Archive', u.name_ru = 'Архив'"
    )
    staff = page_as("staff", path="/staff/requests/units", language=language, width=width)
    name = {"ru": "Архив", "en": "Archive"}[language]
    row = staff.locator("li", has_text=name)
    row.locator("summary").focus()
    staff.keyboard.press("Enter")
    row.locator("[name=email]").fill("nobody")
    row.locator("button").click()
    expect(staff.locator(".notice-error")).to_be_visible()
    row = staff.locator("li", has_text=name)
    expect(row.locator("[name=email]")).to_have_value("nobody")
    look(staff, f"units-{language}-{width}")
    row.locator("[name=email]").fill("archive@university.example")
    row.locator("button").click()
    expect(staff.locator(".notice-success")).to_be_visible()
    expect(staff.locator("main")).to_contain_text("archive@university.example")

"""A community from the idea to a talk: founded, published, asked to join, let in, answered."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, OpenPage

pytestmark = pytest.mark.browser


def test_from_founding_to_a_talk(
    live_server: LiveServer,
    page_as: OpenPage,
    check_axe: Callable[[Page], None],
    check_width: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
) -> None:
    store = live_server.store
    store.write("MATCH (a:Account {email: 'admin@example.org'}) SET a.roles = ['alumnus', 'admin']")
    store.write("MERGE (c:Counter {name: 'thing'}) SET c.next = 500")

    def look(page: Page, name: str) -> None:
        check_axe(page)
        check_width(page)
        shoot(page, name)

    anna = page_as("alumnus", path="/groups", language="ru", width=390)
    look(anna, "groups-index-ru-390")
    anna.get_by_role("button", name="Основать сообщество").click()
    anna.get_by_label("Название по-русски").fill("Бегаем в парках")
    anna.get_by_label("О чём, по-русски").fill("По воскресеньям утром восемь километров.")
    anna.get_by_label("Как вступают").select_option("request")
    anna.get_by_label("Приглашение в чат").fill("javascript:alert(1)")
    anna.get_by_role("button", name="Предложить Ассоциации").click()
    expect(anna.locator("main")).to_contain_text("Укажите адрес страницы целиком")
    look(anna, "groups-new-wrong-ru-390")
    anna.get_by_label("Приглашение в чат").fill("https://t.me/+parks")
    anna.get_by_role("button", name="Предложить Ассоциации").click()
    expect(anna.locator(".notice-success")).to_contain_text("Предложено")

    staff = page_as("staff", path="/staff", language="ru")
    staff.get_by_role("link", name="Предложено: Бегаем в парках").click()
    look(staff, "groups-proposed-ru-1280")
    staff.get_by_role("button", name="Опубликовать").click()
    expect(staff.locator(".notice-success")).to_contain_text("Опубликовано")
    staff.goto("/staff/groups?what=on")
    look(staff, "groups-staff-ru-1280")

    darya = page_as("admin", path="/groups", language="en", width=390)
    darya.get_by_role("link", name="Бегаем в парках").click()
    expect(darya.locator("main")).not_to_contain_text("Its chat")
    darya.get_by_label("A word to its organisers").fill("I run, too")
    look(darya, "groups-ask-en-390")
    darya.get_by_role("button", name="Ask to join").press("Enter")
    expect(darya.locator(".notice-success")).to_contain_text("Asked")

    anna.goto("/home")
    row = anna.locator("section.waiting li", has_text="хочет вступить")
    expect(row).to_contain_text("I run, too")
    row.get_by_role("link").first.click()
    look(anna, "groups-people-ru-390")
    anna.get_by_role("button", name="Принять", exact=True).click()
    expect(anna.locator(".notice-success")).to_contain_text("Теперь это участник")
    anna.get_by_role("link", name="Бегаем в парках").click()
    anna.get_by_label("Напишите участникам").fill("В воскресенье в восемь?")
    anna.get_by_role("button", name="Написать").click()
    expect(anna.locator(".post")).to_contain_text("В воскресенье в восемь?")

    darya.goto("/home")
    darya.locator("section", has_text="New in your communities").get_by_role(
        "link", name="Бегаем в парках"
    ).click()
    expect(darya.get_by_role("link", name="Its chat")).to_have_attribute(
        "href", "https://t.me/+parks"
    )
    darya.locator("summary", has_text="Answer").press("Enter")
    darya.get_by_label("Your answer").fill("I come")
    darya.get_by_role("button", name="Answer").click()
    expect(darya.locator(".post-answer")).to_contain_text("I come")
    look(darya, "groups-talk-en-390")
    darya.goto("/home")
    expect(darya.locator("main")).not_to_contain_text("New in your communities")

    staff.goto("/groups")
    staff.get_by_role("link", name="Бегаем в парках").click()
    staff.get_by_role("link", name="Объединить с другим").click()
    look(staff, "groups-unite-ru-1280")
    anna.goto("/groups")
    anna.get_by_role("button", name="Открыть сообщество: 221, набор 1998 года").click()
    expect(anna.locator(".notice-success")).to_contain_text("состоите в сообществе")
    look(anna, "groups-class-ru-390")
    page_as("alumnus", path="/groups", language="en", width=1280)

"""A request's whole way: asked on a phone in Russian, answered by staff, answered back, closed."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage


def test_asked_on_a_phone_and_answered_at_the_desk(
    page_as: OpenPage, check_axe: Callable[[Page], None]
) -> None:
    me = page_as("alumnus", path="/requests", language="ru", width=390)
    me.get_by_role("button", name="Спросить Ассоциацию").click()
    me.get_by_role("link", name="Лекция").click()
    me.get_by_label("Коротко").fill("Встреча группы в мае")
    me.get_by_label("Что нам важно знать").fill("Нас девятнадцать")
    me.get_by_role("button", name="Отправить заявку").click()
    expect(me.locator(".notice-success")).to_contain_text("Заявка у нас")
    check_axe(me)

    staff = page_as("staff", path="/staff/requests?show=nobodys")
    staff.locator("tr", has_text="Встреча группы в мае").get_by_role("button").click()
    expect(staff.locator(".notice-success")).to_contain_text("The request is yours")
    staff.locator("#reply-text").fill("Which Saturday?")
    staff.get_by_role("button", name="Send, and wait for their answer").click()
    expect(staff.locator("main")).to_contain_text("waits for who asked")
    staff.locator("#note").fill("The hall is free on the 16th")
    staff.get_by_role("button", name="Keep the note").click()
    expect(staff.locator(".notice-success")).to_contain_text("nothing was sent")
    check_axe(staff)

    me.goto("/home")
    me.get_by_role("link", name="Ассоциация спрашивает вас о вашей заявке").click()
    expect(me.locator("main")).to_contain_text("Which Saturday?")
    expect(me.locator("main")).not_to_contain_text("The hall is free")
    me.get_by_label("Дополнить или ответить на вопрос").fill("Шестнадцатого")
    me.get_by_role("button", name="Отправить").click()
    expect(me.locator("main")).to_contain_text("Шестнадцатого")

    staff.reload()
    expect(staff.locator("main")).to_contain_text("Шестнадцатого")
    staff.locator("#answer").fill("The hall is yours on the 16th")
    staff.get_by_role("button", name="Answer and close the request").click()
    expect(staff.locator(".notice-success")).to_be_visible()
    me.reload()
    expect(me.locator("main")).to_contain_text("The hall is yours on the 16th")
    check_axe(me)

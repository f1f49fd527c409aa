"""The way of changing one's own page, and of staff who correct one, in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser

Check = Callable[[Page], None]


def test_a_section_is_changed_in_place_and_seen_as_others_do(
    page_as: OpenPage, check_axe: Check, check_width: Check
) -> None:
    page = page_as("alumnus", path="/me", language="ru", width=380)
    check_axe(page)
    check_width(page)
    page.locator("#about").get_by_role("link", name=re.compile("^Change|^Изменить")).click()
    check_axe(page)
    page.locator("textarea[name=about]").fill("Оптика, горы и внуки")
    page.locator("#about select[name=audience]").select_option("members")
    page.locator("#about button[type=submit]").click()
    expect(page.locator("#about")).to_contain_text("Оптика, горы и внуки")
    for section in ("names", "work", "studies", "contacts", "languages", "photo"):
        page.goto(f"/me?edit={section}")
        check_axe(page)
        check_width(page)
    page.goto("/me/seen?as=member")
    expect(page.locator("#record")).to_contain_text("Оптика, горы и внуки")
    check_axe(page)
    page.goto("/me/history")
    check_axe(page)
    page.get_by_role("button", name=re.compile("Undo|Отменить")).first.click()
    page.goto("/me/lists")
    check_axe(page)


def test_staff_correct_a_surname(page_as: OpenPage, check_axe: Check) -> None:
    page = page_as("staff", path="/staff/corrections?q=иванова")
    check_axe(page)
    page.locator("ul.people a[href$='/correct']").first.click()
    for what in ("names", "studies", "work", "city", "contacts", "death"):
        page.goto(page.url.split("?")[0] + f"?what={what}")
        check_axe(page)
    page.goto(page.url.split("?")[0] + "?what=names")
    page.locator("input[name=family_name]").fill("Заречная")
    page.locator("input[name=told_by]").fill("она сама, по телефону")
    page.locator("form.own-form button[type=submit]").click()
    expect(page.locator(".history")).to_contain_text("Заречная")

"""Whoever has just come in is led on, by keyboard too; delicate topics and the office's list."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage


def test_a_newcomer_is_led_and_the_office_reads_its_list(
    page_as: OpenPage,
    check_axe: Callable[[Page], None],
    check_width: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
) -> None:
    anna = page_as("alumnus", path="/home", width=390, language="ru")
    steps = anna.get_by_role("region", name="Первые шаги")
    expect(steps).to_contain_text("Сделано: 0 из 5")
    check_axe(anna)
    check_width(anna)
    shoot(anna, "first-steps-phone")
    steps.get_by_role("button", name="К моей группе").focus()
    anna.keyboard.press("Enter")
    expect(anna).to_have_url(re.compile("/classmates$"))
    check_axe(anna)
    check_width(anna)
    shoot(anna, "classmates-phone")
    anna.goto("/home")
    expect(steps).to_contain_text("Сделано: 1 из 5")
    steps.get_by_role("button", name="Убрать все шаги").click()
    expect(steps).to_have_count(0)
    anna.goto("/me/interests")
    expect(anna.get_by_text("Некоторые темы многое говорят о человеке")).to_be_visible()
    check_axe(anna)
    check_width(anna)

    for width in (1280, 390):
        staff = page_as("staff", path="/people", width=width)
        check_axe(staff)
        check_width(staff)
        shoot(staff, f"office-list-{width}")
        staff.goto("/staff/topics")
        check_axe(staff)
        check_width(staff)
        shoot(staff, f"topics-{width}")

"""People I may know: reasons, a picture, and a dismissal that acts at once and can be undone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]


def test_a_dismissal_acts_at_once_and_can_be_undone(page_as: OpenPage) -> None:
    page = page_as("alumnus", path="/people/suggested")
    people = page.locator("main .person")
    before = people.count()
    assert before > 1
    first = people.first.locator(".person-name a").inner_text()
    people.first.get_by_role("button").click()
    expect(people).to_have_count(before - 1)
    expect(page.get_by_role("main")).not_to_contain_text(first)
    page.goto("/home")
    expect(page.locator("[aria-labelledby=may-know]")).not_to_contain_text(first)
    page.goto("/people/suggested")
    expect(people).to_have_count(before - 1)
    people.first.get_by_role("button").click()
    page.get_by_role("button", name="Undo").click()
    expect(people).to_have_count(before - 1)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page(
    page_as: OpenPage, check_axe: Check, check_width: Check, shoot: Shoot, language: str, width: int
) -> None:
    page = page_as("alumnus", path="/people/suggested", language=language, width=width)
    check_axe(page)
    check_width(page)
    shoot(page, f"suggested-{language}-{width}")
    expect(page.locator("svg.between").first).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text("Вера")

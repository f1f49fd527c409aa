"""The search box by keyboard, by touch and without JavaScript; chips; asking the Association."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]


def test_the_search_box_by_keyboard(page_as: OpenPage, check_axe: Check) -> None:
    page = page_as("alumnus", path="/search")
    box = page.locator("input[role=combobox]")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.focus()
    page.keyboard.type("дарь", delay=20)
    options = page.locator(".search [role=option]")
    expect(options).to_have_count(1)
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".search [role=status]")).to_have_text("1 suggestion")
    controls = box.get_attribute("aria-controls")
    assert page.locator(f"#{controls}").get_attribute("role") == "listbox"
    assert box.get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    expect(options.first).to_have_attribute("aria-selected", "true")
    check_axe(page)
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("дарь")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/darya")


def test_enter_without_a_choice_searches(page_as: OpenPage) -> None:
    page = page_as("alumnus", path="/search")
    page.locator("input[role=combobox]").focus()
    page.keyboard.type("кузнецова")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    expect(page.get_by_role("main")).to_contain_text("Дарья Кузнецова")


def test_the_search_box_by_touch(page_as: OpenPage) -> None:
    page = page_as("alumnus", path="/search", width=390, height=800, has_touch=True)
    box = page.locator("input[role=combobox]")
    box.tap()
    box.press_sequentially("дарь", delay=20)
    page.locator(".search [role=option]").first.tap()
    page.wait_for_url("**/people/darya")


def test_nobody_hidden_is_offered(page_as: OpenPage) -> None:
    page = page_as("alumnus", path="/search")
    box = page.locator("input[role=combobox]")
    box.press_sequentially("вера орлова", delay=10)
    expect(page.locator(".search [role=status]")).to_have_text("No suggestions; Enter searches.")
    expect(box).to_have_attribute("aria-expanded", "false")


def test_without_javascript_the_box_is_a_form(page_as: OpenPage) -> None:
    page = page_as("alumnus", path="/search", java_script_enabled=False)
    page.fill("#search", "Кузнецова 1999")
    page.locator(".search button").click()
    expect(page.locator(".chip")).to_contain_text("1997–2001")
    expect(page.locator("main .person")).to_contain_text("Дарья")
    page.locator(".chip a").click()
    expect(page.locator(".chip")).to_have_count(0)
    expect(page.locator("main .person")).to_contain_text("Дарья")


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_of_the_search(
    page_as: OpenPage, check_axe: Check, check_width: Check, shoot: Shoot, language: str, width: int
) -> None:
    for number, path in enumerate(
        (
            "/search",
            "/search?q=даша кузнецова набор 1999",
            "/search?q=борис оптика&year=1950&state=registered",
            "/search?q=qqqqqq",
            "/people?year=1998&state=unregistered",
        )
    ):
        page = page_as("alumnus", path=path, language=language, width=width)
        check_axe(page)
        check_width(page)
        shoot(page, f"search-{number}-{language}-{width}")


def test_asking_the_association(page_as: OpenPage) -> None:
    page = page_as("alumnus", path="/search?q=Шварценеггеров")
    expect(page.get_by_role("main")).to_contain_text("Nobody whom you may see")
    page.fill("#ask-text", "жил в общежитии на Вяземском")
    page.get_by_role("button", name="Ask the Association").click()
    expect(page.locator("#flashes")).to_contain_text("The Association has your question")
    expect(page.locator("[aria-labelledby=asked]")).to_contain_text("Шварценеггеров")
    desk = page_as("staff", path="/staff/requests")
    desk.locator("tr").get_by_role("link", name="Шварценеггеров").click()
    expect(desk.locator("main")).to_contain_text("жил в общежитии")
    desk.locator("#answer").fill("Таких среди выпускников нет.")
    desk.get_by_role("button", name="Answer and close the request").click()
    expect(desk.locator("#flashes")).not_to_be_empty()
    page.reload()
    expect(page.locator("[aria-labelledby=asked]")).to_contain_text("Таких среди")

"""Staff choose a set with quotas, see it beside other ways, ask, and plan the next wave."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_features import live_server as live_server
from tests.browser.test_features import signed_in_states as signed_in_states

pytestmark = pytest.mark.browser

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]

WORDS = {
    "en": {
        "k": "People in the set", "decade": "At least, of each decade",
        "possible": re.compile("Leave out what nobody"), "choose": "Choose the set",
        "no": re.compile("No set meets"), "change": "Change the wish", "degree": "Most ties",
        "ask": "Mark as asked", "accepted": "Accepted", "declined": "Declined",
        "next": "Plan the next wave", "wave": "Wave 2.", "adds": "What this person adds",
    },
    "ru": {
        "k": "Людей в составе", "decade": "Не меньше из каждого десятилетия",
        "possible": re.compile("Пропустить невыполнимое"), "choose": "Подобрать",
        "no": re.compile("Ни один состав"), "change": "Изменить условия",
        "degree": "По числу связей", "ask": "Отметить: спросили", "accepted": "Согласие",
        "declined": "Отказ", "next": "Подобрать следующую волну", "wave": "Волна 2.",
        "adds": "Что этот человек добавляет",
    },
}  # fmt: skip


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ru", 390)])
def test_a_set_is_chosen_with_quotas_asked_and_planned_anew(
    page_as: OpenPage,
    check_axe: Check,
    check_width: Check,
    shoot: Shoot,
    language: str,
    width: int,
) -> None:
    say = WORDS[language]

    def look(name: str) -> None:
        check_axe(page)
        check_width(page)
        shoot(page, f"ambassadors-{name}-{language}-{width}")

    page = page_as("staff", path="/staff/ambassadors", language=language, width=width)
    look("list")
    page.locator("a[href='/staff/ambassadors/new']").click()
    look("wish")
    # One person cannot be of every decade: the page says how many it would take.
    page.get_by_label(say["k"]).fill("1")
    page.get_by_label(say["decade"]).fill("1")
    page.get_by_label(say["possible"]).check()
    page.get_by_role("button", name=say["choose"], exact=True).click()
    expect(page.get_by_text(say["no"])).to_be_visible()
    look("impossible")
    page.get_by_role("button", name=say["change"]).click()
    expect(page.get_by_label(say["decade"])).to_have_value("1")
    page.get_by_label(say["k"]).fill("9")
    page.get_by_role("button", name=say["choose"], exact=True).click()
    expect(page.get_by_role("rowheader", name=say["degree"])).to_be_visible()
    people = page.locator("[data-part=set] tbody tr")
    expect(people).to_have_count(9)
    expect(page.locator(".reach-map .map-chosen")).to_have_count(9)
    look("set")
    first = [people.nth(i).locator("th a").inner_text() for i in range(9)]

    def press(name: str, button: str) -> None:
        row = people.filter(has=page.get_by_role("link", name=name, exact=True)).first
        row.get_by_role("button", name=button, exact=True).click()
        expect(page.locator(".notice-success")).to_be_visible()

    for name in first[:2]:
        press(name, say["ask"])
    press(first[0], say["accepted"])
    press(first[1], say["declined"])
    page.get_by_role("button", name=say["next"]).click()
    expect(page.get_by_text(say["wave"])).to_be_visible()
    expect(people).to_have_count(9)
    now = [people.nth(i).locator("th a").inner_text() for i in range(9)]
    assert first[0] in now and first[1] not in now
    look("wave")
    people.first.locator("th a").click()
    expect(page.get_by_role("heading", name=say["adds"])).to_be_visible()
    look("dossier")


def test_a_wish_works_without_javascript_and_wrong_input_is_shown_where_it_is(
    page_as: OpenPage, check_axe: Check
) -> None:
    page = page_as("staff", path="/staff/ambassadors/new", java_script_enabled=False)
    page.locator("#cities").fill("Atlantis: 2")
    page.get_by_role("button", name="Choose the set", exact=True).click()
    expect(page.locator("#cities-error")).to_contain_text("Atlantis")
    expect(page.locator("#cities")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#cities")).to_have_value("Atlantis: 2")


@pytest.mark.parametrize(("language", "width"), [("ru", 390), ("en", 1280)])
def test_ones_own_reach_is_shown_whole(
    page_as: OpenPage,
    check_axe: Check,
    check_width: Check,
    shoot: Shoot,
    language: str,
    width: int,
) -> None:
    page = page_as("alumnus", path="/me/reach", language=language, width=width)
    expect(page.locator("h1")).to_have_count(1)
    check_axe(page)
    check_width(page)
    shoot(page, f"my-reach-{language}-{width}")

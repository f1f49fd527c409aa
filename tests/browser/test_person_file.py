"""A person's file: found, a talk written down with its next step, done on Today, corrected."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from graphnet.journal.writing import today
from tests.browser.conftest import OpenPage


def test_a_talk_is_written_down_and_its_step_is_done_on_today(
    page_as: OpenPage,
    check_axe: Callable[[Page], None],
    check_width: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
) -> None:
    staff = page_as("staff", path="/search?q=Петров", language="ru", width=390)
    staff.get_by_role("link", name="Карточка").first.click()
    expect(staff.locator("h1")).to_contain_text("Петров")
    staff.get_by_text("Записать разговор").click()
    staff.get_by_label("Чем закончился звонок").select_option("reached")
    staff.get_by_role("button", name="Записать", exact=True).click()
    expect(staff.locator(".field-error")).to_contain_text("Напишите, о чём говорили")
    expect(staff.get_by_label("Чем закончился звонок")).to_have_value("reached")  # nothing is lost
    check_axe(staff)
    staff.get_by_label("Что сказано").fill("Просит прислать список группы")
    staff.get_by_label("Что дальше").fill("Прислать список")
    staff.get_by_label("К какому дню").fill(today().isoformat())
    staff.get_by_role("button", name="Записать", exact=True).click()
    expect(staff.locator(".journal")).to_contain_text("Прислать список")
    check_axe(staff)
    check_width(staff)
    shoot(staff, "file-ru-390")

    staff.goto("/staff")
    mine = staff.locator("section", has=staff.get_by_role("heading", name="Мои"))
    expect(mine).to_contain_text("Прислать список")
    shoot(staff, "today-ru-390")
    check_axe(staff)
    check_width(staff)
    mine.get_by_role("button", name=re.compile("Готово.*Прислать список")).click()
    expect(staff.locator(".notice-success")).to_contain_text("Сделано")
    expect(staff.locator("main")).not_to_contain_text("Прислать список")

    english = page_as("staff", path="/staff/people?q=Петров")
    english.get_by_role("link", name=re.compile("Their file")).first.click()
    expect(english.locator(".journal")).to_contain_text("done on")
    shoot(english, "file-en")
    check_axe(english)
    english.locator(".journal").get_by_role("link", name="A call: we talked").click()
    english.get_by_text("Correct it").click()
    english.get_by_label("What was said").fill("Asks for the list of group 1-98")
    english.get_by_role("button", name="Keep the correction").click()
    expect(english.locator("main")).to_contain_text("Просит прислать список группы")
    check_axe(english)
    shoot(english, "entry-en")
    english.get_by_text("Withdraw it").click()
    english.get_by_label("Why it is withdrawn").fill("Another Petrov")
    english.get_by_role("button", name="Withdraw", exact=True).click()
    expect(english.locator(".journal")).to_contain_text("Another Petrov")


def test_by_keyboard_alone(page_as: OpenPage) -> None:
    staff = page_as("staff", path="/staff/people/boris")
    summary = staff.get_by_text("Write down a talk")
    summary.focus()
    staff.keyboard.press("Enter")
    expect(staff.locator("#text")).to_be_visible()
    staff.locator("#kind-0").focus()
    for _ in range(3):
        staff.keyboard.press("ArrowDown")  # from a call to a note
    for _ in range(3):
        staff.keyboard.press("Tab")
    # The date has three parts of its own; the words come after them.
    while staff.evaluate("document.activeElement.id") != "text":
        staff.keyboard.press("Tab")
    staff.keyboard.type("Lives in Tver")
    while "Write it down" not in staff.evaluate("document.activeElement.textContent"):
        staff.keyboard.press("Tab")
    staff.keyboard.press("Enter")
    expect(staff.locator(".journal")).to_contain_text("Lives in Tver")


def test_who_has_asked_is_hidden_and_can_be_found_again(
    page_as: OpenPage, check_axe: Callable[[Page], None], shoot: Callable[[Page, str], None]
) -> None:
    staff = page_as("staff", path="/staff/people/georgy")
    staff.get_by_role("link", name="Hide").click()
    check_axe(staff)
    staff.get_by_label("Who has asked for it, and how").fill("himself, by telephone")
    staff.get_by_role("button", name="Hide this person").click()
    expect(staff.locator(".notice-success")).to_contain_text("Nobody finds this person")
    answer = staff.goto("/staff/people/georgy")
    assert answer is not None and answer.status == 404
    staff.goto("/people/georgy/correct/hide")
    staff.get_by_label("Who has asked for it, and how").fill("himself, by telephone")
    staff.get_by_role("button", name="Let them be found again").click()
    staff.goto("/staff/people/georgy")
    staff.get_by_role("link", name="Join with another record").click()
    staff.get_by_label("Name, address or telephone number").fill("Кузнецова")
    staff.get_by_role("button", name="Find").click()
    check_axe(staff)
    shoot(staff, "join-en")
    staff.get_by_role("button", name=re.compile("See both side by side")).first.click()
    expect(staff.locator("h1")).to_contain_text("One person, or two?")

"""A survey made, opened and answered without ever touching a mouse: Tab, Space, Enter, typing."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from playwright.sync_api import Locator, Page, expect

from graphnet.engine import Engine
from graphnet.jobs import Job
from graphnet.surveys import making, recipients
from tests.browser.conftest import LiveServer, OpenPage
from tests.support.surveyed import YEAR, graduates

MOST = 150  # presses of Tab on one page
ANNA_TOO = """MATCH (p:Person {id: 'anna'}) MATCH (g:StudyGroup {id: 'group-2010'})
CREATE (p)-[:STUDIED_IN {role: 'student', how: 'transferred'}]->(g)
CREATE (p)-[:GAVE]->(:Consent {id: 'letters', purpose: 'digest', state: 'given',
  at: datetime(), channel: 'web'})"""


@pytest.fixture(autouse=True)
def people(live_server: LiveServer) -> None:
    graduates(live_server.store)
    live_server.store.write(ANNA_TOO)


def soon() -> date:
    """Return a day like 12.12., which browsers of both orders take when it is typed."""
    days = (making.today() + timedelta(days=n) for n in range(2, 60))
    return next(day for day in days if day.day == day.month)


def reach(page: Page, what: Locator) -> None:
    """Go to something by Tab alone, and see that the focus shows."""
    expect(what).to_have_count(1)
    for _ in range(MOST):
        if what.evaluate("one => one === document.activeElement"):
            assert what.evaluate("one => one.matches(':focus-visible')"), "the focus is seen"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by keyboard to {what}")


def write(page: Page, label: str, text: str) -> None:
    reach(page, page.get_by_label(label, exact=True))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def press(page: Page, role: str, name: str) -> None:
    reach(page, page.get_by_role(role, name=name, exact=True))  # type: ignore[arg-type]
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_survey_is_made_and_answered_by_keyboard_alone(
    live_server: LiveServer, page_as: OpenPage, check_axe: Callable[[Page], None]
) -> None:
    staff = page_as("staff", path="/staff/surveys")
    press(staff, "button", "New survey")
    write(staff, "Title in Russian", "Что вам нужно?")
    write(staff, "Title in English", "What do you need?")
    write(staff, "Intakes from", str(YEAR))
    write(staff, "Intakes until", str(YEAR))
    reach(staff, staff.get_by_label("Last day to answer"))
    staff.keyboard.type(soon().strftime("%d%m%Y"))
    press(staff, "button", "Begin the draft")
    press(staff, "button", "Add a question")
    write(staff, "Question in Russian", "Что вам нужно?")
    write(staff, "Question in English", "What do you need?")
    write(staff, "Choice 1 in Russian", "Преподавание")
    write(staff, "Choice 1 in English", "Teaching")
    write(staff, "Choice 2 in Russian", "Деньги")
    write(staff, "Choice 2 in English", "Money")
    check_axe(staff)
    press(staff, "button", "Keep the question")
    reach(staff, staff.locator("button[value=open]"))
    with staff.expect_navigation():
        staff.keyboard.press("Enter")
    expect(staff.locator(".notice-success")).to_be_visible()

    survey = staff.url.rsplit("/", 1)[1]
    engine = cast(Engine, SimpleNamespace(store=live_server.store))
    recipients.sender(engine)(cast(Job, SimpleNamespace(about=survey)))

    me = page_as("alumnus", path=f"/surveys/{survey}", width=390)
    press(me, "button", "Send my answer")
    expect(me.locator(".notice-error")).to_be_visible()
    reach(me, me.get_by_label("Teaching"))
    me.keyboard.press("Space")
    press(me, "button", "Send my answer")
    expect(me.locator(".notice-success")).to_be_visible()
    reach(me, me.get_by_label("Teaching"))  # of choices of which one counts Tab meets the chosen
    me.keyboard.press("ArrowDown")
    expect(me.get_by_label("Money")).to_be_checked()
    press(me, "button", "Change my answer")
    expect(me.locator(".notice-success")).to_be_visible()
    reach(me, me.locator("summary", has_text="Take my answer back"))
    me.keyboard.press("Enter")
    press(me, "button", "Delete my answer")
    expect(me.get_by_role("button", name="Send my answer")).to_be_visible()
    check_axe(me)

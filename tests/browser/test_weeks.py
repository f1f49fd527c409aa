"""The main way of an Alumni Week: framed, filled, moved by drag and by keyboard, and lived."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

DAY = (datetime.now() + timedelta(days=30)).date()


def test_a_week_from_its_frame_to_my_programme(
    page_as: OpenPage,
    check_axe: Callable[[Page], None],
    check_width: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
) -> None:
    staff = page_as("staff", path="/staff/weeks")
    staff.get_by_role("button", name="A new week").click()
    staff.get_by_label("Name in English").fill("Spring Week")
    staff.get_by_label("Day", exact=True).first.fill(f"{DAY}")
    for group, names in (("Places", ("Hall", "Yard")), ("Tracks", ("Lasers",))):
        lines = staff.get_by_role("group", name=group).get_by_label("In English")
        for i, name in enumerate(names):
            lines.nth(i).fill(name)
    check_axe(staff)
    shoot(staff, "week-frame")
    staff.get_by_role("button", name="Keep it").click()
    for title, hour in (("Lenses", 10), ("Robots", 13)):
        staff.get_by_role("button", name="Add a session").click()
        staff.get_by_label("Title in English").fill(title)
        staff.get_by_label("Begins").fill(f"{DAY}T{hour}:00")
        staff.get_by_label("Place").select_option(label="Hall")
        staff.get_by_role("button", name="Add it").click()
    plan = staff.url.split("?")[0]
    # By drag: into the yard, at noon.
    field = staff.locator(f'td[data-at="{DAY}T12:00"]').nth(1)
    staff.locator("[data-session]", has_text="Robots").drag_to(field)
    expect(staff.locator("[data-session]", has_text="Robots")).to_contain_text("12:00–13:00")
    # By keyboard: an hour later, and back to the hall.
    for key, hours in (("Alt+ArrowDown", "12:30–13:30"), ("Alt+ArrowLeft", "12:30–13:30")):
        expect(staff.locator("[data-session] a", has_text="Robots")).to_be_focused()
        staff.keyboard.press(key)
        expect(staff.locator("[data-session]", has_text="Robots")).to_contain_text(hours)
    check_axe(staff)
    check_width(staff)
    shoot(staff, "week-plan")
    staff.get_by_role("button", name="Look at it and publish").click()
    check_axe(staff)
    staff.get_by_role("button", name="Publish the programme").click()
    address = re.sub(r"^https?://[^/]+", "", staff.url)

    anna = page_as("alumnus", path=address, width=390, language="ru")
    anna.get_by_role("listitem").filter(has_text="Lenses").get_by_role("button").click()
    anna.get_by_role("listitem").filter(has_text="Robots").get_by_role("button").click()
    check_axe(anna)
    check_width(anna)
    shoot(anna, "week-phone")
    anna.get_by_role("link", name="таблица").click()
    check_axe(anna)
    check_width(anna)
    anna.get_by_role("link", name="Моя программа").click()
    expect(anna.get_by_role("link", name="Lenses", exact=True)).to_be_visible()
    check_axe(anna)
    anna.goto(f"{address}/suggested")
    check_axe(anna)

    # By its page, without dragging: to the same time as the other.
    staff.goto(plan)
    staff.get_by_role("link", name="Robots").click()
    staff.get_by_label("Begins").fill(f"{DAY}T10:30")
    check_axe(staff)
    staff.get_by_role("button", name="Move it").click()
    expect(staff.get_by_text("moved, not published")).to_be_visible()
    staff.goto(f"{plan}/publish")
    expect(staff.get_by_text("1 person who is registered")).to_be_visible()
    staff.get_by_role("button", name="Publish the programme").click()
    anna.goto(f"{address}/mine")
    expect(anna.get_by_text("Некоторые ваши встречи идут одновременно")).to_be_visible()
    anna.goto(f"{address}/changes")
    expect(anna.get_by_text("Версия 2 программы")).to_be_visible()
    check_axe(anna)

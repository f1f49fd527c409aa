"""The main way of an event: made, filled, waited for, a seat given on, and in at the door."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, OpenPage

START = "MATCH (e:Event {title: 'Lake walk'}) SET e.starts_at = datetime()"


def test_an_event_from_its_draft_to_the_door(
    page_as: OpenPage,
    live_server: LiveServer,
    check_axe: Callable[[Page], None],
    check_width: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
) -> None:
    staff = page_as("staff", path="/staff/events")
    row = staff.get_by_role("navigation", name="In this section").get_by_role("link")
    tops = {box["y"] for one in row.all() if (box := one.bounding_box())}
    assert row.count() > 5 and len(tops) == 1, "all of a section in one row"
    staff.set_viewport_size({"width": 390, "height": 844})
    expect(row.first).to_be_hidden()
    staff.get_by_role("button", name="Events").press("Enter")
    check_axe(staff)
    shoot(staff, "section-phone")
    row.filter(has_text="Surveys").click()
    expect(staff).to_have_url(re.compile("/staff/surveys$"))
    staff.set_viewport_size({"width": 1280, "height": 900})
    staff.goto("/staff/events")
    staff.get_by_role("link", name="A new event").first.click()
    day = (datetime.now() + timedelta(days=10)).replace(hour=12, minute=0)
    staff.get_by_label("Title in English").fill("Lake walk")
    staff.get_by_label("Title in Russian").fill("Прогулка у озера")
    staff.get_by_label("Begins").fill(f"{day:%Y-%m-%dT%H:%M}")
    staff.get_by_label("Seats", exact=True).fill("1")
    staff.get_by_label("For whom").select_option("public")
    check_axe(staff)
    shoot(staff, "event-form")
    staff.get_by_role("button", name="Keep the draft").click()
    staff.get_by_role("button", name="Publish").click()
    expect(staff.get_by_text("Published: from now on one can register.")).to_be_visible()
    check_axe(staff)
    address = re.sub(r"^https?://[^/]+", "", staff.url)

    anna = page_as("alumnus", path=address, width=390, language="ru")
    anna.get_by_role("button", name="Приду", exact=True).click()
    check_axe(anna)
    check_width(anna)
    shoot(anna, "event-phone")
    zhanna = page_as("analyst", path=address)
    zhanna.get_by_role("button", name="Join the waiting list").click()
    expect(zhanna.get_by_text("You are number 1.")).to_be_visible()
    anna.get_by_role("button", name="Не приду").click()

    zhanna.goto(address)
    zhanna.get_by_role("button", name="To your seat").click()
    check_axe(zhanna)
    zhanna.get_by_role("button", name="Take it").click()
    expect(zhanna.get_by_text("you said yes")).to_be_visible()
    zhanna.get_by_role("link", name="Ticket").click()
    check_axe(zhanna)
    code = zhanna.locator(".ticket-code").inner_text()

    live_server.store.write(START)
    staff.goto(f"{address}/door")
    staff.get_by_role("button", name="Make a link").click()
    check_axe(staff)
    link = re.sub(r"^https?://[^/]+", "", staff.locator("code").first.inner_text())
    door = page_as("anyone", path=link, width=390)
    check_axe(door)
    check_width(door)
    door.get_by_label("Code of the ticket").fill(code)
    door.get_by_role("button", name="Let in", exact=True).click()
    expect(door.locator("#door-said")).to_contain_text("Come in!")
    shoot(door, "door")

    # Where the server does not answer, the list that was loaded knows who is here.
    door.route("**/sync", lambda route: route.fulfill(status=408))
    door.get_by_label("Code of the ticket").fill(code)
    door.get_by_role("button", name="Let in", exact=True).click()
    expect(door.locator("#door-said")).to_contain_text("Already here since")
    door.unroute("**/sync")
    zhanna.goto(address)
    expect(zhanna.get_by_role("heading", name="How was it?")).to_be_visible()

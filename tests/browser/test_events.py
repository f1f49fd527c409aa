"""The main way of an event: made, filled, waited for, a seat given on, and in at the door."""

import re
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import segno
from playwright.sync_api import BrowserType, Page, expect

from graphnet.events import door as doors
from graphnet.events import registrations, tickets
from graphnet.keys import trusted
from graphnet.privacy import Viewer
from tests.browser.conftest import LiveServer, OpenPage
from tests.support.cable import cable
from tests.support.graphs import ANNA, DARYA, STAFF
from webapp.frame.context import graphnet

START = "MATCH (e:Event {title: 'Lake walk'}) SET e.starts_at = datetime()"
TONIGHT = """CREATE (:Event {id: 'tonight', key: 77, title: 'Tonight', starts_at: $at,
  time_zone: 'Europe/Moscow', visibility: 'members', created_at: $at})"""
# One row: somebody's registration for tonight, and when they came in.
CAME = """MATCH (:Person {key: $key})<-[:BY]-(r:Registration)-[:FOR]->(:Event {id: 'tonight'})
RETURN r.id AS id, r.entered_at AS at LIMIT 1"""
NOT_IN = """MATCH (:Person {key: $key})<-[:BY]-(r:Registration)-[:FOR]->(:Event {id: 'tonight'})
REMOVE r.entered_at"""


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


def film(path: Path, text: str) -> None:
    """Write a film of two pictures, both of them a QR code, as a camera would see it."""
    code = np.array([list(row) for row in segno.make(text, error="m").matrix], dtype=bool)
    scale = 400 // len(code)
    dark = np.kron(code, np.ones((scale, scale), dtype=bool))
    picture = np.full((480, 640), 235, dtype=np.uint8)
    top, left = (480 - len(dark)) // 2, (640 - len(dark)) // 2
    picture[top : top + len(dark), left : left + len(dark)][dark] = 16
    frame = b"FRAME\n" + picture.tobytes() + bytes([128]) * (640 * 480 // 2)
    path.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420\n" + frame * 2)


def test_a_door_without_a_network_and_by_camera(
    live_server: LiveServer,
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    tmp_path: Path,
) -> None:
    store = live_server.store
    store.write(TONIGHT, at=datetime.now(UTC) + timedelta(minutes=30))
    for key in (ANNA, DARYA):
        registrations.answer(store, Viewer("alumnus", key, f"a-{key}"), "tonight", "yes")
    hers, others = (store.read(CAME, key=key)[0]["id"] for key in (ANNA, DARYA))
    staff = Viewer("staff", STAFF, "account-8", frozenset({"staff"}), "events")
    with live_server.app.app_context():
        settings = graphnet().settings
    token = doors.make(store, staff, "tonight", keys=trusted(settings, "links"))
    key = trusted(settings, "tickets")[0]
    film(tmp_path / "camera.y4m", tickets.written(key, hers))
    camera = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={tmp_path / 'camera.y4m'}",
    ]
    arguments = [*browser_type_launch_args["args"], *camera]
    browser = browser_type.launch(**browser_type_launch_args | {"args": arguments})
    with cable(urlsplit(live_server.url).port or 0) as network, closing(browser):
        site = f"http://127.0.0.1:{network.port}"
        context = browser.new_context(base_url=site, permissions=["camera"])
        page = context.new_page()
        page.goto(f"/door/{token}")
        expect(page.locator("#door[data-kept=yes]")).to_be_attached()

        # The phone loses its network: the door opens again from what it keeps, and takes a code.
        network.cut()
        context.set_offline(True)
        page.reload()
        expect(page.get_by_text("Дарья").first).to_be_visible()
        page.get_by_label("Code of the ticket").fill(tickets.short(key, others).upper())
        page.get_by_role("button", name="Let in", exact=True).click()
        expect(page.locator("#door-said")).to_contain_text("Kept on this phone")
        page.reload()
        expect(page.locator("#door-waiting")).to_have_text("to be sent: 1")
        assert store.read(CAME, key=DARYA)[0]["at"] is None

        # It is back: what was kept is sent by itself, once; half a day later, too, when the page's
        # cookie is another's.
        context.clear_cookies()
        network.join()
        context.set_offline(False)
        expect(page.locator("#door-waiting")).to_be_hidden()
        page.reload()
        expect(page.locator("li", has_text="Дарья")).to_contain_text("here since")
        assert store.read(CAME, key=DARYA)[0]["at"] is not None

        # Held into the camera, a ticket lets its owner in.
        page.get_by_role("button", name="Scan by camera").click()
        expect(page.locator("#door-said")).to_contain_text("Come in!")
        assert store.read(CAME, key=ANNA)[0]["at"] is not None

        # Where the link is ended nobody is let in by a list of yesterday, and it is said that this
        # is no fault of the network; what was kept before goes with the next link.
        store.write(NOT_IN, key=DARYA)
        page.reload()
        network.cut()
        context.set_offline(True)
        page.get_by_label("Code of the ticket").fill(tickets.short(key, others))
        page.get_by_role("button", name="Let in", exact=True).click()
        expect(page.locator("#door-waiting")).to_have_text("to be sent: 1")
        with live_server.app.app_context():
            keys = trusted(settings, "links")
        (old,) = doors.links(store, staff, "tonight", keys=keys)
        doors.revoke(store, staff, "tonight", old.id)
        network.join()
        context.set_offline(False)
        page.get_by_label("Code of the ticket").fill(tickets.short(key, hers))
        page.get_by_role("button", name="Let in", exact=True).click()
        expect(page.locator("#door-said")).to_contain_text("opens the door no more")
        assert store.read(CAME, key=DARYA)[0]["at"] is None
        page.goto(f"/door/{doors.make(store, staff, 'tonight', keys=keys)}")
        expect(page.locator("#door-waiting")).to_be_hidden()
        assert store.read(CAME, key=DARYA)[0]["at"] is not None

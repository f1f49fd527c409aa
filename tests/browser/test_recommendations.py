"""Lists, interests and letters as people with a browser meet them; acts hold at once."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from graphnet import accounts
from graphnet.privacy import Viewer
from graphnet.recommendations import digest, preferences
from graphnet.settings import Settings
from graphnet.store import Store
from tests.browser.conftest import PASSWORD, LiveServer, OpenPage
from tests.conftest import WIPE
from tests.support.graphs import ANNA, STAFF
from tests.support.recommended import association, site
from webapp.app import create_app

pytestmark = pytest.mark.browser

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]
LISTS = ("events", "groups", "projects", "meet", "requests", "news", "services")
PAGES = {
    "alumnus": (
        "/home",
        *(f"/recommended/{name}" for name in LISTS),
        "/projects",
        "/projects?q=nothing+like+it",
        "/projects/j-optics",
        "/news/n-optics",
        "/services/s-music",
        "/me/interests",
        "/me/digest",
        "/digest/stop/none",
    ),
    "staff": (
        "/staff/recommendations",
        "/staff/news",
        "/staff/news/new",
        "/staff/services",
        "/staff/recommendations/events/e-optics-1",
        "/events/e-optics-1",
    ),
}


@pytest.fixture(scope="module")
def live_server(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """An association with something on every list."""
    store, folder = session_store, tmp_path_factory.mktemp("lists")
    store.run_alone(WIPE)
    association(store)
    store.write("MATCH (a:Account)-[:OF]->(p:Person) WHERE p.key IN [1, 8] DETACH DELETE a")
    for role, key in (("alumnus", ANNA), ("staff", STAFF)):
        row = {"email": f"{role}@example.org", "person_key": key, "roles": [role]}
        accounts.create_many(store, [row], PASSWORD)
    me = Viewer("alumnus", ANNA)
    preferences.consent(store, me, "partners", "given")
    digest.ask_for(store, me, "weekly", ["events", "meet", "news"])
    made = site(store, folder)
    own = replace(settings, home=folder, demo=True, secure_cookies=False)
    app = create_app(own, store=store, live=made.live)
    app.config["RATELIMIT_ENABLED"] = False
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="site")
    thread.start()
    yield LiveServer(f"http://127.0.0.1:{server.server_port}", app, store, made.live)
    server.shutdown()
    thread.join()
    server.server_close()
    made.live.stop()
    store.run_alone(WIPE)


@pytest.fixture(scope="module")
def signed_in_states() -> dict[str, Any]:
    """Cookies of this server's readers."""
    return {}


@pytest.mark.parametrize(("language", "width"), [("en", 390), ("ru", 1280)])
@pytest.mark.parametrize("role", PAGES)
def test_axe_finds_nothing_and_no_page_is_too_wide(
    page_as: OpenPage,
    check_axe: Check,
    check_width: Check,
    shoot: Shoot,
    role: str,
    language: str,
    width: int,
) -> None:
    page = page_as(role, language=language, width=width)
    for path in PAGES[role]:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        first = page.locator("details.tune summary").first
        if first.count():
            first.click()
        check_axe(page)
        check_width(page)
        name = re.sub(r"\W+", "-", path).strip("-")
        shoot(page, f"{role}-{name}-{language}-{width}")


def test_a_recommended_project_leads_to_its_page_where_help_is_offered(page_as: OpenPage) -> None:
    page = page_as("alumnus", path="/recommended/projects", java_script_enabled=False)
    page.get_by_role("link", name="Project of optics").click()
    expect(page).to_have_url(re.compile(r"/projects/j-optics\?via=projects$"))
    expect(page.get_by_role("heading", name="Project of optics")).to_be_visible()
    expect(page.locator(".why").first).to_contain_text("topic: optics")
    page.get_by_label("What you could do").fill("An evening a month")
    page.get_by_role("button", name="I can help").click()
    expect(page.get_by_role("status")).to_contain_text("Thank you!")
    page.goto("/projects")
    page.get_by_label("Words").fill("robots")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("main").get_by_role("heading", level=2)).to_have_text(
        ["Project of robots"]
    )


def test_dismissing_acts_at_once_and_is_undone_without_javascript(page_as: OpenPage) -> None:
    page = page_as("alumnus", path="/recommended/events", java_script_enabled=False)
    pick = page.locator("li.pick").first
    link = pick.locator(".event-title a")
    gone = link.get_attribute("href")
    pick.locator("details.tune > summary").click()
    pick.get_by_role("button", name="Not interested").click()
    expect(page.locator(".notice-success")).to_be_visible()
    expect(page.locator(f".event-title a[href='{gone}']")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f".event-title a[href='{gone}']")).to_have_count(1)


def test_an_interest_switched_off_counts_nothing_at_once(page_as: OpenPage) -> None:
    page = page_as("alumnus", path="/recommended/news")
    expect(page.locator(".why", has_text="topic: robots").first).to_be_visible()
    page.goto("/me/interests")
    row = page.locator("#believed + ul li", has_text="robots")
    row.get_by_role("button", name="Switch off").click()
    expect(page.locator("#believed + ul li", has_text="robots")).to_contain_text("switched off")
    for name in ("news", "groups", "events", "projects"):
        page.goto(f"/recommended/{name}")
        expect(page.locator(".why", has_text="topic: robots")).to_have_count(0)
    page.goto("/me/interests")
    row = page.locator("#believed + ul li", has_text="robots")
    row.get_by_role("button", name="Switch on").click()
    page.goto("/recommended/news")
    expect(page.locator(".why", has_text="topic: robots").first).to_be_visible()


def test_letters_are_ended_by_one_click_of_a_stranger(
    page_as: OpenPage, live_server: LiveServer
) -> None:
    wish = digest.wish_of(live_server.store, Viewer("alumnus", ANNA))
    assert wish is not None
    page = page_as(path=f"/digest/stop/{wish.token}")
    page.get_by_role("button", name="End the letters").click()
    expect(page.locator("main")).to_contain_text("These letters have ended")
    assert digest.wish_of(live_server.store, Viewer("alumnus", ANNA)) is None

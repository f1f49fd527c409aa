"""A real server, a real browser: `page_as(role)`, `check_axe(page)`, `check_width(page)`, `shoot`.

The browser is Debian's Chromium. Where it is missing the tests are skipped, with CI=true they fail.
``pytest tests/browser --screenshots DIR`` keeps a picture of whatever a test shoots.

Every page that `page_as` opens is watched: an error in its console, a script that fails or a
violation of the Content-Security-Policy fails the test that opened it.
"""

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from graphnet import accounts
from graphnet.computed import refresh
from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import own_home
from tests.support.graphs import ANNA, DARYA, STAFF, ZHANNA, small_association
from webapp.app import create_app

PASSWORD = "a walk in the park 77"
READERS = {"alumnus": ANNA, "staff": STAFF, "analyst": ZHANNA, "admin": DARYA}
# The shell is the same Chromium without windows of its own, which would be drawn for each page.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# Milliseconds. Two processors with a load of 9 took longer than the 30 s and 5 s of the library for
# the first pages of a site; a test that passes waits no longer by it.
expect.set_options(timeout=20_000)
PATIENCE = 90_000

OpenPage = Callable[..., Page]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer a folder for pictures."""
    parser.addoption("--screenshots", metavar="DIR", help="keep pictures of pages in this folder")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Use the system's Chromium: nothing is downloaded."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing, and CI=true")
        pytest.skip("Chromium is missing: the browser tests are skipped")
    return {"executable_path": path, "args": ARGUMENTS, "headless": True}


@dataclass(frozen=True)
class LiveServer:
    """A site that answers on loopback."""

    url: str
    app: Flask
    store: Store
    live: Live


@pytest.fixture(scope="module")
def live_server(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """The whole application on the hand-made association, in threads, on a free port.

    One for each module: there is one database, and some modules fill it with their own.
    """
    store = session_store
    store.run_alone(WIPE)
    small_association(store)
    store.write("MATCH (a:Account) DETACH DELETE a")
    rows = [
        {"email": f"{role}@example.org", "person_key": key, "roles": [role]}
        for role, key in READERS.items()
    ]
    accounts.create_many(store, rows, PASSWORD)
    own = own_home(settings, tmp_path_factory.mktemp("site"))
    refresh(store, own.snapshots)
    live = Live(store, own.snapshots)
    live.start()
    app = create_app(own, store=store, live=live)
    app.config["RATELIMIT_ENABLED"] = False  # every test comes from one address
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="site")
    thread.start()
    yield LiveServer(f"http://127.0.0.1:{server.server_port}", app, store, live)
    server.shutdown()
    thread.join()
    server.server_close()
    live.stop()


@pytest.fixture(scope="module")
def signed_in_states() -> dict[str, Any]:
    """Cookies of readers who have signed in once, by role."""
    return {}


def sign_in(page: Page, role: str) -> None:
    """Sign in by the form."""
    page.goto("/sign-in")
    page.fill("#email", f"{role}@example.org")
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile(r"^(?!.*/sign-in)"))


@pytest.fixture
def page_as(
    live_server: LiveServer, browser: Browser, signed_in_states: dict[str, Any]
) -> Iterator[OpenPage]:
    """Open pages: ``page_as("staff", language="ru", width=390, path="/staff")``.

    Other keywords go to the browser's context: ``java_script_enabled=False``,
    ``color_scheme="dark"``, ``forced_colors="active"``. 'anyone' has not signed in; with
    ``fresh=True`` a reader signs in anew, so that ending the session harms no other test.
    """
    contexts: list[BrowserContext] = []
    trouble: list[str] = []

    def new_context(**options: Any) -> BrowserContext:
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context

    def open_page(
        role: str = "anyone",
        *,
        path: str = "",
        language: str = "en",
        width: int = 1280,
        height: int = 900,
        fresh: bool = False,
        **options: Any,
    ) -> Page:
        state = None
        if role != "anyone":
            if fresh or role not in signed_in_states:
                first = new_context()
                sign_in(first.new_page(), role)
                state = first.storage_state()
                if not fresh:
                    signed_in_states[role] = state
            else:
                state = signed_in_states[role]
        context = new_context(
            locale={"en": "en-GB", "ru": "ru-RU"}[language],
            viewport={"width": width, "height": height},
            storage_state=state,
            **options,
        )
        page = context.new_page()
        page.on("pageerror", lambda problem: trouble.append(f"{page.url}: {problem}"))
        page.on("console", lambda message: _note(message, page, trouble))
        if path:
            answer = page.goto(path)
            assert answer is not None
            assert answer.status < 500, f"{path}: {answer.status}"
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not trouble, "\n".join(trouble)


def _note(message: Any, page: Page, trouble: list[str]) -> None:
    # A page that is meant to be missing says so in the console; everything else is trouble.
    harmless = "Failed to load resource" in message.text and re.search(r"4\d\d", message.text)
    if message.type == "error" and not harmless:
        trouble.append(f"{page.url}: {message.text}")


@pytest.fixture
def check_axe() -> Callable[[Page], None]:
    """Fail if axe finds anything on the page as it is now."""
    axe = Axe()

    def check(page: Page) -> None:
        # A click returns when the next page begins to come: it cannot be read before.
        page.wait_for_load_state()
        found = axe.run(page, options={"resultTypes": ["violations"]})
        lines = [
            f"{one['id']} ({one['impact']}): {one['help']}\n    "
            + "\n    ".join(node["html"][:200] for node in one["nodes"][:5])
            for one in found.response["violations"]
        ]
        assert not lines, f"{page.url}\n" + "\n".join(lines)

    return check


@pytest.fixture
def check_width() -> Callable[[Page], None]:
    """Fail if the page scrolls sideways: 400 % zoom on a laptop leaves 320 pixels."""

    def check(page: Page) -> None:
        wide = page.evaluate(
            """() => {
              const width = document.documentElement.clientWidth;
              if (document.documentElement.scrollWidth <= width) return [];
              return [...document.querySelectorAll("body *")]
                .filter((e) => e.getBoundingClientRect().right > width + 1)
                .map((e) => e.outerHTML.slice(0, 120));
            }"""
        )
        assert not wide, f"{page.url} is too wide:\n" + "\n".join(wide[:8])

    return check


@pytest.fixture
def shoot(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keep a picture of the whole page, if a folder for them was given."""
    folder = request.config.getoption("--screenshots", default=None)

    def take(page: Page, name: str) -> None:
        if folder:
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return take

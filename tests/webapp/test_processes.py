"""Two web processes and a worker, as they are served: they agree, and swap snapshots in silence."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar

import pytest

from graphnet import changes
from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.snapshot import current, open_snapshot
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import PASSWORD, furnished, own_home
from tests.support.graphs import DARYA
from tests.support.ports import free_port
from tests.support.themselves import hide, show

PATIENCE = 180.0  # seconds; what is asserted is that it happens, its speed stands in tests/bench


class Browser:
    """Somebody signed in to one process, with cookies."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        """Return a page; an error status raises."""
        with self.opener.open(
            self.base + urllib.parse.quote(path, safe="/?=&"), timeout=120
        ) as page:
            return str(page.read().decode())

    def sign_in(self, role: str) -> None:
        """Sign in through the form, token included."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get("/sign-in"))
        assert token is not None
        form = {"email": f"{role}@example.org", "password": PASSWORD, "csrf_token": token[1]}
        with self.opener.open(
            self.base + "/sign-in", urllib.parse.urlencode(form).encode(), timeout=120
        ) as page:
            assert page.status == 200


def until(happens: Callable[[], bool], what: str) -> float:
    """Wait for something and return the seconds it took."""
    began = time.monotonic()
    while not happens():
        assert time.monotonic() - began < PATIENCE, what
        time.sleep(0.05)
    return time.monotonic() - began


@pytest.fixture(scope="module")
def processes(session_store: Store, settings: Settings) -> Iterator[tuple[list[Browser], Live]]:
    session_store.run_alone(WIPE)
    home = own_home(settings, settings.home)
    live = furnished(session_store, home)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GRAPHNET_")} | {
        "GRAPHNET_HOME": str(home.home),
        "GRAPHNET_CACHE": str(home.cache),
        "GRAPHNET_DEMO": "yes",
        "GRAPHNET_SECURE_COOKIES": "no",
        "GRAPHNET_SNAPSHOT_CHANGES": "1",
    }
    if given := os.environ.get("GRAPHNET_TEST_NEO4J"):
        credentials, _, place = given.rpartition("@")
        user, _, password = credentials.partition(":")
        environment |= {
            "GRAPHNET_NEO4J_URI": f"bolt://{place}",
            "GRAPHNET_NEO4J_USER": user,
            "GRAPHNET_NEO4J_PASSWORD": password,
        }
    command = [sys.executable, "-m", "graphnet"]
    ports = [free_port(), free_port()]
    running = [
        subprocess.Popen([*command, *arguments], env=environment)
        for arguments in (
            ["worker"],
            *(["web", "--port", str(port), "--workers", "1"] for port in ports),
        )
    ]
    browsers = [Browser(port) for port in ports]

    def answers(browser: Browser) -> bool:
        assert all(child.poll() is None for child in running), "a process ended"
        try:
            browser.get("/readyz")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
        return True

    try:
        for browser in browsers:
            until(lambda browser=browser: answers(browser), "the site did not start")
            browser.sign_in("alumnus")
        yield browsers, live
    finally:
        live.stop()
        for child in running:
            child.terminate()
        for child in running:
            child.wait(timeout=120)


def test_who_hides_is_gone_from_every_process(processes: tuple[list[Browser], Live]) -> None:
    browsers, live = processes
    question = "/search?q=кузнецова"
    for browser in browsers:
        until(lambda browser=browser: "Дарья" in browser.get(question), "not found at first")
    hide(live.store, DARYA)
    for browser in browsers:
        until(lambda browser=browser: "Дарья" not in browser.get(question), "still to be seen")
    show(live.store, DARYA)
    for browser in browsers:
        until(lambda browser=browser: "Дарья" in browser.get(question), "not back")


def test_a_new_snapshot_is_swapped_in_without_a_failed_request(
    processes: tuple[list[Browser], Live], settings: Settings
) -> None:
    browsers, live = processes
    folder = own_home(settings, settings.home).snapshots

    def version() -> int:
        path = current(folder)
        assert path is not None
        return open_snapshot(path).version

    for _ in range(2):
        before = version()
        number = live.store.in_write(lambda t: changes.record(t, "imported"))
        answered = 0
        while version() < number:
            for browser in browsers:
                assert "Дарья" in browser.get("/people")  # an error status raises
                answered += 1
            assert answered < 5_000, "the worker builds no snapshot"
        assert version() > before
        for browser in browsers:
            assert "Дарья" in browser.get("/people")

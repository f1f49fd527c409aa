"""The site over a Neo4j that hangs and one that is killed: it says so at once, and comes back."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from graphnet import migrations
from graphnet.server import connect
from graphnet.server.client import running
from graphnet.server.control import stop
from graphnet.server.layout import layout
from graphnet.server.state import read_process
from graphnet.settings import Settings
from graphnet.store import Store
from tests.webapp.test_processes import free_port, until

THREADS = 8  # two processes, four threads each: as `graphnet web` starts without more words


class Site:
    """The web server of a home of its own."""

    def __init__(self, settings: Settings, port: int) -> None:
        self.settings = settings
        self.port = port

    def ask(self, path: str, *, token: str = "") -> tuple[int, float, str]:
        """Return status, seconds and text of a page."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=60) as page:
                status, text = page.status, page.read().decode()
        except urllib.error.HTTPError as problem:
            status, text = problem.code, problem.read().decode()
        except OSError as problem:
            status, text = 0, str(problem)
        return status, time.monotonic() - began, text

    def neo4j(self) -> str:
        """Return what `/readyz` tells of Neo4j to who may know."""
        status, _, text = self.ask("/readyz", token="t" * 20)
        return str(json.loads(text)["neo4j"]) if status else ""

    def java(self) -> int:
        # While a keeper takes over, the file that says so may be about to be written.
        until = time.monotonic() + 60
        while (state := running(layout(self.settings))) is None and time.monotonic() < until:
            time.sleep(0.1)
        assert state is not None
        return state.process.pid


@pytest.fixture(scope="module")
def site(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    own = replace(settings, home=tmp_path_factory.mktemp("hang"), neo4j_heap="512m")
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GRAPHNET_")} | {
        "GRAPHNET_HOME": str(own.home),
        "GRAPHNET_CACHE": str(own.cache),
        "GRAPHNET_NEO4J_HEAP": own.neo4j_heap,
        "GRAPHNET_NEO4J_PAGE_CACHE": own.neo4j_page_cache,
        "GRAPHNET_NEO4J_OPTIONS": " ".join(own.neo4j_options),
        "GRAPHNET_DEMO": "yes",
        "GRAPHNET_SECURE_COOKIES": "no",
        "GRAPHNET_METRICS_TOKEN": "t" * 20,
    }
    with connect(own) as connection:
        with Store(connection.uri, connection.user, connection.password) as store:
            migrations.migrate(store)
        web = subprocess.Popen(
            [sys.executable, "-m", "graphnet", "web", "--port", str(port)], env=environment
        )
        found = Site(own, port)
        try:
            until(lambda: found.neo4j() == "ok", "the site did not start")
            yield found
        finally:
            web.terminate()
            web.wait(timeout=60)
    stop(own, now=True)


def test_a_hanging_neo4j_does_not_take_the_site(site: Site) -> None:
    java = site.java()
    os.kill(java, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(3 * THREADS + 1) as visitors:
            pages = [visitors.submit(site.ask, "/events") for _ in range(3 * THREADS)]
            health = []
            while not all(page.done() for page in pages):  # all threads wait at first
                health.append(visitors.submit(site.ask, "/healthz").result())
                time.sleep(0.2)
        assert {status for status, _, _ in health} == {200}
        assert max(seconds for _, seconds, _ in health) < 2
        assert {page.result()[0] for page in pages} == {503}
        assert max(page.result()[1] for page in pages) < 20
        # Both processes know it by now: everybody is told at once.
        for path in ("/events", "/", "/events", "/") * 4:
            status, seconds, text = site.ask(path)
            assert status == 503
            assert seconds < 1
        assert "Back in a moment" in text
        status, seconds, text = site.ask("/readyz")
        assert (status, json.loads(text)) == (503, {"status": "not ready"})
        assert seconds < 2.5
        assert site.neo4j() == "does not answer"
    finally:
        os.kill(java, signal.SIGCONT)
    until(lambda: site.ask("/events")[0] == 200, "the site did not come back")


def test_after_neo4j_and_its_keeper_are_killed_the_site_comes_back(site: Site) -> None:
    keeper = read_process(layout(site.settings).keeper)
    assert keeper is not None
    os.kill(keeper.pid, signal.SIGKILL)
    os.kill(site.java(), signal.SIGKILL)
    until(lambda: site.neo4j() != "ok", "nothing happened")
    until(lambda: site.neo4j() == "ok", "the site did not come back")
    assert site.ask("/events")[0] == 200


def test_connections_that_say_nothing_hold_no_thread(site: Site) -> None:
    silent = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(4 * THREADS)]
    try:
        for path in ("/healthz", "/events", "/healthz", "/events"):
            status, seconds, _ = site.ask(path)
            assert status == 200
            assert seconds < 2
    finally:
        for one in silent:
            one.close()


def test_half_a_question_does_not_hold_the_lane_of_health(site: Site) -> None:
    half = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(2 * THREADS)]
    try:
        for one in half:
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-a: ")
        time.sleep(0.5)
        status, seconds, _ = site.ask("/healthz")
        assert status == 200
        assert seconds < 2
    finally:
        for one in half:
            one.close()

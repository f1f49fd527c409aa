"""Two web processes and a worker, as they are served: they agree, and swap snapshots in silence.

Two hundred people who come at once, at both of them, have fifty seats and fifty codes.
"""

import http.client
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar

import pytest

from graphnet import changes
from graphnet.keys import trusted
from graphnet.live import Live
from graphnet.loyalty import partners, perk_editing, perks
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.snapshot import current, open_snapshot
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import PASSWORD, furnished, own_home
from tests.support.graphs import DARYA, STAFF
from tests.support.many_members import FIRST, cookies, form_token
from tests.support.ports import free_port
from tests.support.themselves import hide, show
from webapp.app import create_app

PEOPLE, ROOM = 200, 50
OFFICE = Viewer("staff", STAFF, "account-8", frozenset({"staff"}), "partners")
HALL = """CREATE (:Event {id: 'hall', key: 77, title: 'Hall', starts_at: $at, capacity: $room,
  time_zone: 'Europe/Moscow', visibility: 'members', created_at: $at})"""
# One row: somebody who has answered, in the order of the queue.
ANSWERS = """MATCH (:Event {id: 'hall'})<-[:FOR]-(r:Registration)-[:BY]->(p:Person)
RETURN p.key AS key, r.state AS state, r.position AS position
ORDER BY position, key LIMIT 1000"""
# One row: how many seats the ledger knows of.
ENTERED = """MATCH (c:Contribution {kind: 'registered_for_event'})-[:TO]->(:Event {id: 'hall'})
RETURN count(c) AS n LIMIT 1"""
# One row: how many codes there are, of how many people, and how many are used.
CODES = """MATCH (c:PerkCode)-[:BY]->(p:Person)
RETURN count(c) AS codes, count(DISTINCT p) AS owners,
  sum(CASE WHEN c.redeemed_at IS NULL THEN 0 ELSE 1 END) AS used LIMIT 1"""

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


class Crowd:
    """People who are signed in, and post to both processes at once."""

    def __init__(self, live: Live, home: Settings, ports: list[int]) -> None:
        app = create_app(home, store=live.store)
        self.ports = ports
        self.cookies = cookies(app, live.store, PEOPLE)
        self.token = form_token(app)

    def post(self, place: int, who: int | None, path: str, **form: str) -> tuple[int, str]:
        """Send a form to one of the processes: the status, and the page that it leads to."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[place % 2], timeout=300)
        cookie = self.cookies[who or 0]
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        body = urllib.parse.urlencode({"csrf_token": self.token, **form})
        connection.request("POST", path, body, kind)
        answer = connection.getresponse()
        said, given = answer.status, answer.getheader("Set-Cookie") or cookie
        answer.read()
        text = ""
        if who is None:  # what is said at a partner's page stands on it
            there = answer.getheader("Location") or path
            connection.request("GET", there, headers={"Cookie": given.split(";")[0]})
            text = connection.getresponse().read().decode()
        connection.close()
        return said, text

    def all_at_once(self, people: list[int], path: str, **form: str) -> Counter[int]:
        """Have each post once, every tenth twice: at both processes in one moment."""
        clicks = [(n, who) for n, who in enumerate(people)]
        clicks += [(n + 1, who) for n, who in clicks[::10]]
        clicks.sort(key=lambda click: click[1])
        with ThreadPoolExecutor(16) as many:
            answers = many.map(lambda click: self.post(*click, path, **form)[0], clicks)
            return Counter(answers)


@pytest.fixture(scope="module")
def crowd(processes: tuple[list[Browser], Live], settings: Settings) -> Crowd:
    browsers, live = processes
    ports = [int(browser.base.rpartition(":")[2]) for browser in browsers]
    return Crowd(live, own_home(settings, settings.home), ports)


def test_two_hundred_at_two_processes_have_fifty_seats(
    processes: tuple[list[Browser], Live], crowd: Crowd
) -> None:
    store = processes[1].store
    store.write(HALL, at=datetime.now(UTC) + timedelta(days=9), room=ROOM)
    everybody = list(range(PEOPLE))
    said = crowd.all_at_once(everybody, "/events/hall/answer", answer="yes")
    assert set(said) == {303}, said
    rows = store.read(ANSWERS)
    queue = [row["key"] for row in rows if row["state"] == "waiting"]
    inside = [row["key"] for row in rows if row["state"] == "yes"]
    assert (len(inside), len(queue)) == (ROOM, PEOPLE - ROOM)
    assert len({row["position"] for row in rows if row["state"] == "waiting"}) == len(queue)
    assert store.read(ENTERED) == [{"n": ROOM}]
    # Half of them give their seats up at once: who has waited longest is called, and nobody else.
    leaving = [key - FIRST for key in inside[: ROOM // 2]]
    assert set(crowd.all_at_once(leaving, "/events/hall/answer", answer="no")) == {303}
    states = {row["key"]: row["state"] for row in store.read(ANSWERS)}
    assert [key for key in queue if states[key] == "offered"] == queue[: ROOM // 2]
    called = [key - FIRST for key in queue[: ROOM // 2]]
    assert set(crowd.all_at_once(called, "/events/hall/seat", act="take")) == {303}
    held = Counter(row["state"] for row in store.read(ANSWERS))
    assert held == {"yes": ROOM, "waiting": PEOPLE - ROOM - ROOM // 2, "no": ROOM // 2}


def test_two_hundred_at_two_processes_have_fifty_codes_and_each_is_used_once(
    processes: tuple[list[Browser], Live], crowd: Crowd, settings: Settings
) -> None:
    store = processes[1].store
    home = own_home(settings, settings.home)
    partner = partners.create(store, OFFICE, partners.Content("Bakery", "Пекарня"))
    token = partners.link(store, OFFICE, partner, keys=trusted(home, "links"))
    perk = perk_editing.create(store, OFFICE, partner, perks.Content(title="Bread", quantity=ROOM))
    perk_editing.publish(store, OFFICE, perk)
    said = crowd.all_at_once(list(range(PEOPLE)), f"/perks/{perk}/take")
    assert set(said) == {303}, said
    assert store.read(CODES) == [{"codes": ROOM, "owners": ROOM, "used": 0}]

    def code(who: int) -> str:
        request = urllib.request.Request(
            f"http://127.0.0.1:{crowd.ports[who % 2]}/perks/{perk}",
            headers={"Cookie": crowd.cookies[who]},
        )
        with urllib.request.urlopen(request, timeout=120) as page:
            found = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", page.read().decode())
        assert found is not None
        return found[0]

    # The partner's two tills are served by different processes, and the same codes are typed there.
    owners = store.read(
        "MATCH (:PerkCode)-[:BY]->(p:Person) RETURN p.key AS key ORDER BY key LIMIT 10"
    )
    typed = [code(row["key"] - FIRST) for row in owners]
    with ThreadPoolExecutor(8) as many:
        answers = list(
            many.map(
                lambda click: crowd.post(click[0], None, f"/partner/{token}", code=click[1]),
                [(place, one) for one in typed for place in (0, 1)],
            )
        )
    assert {status for status, _ in answers} == {303}
    outcomes = Counter(
        "used" if "Valid, and used now" in text else "again" if "Already used" in text else text
        for _, text in answers
    )
    assert outcomes == {"used": len(typed), "again": len(typed)}
    assert store.read(CODES) == [{"codes": ROOM, "owners": ROOM, "used": len(typed)}]

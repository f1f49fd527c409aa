"""How many pages a second the site answers, and what a page costs, on the demo of any size.

    graphnet demo --alumni 3000 --folder FOLDER --prepare
    python tests/bench/pages.py FOLDER --connections 50 --seconds 30
    python tests/bench/pages.py FOLDER --connections 100 --seconds 60 --think 5
    python tests/bench/pages.py FOLDER --connections 50 --seconds 10 --each

Signs in some dozens of the demo's accounts. First each page by itself, in this process: how many
queries it sends to Neo4j, its processor time here and its time by the clock. Then the site as it is
served, with so many connections that read the mixed pages of the three readers: pages a second,
percentiles by the clock, errors, and the processor time of the site and of Neo4j a page. With
`--think` each of them reads for so many seconds on average before the next page. With `--each` all
connections ask for one page, then for the next one: how many a second of each. Prints a table on
stderr and everything as JSON.
"""

import argparse
import csv
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import psutil
from flask import Flask

from graphnet import engine
from graphnet.commands.demo import PASSWORD
from graphnet.settings import Settings, load
from graphnet.store import listened
from webapp.app import create_app

# Reader: their pages, each with how often it is asked for among them.
PAGES: dict[str, dict[str, int]] = {
    "alumnus": {
        "/home": 4, "/people": 2, "/classmates": 2, "/search?q=иванов": 2, "/events": 2,
        "/contest": 1, "/me": 1, "/groups": 1, "/projects": 1, "/messages": 1, "/contacts": 1,
    },
    "staff": {"/staff": 4, "/staff/requests": 2, "/staff/recovery": 1, "/search?q=иванов": 2},
    "analyst": {"/maps": 2, "/statistics": 1},
}  # fmt: skip
SHARE = {"alumnus": 16, "staff": 3, "analyst": 1}
ONCE = 15  # how often each page is asked for by itself, by different people in turn


def people(folder: Path) -> dict[str, list[str]]:
    """Return some addresses of each kind of reader."""
    found: dict[str, list[str]] = defaultdict(list)
    with (folder / "synth" / "registered.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["roles"].split(";")[0]].append(row["email"])
    return {role: Random(7).sample(found[role], min(36, len(found[role]))) for role in PAGES}


def alone(app: Flask, readers: dict[str, list[str]]) -> dict[str, Any]:
    """Ask for each page by itself; return its queries, processor time and time by the clock."""
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    figures: dict[str, Any] = {}
    for role, pages in PAGES.items():
        clients = []
        for email in readers[role][:6]:
            client = app.test_client()
            answer = client.post("/sign-in", data={"email": email, "password": PASSWORD})
            assert answer.status_code == 303, (email, answer.text)
            clients.append(client)
        for page in pages:
            for client in clients:  # what a process reads and compiles once
                client.get(page)
            queries, processor, clock = [], [], []
            for number in range(ONCE):
                client = clients[number % len(clients)]
                began, cpu = time.perf_counter(), time.process_time()
                with listened() as asked:
                    answer = client.get(page)
                clock.append(1000 * (time.perf_counter() - began))
                processor.append(1000 * (time.process_time() - cpu))
                queries.append(len(asked))
                assert answer.status_code == 200, (role, page, answer.status)
            figures[f"{role} {page}"] = {
                "queries": max(queries),
                "processor_ms": round(statistics.median(processor), 1),
                "clock_ms": round(statistics.median(clock), 1),
            }
    return figures


class Visitor(threading.Thread):
    """One connection that is kept open: asks for one page after another until the end."""

    def __init__(
        self,
        port: int,
        role: str,
        email: str,
        until: float,
        seed: int,
        think: float = 0.0,
        only: str = "",
    ) -> None:
        super().__init__(daemon=True)
        self.pages = {only: 1} if only else PAGES[role]
        self.port, self.role, self.email, self.until = port, role, email, until
        self.think = think
        self.rng = Random(seed)
        self.seen: list[tuple[str, float, int]] = []
        self.cookie = ""

    def sign_in(self) -> None:
        """Begin a session, with the token that the form carries."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        link.request("GET", "/sign-in")
        form = link.getresponse()
        text = form.read().decode()
        token = text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        cookie = (form.getheader("Set-Cookie") or "").split(";")[0]
        body = urllib.parse.urlencode(
            {"email": self.email, "password": PASSWORD, "csrf_token": token}
        )
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        link.request("POST", "/sign-in", body, headers)
        answer = link.getresponse()
        answer.read()
        assert answer.status == 303, (self.email, answer.status)
        given = (answer.headers.get_all("Set-Cookie") or []) + [cookie]
        kept = {one.split("=")[0]: one.split(";")[0] for one in reversed(given)}
        self.cookie = "; ".join(kept.values())
        link.close()

    def run(self) -> None:
        """Read until the time is up."""
        pages = self.pages
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        # Not all at once, as after a bell.
        time.sleep(self.rng.uniform(0, self.think))
        while time.monotonic() < self.until:
            page = self.rng.choices(list(pages), weights=list(pages.values()))[0]
            began, idle, answer = time.perf_counter(), link.sock is not None, None
            try:
                link.request(
                    "GET", urllib.parse.quote(page, "/?=&"), headers={"Cookie": self.cookie}
                )
                answer = link.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException) as problem:
                link.close()
                if idle and answer is None and isinstance(problem, ConnectionError):
                    continue  # it was idle for long and was closed: a browser opens another
                status = 599
            self.seen.append((page, 1000 * (time.perf_counter() - began), status))
            if self.think:
                time.sleep(self.rng.uniform(0, 2 * self.think))


def served(
    folder: Path,
    settings: Settings,
    readers: dict[str, list[str]],
    *,
    connections: int,
    seconds: int,
    think: float,
    each: bool,
    warm: float,
) -> dict[str, Any]:
    """Serve the site and let visitors read; return rate, percentiles, errors, processor time."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    environment = os.environ | {
        "GRAPHNET_HOME": str(folder),
        "GRAPHNET_CACHE": str(settings.cache),
        "GRAPHNET_DEMO": "yes",
        "GRAPHNET_SECURE_COOKIES": "no",
    }
    with (folder / "bench-web.log").open("ab") as log:
        site = subprocess.Popen(
            [sys.executable, "-m", "graphnet", "web", "--port", str(port)],
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        _answers(port)
        visitors = _signed_in(port, readers, connections)

        def measured(seconds: float, think: float = 0.0, only: str = "") -> dict[str, Any]:
            used, graph = _processor(_site(site.pid)), _processor(neo4j_of(folder))
            began = time.monotonic()
            seen = _read(visitors, began + seconds, think, only)
            took = time.monotonic() - began
            graph = _processor(neo4j_of(folder)) - graph
            return _summary(seen, took, _processor(_site(site.pid)) - used, graph)

        # What each process reads and compiles once is not what is asked about here: all of them
        # read without a pause first, until Java's compilers have seen every query often. On two
        # busy processors they need minutes: within five a page comes to take half of Neo4j's time.
        measured(warm)
        if not each:
            return measured(seconds, think)
        figures = {}
        for role, pages in PAGES.items():
            visitors = _signed_in(port, {role: readers[role]}, connections)
            for page in pages:
                measured(2.0, only=page)
                figures[f"{role} {page}"] = row = measured(seconds, only=page)
                print(
                    f"{role} {page:24s} {row['pages_a_second']:6.1f} a second"
                    f"  {row['processor_ms_a_page']:6.1f} ms of the site"
                    f"  {row['neo4j_processor_ms_a_page']:6.1f} ms of Neo4j"
                    f"  p95 {row['clock_ms']['p95']:7.1f} ms  errors {row['errors']}",
                    file=sys.stderr,
                )
        return figures
    finally:
        site.terminate()
        site.wait(timeout=30)


def _signed_in(port: int, readers: dict[str, list[str]], connections: int) -> list[Visitor]:
    """Return so many visitors who have begun a session, of the kinds there are by their share."""
    roles = [role for role in readers for _ in range(SHARE[role])]
    visitors = []
    for number in range(connections):
        role = roles[number % len(roles)]
        email = readers[role][number % len(readers[role])]
        visitors.append(Visitor(port, role, email, 0.0, number))
    for visitor in visitors:
        visitor.sign_in()
    return visitors


def _read(
    visitors: list[Visitor], until: float, think: float, only: str
) -> list[tuple[str, float, int]]:
    """Let all of them read until then; return each page with its milliseconds and status."""
    threads = []
    for number, one in enumerate(visitors):
        thread = Visitor(one.port, one.role, one.email, until, number, think, only)
        thread.cookie = one.cookie
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
    return [page for thread in threads for page in thread.seen]


def _answers(port: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            link.request("GET", "/readyz")
            if link.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.5)
    raise TimeoutError("the site does not answer")


def _processor(processes: Iterable[psutil.Process]) -> float:
    """Return the processor seconds of some processes so far."""
    times = [one.cpu_times() for one in processes]
    return sum(one.user + one.system for one in times)


def _site(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def neo4j_of(folder: Path) -> list[psutil.Process]:
    """Return the local server of the demo."""
    whose = f"{folder / 'neo4j'}"
    java = (one for one in psutil.process_iter(["name"]) if one.info["name"] == "java")
    return [one for one in java if any(whose in part for part in one.cmdline())]


def _summary(
    seen: list[tuple[str, float, int]], took: float, used: float, graph: float
) -> dict[str, Any]:
    by_page: dict[str, list[float]] = defaultdict(list)
    for page, milliseconds, _ in seen:
        by_page[page].append(milliseconds)
    return {
        "pages": len(seen),
        "errors": sum(status != 200 for _, _, status in seen),
        "statuses": Counter(str(status) for _, _, status in seen),
        "pages_a_second": round(len(seen) / took, 1),
        "processor_ms_a_page": round(1000 * used / max(len(seen), 1), 1),
        "neo4j_processor_ms_a_page": round(1000 * graph / max(len(seen), 1), 1),
        "clock_ms": _percentiles([milliseconds for _, milliseconds, _ in seen]),
        "by_page": {page: _percentiles(values) for page, values in sorted(by_page.items())},
    }


def _percentiles(values: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(values, n=100) if len(values) > 1 else values * 99
    return {f"p{p}": round(cuts[p - 1], 1) for p in (50, 95, 99)}


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=30, help="0: each page by itself only")
    parser.add_argument("--think", type=float, default=0, help="seconds between two pages")
    parser.add_argument("--each", action="store_true", help="one page after the other, all at it")
    parser.add_argument("--warm", type=float, default=120, help="seconds of reading before it")
    parser.add_argument("--only-served", action="store_true", help="no page by itself")
    given = parser.parse_args()
    folder = given.folder.absolute()
    settings = replace(load(), home=folder, demo=True, secure_cookies=False)
    readers = people(folder)
    figures: dict[str, Any] = {}
    with engine.open(settings) as opened:
        app = create_app(settings, store=opened.store, live=opened.live)
        figures["alone"] = {} if given.only_served else alone(app, readers)
        for page, row in figures["alone"].items():
            print(
                f"{page:32s} {row['queries']:3d} queries  {row['processor_ms']:7.1f} ms processor"
                f"  {row['clock_ms']:7.1f} ms",
                file=sys.stderr,
            )
        if given.seconds:
            figures["served"] = served(
                folder,
                settings,
                readers,
                connections=given.connections,
                seconds=given.seconds,
                think=given.think,
                each=given.each,
                warm=given.warm,
            )
    json.dump(figures, sys.stdout, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main()

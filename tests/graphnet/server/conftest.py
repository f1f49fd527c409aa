"""Programs that hold the managed server, to be killed; and homes of a test's own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from neo4j import Driver, GraphDatabase

from graphnet.server import Connection, aot
from graphnet.server.control import stop
from graphnet.server.layout import layout
from graphnet.server.locks import lock_file
from graphnet.settings import Settings

# Says where the server is, then holds it until its input ends.
HOLDER = """
import json, sys
from pathlib import Path
from graphnet.errors import GraphnetError
from graphnet.server import connect
from graphnet.settings import Settings
settings = Settings(home=Path(sys.argv[1]), cache=Path(sys.argv[2]), neo4j_heap="512m",
                    neo4j_page_cache="64m", neo4j_options=("-XX:TieredStopAtLevel=1",))
try:
    with connect(settings) as connection:
        print(json.dumps({"uri": connection.uri, "password": connection.password}), flush=True)
        sys.stdin.read()
except GraphnetError as problem:
    print(json.dumps({"error": type(problem).__name__, "message": str(problem)}), flush=True)
"""
ROOT = Path(__file__).resolve().parents[3]


class Holder:
    """Another program that uses the server of a home."""

    def __init__(self, settings: Settings) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(settings.home), str(settings.cache)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
        )

    def said(self) -> dict[str, Any]:
        """What it says once it has the server; waits for it."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the holder died"
        return json.loads(line)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def wait_for(what: Callable[[], object], *, seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)


def driver_of(connection: Connection) -> Driver:
    return GraphDatabase.driver(connection.uri, auth=(connection.user, connection.password))


def forget(settings: Settings) -> None:
    """End what a test left running, and its lock files."""
    stop(settings, now=True)
    where = layout(settings)
    for path in lock_file(where.root, "x").parent.glob(lock_file(where.root, "*").name):
        path.unlink()


@pytest.fixture(scope="session")
def cache() -> Path:
    """The usual cache, with jars and fast starts in it."""
    given = os.environ.get("GRAPHNET_CACHE")
    settings = Settings(cache=Path(given)) if given else Settings()
    aot.make(settings, progress=lambda _: None)
    return settings.cache


def quick(home: Path, cache: Path) -> Settings:
    """A small server; without Java's second compiler it starts in half the time."""
    return Settings(
        home=home,
        cache=cache,
        neo4j_heap="512m",
        neo4j_page_cache="64m",
        neo4j_options=("-XX:TieredStopAtLevel=1",),
    )


@pytest.fixture
def home(tmp_path: Path, cache: Path) -> Iterator[Settings]:
    """A home of this test's own; nothing of it runs afterwards."""
    settings = quick(tmp_path / "home", cache)
    yield settings
    forget(settings)


@pytest.fixture
def holders(home: Settings) -> Iterator[Callable[[], Holder]]:
    """Starts holders of `home`; all are gone afterwards."""
    begun: list[Holder] = []

    def begin() -> Holder:
        begun.append(Holder(home))
        return begun[-1]

    yield begin
    for holder in begun:
        holder.end()

"""A server that hangs, is killed or moves: nobody waits for long, and everybody finds it again."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from graphnet.errors import StoreUnavailable
from graphnet.server import Connection, connect
from graphnet.server.client import running
from graphnet.server.control import start, status, stop
from graphnet.server.layout import layout
from graphnet.server.locks import free
from graphnet.server.state import read_port, read_process
from graphnet.settings import Settings
from graphnet.store import Store

from .conftest import Holder, wait_for
from .test_life import bound, kill, pids, settled

# A busy machine takes its time for Java; how fast a restart is stands in the README.
PATIENCE = 60.0


def store_of(connection: Connection, *, patient: bool = False) -> Store:
    return Store(
        connection.uri,
        connection.user,
        connection.password,
        retry_seconds=3 if not patient else 15,
        patient=patient,
        where=connection.where,
    )


def states(pid: int) -> list[str]:
    """The state of each thread, one letter, as Linux says it."""
    tasks = Path(f"/proc/{pid}/task").glob("*")  # none on another system
    return [(task / "stat").read_text().rpartition(")")[2].split()[0] for task in tasks]


@contextmanager
def hanging(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        # Each of its threads stops once it runs: on a busy machine one can answer until then.
        while any(state != "T" for state in states(pid)):
            time.sleep(0.01)
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def answers(store: Store) -> bool:
    try:
        return store.read("RETURN 1 AS one LIMIT 1") == [{"one": 1}]
    except StoreUnavailable:
        return False


def refused(store: Store) -> float:
    """How long it takes to be told that there is no answer."""
    began = time.monotonic()
    with pytest.raises(StoreUnavailable):
        store.read("RETURN 1 AS one LIMIT 1")
    return time.monotonic() - began


def test_nobody_waits_for_a_server_that_hangs(home: Settings) -> None:
    with connect(home) as connection, store_of(connection) as store:
        assert answers(store)
        _, java = pids(home)
        waited: list[float] = []
        with hanging(java):
            # More than have a connection: some wait for an answer, some for a handshake.
            threads = [
                threading.Thread(target=lambda: waited.append(refused(store))) for _ in range(8)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(waited) == 8
            assert max(waited) < 15
            assert store.broken
            assert max(refused(store) for _ in range(100)) < 0.2
        wait_for(lambda: answers(store), seconds=10)
        assert not store.broken
        assert pids(home)[1] == java


def test_what_takes_long_is_not_cut_off_while_the_server_answers(home: Settings) -> None:
    slow = "UNWIND range(1, 40000000) AS i WITH i WHERE i % 2 = 0 RETURN count(i) AS n LIMIT 1"
    with connect(home) as connection, store_of(connection) as store:
        began = time.monotonic()
        assert store.read(slow) == [{"n": 20_000_000}]
        assert time.monotonic() - began > 1.5, "too quick to prove anything"
        assert not store.broken


def test_the_patient_go_on_when_the_server_does(home: Settings) -> None:
    with connect(home) as connection, store_of(connection, patient=True) as store:
        assert answers(store)
        answered: list[bool] = []
        with hanging(pids(home)[1]):
            thread = threading.Thread(target=lambda: answered.append(answers(store)))
            thread.start()
            time.sleep(2)
            assert answered == []
        thread.join(timeout=PATIENCE)
        assert answered == [True]


def test_whoever_finds_no_keeper_starts_one(home: Settings, holders: Callable[[], Holder]) -> None:
    with connect(home) as connection, store_of(connection) as store:
        keeper, java = pids(home)
        other = holders()
        other.said()
        kill(keeper)
        wait_for(lambda: not free(layout(home).keeper_lock), seconds=PATIENCE)
        wait_for(lambda: running(layout(home)) is not None, seconds=PATIENCE)
        assert answers(store)
        # Both at once: nothing is left but those who need it.
        # While the new keeper takes over, the file that says so may be about to be written.
        wait_for(
            lambda: (now := read_process(layout(home).keeper)) is not None and now.pid != keeper,
            seconds=PATIENCE,
        )
        second, same = settled(home)
        assert same == java
        kill(second)
        kill(java)
        wait_for(lambda: answers(store), seconds=PATIENCE)
        third, another = settled(home)
        assert third != second
        assert another != java
        # The port has stayed with the folder, so that a driver of whatever kind finds it.
        found = connection.where()
        assert found is not None
        assert connection.uri == f"bolt://{found[0]}:{found[1]}"


def test_a_server_on_another_port_is_found_by_those_who_are_there(home: Settings) -> None:
    with connect(home) as connection, store_of(connection) as store:
        assert answers(store)
        keeper, java = pids(home)
        port = read_port(layout(home).port)
        assert connection.uri.endswith(f":{port}")
        with socket.socket() as thief:
            thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            kill(keeper)
            kill(java)
            wait_for(lambda: bound(thief, port))
            thief.listen()
            wait_for(lambda: answers(store), seconds=PATIENCE)
        assert read_port(layout(home).port) != port


def test_a_server_stopped_on_purpose_stays_so_until_it_is_started(home: Settings) -> None:
    with connect(home) as connection, store_of(connection) as store:
        assert answers(store)
        assert stop(home, now=True)
        time.sleep(2)
        assert not status(home).running
        assert free(layout(home).keeper_lock)
        refused(store)
        assert start(home).running
        wait_for(lambda: answers(store), seconds=PATIENCE)
    stop(home)


def test_the_port_of_a_folder_is_the_same_next_time(home: Settings) -> None:
    with connect(home) as first:
        pass
    wait_for(lambda: not status(home).running)
    with connect(home) as second:
        assert second.uri == first.uri

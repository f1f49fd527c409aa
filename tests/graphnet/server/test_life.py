"""Who starts the server, who stops it, and what is left when somebody is killed."""

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from graphnet.server import connect
from graphnet.server.client import running
from graphnet.server.control import start, status, stop
from graphnet.server.layout import layout
from graphnet.server.locks import free
from graphnet.server.state import read_process, started
from graphnet.settings import Settings

from .conftest import Holder, driver_of, wait_for

ADD = "CREATE (:Kept {n: $n})"
ALL = "MATCH (k:Kept) RETURN k.n AS n ORDER BY n"


def java_of(home: Settings) -> list[int]:
    """Pids of every Java that runs on this home, found by its command line."""
    mark = f"--home-dir={layout(home).root}"
    return [
        process.pid
        for process in psutil.process_iter(["cmdline", "status"])
        if mark in (process.info["cmdline"] or ())
        and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def pids(home: Settings) -> tuple[int, int]:
    """Keeper and server."""
    where = layout(home)
    keeper, state = read_process(where.keeper), running(where)
    assert keeper is not None
    assert state is not None
    return keeper.pid, state.process.pid


def settled(home: Settings) -> tuple[int, int]:
    """Keeper and server, once a restart that may be going on has ended."""
    where = layout(home)
    wait_for(lambda: read_process(where.keeper) is not None and running(where) is not None)
    return pids(home)


def test_eight_starters_make_one_server_that_ends_with_the_last_of_them(
    home: Settings, holders: Callable[[], Holder]
) -> None:
    eight = [holders() for _ in range(8)]
    uris = {holder.said()["uri"] for holder in eight}
    assert len(uris) == 1
    assert len(java_of(home)) == 1
    keeper, java = pids(home)
    for holder in eight[:7]:
        holder.kill()
    with connect(home) as connection:
        assert {connection.uri} == uris
        assert set(status(home).clients) == {eight[7].process.pid}
    assert pids(home) == (keeper, java)
    eight[7].kill()
    wait_for(lambda: started(keeper) is None and started(java) is None)
    assert java_of(home) == []
    assert not layout(home).state.exists()


def test_after_the_keeper_is_killed_the_next_client_has_the_server_adopted(
    home: Settings,
) -> None:
    with connect(home) as first:
        keeper, java = pids(home)
        os.kill(keeper, signal.SIGKILL)
        wait_for(lambda: free(layout(home).keeper_lock))
        with driver_of(first) as driver:
            driver.execute_query(ADD, n=1)
        with connect(home) as second:
            assert second == first
            # The next keeper has the lock a moment before it has written down which process it is.
            wait_for(lambda: pids(home)[0] != keeper)
            new_keeper, same_java = pids(home)
            assert same_java == java
    wait_for(lambda: started(java) is None and started(new_keeper) is None)


def test_a_killed_server_comes_back_on_its_port_if_it_can_and_never_loses_anything(
    home: Settings,
) -> None:
    with connect(home) as connection:
        keeper, java = pids(home)
        with driver_of(connection) as driver:
            for n in range(50):
                driver.execute_query(ADD, n=n)
        kill(java)
        with connect(home) as again:
            assert again == connection
            with driver_of(again) as driver:
                driver.execute_query(ADD, n=50)
        assert pids(home)[0] == keeper
        _, java = pids(home)
        assert java_of(home) == [java]

        # Now its port is taken meanwhile.
        port = int(connection.uri.rpartition(":")[2])
        with socket.socket() as thief:
            thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            kill(java)
            wait_for(lambda: bound(thief, port))
            thief.listen()
            with connect(home) as elsewhere:
                assert elsewhere.uri != connection.uri
                with driver_of(elsewhere) as driver:
                    found = driver.execute_query(ALL).records
        assert [row["n"] for row in found] == list(range(51))
        assert pids(home)[0] == keeper
        _, java = pids(home)

        # And the keeper with the last client, so that nobody is there to stop it.
        os.kill(keeper, signal.SIGKILL)
    assert started(java) is not None
    assert stop(home)
    assert started(java) is None
    assert java_of(home) == []


def kill(pid: int) -> None:
    """Kill it and wait: a client that comes in the same instant cannot know that it is dying."""
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: started(pid) is None)


def bound(thief: socket.socket, port: int) -> bool:
    try:
        thief.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def test_a_started_server_is_private_and_stays_until_it_is_stopped(
    home: Settings, holders: Callable[[], Holder]
) -> None:
    assert start(home).stays
    _, java = pids(home)
    holder = holders()
    holder.said()
    holder.kill()
    where = layout(home)
    with connect(home) as connection:
        assert where.password.stat().st_mode & 0o777 == 0o600
        assert where.clients_lock.parent.stat().st_mode & 0o777 == 0o700
        assert connection.password not in repr(connection)
        sockets = psutil.Process(java).net_connections("inet")
        addresses = {(one.laddr.ip, one.laddr.port) for one in sockets if not one.raddr}
        port = int(connection.uri.rpartition(":")[2])
        assert addresses <= {("127.0.0.1", port), ("::ffff:127.0.0.1", port)}
        assert psutil.Process(java).environ().keys() <= {"PATH", "HOME", "TMPDIR", "TZ", "LANG"}
    assert pids(home)[1] == java
    assert stop(home)
    assert started(java) is None
    assert not status(home).running
    assert not stop(home)


def test_a_server_of_ones_own_is_used_and_nothing_is_started(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path / "home", neo4j_uri="neo4j://db.example:7687", neo4j_password="word"
    )
    with connect(settings) as connection:
        assert connection.uri == "neo4j://db.example:7687"
        assert not connection.managed
    assert not (tmp_path / "home").exists()


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_twenty_kills_in_turn_lose_nothing_and_leave_nobody(
    home: Settings, holders: Callable[[], Holder]
) -> None:
    written = 0
    for turn in range(20):
        with connect(home) as connection:
            keeper, java = settled(home)
            with driver_of(connection) as driver:
                assert len(driver.execute_query(ALL).records) == written
                for _ in range(20):
                    driver.execute_query(ADD, n=written)
                    written += 1
            if turn % 2:
                kill(keeper)
            if turn % 3 == 0:
                kill(java)
            elif turn % 3 == 1:
                holders().kill()
    stop(home)
    assert java_of(home) == []

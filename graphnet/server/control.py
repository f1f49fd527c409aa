"""What people do with the local server: see it, keep it up, stop it, and have it to themselves."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graphnet.errors import ServerInUse, ServerNotReady
from graphnet.server.client import connect, running
from graphnet.server.jvm import tail
from graphnet.server.layout import Layout, layout
from graphnet.server.locks import FileLock, free, holders
from graphnet.server.state import Process, read_process, read_state, write_process
from graphnet.settings import Settings

# The keeper waits 20 s for a gentle end, then kills.
_STOP_SECONDS = 30.0
_IN_USE_SECONDS = 1.0
_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Status:
    """The local server now."""

    running: bool
    folder: Path
    uri: str = ""
    pid: int = 0
    neo4j: str = ""
    java: str = ""
    since: str = ""
    stays: bool = False
    clients: tuple[int, ...] = ()


def status(settings: Settings) -> Status:
    """What the local server does; asks nothing of it, and starts nothing."""
    where = layout(settings)
    state = read_state(where.state)
    if state is None or not state.process.alive:
        return Status(running=False, folder=where.root)
    keeper = read_process(where.keeper)
    return Status(
        running=True,
        folder=where.root,
        uri=f"bolt://127.0.0.1:{state.port}",
        pid=state.process.pid,
        neo4j=state.neo4j,
        java=state.java,
        since=state.since,
        stays=keeper is not None and read_process(where.pinned) == keeper,
        clients=tuple(_others(where, keeper)),
    )


def _others(where: Layout, keeper: Process | None) -> list[int]:
    known = {os.getpid(), keeper.pid if keeper else 0}
    return [pid for pid in holders(where.clients_lock) if pid not in known]


def start(settings: Settings) -> Status:
    """Start the local server, if it does not run, and let it stay without clients until `stop`."""
    where = layout(settings)
    with connect(settings):
        keeper = read_process(where.keeper)
        if keeper is None or not keeper.alive:
            raise ServerNotReady(f"the local Neo4j has lost its keeper; see {where.keeper_log}")
        write_process(where.pinned, keeper)
        return status(settings)


def stop(settings: Settings, *, now: bool = False) -> bool:
    """Stop the local server; say whether there was one to stop.

    Parameters
    ----------
    settings
        Which one.
    now
        Stop it although others use it.

    Raises
    ------
    ServerInUse
        Others use it. It no longer stays without clients, so it ends with the last of them.
    """
    where = layout(settings)
    where.pinned.unlink(missing_ok=True)
    state = read_state(where.state)
    if (state is None or not state.process.alive) and free(where.keeper_lock):
        return False
    with alone(settings, now=now):
        if now:  # those who use it would otherwise have it started again
            where.stopped.touch(mode=0o600)
        return True


@contextlib.contextmanager
def alone(settings: Settings, *, now: bool = False) -> Iterator[None]:
    """Have the stopped data directory to oneself; nobody can start the server meanwhile.

    Raises
    ------
    ServerInUse
        Others use the server, and `now` was not said.
    """
    where = layout(settings)
    turn = FileLock(where.start_lock)
    everybody = FileLock(where.clients_lock)
    try:
        if not turn.acquire(timeout=_STOP_SECONDS):
            raise ServerInUse(f"another program is starting the local Neo4j in {where.root} now")
        if not now and not _alone_at_last(everybody):
            keeper = read_process(where.keeper)
            pids = ", ".join(map(str, _others(where, keeper))) or "not known"
            raise ServerInUse(
                f"other programs use the local Neo4j in {where.root} (process {pids}). End them "
                "first, for instance the web server and the worker."
            )
        _end(where)
        yield
    finally:
        everybody.close()
        turn.close()


def _alone_at_last(everybody: FileLock) -> bool:
    """Take the whole lock, unless clients hold parts of it.

    Clients leave room for one more part; a keeper that is stopping the server, or a backup, leaves
    none, and is worth waiting for.
    """
    begun = time.monotonic()
    shared_since = begun
    while not everybody.acquire(timeout=0):
        now = time.monotonic()
        if not free(everybody.path):
            shared_since = now
        if now - shared_since > _IN_USE_SECONDS or now - begun > _STOP_SECONDS:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _end(where: Layout) -> None:
    """End keeper and server, whoever of the two is still there."""
    deadline = time.monotonic() + _STOP_SECONDS
    keeper = read_process(where.keeper)
    if keeper is not None and keeper.alive and not free(where.keeper_lock):
        with contextlib.suppress(ProcessLookupError):
            os.kill(keeper.pid, signal.SIGTERM)
    while not free(where.keeper_lock):
        if time.monotonic() > deadline:
            raise ServerNotReady(f"the keeper of {where.root} does not end; see {where.keeper_log}")
        time.sleep(_POLL_SECONDS)
    for left in (read_state(where.state), read_process(where.starting)):
        process = getattr(left, "process", left)
        if isinstance(process, Process) and process.alive:
            _end_orphan(process)
    where.state.unlink(missing_ok=True)
    where.starting.unlink(missing_ok=True)


def _end_orphan(process: Process) -> None:
    """End a server whose keeper was killed; the pid is ours, since its start time matches."""
    for number, seconds in ((signal.SIGTERM, 20.0), (signal.SIGKILL, 20.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)
        deadline = time.monotonic() + seconds
        while process.alive and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)


def log_text(settings: Settings, *, lines: int) -> str:
    """The last lines of Neo4j's own log, and of the keeper's when the last start failed."""
    where = layout(settings)
    parts = [tail(where.output)]
    if running(where) is None:
        parts.append(tail(where.keeper_log))
    return "\n".join("\n".join(part.splitlines()[-lines:]) for part in parts if part)

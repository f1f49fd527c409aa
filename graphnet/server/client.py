"""Use a Neo4j: the one that the settings name, or the local one, started if it does not run."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import graphnet
from graphnet import errors
from graphnet.errors import ServerError, ServerNotReady
from graphnet.server.binaries import fetch
from graphnet.server.layout import Layout, layout, prepare, read_password
from graphnet.server.locks import FileLock, free
from graphnet.server.progress import Progress, done_on_stderr, on_stderr
from graphnet.server.state import State, read_json, read_state
from graphnet.settings import Settings

# Longer than the keeper's own deadline, so that its reason arrives first.
START_SECONDS = 210.0
_POLL_SECONDS = 0.05
# A keeper has its lock within milliseconds of the return of `start_keeper`, on a busy machine too.
_KEEPER_SECONDS = 3.0
_KEEPERS = 3


@dataclass(frozen=True)
class Connection:
    """How to reach a Neo4j."""

    uri: str
    user: str
    password: str = field(repr=False)
    database: str
    managed: bool


class Client:
    """A hold on a Neo4j; the managed one stays up at least until `close`."""

    def __init__(self, connection: Connection, hold: FileLock | None) -> None:
        self.connection = connection
        self._hold = hold

    def __enter__(self) -> Connection:
        return self.connection

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the server; the last one to do so ends it. May be called twice."""
        if self._hold is not None:
            self._hold.close()


def connect(settings: Settings) -> Client:
    """Use the Neo4j of the settings, or start or join the local one.

    Parameters
    ----------
    settings
        With `neo4j_uri` that server is used and never managed; otherwise the local one in `home`.

    Returns
    -------
    Client
        For `with connect(settings) as connection:`, or kept until its `close`. Until then, or the
        end of this process, the local server stays up.

    Raises
    ------
    ServerError
        One of its leaves, with the cause and what to do.
    """
    if settings.neo4j_uri:
        own = Connection(
            uri=settings.neo4j_uri,
            user=settings.neo4j_user,
            password=settings.neo4j_password,
            database=settings.neo4j_database,
            managed=False,
        )
        return Client(own, None)
    where = layout(settings)
    progress = on_stderr()
    hold = FileLock(where.clients_lock)
    try:
        # The keeper has it to itself while it stops the server, and so has a backup.
        while not hold.acquire(shared=True, timeout=1.0):
            progress("Waiting for the local Neo4j, which is being stopped or backed up ...")
        state = running(where) or _start(where, settings, progress)
        connection = Connection(
            uri=f"bolt://127.0.0.1:{state.port}",
            user="neo4j",
            password=read_password(where),
            database="neo4j",
            managed=True,
        )
    except BaseException:
        hold.close()
        raise
    finally:
        done_on_stderr()
    return Client(connection, hold)


def running(where: Layout) -> State | None:
    """The state of a server that runs and is kept."""
    state = read_state(where.state)
    if state is None or not state.process.alive or free(where.keeper_lock):
        return None
    return state


def _start(where: Layout, settings: Settings, progress: Progress) -> State:
    """Start a keeper, or wait for what another client's keeper is about to have ready."""
    asked = time.time()
    turn = FileLock(where.start_lock)
    while not turn.acquire(timeout=1.0):
        progress("Waiting for the local Neo4j, which another program is starting ...")
    try:
        _raise_failure(where, since=asked)
        state = running(where)
        if state is not None:
            return state
        prepare(where)
        fetch(settings)
        begun = time.monotonic()
        asked = time.time()
        progress("Starting the local Neo4j ...")
        keepers = 0
        looked = begun - _KEEPER_SECONDS
        while (seconds := time.monotonic() - begun) < START_SECONDS:
            state = running(where)
            if state is not None:
                return state
            _raise_failure(where, since=asked)
            if time.monotonic() - looked >= _KEEPER_SECONDS and free(where.keeper_lock):
                # None yet, or it was killed; a third one would fare no better.
                if keepers == _KEEPERS:
                    break
                keepers += 1
                start_keeper(where, settings)
                looked = time.monotonic()
            progress(f"Starting the local Neo4j ... {seconds:.0f} s")
            time.sleep(_POLL_SECONDS)
        raise ServerNotReady(
            f"the local Neo4j in {where.root} was not ready after {seconds:.0f} s; "
            f"see {where.output} and {where.keeper_log}"
        )
    finally:
        turn.close()


def start_keeper(where: Layout, settings: Settings) -> None:
    """Start a keeper that outlives this process, with our imports and nothing else of ours."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("GRAPHNET_")
    }
    here = str(Path(graphnet.__file__).resolve().parents[1])
    environment["PYTHONPATH"] = os.pathsep.join(
        path for path in (here, os.environ.get("PYTHONPATH", "")) if path
    )
    given = {
        "home": str(settings.home),
        "cache": str(settings.cache),
        "heap": settings.neo4j_heap,
        "page_cache": settings.neo4j_page_cache,
        "options": settings.neo4j_options,
    }
    descriptor = os.open(
        where.keeper_log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600
    )
    try:
        # It forks and this first process ends at once, so there is nothing to collect later.
        started = subprocess.run(
            [sys.executable, "-m", "graphnet.server.keeper", json.dumps(given)],
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            cwd="/",
            env=environment,
            start_new_session=True,
            check=False,
        )
    finally:
        os.close(descriptor)
    if started.returncode != 0:
        raise ServerNotReady(
            f"the keeper of the local Neo4j could not be started; see {where.keeper_log}"
        )


def _raise_failure(where: Layout, *, since: float) -> None:
    """Raise what a keeper has noted since then; nobody tries again what has just failed."""
    noted = read_json(where.failure)
    if noted is not None and float(noted["at"]) >= since:
        kind = getattr(errors, str(noted["error"]), ServerError)
        raise kind(str(noted["message"]))

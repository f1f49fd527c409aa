"""Use a Neo4j: the one that the settings name, or the local one, started if it does not run."""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
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
# How often a client looks whether there is still a keeper.
_WATCH_SECONDS = 0.5
# How often at least it starts one that does not stay, and what counts as having stayed.
_RARELY_SECONDS = 60.0
_CALM_SECONDS = 120.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Connection:
    """How to reach a Neo4j."""

    uri: str
    user: str
    password: str = field(repr=False)
    database: str
    managed: bool
    # Where it listens now, as host and port, for who outlives a restart; None while nobody knows.
    # A Neo4j of one's own stays at its address.
    where: Callable[[], tuple[str, int] | None] | None = field(
        default=None, repr=False, compare=False
    )


class Client:
    """A hold on a Neo4j; the managed one stays up at least until `close`."""

    def __init__(
        self, connection: Connection, hold: FileLock | None, watch: "KeeperWatch | None" = None
    ) -> None:
        self.connection = connection
        self._hold = hold
        self._watch = watch

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
        if self._watch is not None:
            self._watch.stop()
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
            where=partial(listens, where),
        )
    except BaseException:
        hold.close()
        raise
    finally:
        done_on_stderr()
    return Client(connection, hold, KeeperWatch(where, settings))


def listens(where: Layout) -> tuple[str, int] | None:
    """Where the local server listens now; None if it does not run or is still starting."""
    state = read_state(where.state)
    return ("127.0.0.1", state.port) if state is not None and state.process.alive else None


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
        where.stopped.unlink(missing_ok=True)
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
        "configuration": settings.neo4j_configuration,
        "port": settings.neo4j_port,
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


class KeeperWatch:
    """Starts a keeper for a client whose keeper is gone, as long as the client needs the server.

    Without a keeper the server would run on, but its next end would be for ever. Of several clients
    the one that gets the lock does it. A server that was stopped on purpose stays so, until
    somebody starts it or comes anew.
    """

    def __init__(self, where: Layout, settings: Settings) -> None:
        self._where = where
        self._settings = settings
        self._stopped = threading.Event()
        self._tries = 0
        self._not_before = 0.0
        self._thread = threading.Thread(target=self._follow, name="keeper-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching; afterwards nothing is started any more."""
        self._stopped.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _follow(self) -> None:
        while not self._stopped.wait(_WATCH_SECONDS):
            try:
                self._look()
            except (errors.GraphnetError, OSError) as problem:
                _log.warning("event=keeper_not_started problem=%s", problem)

    def _look(self) -> None:
        where = self._where
        now = time.monotonic()
        if not free(where.keeper_lock):
            if now - self._not_before > _CALM_SECONDS:
                self._tries = 0
            return
        if now < self._not_before or where.stopped.exists():
            return
        turn = FileLock(where.start_lock)
        try:
            if (
                not turn.acquire(timeout=0)
                or not free(where.keeper_lock)
                or where.stopped.exists()
                or self._stopped.is_set()
            ):
                return
            _log.warning("event=keeper_gone action=start_another try=%d", self._tries + 1)
            # A server that cannot be started is tried again ever more rarely.
            self._not_before = now + min(_KEEPER_SECONDS * 2**self._tries, _RARELY_SECONDS)
            self._tries += 1
            start_keeper(where, self._settings)
        finally:
            turn.close()

"""The keeper: one small process per data directory that starts Neo4j, watches it and stops it.

It asks for the exclusive lock of which every client holds a shared part; the kernel grants it
exactly when the last client is gone, however it died. A killed keeper leaves the server running,
and the next one adopts it. A killed server is started again on the same port while anybody needs
it, so that drivers find it again by themselves; a new start asks for the port of the last one too.
A killed keeper is replaced by any client that is still there (`client.KeeperWatch`).

Run as `python -m graphnet.server.keeper SETTINGS-AS-JSON`.
"""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from graphnet.errors import GraphnetError, ServerError, ServerNotReady
from graphnet.server import aot, backup, jvm
from graphnet.server.binaries import Binaries, fetch
from graphnet.server.layout import layout, prepare, unusable
from graphnet.server.locks import FileLock, touch_all
from graphnet.server.probe import can_listen, wait_until_ready
from graphnet.server.state import (
    Process,
    State,
    read_port,
    read_process,
    read_state,
    this_process,
    write_json,
    write_process,
    write_state,
)
from graphnet.server.versions import data_version, dump_first, note_version, refuse_newer_data
from graphnet.settings import Settings

# A first start took 75 s with eight busy programs on two cores.
READY_SECONDS = 180.0
STOP_SECONDS = 20.0
_WATCH_SECONDS = 0.2
_TOUCH_SECONDS = 3600.0
# A server that dies again and again is not saved by starting it again.
_RESTARTS = 3
_RESTART_WINDOW_SECONDS = 600.0

_log = logging.getLogger(__name__)


class _Stop(Exception):
    """Nobody needs the server any more, or somebody asked for its end."""


class Keeper:
    """Holds the server of one data directory."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.where = layout(settings)
        self.everybody = FileLock(self.where.clients_lock)
        self.child: subprocess.Popen[bytes] | None = None
        self.me = this_process()
        self.told_to_stop = False
        self.process: Process | None = None
        self.trainer: subprocess.Popen[bytes] | None = None
        self.touched = time.monotonic()

    def run(self) -> None:
        """Keep the server until nobody needs it; the caller holds the keeper's lock."""
        try:
            state = self._adopt()
            if state is None:
                state = self._start(port=self.settings.neo4j_port or read_port(self.where.port))
            restarts: list[float] = []
            while True:
                self._watch(state.process)
                now = time.monotonic()
                restarts = [then for then in restarts if now - then < _RESTART_WINDOW_SECONDS]
                if len(restarts) == _RESTARTS:
                    raise jvm.explain(
                        self.where, since=0, happened=f"ended {_RESTARTS + 1} times in ten minutes"
                    )
                restarts.append(now)
                _log.warning("event=server_died pid=%s action=start_again", state.process.pid)
                state = self._start(port=state.port)
        except _Stop:
            pass
        finally:
            self._stop()

    def _adopt(self) -> State | None:
        """The server that a killed keeper left behind, if there is one."""
        state = read_state(self.where.state)
        if state is not None and state.process.alive:
            _log.info("event=adopted pid=%s port=%s", state.process.pid, state.port)
            self.process = state.process
            return state
        begun = read_process(self.where.starting)
        if begun is None or not begun.alive:
            return None
        _log.info("event=adopted_while_starting pid=%s", begun.pid)
        return self._await(begun, prepare(self.where), fetch(self.settings), since=0)

    def _start(self, *, port: int) -> State:
        where, settings = self.where, self.settings
        where.state.unlink(missing_ok=True)
        binaries = fetch(settings)
        password = prepare(where)
        refuse_newer_data(where, binaries.neo4j_version)
        self._dump_before_upgrade(binaries)
        if not can_listen(port):
            if port == settings.neo4j_port:
                raise ServerNotReady(
                    f"port {port} of this machine is taken: end what uses it, or name another one"
                )
            # Somebody else has taken it: who looks for the server must read the state anew.
            port = 0
        try:
            jvm.write_configuration(where, settings, port=port)
            jvm.write_first_password(where, password)
            if where.output.exists() and where.output.stat().st_size > 4_000_000:
                where.output.replace(where.output.with_suffix(".1.log"))
            since = where.output.stat().st_size if where.output.exists() else 0
            arguments = jvm.command(
                binaries, where, settings, extra=aot.start_flags(binaries, settings)
            )
            self.child = jvm.start(arguments, where, note_pid=where.starting)
        except OSError as problem:
            raise unusable(where.root, problem) from problem
        except subprocess.SubprocessError as problem:
            raise ServerNotReady(f"Java could not be started: {problem}") from problem
        begun = read_process(where.starting)
        if begun is None or begun.pid != self.child.pid:
            raise jvm.explain(where, since=since, happened="ended at once")
        try:
            return self._await(begun, password, binaries, since=since)
        except ServerError:
            # Taken in the seconds since we looked?
            if port in (0, settings.neo4j_port) or self._alive(begun) or can_listen(port):
                raise
            return self._start(port=0)

    def _await(self, begun: Process, password: str, binaries: Binaries, *, since: int) -> State:
        self.process = begun

        def keep_waiting() -> bool:
            self._stop_if_unneeded()
            return self._alive(begun)

        try:
            port = wait_until_ready(
                begun.pid, password, seconds=READY_SECONDS, keep_waiting=keep_waiting
            )
        except ServerNotReady as problem:
            happened = "did not answer in time" if self._alive(begun) else "ended while starting"
            raise jvm.explain(self.where, since=since, happened=happened) from problem
        state = State(
            process=begun,
            port=port,
            neo4j=binaries.neo4j_version,
            java=binaries.java_version,
            since=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        try:
            note_version(self.where, binaries.neo4j_version)
            write_json(self.where.port, {"port": port})
            write_state(self.where.state, state)
        except OSError as problem:
            raise unusable(self.where.root, problem) from problem
        self.where.starting.unlink(missing_ok=True)
        _log.info("event=ready pid=%s port=%s", begun.pid, port)
        if (
            jvm.major(binaries.java_version) >= aot.OLDEST_JAVA
            and not aot.cache_file(binaries, self.settings).exists()
        ):
            self.trainer = aot.start_trainer(self.settings)
        return state

    def _alive(self, process: Process) -> bool:
        if self.child is not None and self.child.pid == process.pid:
            return self.child.poll() is None
        return process.alive

    def _watch(self, process: Process) -> None:
        """Return when the server has died; raise `_Stop` when nobody needs it."""
        while self._alive(process):
            if self.trainer is not None and self.trainer.poll() is not None:
                self.trainer = None
            self._stop_if_unneeded()
            time.sleep(_WATCH_SECONDS)

    def _stop_if_unneeded(self) -> None:
        if self.told_to_stop:
            raise _Stop
        if time.monotonic() - self.touched > _TOUCH_SECONDS:
            self.touched = time.monotonic()
            touch_all(self.where.root)
        if read_process(self.where.pinned) == self.me:
            return
        if self.everybody.acquire(timeout=0):
            raise _Stop

    def _dump_before_upgrade(self, binaries: Binaries) -> None:
        if not dump_first(self.where, binaries.neo4j_version):
            return
        file = self.settings.home / "backups" / f"before-{binaries.neo4j_version}.zip"
        _log.info("event=dump_before_upgrade from=%s file=%s", data_version(self.where), file)
        backup.write_backup(self.settings, binaries, file, lambda _: None)

    def _stop(self) -> None:
        """Stop the server, gently, then not; only one that we started or that our file proves."""
        if self.trainer is not None and self.trainer.poll() is None:
            self.trainer.terminate()
        process = self.process or read_process(self.where.starting)
        if process is not None and self._alive(process):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)
            deadline = time.monotonic() + STOP_SECONDS
            while self._alive(process):
                if time.monotonic() > deadline:
                    _log.warning("event=killed pid=%s", process.pid)
                    os.kill(process.pid, signal.SIGKILL)
                    deadline += STOP_SECONDS
                time.sleep(0.02)
        with contextlib.suppress(OSError):
            self.where.state.unlink(missing_ok=True)
        self.where.starting.unlink(missing_ok=True)
        _log.info("event=stopped")


def detach() -> None:
    """Go on as a child of nobody, so that no client has to collect the remains."""
    if os.fork():
        os._exit(0)


def main(settings: Settings) -> int:
    where = layout(settings)
    mine = FileLock(where.keeper_lock)
    # The one before may be on its way out; one that stays is the keeper, and needs no second.
    if not mine.acquire(timeout=STOP_SECONDS * 2):
        return 0
    keeper = Keeper(settings)

    def stop(_number: int, _frame: FrameType | None) -> None:
        keeper.told_to_stop = True

    signal.signal(signal.SIGTERM, stop)
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    write_process(where.keeper, keeper.me)
    where.failure.unlink(missing_ok=True)
    try:
        keeper.run()
        return 0
    except (GraphnetError, OSError) as problem:
        _log.error("event=failed %s", problem)
        kind = type(problem).__name__ if isinstance(problem, GraphnetError) else "ServerError"
        write_json(where.failure, {"error": kind, "message": str(problem), "at": time.time()})
        return 1
    finally:
        where.pinned.unlink(missing_ok=True)
        where.keeper.unlink(missing_ok=True)
        # In this order: who then gets a part of the clients' lock finds no keeper, or a new one.
        mine.close()
        keeper.everybody.close()


if __name__ == "__main__":
    detach()
    os.umask(0o077)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr
    )
    given = json.loads(sys.argv[1])
    sys.exit(
        main(
            Settings(
                home=Path(given["home"]),
                cache=Path(given["cache"]),
                neo4j_heap=given["heap"],
                neo4j_page_cache=given["page_cache"],
                neo4j_options=tuple(given["options"]),
                neo4j_configuration=tuple(given["configuration"]),
                neo4j_port=int(given["port"]),
            )
        )
    )

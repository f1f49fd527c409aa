"""Breaker: notices that Neo4j has stopped answering, and lets it alone until it answers again.

The driver has no deadline for reading (its only one is the server's hint, two minutes), and the
time limit of a query is the server's own: a server that hangs would hold every thread that asks it.
So one thread beside them looks at what has waited for long. It asks the server itself, over a
connection of its own and with a deadline; if that fails, everything that waits is cut off, and
until the server answers a probe nobody else is let through. There is one probe at a time.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import neo4j
from neo4j import exceptions as driver_errors

log = logging.getLogger(__name__)

SLOW_SECONDS = 1.0  # what waits for longer makes us ask whether the server still answers
AGAIN_SECONDS = 2.0  # how often, while something goes on waiting
PAUSE_SECONDS = 0.5  # between two probes of a server that does not answer
_LOOK_SECONDS = 0.25


def answers(
    uri: str, user: str, password: str, database: str, *, seconds: float, agent: str
) -> bool:
    """Whether a server answers a query within so many seconds.

    Raises
    ------
    neo4j.exceptions.AuthError
        It answers that user or password are wrong.
    """
    try:
        driver = neo4j.GraphDatabase.driver(
            uri,
            auth=(user, password),
            user_agent=agent,
            connection_timeout=seconds,
            connection_acquisition_timeout=seconds,
            telemetry_disabled=True,
            notifications_min_severity="OFF",
        )
        # Closing a driver wakes whoever reads from its connections: the only deadline there is.
        deadline = threading.Timer(seconds, driver.close)
        deadline.daemon = True
        deadline.start()
        try:
            # An auto-commit query, because a managed one would be tried again for half a minute.
            with driver, driver.session(database=database) as session:
                return session.run("RETURN 1 AS one").single() is not None
        finally:
            deadline.cancel()
            deadline.join()
    except driver_errors.AuthError:
        raise
    except (driver_errors.DriverError, driver_errors.Neo4jError, OSError):
        return False


class Breaker:
    """Watches the calls of one store; `cut` ends those that wait, `probe` asks the server."""

    def __init__(self, probe: Callable[[], bool], cut: Callable[[], None]) -> None:
        self._probe = probe
        self._cut = cut
        self._calls: dict[int, tuple[float, float]] = {}  # since when, and until when at most
        self._lock = threading.Lock()
        self._number = 0
        self._doubted = threading.Event()
        self._stopped = threading.Event()
        self._asked = 0.0
        self.broken = False
        self._thread = threading.Thread(target=self._watch, name="breaker", daemon=True)
        self._thread.start()

    @contextmanager
    def call(self, *, seconds: float) -> Iterator[None]:
        """Watch one call, which is cut off after `seconds` whatever the server says."""
        now = time.monotonic()
        with self._lock:
            self._number += 1
            mine = self._number
            self._calls[mine] = (now, now + seconds)
        try:
            yield
        finally:
            with self._lock:
                del self._calls[mine]

    def doubt(self) -> None:
        """Ask the server soon: somebody could not reach it."""
        self._doubted.set()

    def close(self) -> None:
        """Stop watching."""
        self._stopped.set()
        self._doubted.set()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=2)

    def _watch(self) -> None:
        while not self._stopped.is_set():
            doubted = self._doubted.wait(_LOOK_SECONDS)
            self._doubted.clear()
            if self._stopped.is_set():
                return
            try:
                self._look(doubted=doubted)
            except Exception:  # the thread must outlive whatever a probe meets
                log.exception("breaker.failed")
            if self.broken:
                self._stopped.wait(PAUSE_SECONDS)

    def _look(self, *, doubted: bool) -> None:
        now = time.monotonic()
        with self._lock:
            calls = list(self._calls.values())
        slow = any(now - since > SLOW_SECONDS for since, _ in calls)
        due = slow and now - self._asked > AGAIN_SECONDS
        if self.broken or doubted or due:
            self._asked = now
            answered = self._probe()
            if self._stopped.is_set():
                return
            if answered and self.broken:
                log.warning("neo4j.answers_again")
                self.broken = False
            elif not answered and not self.broken:
                log.warning("neo4j.does_not_answer waiting=%d", len(calls))
                self.broken = True
                self._cut()
        if any(now > until for _, until in calls):
            log.warning("neo4j.call_past_its_deadline")
            self._cut()

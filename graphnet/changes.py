"""The feed of numbered changes that every process reads, so that all of them agree within a second.

A change is written in the transaction of the act itself. The counter's lock is held until that
commits, so numbers appear in order and a reader that has seen number n has missed nothing below it.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from graphnet.errors import StoreError
from graphnet.model import Change
from graphnet.store import Store, Transaction

log = logging.getLogger(__name__)

# One row: the number of the change that was written.
RECORD = """MERGE (c:Counter {name: 'change'}) ON CREATE SET c.next = 0
SET c.next = c.next + 1
CREATE (n:Change {number: c.next, kind: $kind, people: $people, thing: $thing, at: $at})
RETURN n.number AS number"""

# One row: a change after $after, oldest first.
AFTER = """MATCH (n:Change) WHERE n.number > $after
RETURN n.number AS number, n.kind AS kind, n.people AS people, n.thing AS thing, n.at AS at
ORDER BY number LIMIT $limit"""

# One row: the number of the newest change.
NEWEST = "MATCH (c:Counter {name: 'change'}) RETURN c.next AS number LIMIT 1"

# One row: how many old changes were removed.
FORGET = """MATCH (n:Change) WHERE n.number <= $up_to WITH n LIMIT 10000 DETACH DELETE n
RETURN count(*) AS removed"""

# Kinds that take people out of every answer at once, and those that may put them back.
DENYING = ("hidden", "erased", "died", "withdrew")
ALLOWING = ("shown",)
# Something that lists may show was announced or changed.
ANNOUNCED = "announced"


_recorded = 0


def recorded() -> int:
    """Return how many changes this process has written, or begun to write."""
    return _recorded


def record(
    transaction: Transaction, kind: str, people: Iterable[int] = (), *, thing: str = ""
) -> int:
    """Write one change in the act's own transaction and return its number."""
    global _recorded
    rows = transaction.run(
        RECORD, kind=kind, people=list(people), thing=thing, at=datetime.now(UTC)
    )
    _recorded += 1
    return int(rows[0]["number"])


def newest(store: Store) -> int:
    """Return the number of the newest change; 0 if there is none."""
    rows = store.read(NEWEST)
    return int(rows[0]["number"]) if rows else 0


def after(store: Store, number: int, *, limit: int = 1_000) -> list[Change]:
    """Return the changes that came after `number`, oldest first."""
    return [
        Change(
            row["number"], row["kind"], tuple(row["people"] or ()), row["thing"] or "", row["at"]
        )
        for row in store.read(AFTER, after=number, limit=limit)
    ]


def forget(store: Store, up_to: int) -> int:
    """Remove changes that every snapshot in use already contains; return how many."""
    return int(store.write(FORGET, up_to=up_to)[0]["removed"])


class Tail:
    """Reads the feed in a thread of its own and hands each change to `on_change`.

    If Neo4j does not answer, the tail keeps trying and says so in the log once.
    """

    def __init__(
        self,
        store: Store,
        on_change: Callable[[Change], None],
        *,
        start: int,
        seconds: float = 0.3,
    ) -> None:
        self.seen = start
        self._store = store
        self._on_change = on_change
        self._seconds = seconds
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._follow, name="changes", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self) -> None:
        """Stop following and wait for the thread to end."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def catch_up(self) -> None:
        """Read everything that is there now; safe from any thread."""
        with self._lock:
            while changes := after(self._store, self.seen):
                for change in changes:
                    self._on_change(change)
                    self.seen = change.number

    def _follow(self) -> None:
        failing = False
        while not self._stopped.wait(self._seconds):
            try:
                self.catch_up()
            except StoreError as problem:
                if not failing:
                    log.warning("changes.unreadable problem=%s", problem)
                failing = True
            else:
                failing = False

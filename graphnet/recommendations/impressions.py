"""What was shown to whom, and what came of it: only of people who let the site learn from them.

One node a person, list, thing, model and day, written in batches; after `KEPT` days only sums a
list, model and day are left.
"""

import hashlib
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from graphnet.consent import newest
from graphnet.recommendations.items import Item
from graphnet.store import Row, Store, Transaction

KEPT = timedelta(days=30)
BATCH = 200
SECONDS = 5.0

# One row: how many impressions of the batch were written. Whoever has refused meanwhile is left
# out, and so is who is gone.
SHOWN = (
    """UNWIND $rows AS row
MATCH (p:Person {key: row.key})
WHERE """
    + newest("p", "profile")
    + """ <> ['refused']
MERGE (i:Impression {id: row.id})
ON CREATE SET i.list = row.list, i.item = row.item, i.model = row.model, i.day = row.day,
  i.at = row.at, i.times = 0, i.propensity = row.propensity, i.explored = row.explored
SET i.times = i.times + 1
MERGE (p)-[:SAW]->(i)
RETURN count(*) AS n"""
)

# One row: the impression that was clicked.
CLICKED = """MATCH (:Person {key: $me})-[:SAW]->(i:Impression {item: $item})
WHERE i.list = $list
WITH i ORDER BY i.at DESC, i.id LIMIT 1
SET i.clicked_at = coalesce(i.clicked_at, $at) RETURN i.id AS id"""

# One row: the oldest day that is to be forgotten.
OLDEST = """MATCH (i:Impression) WHERE i.day < $before
RETURN i.day AS day ORDER BY day LIMIT 1"""

# One row: sums of that day, by list and model.
OLD = """MATCH (i:Impression {day: $day})
MATCH (p:Person)-[:SAW]->(i)
OPTIONAL MATCH (p)<-[:BY]-(r:Registration)-[:FOR]->(:Event {id: i.item})
WITH i.list AS list, i.model AS model, i.day AS day, i, r
RETURN list, model, day, count(DISTINCT i) AS shown,
  count(DISTINCT CASE WHEN i.clicked_at IS NOT NULL THEN i END) AS clicked,
  count(DISTINCT CASE WHEN r.state IN ['yes', 'waiting'] AND r.at >= i.at THEN i END) AS replied,
  count(DISTINCT CASE WHEN r.attended_at IS NOT NULL AND r.at >= i.at THEN i END) AS came,
  count(DISTINCT CASE WHEN i.explored THEN i END) AS explored
ORDER BY list, model, day LIMIT 10000"""

# One row: the day's sum.
KEEP = """UNWIND $rows AS row
MERGE (d:ShownDay {id: row.list + '|' + row.model + '|' + row.day})
ON CREATE SET d.list = row.list, d.model = row.model, d.day = row.day, d.shown = row.shown,
  d.clicked = row.clicked, d.replied = row.replied, d.came = row.came, d.explored = row.explored
RETURN count(*) AS n"""

# One row: how many were forgotten.
FORGET = """MATCH (i:Impression {day: $day}) DETACH DELETE i
RETURN count(*) AS removed"""


class Impressions:
    """Gathers what is shown and writes it now and then; safe for threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._written = time.monotonic()

    def shown(self, key: int, model: str, items: Iterable[Item]) -> None:
        """Note that these items were shown to somebody who lets the site learn."""
        now = datetime.now(UTC)
        day = now.date().isoformat()
        rows = [
            {
                "key": key,
                "id": _id(key, item.list, item.id, model, day),
                "list": item.list,
                "item": item.id,
                "model": model,
                "day": day,
                "at": now,
                "propensity": item.propensity,
                "explored": item.explored,
            }
            for item in items
        ]
        with self._lock:
            self._rows += rows
            full = len(self._rows) >= BATCH or time.monotonic() - self._written > SECONDS
        if full:
            self.write()

    def write(self) -> None:
        """Write what was gathered; what cannot be written is lost, and no page waits for it."""
        with self._lock:
            rows, self._rows = self._rows, []
            self._written = time.monotonic()
        if rows:
            self._store.write(SHOWN, rows=rows)

    def clicked(self, key: int, list_name: str, item: str) -> None:
        """Note that somebody opened what was shown to them."""
        self.write()
        self._store.write(CLICKED, me=key, list=list_name, item=item, at=datetime.now(UTC))


def _id(key: int, *parts: str) -> str:
    text = "|".join((str(key), *parts))
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def forget(store: Store, *, now: datetime | None = None) -> int:
    """Sum up and remove what is older than `KEPT`; return how much was removed."""
    before = ((now or datetime.now(UTC)) - KEPT).date().isoformat()

    removed = 0
    while days := store.read(OLDEST, before=before):
        day = days[0]["day"]

        def work(transaction: Transaction, day: str = day) -> int:
            rows: list[Row] = transaction.run(OLD, day=day)
            if rows:
                transaction.run(KEEP, rows=rows)
            return int(transaction.run(FORGET, day=day)[0]["removed"])

        removed += store.in_write(work, seconds=300)
    return removed


@dataclass(frozen=True)
class Shown:
    """How one list did with one model: in people's days, clicks with a 95 % interval."""

    list: str
    model: str
    shown: int
    clicked: int
    replied: int
    came: int
    explored: int
    explored_clicked: int
    things: int
    low: float
    high: float
    coverage: float
    gini: float
    least_propensity: float

    @property
    def rate(self) -> float:
        """Share that was clicked."""
        return self.clicked / self.shown if self.shown else 0.0

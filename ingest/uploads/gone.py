"""People whom the next file of the same source names no more: noted, if staff say so.

They stay as they are; their history says from when on that list has not had them. That the last
file did not name somebody is remembered in any case, so that the next one can say who is back.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from graphnet.store import Store

BATCH = 5_000

# One row: how many are noted as named no more.
NOTE = """UNWIND $origins AS wanted MATCH (r:Record {origin: wanted}) WHERE r.gone_at IS NULL
SET r.gone_at = $now, r.gone = $run RETURN count(r) AS n"""

# One row: how many the file did not name that were named until now.
MISS = """UNWIND $origins AS wanted MATCH (r:Record {origin: wanted}) WHERE r.missed IS NULL
SET r.missed = $run RETURN count(r) AS n"""

# One row: how many are named again.
AGAIN = """UNWIND $origins AS wanted MATCH (r:Record {origin: wanted})
WHERE r.gone_at IS NOT NULL OR r.missed IS NOT NULL
SET r.gone_at = null, r.gone = null, r.missed = null RETURN count(r) AS n"""


def note_gone(store: Store, run: int, origins: Iterable[str]) -> int:
    """Note whom the file names no more; return how many are so from now on."""
    told, n = list(origins), 0
    for i in range(0, len(told), BATCH):
        some = told[i : i + BATCH]
        n += store.write(NOTE, origins=some, run=run, now=datetime.now(UTC))[0]["n"]
    return n


def miss(store: Store, run: int, origins: Iterable[str]) -> None:
    """Remember whom the file did not name."""
    told = list(origins)
    for i in range(0, len(told), BATCH):
        store.write(MISS, origins=told[i : i + BATCH], run=run)


def named(store: Store, origins: Iterable[str]) -> None:
    """Take the note back from whom the file names again."""
    told = list(origins)
    for i in range(0, len(told), BATCH):
        store.write(AGAIN, origins=told[i : i + BATCH])

"""People whom the next file of the same source names no more: noted, if staff say so.

They stay as they are; their history says from when on that list has not had them.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from graphnet.store import Store

BATCH = 5_000

# One row: how many are noted as named no more.
NOTE = """UNWIND $origins AS wanted MATCH (r:Record {origin: wanted}) WHERE r.gone_at IS NULL
SET r.gone_at = $now, r.gone = $run RETURN count(r) AS n"""

# One row: how many are named again.
AGAIN = """UNWIND $origins AS wanted MATCH (r:Record {origin: wanted}) WHERE r.gone_at IS NOT NULL
SET r.gone_at = null, r.gone = null RETURN count(r) AS n"""


def note_gone(store: Store, run: int, origins: Iterable[str]) -> int:
    """Note whom the file names no more; return how many are so from now on."""
    told, n = list(origins), 0
    for i in range(0, len(told), BATCH):
        some = told[i : i + BATCH]
        n += store.write(NOTE, origins=some, run=run, now=datetime.now(UTC))[0]["n"]
    return n


def named(store: Store, origins: Iterable[str]) -> None:
    """Take the note back from whom the file names again."""
    told = list(origins)
    for i in range(0, len(told), BATCH):
        store.write(AGAIN, origins=told[i : i + BATCH])

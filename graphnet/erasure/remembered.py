"""Erasures outlive the database: a restored backup must not bring anybody back.

The keys of erased people, and nothing else of them, stand in the graph as `:Erasure` and in a file
beside the data, which the worker keeps. `graphnet restore` applies them all to what it restored.
"""

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from graphnet.store import Store

FILE = "erasures.jsonl"

# One row: the key of somebody who was erased.
KEYS = "MATCH (e:Erasure) RETURN DISTINCT e.key AS key ORDER BY key LIMIT 1000000"


def in_graph(store: Store) -> set[int]:
    """Return the keys of everyone whom this database knows to be erased."""
    return {int(row["key"]) for row in store.read(KEYS)}


def in_file(folder: Path) -> set[int]:
    """Return the keys in the file beside the data; a half-written last line is skipped."""
    path = folder / FILE
    if not path.exists():
        return set()
    keys = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            keys.add(int(json.loads(line)["key"]))
        except (ValueError, KeyError, TypeError):
            continue
    return keys


def remember(folder: Path, keys: Iterable[int]) -> int:
    """Append those keys that the file does not have, and return how many."""
    new = sorted(set(keys) - in_file(folder))
    if not new:
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / FILE).open("a", encoding="utf-8") as file:
        for key in new:
            file.write(json.dumps({"key": key, "noted_at": datetime.now(UTC).isoformat()}) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return len(new)

"""What each sender's last file was read as and how, so that the next one needs no work.

A sender is whoever a file comes from, as staff name them; the import's source is made of it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from graphnet.model import new_id
from graphnet.names.romanise import TABLES
from graphnet.store import Store
from ingest.reading.words import heading

# One row: what the sender's last file was read as.
RECIPE = """MATCH (r:Recipe {id: $id})
RETURN r.columns AS columns, coalesce(r.reading, '{}') AS reading LIMIT 1"""

# One row: a sender whose files have come before.
SENDERS = "MATCH (r:Recipe) RETURN r.name AS name ORDER BY r.at DESC, name LIMIT $limit"

# One row: the recipe.
KEEP = """MERGE (r:Recipe {id: $id}) SET r.name = $name, r.columns = $columns,
r.reading = $reading, r.at = $now, r.by = $by RETURN r.id AS id"""

LATIN = str.maketrans(TABLES[1])
LONGEST = 60


@dataclass(frozen=True)
class Recipe:
    """What a sender's last file was taken for.

    columns: heading to field, nothing where the column was left out. reading: what staff chose by
    hand of ``encoding``, ``delimiter`` and ``header`` (number of a row, 0 for none), and the names
    of the sheets beside it that were ``left`` out.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    reading: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Changed:
    """How a file's columns differ from those of the sender's last one."""

    missing: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


def source_of(sender: str) -> str:
    """Return what a sender is called in the graph.

    Examples
    --------
    >>> source_of("Деканат ФПМ, 2004"), source_of("  ")
    ('dekanat-fpm-2004', '')
    """
    plain = sender.casefold().translate(LATIN)
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")


def recipe(store: Store, sender: str) -> Recipe:
    """Return what that sender's last file was taken for; nothing if there was none."""
    rows = store.read(RECIPE, id=source_of(sender))
    if not rows:
        return Recipe()
    return Recipe(json.loads(rows[0]["columns"]), json.loads(rows[0]["reading"]))


def senders(store: Store, *, limit: int = 100) -> list[str]:
    """Return the names of senders, the latest first."""
    return [str(row["name"]) for row in store.read(SENDERS, limit=limit)]


def keep(
    store: Store,
    sender: str,
    columns: Mapping[str, str],
    *,
    by: str,
    reading: Mapping[str, Any] | None = None,
) -> None:
    """Remember what a sender's file was read as, and what was said of it by hand."""
    known = {heading(text): name for text, name in columns.items() if heading(text)}
    store.write(
        KEEP,
        id=source_of(sender) or new_id(),
        name=sender.strip(),
        columns=json.dumps(known, ensure_ascii=False, sort_keys=True),
        reading=json.dumps(reading or {}, ensure_ascii=False, sort_keys=True),
        now=datetime.now(UTC),
        by=by,
    )


def changed(remembered: Mapping[str, str], headings: list[str]) -> Changed:
    """Return which columns are missing now, and which are new."""
    if not remembered:
        return Changed()
    now = {heading(text): text for text in headings if heading(text)}
    return Changed(
        tuple(name for name, taken in remembered.items() if taken and name not in now),
        tuple(text for name, text in now.items() if name not in remembered),
    )

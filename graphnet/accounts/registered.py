"""Accounts for people who came by an import, from a list: a demo's, or a move from another system.

The list is CSV with a head: ``origin`` (the person's record: ``source:kind:identity``, as the
import keeps it) or ``person_key``, ``email``, and if wanted ``roles`` (separated by spaces) and
``language``.
"""

import csv
from pathlib import Path

from graphnet.accounts.records import create_many
from graphnet.errors import BadFile
from graphnet.store import Store

# One row: the key of the person whom a record is about.
KEYS = """UNWIND $origins AS origin
MATCH (r:Record {origin: origin})-[:ABOUT]->(p:Person)
RETURN origin, p.key AS key ORDER BY origin LIMIT 100000"""

BATCH = 10_000


def create_registered(store: Store, path: Path, *, password: str) -> int:
    """Make the accounts of a list; return how many rows had somebody to belong to.

    All get one password, so this is for a demo; real people choose theirs by an invitation.

    Raises
    ------
    BadFile
        If the file cannot be read, or has no column that says who or by which address.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            columns = set(reader.fieldnames or ())
            if "email" not in columns or not columns & {"origin", "person_key"}:
                raise BadFile(f"{path}: needs the columns email, and origin or person_key")
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise BadFile(f"{path}: {problem}") from problem
    keys: dict[str, int] = {}
    origins = sorted({row["origin"] for row in rows if row.get("origin")})
    for start in range(0, len(origins), BATCH):
        for found in store.read(KEYS, origins=origins[start : start + BATCH]):
            keys[found["origin"]] = found["key"]
    accounts = [
        {
            "email": row["email"],
            "person_key": keys[row["origin"]] if row.get("origin") else int(row["person_key"]),
            "roles": (row.get("roles") or "alumnus").split(),
            "language": row.get("language") or "",
        }
        for row in rows
        if not row.get("origin") or row["origin"] in keys
    ]
    return create_many(store, accounts, password)

"""What was written in a request: replies between asker and staff, and notes that never leave.

Steps (taken on, handed over, waiting, closed, opened again) stand between them, so that both sides
read one history. Whoever asked reads replies and steps; notes are for staff alone.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import STANDARD, Rules, Viewer
from graphnet.store import Store, Transaction, native

Kind = Literal["reply", "note", "step"]
By = Literal["asker", "staff", "helper", "site", "unit"]
LONGEST = 5000

# One row: the entry that was written, by whom if that is a person.
WRITE = """MATCH (r:Request {id: $request})
CREATE (e:RequestEntry {id: $id, kind: $kind, text: $text, by: $by, at: $now})-[:IN]->(r)
WITH e OPTIONAL MATCH (author:Person {key: $author})
FOREACH (one IN CASE WHEN author IS NULL THEN [] ELSE [author] END | CREATE (e)-[:BY]->(one))
RETURN e.id AS id"""

# One row: an entry of a request, or what the askers of those that are joined to it have written.
EVERYTHING = """MATCH (r:Request {id: $request})
CALL (r) {
  MATCH (e:RequestEntry)-[:IN]->(r) RETURN e
  UNION MATCH (r)<-[:JOINED_TO]-(:Request)<-[:IN]-(e:RequestEntry {by: 'asker', kind: 'reply'})
  RETURN e
}
OPTIONAL MATCH (e)-[:BY]->(author:Person)
RETURN e.id AS id, e.kind AS kind, e.text AS text, e.by AS by, e.at AS at, author.key AS author
ORDER BY at, CASE WHEN kind = 'step' OR by = 'site' THEN 1 ELSE 0 END, id LIMIT 1000"""

# One row: an entry, the oldest first, with the key of who wrote it.
ENTRIES = """MATCH (e:RequestEntry)-[:IN]->(:Request {id: $request}) WHERE e.kind IN $kinds
OPTIONAL MATCH (e)-[:BY]->(author:Person)
RETURN e.id AS id, e.kind AS kind, e.text AS text, e.by AS by, e.at AS at, author.key AS author
ORDER BY at, CASE WHEN kind = 'step' OR by = 'site' THEN 1 ELSE 0 END, id LIMIT 500"""


@dataclass(frozen=True)
class Entry:
    """One thing that was written or done; `by` is one of `By`.

    The text of a step is its word: taken, handed, waiting, resumed, closed, reopened, declined.
    """

    id: str
    kind: Kind
    text: str
    by: str
    at: datetime
    author: Card | None  # where the reader may see whoever it is


def write(
    transaction: Transaction,
    request: str,
    kind: Kind,
    text: str,
    *,
    by: By,
    author: int | None,
    now: datetime,
) -> str:
    """Write into a request that the act has locked, and return the entry's id."""
    rows = transaction.run(
        WRITE, request=request, id=new_id(), kind=kind, text=text, by=by, author=author, now=now
    )
    return str(rows[0]["id"])


def for_asker(
    store: Store, request: str, viewer: Viewer | None = None, *, rules: Rules = STANDARD
) -> list[Entry]:
    """Return what whoever asked may read of their own request; the caller has asked whose it is.

    Whoever helped stands with their name, where `viewer` may see them; staff are the Association.
    """
    rows = [native(row) for row in store.read(ENTRIES, request=request, kinds=["reply", "step"])]
    keys = sorted({row["author"] for row in rows if row["by"] == "helper"} - {None})
    named = cards(store, viewer, keys, rules=rules) if viewer is not None and keys else []
    return [_entry(row, {card.key: card for card in named}) for row in rows]


def for_staff(
    store: Store, viewer: Viewer, request: str, *, rules: Rules = STANDARD
) -> list[Entry]:
    """Return the whole history, with who wrote what.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    rows = [native(row) for row in store.read(EVERYTHING, request=request)]
    keys = sorted({row["author"] for row in rows if row["author"] is not None})
    seen = {card.key: card for card in cards(store, viewer, keys, rules=rules)}
    return [_entry(row, seen) for row in rows]


def _entry(row: dict[str, object], seen: dict[int, Card]) -> Entry:
    author = row["author"]
    return Entry(
        str(row["id"]),
        cast("Kind", row["kind"]),
        str(row["text"]),
        str(row["by"]),
        cast("datetime", row["at"]),
        seen.get(author) if isinstance(author, int) else None,
    )

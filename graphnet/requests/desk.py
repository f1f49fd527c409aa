"""Who sees which request: staff all of them with their author, an asker their own."""

from datetime import UTC, datetime

from graphnet.errors import ThingNotFound
from graphnet.people import cards
from graphnet.privacy import STANDARD, Rules, Viewer
from graphnet.requests.kinds import Kinds
from graphnet.store import Row, Store

# One row: a request, what is overdue first, with who asked and the ways to answer them.
OPEN = """MATCH (r:Request) WHERE ($status = '' AND r.status <> 'done') OR r.status = $status
OPTIONAL MATCH (asker:Person)-[:ASKED]->(r)
RETURN r.id AS id, r.kind AS kind, r.status AS status, r.subject AS subject, r.text AS text,
  r.at AS at, r.due_at AS due_at, r.answer AS answer, r.outcome AS outcome, r.contact AS contact,
  r.closed_at AS closed_at, asker.key AS asker_key,
  COLLECT { MATCH (asker)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
            RETURN a.email ORDER BY a.email LIMIT 1 }
  + COLLECT { MATCH (asker)-[:HAS]->(c:ContactPoint) WHERE c.bounced_at IS NULL
              RETURN c.value ORDER BY c.kind, c.value LIMIT 3 } AS ways
ORDER BY CASE WHEN $status = 'done' THEN closed_at END DESC, due_at, id SKIP $skip LIMIT $limit"""

# One row: one request, as above, and the person whom it is about where that is certain.
ONE = """MATCH (r:Request {id: $id})
OPTIONAL MATCH (asker:Person)-[:ASKED]->(r)
RETURN r.id AS id, r.kind AS kind, r.status AS status, r.subject AS subject, r.text AS text,
  r.at AS at, r.due_at AS due_at, r.answer AS answer, r.outcome AS outcome, r.contact AS contact,
  r.closed_at AS closed_at, asker.key AS asker_key,
  COLLECT { MATCH (asker)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
            RETURN a.email ORDER BY a.email LIMIT 1 }
  + COLLECT { MATCH (asker)-[:HAS]->(c:ContactPoint) WHERE c.bounced_at IS NULL
              RETURN c.value ORDER BY c.kind, c.value LIMIT 3 } AS ways,
  COLLECT { MATCH (r)-[:FOR]->(p:Person) RETURN p.key ORDER BY p.key LIMIT 5 } AS about
LIMIT 1"""

# One row: how many requests are open, and how many of them are late.
COUNTS = """MATCH (r:Request) WHERE r.status <> 'done'
RETURN count(r) AS open, count(CASE WHEN r.due_at < $now THEN 1 END) AS late LIMIT 1"""

# One row: something that one person has asked, newest first; of one kind where one is given.
MINE = """MATCH (:Person {key: $key})-[:ASKED]->(r:Request) WHERE $kind = '' OR r.kind = $kind
RETURN r.id AS id, r.kind AS kind, r.status AS status, r.subject AS subject, r.text AS text,
  r.answer AS answer, r.at AS at, r.due_at AS due_at, r.closed_at AS closed_at
ORDER BY at DESC, id LIMIT $limit"""

TIMES = ("at", "due_at", "closed_at")


def open_requests(
    store: Store,
    viewer: Viewer,
    *,
    status: str = "",
    skip: int = 0,
    limit: int = 50,
    rules: Rules = STANDARD,
) -> list[Row]:
    """Return the requests that are open, or in one status, overdue ones first; for staff.

    Each has its `author`, a card where staff may see one, and the `ways` to answer them.
    """
    viewer.require_staff()
    return _with_authors(
        store, viewer, store.read(OPEN, status=status, skip=skip, limit=limit), rules
    )


def one(store: Store, viewer: Viewer, request_id: str, *, rules: Rules = STANDARD) -> Row:
    """Return one request, with its author as above and the keys of whom it is `about`.

    Raises
    ------
    ThingNotFound, NotAllowed
    """
    viewer.require_staff()
    rows = store.read(ONE, id=request_id)
    if not rows:
        raise ThingNotFound("no such request")
    return _with_authors(store, viewer, rows, rules)[0]


def counts(store: Store) -> Row:
    """Return how many requests are open and how many late."""
    return store.read(COUNTS, now=datetime.now(UTC))[0]


def mine(store: Store, viewer: Viewer, kinds: Kinds, *, limit: int = 100) -> list[Row]:
    """Return everything that the viewer has asked, newest first, as far as they are told."""
    rows = _native(store.read(MINE, key=viewer.own_key(), kind="", limit=limit))
    for row in rows:
        kind = kinds.get(row["kind"])
        if kind is None or not kind.told:
            row["answer"] = ""
            if row["status"] == "done":  # what is erased of it must not be told by its absence
                row["subject"] = row["text"] = ""
    return rows


def asked_by(store: Store, viewer: Viewer, kind: str, *, limit: int = 10) -> list[Row]:
    """Return what the viewer has asked of one kind, newest first, with status and answer."""
    if viewer.person_key is None:
        return []
    return _native(store.read(MINE, key=viewer.person_key, kind=kind, limit=limit))


def _with_authors(store: Store, viewer: Viewer, rows: list[Row], rules: Rules) -> list[Row]:
    keys = {row["asker_key"] for row in rows if row["asker_key"] is not None}
    authors = {card.key: card for card in cards(store, viewer, sorted(keys), rules=rules)}
    now = datetime.now(UTC)
    for row in _native(rows):
        row["late"] = row["status"] != "done" and row["due_at"] is not None and row["due_at"] < now
        row["author"] = authors.get(row["asker_key"])
        # Whoever hides is answered by letter; their addresses are not for every desk.
        ways = row["ways"] if row["author"] is not None else []
        row["ways"] = list(dict.fromkeys([*([row["contact"]] if row["contact"] else []), *ways]))
    return rows


def _native(rows: list[Row]) -> list[Row]:
    for row in rows:
        for name in TIMES:
            row[name] = row[name].to_native() if row[name] is not None else None
    return rows

"""Who sees which request: staff all of them with their author, an asker their own."""

from datetime import UTC, datetime
from typing import LiteralString

from graphnet.errors import ThingNotFound
from graphnet.people import cards
from graphnet.privacy import STANDARD, Rules, Viewer
from graphnet.requests import hours
from graphnet.requests.forms import read_answers
from graphnet.requests.kinds import Kinds, kind_of
from graphnet.store import Row, Store

# What is shown of a request: itself, who has it, who asks and the ways to answer them.
_SHOWN: LiteralString = """RETURN r.id AS id, r.kind AS kind, r.status AS status,
  r.subject AS subject, r.text AS text, r.at AS at, r.due_at AS due_at, r.answer AS answer,
  r.outcome AS outcome, coalesce(r.contact, r.visitor) AS contact, r.visitor AS visitor,
  r.closed_at AS closed_at,
  r.waits_since AS waits_since, r.first_due_at AS first_due_at, r.answers AS answers,
  r.first_answered_at AS first_answered_at, asker.key AS asker_key,
  COLLECT { MATCH (owner:Account {id: r.owner})-[:OF]->(o:Person)
            RETURN [owner.id, trim(coalesce(o.given_name, '') + ' ' + coalesce(o.family_name, ''))]
            ORDER BY owner.id LIMIT 1 } AS owners,
  COLLECT { MATCH (asker)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
            RETURN a.email ORDER BY a.email LIMIT 1 }
  + COLLECT { MATCH (asker)-[:HAS]->(c:ContactPoint) WHERE c.bounced_at IS NULL
              RETURN c.value ORDER BY c.kind, c.value LIMIT 3 } AS ways"""

# Whether a request is open and stands by itself: one that is joined to another is in that one.
_OPEN: LiteralString = "r.status <> 'done' AND NOT EXISTS { (r)-[:JOINED_TO]->(:Request) }"

# The requests of one of the desk's lists.
_NARROWED: LiteralString = (
    """MATCH (r:Request)
WHERE (($status = '' AND """
    + _OPEN
    + """) OR r.status = $status)
  AND ($owner = '' OR r.owner = $owner)
  AND (NOT $nobodys OR NOT EXISTS { MATCH (a:Account {id: r.owner})
    WHERE a.disabled_at IS NULL AND 'staff' IN a.roles })
  AND ($kind = '' OR r.kind = $kind)
"""
)

# One row: a request, what is overdue first, with who asked and the ways to answer them.
OPEN = (
    _NARROWED
    + """OPTIONAL MATCH (asker:Person)-[:ASKED]->(r)
"""
    + _SHOWN
    + """
ORDER BY CASE WHEN $status = 'done' THEN closed_at END DESC,
  CASE WHEN $first <> '' AND r.owner = $first THEN 0 ELSE 1 END,
  CASE WHEN status = 'waiting' THEN 1 ELSE 0 END,
  CASE WHEN first_answered_at IS NULL AND first_due_at < due_at THEN first_due_at ELSE due_at END,
  id
SKIP $skip LIMIT $limit"""
)

# One row: how many there are in all of such a list.
HOW_MANY = _NARROWED + "RETURN count(r) AS n LIMIT 1"

# One row: one request, as above, and the person whom it is about where that is certain.
ONE = (
    """MATCH (r:Request {id: $id})
OPTIONAL MATCH (asker:Person)-[:ASKED]->(r)
"""
    + _SHOWN
    + """,
  COLLECT { MATCH (r)-[:FOR]->(p:Person) RETURN p.key ORDER BY p.key LIMIT 5 } AS about
LIMIT 1"""
)

# One row: how many requests are open, and how many of them are late.
COUNTS = (
    "MATCH (r:Request) WHERE "
    + _OPEN
    + """
RETURN count(r) AS open, count(CASE WHEN r.due_at < $now THEN 1 END) AS late LIMIT 1"""
)

# One row: something that one person has asked, newest first; of one kind where one is given.
MINE = """MATCH (:Person {key: $key})-[:ASKED]->(r:Request) WHERE $kind = '' OR r.kind = $kind
RETURN r.id AS id, r.kind AS kind, r.status AS status, r.subject AS subject, r.text AS text,
  r.answer AS answer, r.at AS at, r.due_at AS due_at, r.closed_at AS closed_at,
  r.outcome AS outcome, EXISTS { MATCH (a:Account {id: r.owner})
    WHERE a.disabled_at IS NULL AND 'staff' IN a.roles } AS taken,
  r.first_due_at AS first_due_at, r.first_answered_at AS first_answered_at, r.answers AS answers
ORDER BY at DESC, id LIMIT $limit"""

# One row: something of one's own that waits for one's words.
AWAITED = """MATCH (:Person {key: $key})-[:ASKED]->(r:Request {status: 'waiting'})
RETURN r.id AS id, coalesce(r.subject, '') AS subject ORDER BY r.waits_since, id LIMIT 20"""

# One row: one request, if that person has asked it.
MY_ONE = """MATCH (:Person {key: $key})-[:ASKED]->(r:Request {id: $id})
RETURN r.id AS id, r.kind AS kind, r.status AS status, r.subject AS subject, r.text AS text,
  r.answer AS answer, r.at AS at, r.due_at AS due_at, r.closed_at AS closed_at,
  r.outcome AS outcome, EXISTS { MATCH (a:Account {id: r.owner})
    WHERE a.disabled_at IS NULL AND 'staff' IN a.roles } AS taken,
  r.first_due_at AS first_due_at, r.first_answered_at AS first_answered_at, r.answers AS answers,
  COLLECT { MATCH (k:RequestKind {id: r.form}) RETURN [k.thanks, k.thanks_ru] LIMIT 1 } AS thanks
LIMIT 1"""

TIMES = ("at", "due_at", "closed_at", "waits_since", "first_answered_at", "first_due_at")
# In these states no clock runs.
STANDING = ("done", "waiting", "joined")
# Working time before the deadline from which a request is due soon, and after it gravely late.
SOON, GRAVE = 2 * hours.DAY, 3 * hours.DAY


def open_requests(
    store: Store,
    viewer: Viewer,
    *,
    status: str = "",
    owner: str = "",
    nobodys: bool = False,
    kind: str = "",
    skip: int = 0,
    limit: int = 50,
    rules: Rules = STANDARD,
) -> list[Row]:
    """Return the requests that are open, or in one status; the viewer's own first, then as due.

    Each has its `author`, a card where staff may see one, the `ways` to answer them, the `owner`
    (id and name) or None, and how `urgent` it is: grave, late, soon, or nothing.

    Parameters
    ----------
    owner
        The account whose they are; '' for everybody's.
    nobodys
        Only those that nobody has taken on.
    """
    viewer.require_staff()
    which = {"status": status, "owner": owner, "nobodys": nobodys, "kind": kind}
    rows = store.read(OPEN, **which, first=viewer.account_id, skip=skip, limit=limit)
    return _with_authors(store, viewer, rows, rules)


def how_many(
    store: Store,
    viewer: Viewer,
    *,
    status: str = "",
    owner: str = "",
    nobodys: bool = False,
    kind: str = "",
) -> int:
    """Return how many requests `open_requests` has in all."""
    viewer.require_staff()
    which = {"status": status, "owner": owner, "nobodys": nobodys, "kind": kind}
    return int(store.read(HOW_MANY, **which)[0]["n"])


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
    return [told(row, kinds) for row in rows]


def awaited(store: Store, viewer: Viewer) -> list[Row]:
    """Return the viewer's own requests that wait for the viewer's words: id and subject."""
    return store.read(AWAITED, key=viewer.own_key())


def my_one(store: Store, viewer: Viewer, kinds: Kinds, request_id: str) -> Row:
    """Return one request of the viewer's own, as far as they are told.

    Raises
    ------
    ThingNotFound
        If it is somebody else's, exactly as if there were none.
    """
    rows = _native(store.read(MY_ONE, key=viewer.own_key(), id=request_id))
    if not rows:
        raise ThingNotFound("no such request")
    return told(rows[0], kinds)


# One row: one request that a visitor has asked, with the answer as long as its page stands.
VISITORS = """MATCH (r:Request {id: $id}) WHERE r.visitor IS NOT NULL
RETURN r.id AS id, r.kind AS kind, r.status AS status, r.subject AS subject, r.text AS text,
  r.answer AS answer, r.at AS at, r.due_at AS due_at, r.closed_at AS closed_at,
  r.outcome AS outcome, EXISTS { MATCH (a:Account {id: r.owner})
    WHERE a.disabled_at IS NULL AND 'staff' IN a.roles } AS taken,
  r.first_due_at AS first_due_at, r.first_answered_at AS first_answered_at, r.answers AS answers,
  COLLECT { MATCH (k:RequestKind {id: r.form}) RETURN [k.thanks, k.thanks_ru] LIMIT 1 } AS thanks
LIMIT 1"""


def visitors_row(store: Store, request_id: str) -> list[Row]:
    """Return the request of a visitor, or nothing; whether they may read it was asked before."""
    return _native(store.read(VISITORS, id=request_id))


def told(row: Row, kinds: Kinds) -> Row:
    """Return a request as far as who asked it is told; `late` are the days that have passed."""
    row["answers"] = read_answers(row["answers"])
    now = datetime.now(UTC)
    days = {"first": row["first_due_at"], "answer": row["due_at"]}
    if row["first_answered_at"] is not None:
        del days["first"]
    late = [name for name, due in days.items() if due is not None and due < now]
    row["late"] = [] if row["status"] in STANDING else late
    kind = kind_of(kinds, row["kind"])
    if kind is None or not kind.told:
        row["answer"] = ""
        if row["status"] == "done":  # what is erased of it must not be told by its absence
            row["subject"] = row["text"] = ""
            row["answers"] = []
    return row


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
        due = _next_due(row)
        row["late"] = row["status"] not in STANDING and due is not None and due < now
        row["next_due"] = due
        row["answers"] = read_answers(row["answers"])
        row["urgent"] = _urgent(row, now)
        row["owner"] = row["owners"][0] if row["owners"] else None
        row["author"] = authors.get(row["asker_key"])
        # Whoever hides is answered by letter; their addresses are not for every desk.
        ways = row["ways"] if row["author"] is not None else []
        row["ways"] = list(dict.fromkeys([*([row["contact"]] if row["contact"] else []), *ways]))
    return rows


def _next_due(row: Row) -> datetime | None:
    """Return what comes first: the first answer, where none was given yet, or the end."""
    waits = row["first_due_at"] if row["first_answered_at"] is None else None
    due: datetime | None = min(filter(None, (waits, row["due_at"])), default=None)
    return due


def _urgent(row: Row, now: datetime) -> str:
    due = row["next_due"]
    if row["status"] in STANDING or due is None:
        return ""
    if due < now:
        return "grave" if hours.between(due, now) >= GRAVE else "late"
    return "soon" if hours.between(now, due) <= SOON else ""


def _native(rows: list[Row]) -> list[Row]:
    for row in rows:
        for name in TIMES:
            if row.get(name) is not None:
                row[name] = row[name].to_native()
    return rows


# One row: what letters say of a request.
SUMMARY = """MATCH (r:Request {id: $id})
RETURN r.id AS id, r.kind AS kind, r.status AS status, coalesce(r.subject, '') AS subject,
  r.due_at AS due_at, r.first_due_at AS first_due_at,
  COLLECT { MATCH (k:RequestKind {id: r.form}) RETURN [k.thanks, k.thanks_ru] LIMIT 1 } AS thanks,
  COLLECT { MATCH (p:Person)-[:ASKED]->(r) RETURN p.id LIMIT 1 } AS askers,
  COLLECT { MATCH (a:Account {id: r.owner})-[:OF]->(p:Person) RETURN [a.email, p.id] LIMIT 1 }
    AS owners,
  r.visitor AS visitor
LIMIT 1"""


def summary(store: Store, request_id: str) -> Row | None:
    """Return what letters say of a request, `due` as dd.mm.yyyy; None if it is gone."""
    rows = _native(store.read(SUMMARY, id=request_id))
    if not rows:
        return None
    due = rows[0]["due_at"]
    return {
        **rows[0],
        "due": due.astimezone(hours.ZONE).strftime("%d.%m.%Y") if due else "",
        "thanks": rows[0]["thanks"][0] if rows[0]["thanks"] else ["", ""],
    }

"""Requests: what somebody asks of the Association, who answers, whether it is late."""

from datetime import UTC, datetime, timedelta

from graphnet import changes, people
from graphnet.audit import audit
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound, TooMany
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction

# One row: a request, what is overdue first.
OPEN = """MATCH (r:Request) WHERE ($status = '' AND r.status <> 'done') OR r.status = $status
OPTIONAL MATCH (asker:Person)-[:ASKED]->(r)
RETURN r.id AS id, r.kind AS kind, r.status AS status, r.subject AS subject, r.text AS text,
  r.at AS at, r.due_at AS due_at, r.answer AS answer, asker.key AS asker_key
ORDER BY due_at, id SKIP $skip LIMIT $limit"""

# One row: how many requests are open, and how many of them are late.
COUNTS = """MATCH (r:Request) WHERE r.status <> 'done'
RETURN count(r) AS open, count(CASE WHEN r.due_at < $now THEN 1 END) AS late LIMIT 1"""

# One row: who asks, locked until the request is committed, and what they have open of that kind.
LOCK_ASKER = """MATCH (p:Person {key: $key}) SET p.id = p.id
WITH p
RETURN [(p)-[:ASKED]->(r:Request {kind: $kind}) WHERE r.status <> 'done' | r.subject] AS open
LIMIT 1"""

# One row: the request that was closed.
CLOSE = """MATCH (r:Request {id: $id})
WITH r, r.status AS before
SET r.status = 'done', r.answer = $answer
RETURN before LIMIT 1"""


# One row: the request that was written.
ASK = """MATCH (asker:Person {key: $key})
CREATE (asker)-[:ASKED]->(r:Request {id: $id, kind: $kind, status: 'new', subject: $subject,
  text: $text, at: $now, due_at: $due_at})
RETURN r.id AS id"""

# One row: something that one person has asked, newest first.
MINE = """MATCH (:Person {key: $key})-[:ASKED]->(r:Request {kind: $kind})
RETURN r.id AS id, r.status AS status, r.subject AS subject, r.text AS text, r.answer AS answer,
  r.at AS at, r.due_at AS due_at ORDER BY at DESC, id LIMIT $limit"""

LONGEST_SUBJECT, LONGEST_TEXT = 200, 2000
MOST_OPEN = 10  # of one kind and one person
DAYS_TO_ANSWER = 14


def open_requests(
    store: Store, viewer: Viewer, *, status: str = "", skip: int = 0, limit: int = 50
) -> list[Row]:
    """Return the requests that are open, or in one status, overdue ones first; for staff."""
    _staff_only(viewer)
    rows = store.read(OPEN, status=status, skip=skip, limit=limit)
    now = datetime.now(UTC)
    for row in rows:
        for name in ("at", "due_at"):
            row[name] = row[name].to_native() if row[name] is not None else None
        row["late"] = row["status"] != "done" and row["due_at"] is not None and row["due_at"] < now
    return rows


def counts(store: Store) -> Row:
    """Return how many requests are open and how many late."""
    return store.read(COUNTS, now=datetime.now(UTC))[0]


def close(store: Store, viewer: Viewer, request_id: str, answer: str, *, hide: str = "") -> None:
    """Answer a request and close it; with `hide`, hide the person with that id in the same act.

    Raises
    ------
    ThingNotFound, Conflict, BadValue, NotAllowed
    """
    _staff_only(viewer)
    text = answer.strip()
    if not text:
        raise BadValue("say in a sentence what was done")

    def work(transaction: Transaction) -> None:
        rows = transaction.run(CLOSE, id=request_id, answer=text)
        if not rows:
            raise ThingNotFound("no such request")
        if rows[0]["before"] == "done":
            raise Conflict("somebody has closed this request already")
        if hide:
            hidden = transaction.run(people.KEY_OF, id=hide.strip())
            if not hidden:
                raise BadValue(f"there is no person with the id {hide!r}")
            people.hide(transaction, viewer, hidden[0]["key"], why=f"request {request_id}")
        audit(
            transaction, viewer.account_id, viewer.kind, "close request", purpose=viewer.purpose,
            subject=request_id, detail=text[:200],
        )  # fmt: skip

    store.in_write(work)


def ask(store: Store, viewer: Viewer, kind: str, subject: str, text: str = "") -> str:
    """Leave a request with staff on behalf of the viewer, and return its id.

    Raises
    ------
    BadValue
        If nothing is asked, or it is too long.
    Conflict
        If the viewer has asked the same and it is still open.
    TooMany
        If `MOST_OPEN` requests of that kind are open.
    NotAllowed
        If the viewer is nobody in the graph.
    """
    key = viewer.person_key
    if key is None:
        raise NotAllowed("a request is somebody's: sign in first")
    subject, text = subject.strip(), text.replace("\r\n", "\n").strip()
    if not subject or len(subject) > LONGEST_SUBJECT or len(text) > LONGEST_TEXT:
        raise BadValue(
            f"say what is asked in 1 to {LONGEST_SUBJECT} characters, the rest in {LONGEST_TEXT:,}"
        )

    def work(transaction: Transaction) -> str:
        rows = transaction.run(LOCK_ASKER, key=key, kind=kind)
        if not rows:
            raise NotAllowed("a request is somebody's: sign in first")
        if subject in rows[0]["open"]:
            raise Conflict("this has been asked already: wait for the answer")
        if len(rows[0]["open"]) >= MOST_OPEN:
            raise TooMany(f"{MOST_OPEN} open requests are enough: wait for an answer")
        now = datetime.now(UTC)
        made = transaction.run(
            ASK, key=key, id=new_id(), kind=kind, subject=subject, text=text, now=now,
            due_at=now + timedelta(days=DAYS_TO_ANSWER),
        )  # fmt: skip
        changes.record(transaction, "asked", [key], thing=made[0]["id"])
        return str(made[0]["id"])

    return store.in_write(work)


def asked_by(store: Store, viewer: Viewer, kind: str, *, limit: int = 10) -> list[Row]:
    """Return what the viewer has asked of one kind, newest first, with status and answer."""
    if viewer.person_key is None:
        return []
    rows = store.read(MINE, key=viewer.person_key, kind=kind, limit=limit)
    for row in rows:
        for name in ("at", "due_at"):
            row[name] = row[name].to_native() if row[name] is not None else None
    return rows


def _staff_only(viewer: Viewer) -> None:
    if viewer.kind != "staff":
        raise NotAllowed("requests are for staff")

"""Requests: what somebody asks of the Association, who answers, whether it is late."""

from datetime import UTC, datetime, timedelta

from graphnet import changes
from graphnet.accounts import audit
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound, TooMany
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction

MOST_OPEN = 5  # requests of one kind by one person
DAYS = 14  # until staff must have answered

# One row: a request, what is overdue first.
OPEN = """MATCH (r:Request) WHERE ($status = '' AND r.status <> 'done') OR r.status = $status
OPTIONAL MATCH (asker:Person)-[:ASKED]->(r)
RETURN r.id AS id, r.kind AS kind, r.status AS status, r.subject AS subject, r.text AS text,
  r.at AS at, r.due_at AS due_at, r.answer AS answer, asker.key AS asker_key
ORDER BY due_at, id SKIP $skip LIMIT $limit"""

# One row: how many requests are open, and how many of them are late.
COUNTS = """MATCH (r:Request) WHERE r.status <> 'done'
RETURN count(r) AS open, count(CASE WHEN r.due_at < $now THEN 1 END) AS late LIMIT 1"""

# One row: who asks, locked until the request is committed, and how many of that kind are open.
LOCK_ASKER = """MATCH (p:Person {key: $me}) SET p.id = p.id
WITH p
RETURN COUNT { (p)-[:ASKED]->(r:Request {kind: $kind}) WHERE r.status <> 'done' } AS open LIMIT 1"""

# One row: the new request.
ASK = """MATCH (p:Person {key: $me})
CREATE (p)-[:ASKED]->(r:Request {id: $id, kind: $kind, status: 'new', at: $now, due_at: $due_at,
  subject: $subject, text: $text}) RETURN r.id AS id"""

# One row: the request that was closed.
CLOSE = """MATCH (r:Request {id: $id})
WITH r, r.status AS before
SET r.status = 'done', r.answer = $answer
RETURN before LIMIT 1"""

# One row: the person who was hidden.
HIDE_FOR = """MATCH (p:Person {id: $person_id}) SET p.visibility = 'hidden' RETURN p.key AS key"""


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


def ask(store: Store, viewer: Viewer, kind: str, *, subject: str, text: str) -> str:
    """Ask the Association something, and return the request's id.

    Raises
    ------
    BadValue, NotAllowed
    TooMany
        If five requests of that kind are open.
    """
    me = viewer.person_key
    if me is None:
        raise NotAllowed("sign in to ask")
    about, words = subject.strip(), text.replace("\r\n", "\n").strip()
    if not about or len(about) > 200 or len(words) > 1000:
        raise BadValue("say whom or what it is about in at most 200 characters, the rest in 1,000")

    def work(transaction: Transaction) -> str:
        rows = transaction.run(LOCK_ASKER, me=me, kind=kind)
        if not rows:
            raise NotAllowed("sign in to ask")
        if rows[0]["open"] >= MOST_OPEN:
            raise TooMany(f"{MOST_OPEN} open requests are enough: wait for an answer")
        now = datetime.now(UTC)
        made = transaction.run(
            ASK, me=me, id=new_id(), kind=kind, now=now, due_at=now + timedelta(days=DAYS),
            subject=about, text=words,
        )  # fmt: skip
        changes.record(transaction, "requested", [me], thing=made[0]["id"])
        return str(made[0]["id"])

    return store.in_write(work)


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
            hidden = transaction.run(HIDE_FOR, person_id=hide.strip())
            if not hidden:
                raise BadValue(f"there is no person with the id {hide!r}")
            changes.record(transaction, "hidden", [hidden[0]["key"]])
        audit(
            transaction, viewer.account_id, viewer.kind, "close request", purpose=viewer.purpose,
            subject=request_id, detail=text[:200],
        )  # fmt: skip

    store.in_write(work)


def _staff_only(viewer: Viewer) -> None:
    if viewer.kind != "staff":
        raise NotAllowed("requests are for staff")

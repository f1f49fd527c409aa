"""Who asked goes on asking: writes into their request, or opens a closed one again."""

from datetime import datetime, timedelta

from graphnet import changes
from graphnet.errors import BadValue, ThingNotFound
from graphnet.privacy import ANYONE, Viewer
from graphnet.requests import hours, threads, work
from graphnet.requests.kinds import Kinds, kind_of
from graphnet.store import Row, Store, Transaction

REOPEN_WITHIN = timedelta(days=30)

# One row: the request that is open again.
REOPEN = """MATCH (r:Request {id: $id})
OPTIONAL MATCH (r)-[j:JOINED_TO]->(:Request) DELETE j
WITH DISTINCT r
SET r.joined = NULL,
  r.status = CASE WHEN EXISTS { MATCH (a:Account {id: r.owner})
    WHERE a.disabled_at IS NULL AND 'staff' IN a.roles } THEN 'in_work' ELSE 'new' END,
  r.due_at = $due_at, r.waits_since = NULL, r.reminded_at = NULL, r.escalated_at = NULL
REMOVE r.answer, r.outcome, r.closed_at RETURN r.id AS id"""

# One row: the request, if it is that person's.
OWN = """MATCH (:Person {key: $key})-[:ASKED]->(r:Request {id: $id}) RETURN r.id AS id LIMIT 1"""


def _own(store: Store, viewer: Viewer, request_id: str) -> None:
    if not store.read(OWN, key=viewer.own_key(), id=request_id):
        raise ThingNotFound("no such request")


def say(
    store: Store, viewer: Viewer, request_id: str, text: str, *, now: datetime | None = None
) -> None:
    """Write into one's own request: the clock runs on, and whoever has it is told by a letter.

    Raises
    ------
    ThingNotFound
        If it is somebody else's, exactly as if there were none.
    BadValue, Conflict
    """
    me, written = viewer.own_key(), work.words(text)

    def act(transaction: Transaction, request: Row, at: datetime) -> None:
        if request["asker"] != me:
            raise ThingNotFound("no such request")
        _said(transaction, request, written, me, at)

    _own(store, viewer, request_id)
    work.on(store, request_id, now, act, joined=True)


def _said(
    transaction: Transaction, request: Row, written: str, author: int | None, at: datetime
) -> None:
    entry = threads.write(
        transaction, request["id"], "reply", written, by="asker", author=author, now=at
    )
    changes.record(transaction, "request", [] if author is None else [author], thing=request["id"])
    work.asker_wrote(transaction, request, entry, at)


def say_as_visitor(
    store: Store,
    kinds: Kinds,
    request_id: str,
    text: str,
    *,
    closed: bool,
    now: datetime | None = None,
) -> None:
    """Write as the visitor who has asked, into a closed request to open it again.

    That it is the visitor was proved before, by a token.

    Raises
    ------
    BadValue
        As `reopen`.
    ThingNotFound, Conflict
    """
    written = work.words(text)
    if closed:
        _reopen(store, ANYONE, kinds, request_id, written, now)
        return

    def act(transaction: Transaction, request: Row, at: datetime) -> None:
        _said(transaction, request, written, None, at)

    work.on(store, request_id, now, act, joined=True)


def reopen(
    store: Store,
    viewer: Viewer,
    kinds: Kinds,
    request_id: str,
    why: str,
    *,
    now: datetime | None = None,
) -> None:
    """Open a closed request again: staff at any time, who asked within `REOPEN_WITHIN`.

    Only what was closed by an answer: what another rule has done is not undone by a word.

    Raises
    ------
    BadValue
        ``words``: why; ``rule``: this kind was closed by a rule of its own; ``late``
    ThingNotFound, Conflict
    """
    written = work.words(why)
    if not viewer.is_staff:
        _own(store, viewer, request_id)
    _reopen(store, viewer, kinds, request_id, written, now)


def _reopen(
    store: Store,
    viewer: Viewer,
    kinds: Kinds,
    request_id: str,
    written: str,
    now: datetime | None,
) -> None:
    def act(transaction: Transaction, request: Row, at: datetime) -> None:
        kind = kind_of(kinds, request["kind"])
        if kind is None or not kind.answerable:
            raise BadValue(
                "a request of this kind is closed by a rule and not opened again: ask anew",
                code="rule",
            )
        if not viewer.is_staff and at > request["closed_at"] + REOPEN_WITHIN:
            raise BadValue("this was closed long ago: ask anew, and name this request", code="late")
        given = timedelta(hours=request["hours"][0]) if request["hours"] else None
        due = hours.after(at, given or kind.working_days * hours.DAY)
        transaction.run(REOPEN, id=request_id, due_at=due)
        by: threads.By = "staff" if viewer.is_staff else "asker"
        threads.write(
            transaction,
            request_id,
            "reply" if by == "asker" else "note",
            written,
            by=by,
            author=viewer.person_key,
            now=at,
        )
        work.step(transaction, viewer, request, "reopened", at)
        if by == "asker":
            work.tell_owner(transaction, request, f"request-reopened:{request_id}:{at.isoformat()}")

    work.on(store, request_id, now, act, closed=True)

"""Two requests that ask the same are joined, one that asks two things is split.

Nobody's request disappears in another: each asker keeps their own page, with their own words alone
and with what staff answer to all of them. Closing the one closes all, and each asker is told. What
was joined can be taken apart again. Of a split both halves have the same asker.
"""

from datetime import UTC, datetime

from graphnet import mail
from graphnet.errors import BadValue, Conflict
from graphnet.privacy import Viewer
from graphnet.requests import threads, work
from graphnet.requests.forms import KindForm
from graphnet.requests.kinds import Kinds, closed_already, kind_of
from graphnet.requests.opening import LONGEST_SUBJECT, LONGEST_TEXT, open_request
from graphnet.store import Row, Store, Transaction, native

# One row: the request that is joined to another.
JOIN = """MATCH (gone:Request {id: $gone})
CALL (gone) { MATCH (kept:Request {id: $kept}) RETURN kept }
CREATE (gone)-[:JOINED_TO {at: $now, by: $by}]->(kept)
SET gone.joined = gone.status, gone.status = 'joined' RETURN gone.id AS id"""

# One row: the request that stands by itself again; what it waited for is waited for again.
APART = """MATCH (gone:Request {id: $gone})-[j:JOINED_TO]->(kept:Request) DELETE j
SET gone.status = coalesce(gone.joined, 'new'), gone.joined = NULL
RETURN kept.id AS kept"""

# One row: a request that is joined to this one, with who asked it.
OF = """MATCH (gone:Request)-[j:JOINED_TO]->(:Request {id: $id})
OPTIONAL MATCH (asker:Person)-[:ASKED]->(gone)
RETURN gone.id AS id, coalesce(gone.subject, '') AS subject, coalesce(gone.text, '') AS text,
  gone.status AS status, gone.kind AS kind, j.at AS at, asker.key AS asker
ORDER BY at, id LIMIT 50"""

# One row: the request to which this one is joined, or of which it was a part.
TO = """MATCH (:Request {id: $id})-[t:JOINED_TO|SPLIT_FROM]->(kept:Request)
RETURN kept.id AS id, coalesce(kept.subject, '') AS subject, type(t) AS tie ORDER BY id LIMIT 5"""

# One row: an open request of the same kind, which may ask the same.
ALIKE = """MATCH (r:Request {id: $id})
CALL (r) {
  MATCH (other:Request) WHERE other.id <> r.id AND NOT other.status IN ['done', 'joined']
    AND other.kind = r.kind
  RETURN other
}
RETURN other.id AS id, coalesce(other.subject, '') AS subject, other.at AS at
ORDER BY at DESC, id LIMIT 50"""

# One row: the new request, with the one of which it was a part.
SPLIT = """MATCH (made:Request {id: $made}) CALL (made) { MATCH (r:Request {id: $id}) RETURN r }
CREATE (made)-[:SPLIT_FROM {at: $now}]->(r) SET made.owner = r.owner,
  made.status = CASE WHEN EXISTS { MATCH (a:Account {id: r.owner})
    WHERE a.disabled_at IS NULL AND 'staff' IN a.roles } THEN 'in_work' ELSE 'new' END,
  made.contact = r.contact, made.visitor = r.visitor, made.language = r.language
RETURN made.id AS id"""


def joined(store: Store, viewer: Viewer, request_id: str) -> list[Row]:
    """Return the requests that are joined to one.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    return [native(row) for row in store.read(OF, id=request_id)]


def leads_to(store: Store, request_id: str) -> list[Row]:
    """Return to which request one is joined, or of which it was a part: id, subject and tie."""
    return store.read(TO, id=request_id)


def alike(store: Store, viewer: Viewer, request_id: str) -> list[Row]:
    """Return open requests of the same kind that may ask the same, the newest first.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    return [native(row) for row in store.read(ALIKE, id=request_id)]


def join(
    store: Store,
    viewer: Viewer,
    kinds: Kinds,
    request_id: str,
    kept: str,
    *,
    now: datetime | None = None,
) -> None:
    """Join a request to another that asks the same; its asker is told.

    Raises
    ------
    BadValue
        ``same`` if it is itself; ``untold`` where askers are told nothing, so that nothing could
        reach them; ``kind`` if the two are of different kinds.
    Conflict
        ``closed`` or ``joined``: one of the two does not stand by itself any more.
    ThingNotFound, NotAllowed
    """
    viewer.require_staff()
    if request_id == kept:
        raise BadValue("a request cannot be joined to itself: choose another one", code="same")
    at = now or datetime.now(UTC)

    def act(transaction: Transaction) -> None:
        # Both are locked in one order, whichever is joined to which.
        rows = {one: work.locked(transaction, one) for one in sorted((request_id, kept))}
        gone, other = rows[request_id], rows[kept]
        for one in (gone, other):
            if one["status"] in ("done", "joined"):
                raise closed_already(one)
        kind = kind_of(kinds, gone["kind"])
        if kind is None or not kind.told or not kind.answerable:
            raise BadValue(
                "whoever asks is told nothing of requests of this kind: they cannot be joined",
                code="untold",
            )
        if gone["kind"] != other["kind"]:
            raise BadValue(
                f"only requests of one kind are joined: these are {gone['kind']} and "
                f"{other['kind']}",
                code="kind",
            )
        for row in transaction.run(OF, id=request_id):  # what was joined to it comes with it
            transaction.run(APART, gone=row["id"])
            transaction.run(JOIN, gone=row["id"], kept=kept, now=at, by=viewer.account_id)
        transaction.run(JOIN, gone=request_id, kept=kept, now=at, by=viewer.account_id)
        work.step(transaction, viewer, gone, "joined", at)
        _note(transaction, viewer, kept, f"joined {request_id}", at)
        _tell(transaction, gone, "requests.joined", at)

    store.in_write(act)


def apart(store: Store, viewer: Viewer, request_id: str, *, now: datetime | None = None) -> str:
    """Take a request apart from the one that it was joined to, and return the latter's id.

    Raises
    ------
    Conflict
        ``apart``: it stands by itself; ``closed``: both were closed together.
    ThingNotFound, NotAllowed
    """
    viewer.require_staff()

    def act(transaction: Transaction) -> str:
        request, at = work.locked(transaction, request_id), now or datetime.now(UTC)
        if request["status"] == "done":
            raise closed_already(request)
        if request["status"] != "joined":
            raise Conflict(f"the request {request_id} stands by itself already", code="apart")
        rows = transaction.run(APART, gone=request_id)
        if not rows:
            raise Conflict(f"the request {request_id} stands by itself already", code="apart")
        work.step(transaction, viewer, request, "apart", at)
        _note(transaction, viewer, rows[0]["kept"], f"apart {request_id}", at)
        _tell(transaction, request, "requests.apart", at)
        return str(rows[0]["kept"])

    return store.in_write(act)


def split(
    store: Store,
    viewer: Viewer,
    kinds: Kinds,
    request_id: str,
    kind_name: str,
    subject: str,
    text: str,
    *,
    form: KindForm | None = None,
    now: datetime | None = None,
) -> str:
    """Make a second request out of a part of one, for the same asker, who is told; return its id.

    Raises
    ------
    BadValue
        ``subject``; ``kind`` if nobody knows it or its askers are not told; ``untold``
    Conflict
        ``closed``
    ThingNotFound, NotAllowed
    """
    viewer.require_staff()
    subject, text = subject.strip(), text.replace("\r\n", "\n").strip()
    if not subject or len(subject) > LONGEST_SUBJECT or len(text) > LONGEST_TEXT:
        raise BadValue(
            f"say what the new request asks in 1 to {LONGEST_SUBJECT} characters, the rest in "
            f"{LONGEST_TEXT:,}",
            code="new_subject",
        )
    kind = kind_of(kinds, kind_name)
    if kind is None or not kind.told or not kind.answerable:
        raise BadValue(
            f"the new request is of a kind that is answered here, and {kind_name!r} is none",
            code="kind",
        )

    def act(transaction: Transaction, request: Row, at: datetime) -> str:
        of = kind_of(kinds, request["kind"])
        if of is None or not of.told:
            raise BadValue(
                "whoever asks is told nothing of requests of this kind: they cannot be split",
                code="untold",
            )
        made = open_request(
            transaction,
            kind,
            asker=request["asker"],
            subject=subject,
            text=text,
            now=at,
            form=form,
        )
        transaction.run(SPLIT, made=made, id=request_id, now=at)
        work.step(transaction, viewer, request, "split", at)
        work.step(transaction, viewer, work.locked(transaction, made), "split from", at)
        _tell(transaction, {**request, "id": made}, "requests.split", at)
        return made

    return work.on(store, request_id, now, act)


def _note(transaction: Transaction, viewer: Viewer, request: str, text: str, at: datetime) -> None:
    """Keep in the history of staff what was done; whoever asked the other one is not told of it."""
    threads.write(transaction, request, "note", text, by="site", author=None, now=at)


def _tell(transaction: Transaction, request: Row, letter: str, at: datetime) -> None:
    for email, language in request["accounts"]:
        mail.enqueue_about(
            transaction,
            letter,
            {"request": request["id"]},
            to=email,
            language=language,
            person=request["asker_id"] or "",
            key=f"{letter}:{request['id']}:{at.isoformat()}",
        )


# One row: a request that was joined to one that somebody erased has asked; it stands by itself.
FREED = """MATCH (:Person {key: $key})-[:ASKED]->(:Request)<-[j:JOINED_TO]-(gone:Request)
DELETE j SET gone.status = coalesce(gone.joined, 'new'), gone.joined = NULL
RETURN gone.id AS id LIMIT 1000"""


def free(transaction: Transaction, key: int) -> None:
    """Let stand by themselves the requests that were joined to those of somebody who is erased."""
    transaction.run(FREED, key=key)

"""What staff and the asker do with an open request, each under its lock and on the record.

Taken on, handed over, answered, noted, waited for, opened again. The clock of working hours stands
still while the Association waits for the asker, and runs on by the same calendar.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from graphnet import changes, mail
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.privacy import Viewer, alive
from graphnet.requests import hours, threads
from graphnet.requests.kinds import Kinds
from graphnet.store import Row, Store, Transaction, native

REOPEN_WITHIN = timedelta(days=30)

# One row: the request, locked before anything of it is read; who asked and where they are written
# to; who of staff has it.
LOCKED = (
    """MATCH (r:Request {id: $id}) SET r.id = r.id
WITH r
OPTIONAL MATCH (asker:Person)-[:ASKED]->(r) WHERE """
    + alive("asker")
    + """
RETURN r.id AS id, r.kind AS kind, r.status AS status, r.due_at AS due_at, r.at AS at,
  r.waits_since AS waits_since, r.first_answered_at AS first_answered_at,
  r.closed_at AS closed_at, asker.key AS asker, asker.id AS asker_id,
  COLLECT { MATCH (owner:Account {id: r.owner}) RETURN owner.id LIMIT 1 } AS owners,
  COLLECT { MATCH (asker)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
            RETURN [a.email, coalesce(a.language, '')] ORDER BY a.email LIMIT 1 } AS accounts
LIMIT 1"""
)

# One row: the request with its new state.
SET_STATE = """MATCH (r:Request {id: $id})
SET r.status = $status, r.due_at = $due_at, r.waits_since = $waits_since,
  r.first_answered_at = $first_answered_at, r.reminded_at = NULL, r.escalated_at = NULL
RETURN r.id AS id"""

# One row: the request that somebody has now, if that account is one of staff's and works.
HAND = """MATCH (r:Request {id: $id})
MATCH (to:Account {id: $account}) WHERE 'staff' IN to.roles AND to.disabled_at IS NULL
SET r.owner = to.id
RETURN to.id AS id, to.email AS email, coalesce(to.language, '') AS language"""

# One row: the request that is open again.
REOPEN = """MATCH (r:Request {id: $id})
SET r.status = CASE WHEN EXISTS { (:Account {id: r.owner}) } THEN 'in_work' ELSE 'new' END,
  r.due_at = $due_at, r.waits_since = NULL, r.reminded_at = NULL, r.escalated_at = NULL
REMOVE r.answer, r.outcome, r.closed_at RETURN r.id AS id"""

# One row: somebody of staff who can take a request on.
STAFF = """MATCH (a:Account)-[:OF]->(p:Person) WHERE 'staff' IN a.roles AND a.disabled_at IS NULL
RETURN a.id AS id, a.email AS email, p.given_name AS given, p.family_name AS family
ORDER BY family, given, email LIMIT 200"""


@dataclass(frozen=True)
class Colleague:
    """An account of staff."""

    id: str
    email: str
    name: str


def colleagues(store: Store, viewer: Viewer) -> list[Colleague]:
    """Return who of staff can take a request on.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    return [
        Colleague(row["id"], row["email"], f"{row['given'] or ''} {row['family'] or ''}".strip())
        for row in store.read(STAFF)
    ]


def _on(
    store: Store,
    request_id: str,
    now: datetime | None,
    act: Callable[[Transaction, Row, datetime], None],
    *,
    closed: bool = False,
) -> None:
    def work(transaction: Transaction) -> None:
        rows = [native(row) for row in transaction.run(LOCKED, id=request_id)]
        if not rows:
            raise ThingNotFound("no such request")
        if (rows[0]["status"] == "done") != closed:
            raise Conflict("open" if closed else "closed")
        act(transaction, rows[0], now or datetime.now(UTC))

    store.in_write(work)


def _words(text: str) -> str:
    said = text.replace("\r\n", "\n").strip()
    if not said or len(said) > threads.LONGEST:
        raise BadValue("words")
    return said


def _step(transaction: Transaction, viewer: Viewer, request: Row, word: str, now: datetime) -> None:
    by = "staff" if viewer.is_staff else "asker"
    threads.write(
        transaction, request["id"], "step", word, by=by, author=viewer.person_key, now=now
    )
    acted(transaction, viewer, "work on request", request["id"], detail=word)
    asker = request["asker"]
    changes.record(transaction, "request", [] if asker is None else [asker], thing=request["id"])


def _state(transaction: Transaction, request: Row, **changed: object) -> None:
    names = ("status", "due_at", "waits_since", "first_answered_at")
    given = {name: request[name] for name in names} | changed
    transaction.run(SET_STATE, id=request["id"], **given)


def claim(store: Store, viewer: Viewer, request_id: str, *, now: datetime | None = None) -> None:
    """Take a request on: it is the viewer's from now on, and the asker sees that somebody has it.

    Raises
    ------
    Conflict
        ``closed``, or ``taken``: a colleague has it; it is handed over instead.
    ThingNotFound, NotAllowed
    """
    viewer.require_staff()

    def act(transaction: Transaction, request: Row, at: datetime) -> None:
        if request["owners"] and request["owners"][0] != viewer.account_id:
            raise Conflict("taken")
        if request["owners"]:
            return
        if not transaction.run(HAND, id=request_id, account=viewer.account_id):
            raise NotAllowed("only staff take requests on")
        _state(transaction, request, status="in_work")
        _step(transaction, viewer, request, "taken", at)

    _on(store, request_id, now, act)


def hand_over(
    store: Store,
    viewer: Viewer,
    request_id: str,
    account: str,
    why: str = "",
    *,
    now: datetime | None = None,
) -> None:
    """Give a request to a colleague, who is told by a letter; `why` stays with staff as a note.

    Raises
    ------
    BadValue
        ``account``: that is nobody of staff.
    ThingNotFound, Conflict, NotAllowed
    """
    viewer.require_staff()

    def act(transaction: Transaction, request: Row, at: datetime) -> None:
        rows = transaction.run(HAND, id=request_id, account=account)
        if not rows:
            raise BadValue("account")
        if request["status"] == "new":
            _state(transaction, request, status="in_work")
        if why.strip():
            threads.write(
                transaction,
                request_id,
                "note",
                _words(why),
                by="staff",
                author=viewer.person_key,
                now=at,
            )
        _step(transaction, viewer, request, "handed", at)
        if account != viewer.account_id:
            mail.enqueue_about(
                transaction,
                "requests.handed",
                {"request": request_id},
                to=rows[0]["email"],
                language=rows[0]["language"],
                key=f"request-handed:{request_id}:{account}:{at.isoformat()}",
            )

    _on(store, request_id, now, act)


def note(
    store: Store, viewer: Viewer, request_id: str, text: str, *, now: datetime | None = None
) -> None:
    """Keep a note that no letter and no page of the asker's ever shows.

    Raises
    ------
    BadValue
        ``words``
    ThingNotFound, NotAllowed
    """
    viewer.require_staff()
    said = _words(text)

    def work(transaction: Transaction) -> None:
        rows = [native(row) for row in transaction.run(LOCKED, id=request_id)]
        if not rows:
            raise ThingNotFound("no such request")
        at = now or datetime.now(UTC)
        threads.write(
            transaction, request_id, "note", said, by="staff", author=viewer.person_key, now=at
        )
        acted(transaction, viewer, "work on request", request_id, detail="note")

    store.in_write(work)


def reply(
    store: Store,
    viewer: Viewer,
    kinds: Kinds,
    request_id: str,
    text: str,
    *,
    wait: bool = False,
    now: datetime | None = None,
) -> None:
    """Write to the asker, who gets a letter and reads it on their page.

    Parameters
    ----------
    wait
        Whether something is asked back: the clock stands still until the asker has written.

    Raises
    ------
    BadValue
        ``words``; ``untold`` if who asks is not told of such requests; ``nobody`` if nobody with
        an account has asked: the answer that closes it goes to the address they left.
    ThingNotFound, Conflict, NotAllowed
    """
    viewer.require_staff()
    said = _words(text)

    def act(transaction: Transaction, request: Row, at: datetime) -> None:
        kind = kinds.get(request["kind"])
        if kind is None or not kind.told:
            raise BadValue("untold")
        if not request["accounts"]:
            raise BadValue("nobody")
        entry = threads.write(
            transaction, request_id, "reply", said, by="staff", author=viewer.person_key, now=at
        )
        if not request["owners"]:
            transaction.run(HAND, id=request_id, account=viewer.account_id)
        due = _running(request, at)
        _state(
            transaction,
            request,
            status="waiting" if wait else "in_work",
            due_at=due,
            waits_since=at if wait else None,
            first_answered_at=request["first_answered_at"] or at,
        )
        _step(transaction, viewer, request, "waiting" if wait else "answered", at)
        email, language = request["accounts"][0]
        mail.enqueue_about(
            transaction,
            "requests.reply",
            {"request": request_id, "wait": wait},
            to=email,
            language=language,
            person=request["asker_id"],
            key=f"request-reply:{entry}",
        )

    _on(store, request_id, now, act)


def _running(request: Row, at: datetime) -> datetime:
    """Return when a request is due once its clock runs again; as it was if it never stood."""
    due, since = request["due_at"], request["waits_since"]
    if due is None or since is None:
        return due  # type: ignore[no-any-return]
    return hours.after(at, hours.between(since, due))


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
    me, said = viewer.own_key(), _words(text)

    def act(transaction: Transaction, request: Row, at: datetime) -> None:
        if request["asker"] != me:
            raise ThingNotFound("no such request")
        entry = threads.write(transaction, request_id, "reply", said, by="asker", author=me, now=at)
        status = "in_work" if request["owners"] else "new"
        _state(transaction, request, status=status, due_at=_running(request, at), waits_since=None)
        changes.record(transaction, "request", [me], thing=request_id)
        _tell_owner(transaction, request, f"request-said:{entry}")

    _own(store, viewer, request_id)
    _on(store, request_id, now, act)


# One row: whoever of staff has the request.
OWNER = """MATCH (r:Request {id: $id}) MATCH (a:Account {id: r.owner}) WHERE a.disabled_at IS NULL
RETURN a.email AS email, coalesce(a.language, '') AS language LIMIT 1"""

# One row: the request, if it is that person's.
OWN = """MATCH (:Person {key: $key})-[:ASKED]->(r:Request {id: $id}) RETURN r.id AS id LIMIT 1"""


def _own(store: Store, viewer: Viewer, request_id: str) -> None:
    if not store.read(OWN, key=viewer.own_key(), id=request_id):
        raise ThingNotFound("no such request")


def _tell_owner(transaction: Transaction, request: Row, key: str) -> None:
    for row in transaction.run(OWNER, id=request["id"]):
        mail.enqueue_about(
            transaction,
            "requests.said",
            {"request": request["id"]},
            to=row["email"],
            language=row["language"],
            key=key,
        )


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
    said = _words(why)
    if not viewer.is_staff:
        _own(store, viewer, request_id)

    def act(transaction: Transaction, request: Row, at: datetime) -> None:
        kind = kinds.get(request["kind"])
        if kind is None or not kind.answerable:
            raise BadValue("rule")
        if not viewer.is_staff and at > request["closed_at"] + REOPEN_WITHIN:
            raise BadValue("late")
        transaction.run(
            REOPEN, id=request_id, due_at=hours.after(at, kind.working_days * hours.DAY)
        )
        by = "staff" if viewer.is_staff else "asker"
        threads.write(
            transaction,
            request_id,
            "reply" if by == "asker" else "note",
            said,
            by=by,
            author=viewer.person_key,
            now=at,
        )
        _step(transaction, viewer, request, "reopened", at)
        if by == "asker":
            _tell_owner(transaction, request, f"request-reopened:{request_id}:{at.isoformat()}")

    _on(store, request_id, now, act, closed=True)

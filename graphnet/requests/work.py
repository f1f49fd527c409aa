"""What staff and the asker do with an open request, each under its lock and on the record.

Taken on, handed over, answered, noted, waited for, opened again. The clock of working hours stands
still while the Association waits for the asker, and runs on by the same calendar.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

from graphnet import changes, mail
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.privacy import Viewer, alive
from graphnet.requests import hours, threads
from graphnet.requests.kinds import Kinds, closed_already, kind_of
from graphnet.store import Row, Store, Transaction, native

T = TypeVar("T")

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
  COLLECT { MATCH (owner:Account {id: r.owner})
            WHERE owner.disabled_at IS NULL AND 'staff' IN owner.roles
            RETURN owner.id LIMIT 1 } AS owners,
  COLLECT { MATCH (k:RequestKind {id: r.form}) RETURN k.done_hours LIMIT 1 } AS hours,
  COLLECT { MATCH (r)-[:JOINED_TO]->(kept:Request) RETURN kept.id LIMIT 1 } AS kept,
  COLLECT { MATCH (gone:Request)-[:JOINED_TO]->(r) RETURN gone.id ORDER BY gone.id LIMIT 50 }
    AS joined,
  COLLECT { MATCH (asker)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
            RETURN [a.email, coalesce(a.language, '')] ORDER BY a.email LIMIT 1 }
  + [one IN [r.visitor] WHERE one IS NOT NULL | [one, coalesce(r.language, '')]] AS ways
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


def locked(transaction: Transaction, request_id: str) -> Row:
    """Lock a request and return it, with who asked and who of staff has it.

    Raises
    ------
    ThingNotFound
    """
    rows = [native(row) for row in transaction.run(LOCKED, id=request_id)]
    if not rows:
        raise ThingNotFound("no such request")
    # By their account, else by the address that a visitor has shown to be theirs.
    return {**rows[0], "accounts": rows[0]["ways"][:1]}


def on(
    store: Store,
    request_id: str,
    now: datetime | None,
    act: Callable[[Transaction, Row, datetime], T],
    *,
    closed: bool = False,
    joined: bool = False,
) -> T:
    """Do something with a request under its lock, if it is open.

    Parameters
    ----------
    joined
        Whether it may be joined to another one.

    Raises
    ------
    Conflict
        ``closed``, or ``open`` where it ought to be closed; ``joined``.
    ThingNotFound
    """

    def work(transaction: Transaction) -> T:
        request = locked(transaction, request_id)
        if (request["status"] == "done") != closed:
            if not closed:
                raise closed_already(request)
            raise Conflict(
                f"the request {request_id} is open: only a closed one is opened again", code="open"
            )
        if request["kept"] and not closed and not joined:
            raise Conflict(
                "this request is joined to another one: take it apart first", code="joined"
            )
        return act(transaction, request, now or datetime.now(UTC))

    return store.in_write(work)


def words(text: str) -> str:
    """Return what somebody has written.

    Raises
    ------
    BadValue
        ``words`` if it is nothing, or too long.
    """
    said = text.replace("\r\n", "\n").strip()
    if not said or len(said) > threads.LONGEST:
        raise BadValue(
            f"write between 1 and {threads.LONGEST:,} characters", code="words", field="text"
        )
    return said


def step(
    transaction: Transaction,
    viewer: Viewer,
    request: Row,
    word: str,
    now: datetime,
    *,
    by: threads.By | None = None,
    keys: Iterable[int] = (),
) -> None:
    """Write a step of a request, which its asker sees, and keep it in the trail."""
    by = by or ("staff" if viewer.is_staff else "asker")
    threads.write(
        transaction,
        request["id"],
        "step",
        word,
        by=by,
        author=viewer.person_key if by != "site" else None,
        now=now,
    )
    acted(transaction, viewer, "work on request", request["id"], detail=word, keys=keys)
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
            raise Conflict(
                "a colleague has this request: let them hand it over to you", code="taken"
            )
        if request["owners"]:
            return
        if not transaction.run(HAND, id=request_id, account=viewer.account_id):
            raise NotAllowed("only staff take requests on", code="staff")
        _state(transaction, request, status="in_work")
        step(transaction, viewer, request, "taken", at)

    on(store, request_id, now, act)


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
            raise BadValue("there is no such colleague: choose one who works here", code="account")
        if request["status"] == "new":
            _state(transaction, request, status="in_work")
        if why.strip():
            threads.write(
                transaction,
                request_id,
                "note",
                words(why),
                by="staff",
                author=viewer.person_key,
                now=at,
            )
        step(transaction, viewer, request, "handed", at)
        if account != viewer.account_id:
            mail.enqueue_about(
                transaction,
                "requests.handed",
                {"request": request_id},
                to=rows[0]["email"],
                language=rows[0]["language"],
                key=f"request-handed:{request_id}:{account}:{at.isoformat()}",
            )

    on(store, request_id, now, act)


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
    said = words(text)

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
    said = words(text)

    def act(transaction: Transaction, request: Row, at: datetime) -> None:
        kind = kind_of(kinds, request["kind"])
        if kind is None or not kind.told:
            raise BadValue(
                "whoever asks is told nothing of requests of this kind by a reply", code="untold"
            )
        if not request["accounts"]:
            raise BadValue(
                "nobody with an account has asked: the answer that closes it goes to the address "
                "left",
                code="nobody",
            )
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
        step(transaction, viewer, request, "waiting" if wait else "answered", at)
        _tell_reply(transaction, request, entry, wait=wait)
        for gone in request["joined"]:
            other = locked(transaction, gone)
            copy = threads.write(
                transaction, gone, "reply", said, by="staff", author=viewer.person_key, now=at
            )
            step(transaction, viewer, other, "waiting" if wait else "answered", at)
            _tell_reply(transaction, other, copy, wait=wait)

    on(store, request_id, now, act)


def _tell_reply(transaction: Transaction, request: Row, entry: str, *, wait: bool) -> None:
    for email, language in request["accounts"]:
        mail.enqueue_about(
            transaction,
            "requests.reply",
            {"request": request["id"], "wait": wait},
            to=email,
            language=language,
            person=request["asker_id"] or "",
            key=f"request-reply:{entry}",
        )


def answered_by_helper(transaction: Transaction, request: Row, entry: str, at: datetime) -> None:
    """Keep that somebody who was asked has answered, and write to who asked and who has it."""
    status = "in_work" if request["owners"] else request["status"]
    first = request["first_answered_at"] or at
    _state(transaction, request, status=status, first_answered_at=first)
    changes.record(
        transaction, "request", [request["asker"]] if request["asker"] else [], thing=request["id"]
    )
    _tell_reply(transaction, request, entry, wait=False)
    tell_owner(transaction, request, f"request-helped:{entry}")


def _running(request: Row, at: datetime) -> datetime:
    """Return when a request is due once its clock runs again; as it was if it never stood."""
    due, since = request["due_at"], request["waits_since"]
    if due is None or since is None:
        return due  # type: ignore[no-any-return]
    return hours.after(at, hours.between(since, due))


# One row: whoever of staff has the request.
OWNER = """MATCH (r:Request {id: $id}) MATCH (a:Account {id: r.owner}) WHERE a.disabled_at IS NULL
RETURN a.email AS email, coalesce(a.language, '') AS language LIMIT 1"""


def asker_wrote(transaction: Transaction, request: Row, entry: str, at: datetime) -> None:
    """Let the clock run on, since who asked has written, and tell whoever has the request."""
    if request["kept"]:  # it is joined: the clock is the other one's
        request = locked(transaction, request["kept"][0])
    status = "in_work" if request["owners"] else "new"
    _state(transaction, request, status=status, due_at=_running(request, at), waits_since=None)
    tell_owner(transaction, request, f"request-said:{entry}")


def tell_owner(transaction: Transaction, request: Row, key: str) -> None:
    """Write to whoever of staff has a request that something new stands in it."""
    for row in transaction.run(OWNER, id=request["id"]):
        mail.enqueue_about(
            transaction,
            "requests.said",
            {"request": request["id"]},
            to=row["email"],
            language=row["language"],
            key=key,
        )

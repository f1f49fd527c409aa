"""Asking somebody who may know: one act of staff, a yes or a no of theirs, else the next in turn.

Who is asked has agreed to it on their own page. They read what staff have written for them, and who
asks only where they may see that person. A no needs no reason. Who does not answer in time is asked
no more; where staff wished it the next one who may know is asked then.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from graphnet import changes, mail
from graphnet.audit import acted
from graphnet.consent import newest
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import STANDARD, Rules, Viewer, among_members, unblocked
from graphnet.requests import hours, threads, work
from graphnet.requests.kinds import Kinds, kind_of
from graphnet.store import Row, Store, Transaction, native

if TYPE_CHECKING:
    pass

PATIENCE = 3 * hours.DAY  # how long somebody has for a yes or a no

# One row: somebody who may be asked for this request, and where they are written to.
ASKABLE = (
    """MATCH (p:Person {id: $person}) SET p.id = p.id
WITH p MATCH (r:Request {id: $id})
OPTIONAL MATCH (asker:Person)-[:ASKED]->(r)
WITH p, r, asker
WHERE """
    + newest("p", "asked")
    + """ = ['given'] AND """
    + among_members("p")
    + """ AND coalesce(asker.key, 0) <> p.key AND """
    + unblocked("asker", "p")
    + """
MATCH (a:Account)-[:OF]->(p) WHERE a.disabled_at IS NULL
RETURN p.key AS key, a.email AS email, coalesce(a.language, p.language, '') AS language,
  EXISTS { (p)<-[:TO]-(:Referral)-[:OF]->(r) } AS before ORDER BY email LIMIT 1"""
)

# One row: the asking.
ASK = """MATCH (r:Request {id: $id}) MATCH (p:Person {key: $key})
CREATE (f:Referral {id: $referral, state: 'asked', text: $text, at: $now, until: $until, by: $by,
  passes: $passes})
CREATE (f)-[:OF]->(r) CREATE (f)-[:TO]->(p) RETURN f.id AS id"""

# One row: somebody who was asked about a request, the newest first.
OF_REQUEST = """MATCH (f:Referral)-[:OF]->(:Request {id: $id}) MATCH (f)-[:TO]->(p:Person)
RETURN f.id AS id, f.state AS state, f.at AS at, f.until AS until, f.answered_at AS answered_at,
  p.key AS key ORDER BY at DESC, id LIMIT 50"""

# One row: something that one is asked, or has said yes to, and that is open.
MINE = """MATCH (:Person {key: $key})<-[:TO]-(f:Referral)-[:OF]->(r:Request)
WHERE f.state IN $states AND r.status <> 'done'
OPTIONAL MATCH (asker:Person)-[:ASKED]->(r)
RETURN f.id AS id, f.state AS state, f.text AS text, f.at AS at, f.until AS until,
  r.id AS request, r.kind AS kind, r.status AS status, coalesce(r.subject, '') AS subject,
  asker.key AS asker
ORDER BY until, id LIMIT 20"""

# One row: one of these, whatever has become of it.
MY_ONE = """MATCH (:Person {key: $key})<-[:TO]-(f:Referral {id: $referral})-[:OF]->(r:Request)
OPTIONAL MATCH (asker:Person)-[:ASKED]->(r)
RETURN f.id AS id, f.state AS state, f.text AS text, f.at AS at, f.until AS until,
  r.id AS request, r.kind AS kind, r.status AS status, coalesce(r.subject, '') AS subject,
  asker.key AS asker LIMIT 1"""

# One row: an asking, locked, with whom it is to and its request.
LOCKED = """MATCH (f:Referral {id: $referral}) SET f.id = f.id
WITH f MATCH (f)-[:OF]->(r:Request) MATCH (f)-[:TO]->(p:Person)
RETURN f.id AS id, f.state AS state, f.passes AS passes, f.by AS by, r.id AS request,
  p.key AS key LIMIT 1"""

# One row: the asking with what became of it.
SET_STATE = """MATCH (f:Referral {id: $referral}) SET f.state = $state, f.answered_at = $now
RETURN f.id AS id"""

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = """EXISTS { (me)<-[:TO]-(:Referral) }
  OR EXISTS { (me)-[:ASKED]->(:Request {status: 'waiting'}) }"""


@dataclass(frozen=True)
class Referred:
    """Somebody who was asked, as staff see it; `person` is None where they may not be seen."""

    id: str
    state: str  # asked, helps, declined, lapsed, withdrawn
    at: datetime
    until: datetime
    person: Card | None


def ask(
    store: Store,
    viewer: Viewer,
    kinds: Kinds,
    request_id: str,
    person_id: str,
    text: str,
    *,
    passes: bool = False,
    now: datetime | None = None,
) -> str:
    """Ask somebody on behalf of who asked; they get a letter and an entry on their first page.

    Parameters
    ----------
    text
        What they read: nothing else of the request is shown to them but its subject.
    passes
        Whether the next who may know is asked if they cannot or do not answer in time.

    Raises
    ------
    BadValue
        ``words``; ``untold`` where whoever asks is not told of such requests; ``person`` if there
        is nobody with this id who agreed to be asked.
    Conflict
        ``closed``, or ``asked``: that person was asked about it already.
    ThingNotFound, NotAllowed
    """
    viewer.require_staff()
    said = work.words(text)

    def act(transaction: Transaction, request: Row, at: datetime) -> str:
        kind = kind_of(kinds, request["kind"])
        if kind is None or not kind.told:
            raise BadValue(
                "whoever asks is told nothing of requests of this kind: nobody is asked for them",
                code="untold",
            )
        return ask_in(transaction, viewer, request, person_id, said, passes, viewer.account_id, at)

    return work.on(store, request_id, now, act)


def ask_in(
    transaction: Transaction,
    viewer: Viewer,
    request: Row,
    person_id: str,
    text: str,
    passes: bool,
    by: str,
    at: datetime,
) -> str:
    rows = transaction.run(ASKABLE, id=request["id"], person=person_id)
    if not rows:
        raise BadValue(
            f"there is nobody with the id {person_id} who could be asked: nothing was done",
            code="person",
        )
    if rows[0]["before"]:
        raise Conflict("this person was asked about the request already", code="asked")
    key, referral, until = rows[0]["key"], new_id(), hours.after(at, PATIENCE)
    transaction.run(
        ASK,
        id=request["id"],
        key=key,
        referral=referral,
        text=text,
        now=at,
        until=until,
        by=by,
        passes=passes,
    )
    work.step(transaction, viewer, request, "referred", at, keys=[key])
    changes.record(transaction, "request", [key], thing=request["id"])
    mail.enqueue_about(
        transaction,
        "requests.referred",
        {"referral": referral},
        to=rows[0]["email"],
        language=rows[0]["language"],
        person=person_id,
        key=f"request-referred:{referral}",
    )
    return referral


def of_request(
    store: Store, viewer: Viewer, request_id: str, *, rules: Rules = STANDARD
) -> list[Referred]:
    """Return who was asked about a request, for staff.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    rows = [native(row) for row in store.read(OF_REQUEST, id=request_id)]
    seen = {
        card.key: card
        for card in cards(store, viewer, sorted({row["key"] for row in rows}), rules=rules)
    }
    return [
        Referred(row["id"], row["state"], row["at"], row["until"], seen.get(row["key"]))
        for row in rows
    ]


def mine(
    store: Store,
    viewer: Viewer,
    *,
    states: tuple[str, ...] = ("asked",),
    rules: Rules = STANDARD,
) -> list[Row]:
    """Return what the viewer is asked; `author` is who asks, where the viewer may see them."""
    rows = store.read(MINE, key=viewer.own_key(), states=list(states))
    return _with_author(store, viewer, rows, rules)


def my_one(store: Store, viewer: Viewer, referral: str, *, rules: Rules = STANDARD) -> Row:
    """Return one thing that the viewer is or was asked.

    Raises
    ------
    ThingNotFound
        If somebody else is asked that, exactly as if nobody were.
    """
    rows = store.read(MY_ONE, key=viewer.own_key(), referral=referral)
    if not rows:
        raise ThingNotFound("no such request")
    return _with_author(store, viewer, rows, rules)[0]


def _with_author(store: Store, viewer: Viewer, rows: list[Row], rules: Rules) -> list[Row]:
    keys = sorted({row["asker"] for row in rows if row["asker"] is not None})
    seen = {card.key: card for card in cards(store, viewer, keys, rules=rules)}
    return [{**native(row), "author": seen.get(row["asker"])} for row in rows]


def _mine_locked(transaction: Transaction, viewer: Viewer, referral: str) -> Row:
    rows = transaction.run(LOCKED, referral=referral)
    if not rows or rows[0]["key"] != viewer.own_key():
        raise ThingNotFound("no such request")
    return rows[0]


def can_help(store: Store, viewer: Viewer, referral: str, *, now: datetime | None = None) -> None:
    """Say that one can help; who asked and who has the request see it. Twice is once.

    Raises
    ------
    Conflict
        ``closed``, or ``over``: the answer comes too late.
    ThingNotFound
    """
    request_id = str(my_one(store, viewer, referral)["request"])

    def act(transaction: Transaction, request: Row, at: datetime) -> None:
        held = _mine_locked(transaction, viewer, referral)
        if held["state"] == "helps":
            return
        if held["state"] not in ("asked", "lapsed"):
            raise Conflict(
                "this was answered or ended already: nothing more is needed", code="over"
            )
        transaction.run(SET_STATE, referral=referral, state="helps", now=at)
        work.step(transaction, viewer, request, "helps", at, by="helper")
        work.tell_owner(transaction, request, f"request-helps:{referral}")

    work.on(store, request_id, now, act)


def answer(
    store: Store, viewer: Viewer, referral: str, text: str, *, now: datetime | None = None
) -> None:
    """Write to who asked: it stands in their request, under the helper's name where they see it.

    Raises
    ------
    BadValue, Conflict, ThingNotFound
    """
    said = work.words(text)
    can_help(store, viewer, referral, now=now)
    request_id = str(my_one(store, viewer, referral)["request"])

    def act(transaction: Transaction, request: Row, at: datetime) -> None:
        _mine_locked(transaction, viewer, referral)
        entry = threads.write(
            transaction, request_id, "reply", said, by="helper", author=viewer.own_key(), now=at
        )
        work.answered_by_helper(transaction, request, entry, at)
        acted(transaction, viewer, "answer request", request_id)

    work.on(store, request_id, now, act)


def decline(store: Store, viewer: Viewer, referral: str, *, now: datetime | None = None) -> None:
    """Say "not me": no reason is asked for, and the next one may be asked. Twice is once.

    Raises
    ------
    Conflict, ThingNotFound
    """
    request_id = str(my_one(store, viewer, referral)["request"])

    def act(transaction: Transaction, request: Row, at: datetime) -> None:
        held = _mine_locked(transaction, viewer, referral)
        if held["state"] == "declined":
            return
        if held["state"] not in ("asked", "helps", "lapsed"):
            raise Conflict(
                "this was answered or ended already: nothing more is needed", code="over"
            )
        end(transaction, viewer, request, held, "declined", at)

    work.on(store, request_id, now, act)


def withdraw(
    store: Store, viewer: Viewer, request_id: str, referral: str, *, now: datetime | None = None
) -> None:
    """Ask somebody no more; they get a letter that it is settled.

    Raises
    ------
    Conflict, ThingNotFound, NotAllowed
    """
    viewer.require_staff()

    def act(transaction: Transaction, request: Row, at: datetime) -> None:
        rows = transaction.run(LOCKED, referral=referral)
        if not rows or rows[0]["request"] != request_id:
            raise ThingNotFound("no such request")
        if rows[0]["state"] != "asked":
            raise Conflict(
                "this was answered or ended already: nothing more is needed", code="over"
            )
        transaction.run(SET_STATE, referral=referral, state="withdrawn", now=at)
        work.step(transaction, viewer, request, "withdrawn", at, keys=[rows[0]["key"]])
        tell_settled(transaction, [referral])

    work.on(store, request_id, now, act)


def end(
    transaction: Transaction, viewer: Viewer, request: Row, held: Row, state: str, at: datetime
) -> None:
    transaction.run(SET_STATE, referral=held["id"], state=state, now=at)
    word = "no" if state == "declined" else state
    work.step(transaction, viewer, request, word, at, by="site")
    changes.record(transaction, "request", [held["key"]], thing=request["id"])
    if not held["passes"]:
        work.tell_owner(transaction, request, f"request-{state}:{held['id']}")


# One row: what the letter to somebody who is asked says, with the key of who asks.
TOLD = """MATCH (f:Referral {id: $referral})-[:OF]->(r:Request) MATCH (f)-[:TO]->(p:Person)
OPTIONAL MATCH (asker:Person)-[:ASKED]->(r)
RETURN f.state AS state, f.text AS text, f.until AS until, r.kind AS kind, r.status AS status,
  coalesce(r.subject, '') AS subject, p.key AS key, p.id AS person, r.id AS request,
  asker.key AS asker LIMIT 1"""


def told(store: Store, referral: str, *, rules: Rules = STANDARD) -> Row | None:
    """Return what a letter to somebody who is asked says; None if it is gone."""
    rows = store.read(TOLD, referral=referral)
    if not rows:
        return None
    reader = Viewer("alumnus", rows[0]["key"])
    return _with_author(store, reader, rows, rules)[0]


# One row: where somebody is written to who was asked about something.
WHERE = """MATCH (f:Referral {id: $referral})-[:TO]->(p:Person)<-[:OF]-(a:Account)
WHERE a.disabled_at IS NULL
RETURN a.email AS email, coalesce(a.language, p.language, '') AS language, p.id AS person
ORDER BY email LIMIT 1"""


def tell_settled(transaction: Transaction, referrals: list[str]) -> None:
    """Write to those who were asked that nothing is needed of them any more."""
    for referral in referrals:
        for row in transaction.run(WHERE, referral=referral):
            mail.enqueue_about(
                transaction,
                "requests.settled",
                {"referral": referral},
                to=row["email"],
                language=row["language"],
                person=row["person"],
                key=f"request-settled:{referral}",
            )


# One row: somebody who has helped with a request.
HELPERS = """MATCH (f:Referral {state: 'helps'})-[:OF]->(:Request {id: $id})
RETURN f.id AS id ORDER BY id LIMIT 50"""


def thank(transaction: Transaction, request_id: str) -> None:
    """Write to those who have helped with a request that it is settled."""
    tell_settled(transaction, [row["id"] for row in transaction.run(HELPERS, id=request_id)])

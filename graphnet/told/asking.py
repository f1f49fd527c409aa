"""An event's organisers ask that those be told whom it would suit; staff look, and send or refuse.

It is a request at the desk like any other: it has a deadline and an owner, and whoever asked reads
what came of it. Organisers see counts alone, before and after.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet.errors import Conflict, ThingNotFound
from graphnet.events import editing
from graphnet.people import Card, cards
from graphnet.privacy import STANDARD, Rules, Viewer
from graphnet.requests.kinds import Kind
from graphnet.requests.opening import asked
from graphnet.store import Store, Transaction, native
from graphnet.told.sending import HOLD, WHY_NOT

KIND = Kind("event_letters", working_days=3)

# One row: what was asked for an event last, by whom, and what came of it.
LATEST = """MATCH (q:Request {kind: 'event_letters'})-[:FOR]->(:Event {id: $event})
OPTIONAL MATCH (p:Person)-[:ASKED]->(q)
RETURN q.id AS id, q.status AS status, coalesce(q.text, '') AS text, q.at AS at,
  q.due_at AS due_at, coalesce(q.outcome, '') AS outcome, coalesce(q.answer, '') AS answer,
  p.key AS asker, coalesce(head(COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
    RETURN a.language ORDER BY a.email LIMIT 1 }), p.language, '') AS language
ORDER BY at DESC, id LIMIT 1"""

# One row: the request, which is about the event from now on.
ABOUT = """MATCH (q:Request {id: $request}) CALL (q) { MATCH (e:Event {id: $event}) RETURN e }
CREATE (q)-[:FOR]->(e) RETURN e.id AS id"""

# One row: the event that a request asks for.
EVENT_OF = """MATCH (:Request {id: $request, kind: 'event_letters'})-[:FOR]->(e:Event)
RETURN e.id AS id LIMIT 1"""


@dataclass(frozen=True)
class Wish:
    """What was asked for an event last; `author` is None where the reader may not see them.

    `language` is the one in which whoever asked is written to.
    """

    id: str
    open: bool
    text: str
    at: datetime
    due_at: datetime | None
    declined: bool
    answer: str
    author: Card | None
    language: str


def ask(store: Store, viewer: Viewer, event_id: str, text: str, *, subject: str) -> str:
    """Ask that those be told of an event whom it would suit; return the request's id.

    Parameters
    ----------
    text
        What staff should know, in the organiser's words; may be empty.
    subject
        What the desk calls it.

    Raises
    ------
    ThingNotFound
        If there is no such event, or it is not theirs.
    Conflict
        As `sending.problem`; ``asked``: it is with the Association already.
    BadValue, TooMany
    """
    editing.one(store, viewer, event_id)  # of an event that is not theirs they learn nothing

    def work(transaction: Transaction) -> str:
        now = datetime.now(UTC)
        rows = transaction.run(HOLD, id=event_id, now=now)
        if not rows:
            raise ThingNotFound("no such event")
        if rows[0]["problem"]:
            raise Conflict(WHY_NOT[rows[0]["problem"]], code=rows[0]["problem"])
        before = transaction.run(LATEST, event=event_id)
        if before and before[0]["status"] != "done":
            raise Conflict("it is with the Association already: wait for the answer", code="asked")
        request = asked(transaction, viewer, KIND, subject, text, now=now)
        transaction.run(ABOUT, request=request, event=event_id)
        return request

    return store.in_write(work)


def latest(store: Store, viewer: Viewer, event_id: str, *, rules: Rules = STANDARD) -> Wish | None:
    """Return what was asked for an event last, for who may change it."""
    rows = store.read(LATEST, event=event_id)
    if not rows:
        return None
    row = native(rows[0])
    seen = cards(store, viewer, [row["asker"]], rules=rules) if row["asker"] is not None else []
    return Wish(
        row["id"],
        row["status"] != "done",
        row["text"],
        row["at"],
        row["due_at"],
        row["outcome"] == "declined",
        row["answer"],
        seen[0] if seen else None,
        row["language"],
    )


def event_of(store: Store, request_id: str) -> str:
    """Return the id of the event that a request of this kind is about; '' if it is about none."""
    rows = store.read(EVENT_OF, request=request_id)
    return str(rows[0]["id"]) if rows else ""

"""Telling as a considered act: who was looked at is told, one letter each, until it is stopped.

What holds when the act is done is looked at again in its transaction, with everybody concerned
locked, so that two acts at once write nobody twice and nobody too often; and once more when each
letter leaves.
"""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from graphnet import mail
from graphnet.accounts.sessions import token_hash
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.model import new_id
from graphnet.privacy import Viewer, apart
from graphnet.store import Row, Store, Transaction, native
from graphnet.told.audience import AGREED, REFUSED, Fitting, figures, fitting, packed

SERIES, LETTER = "event_letters", "told.event"
MOST_AT_ONCE = 300
# So long letters wait, and can be stopped all together.
PATIENCE = timedelta(minutes=15)

# In a sentence what `HOLD` says in a word.
WHY_NOT = {
    "cancelled": "the event is called off: nobody is told of it",
    "draft": "the event is not published yet: nobody is told of it",
    "over": "the event has begun: nobody is told of it any more",
    "closed": "registration for the event is closed: nobody is told of it any more",
}

# One row: the event, locked, and why nobody is told of it now.
HOLD = """MATCH (e:Event {id: $id}) SET e.id = e.id
RETURN CASE
  WHEN e.cancelled_at IS NOT NULL THEN 'cancelled'
  WHEN coalesce(e.state, 'published') <> 'published' THEN 'draft'
  WHEN e.starts_at <= $now THEN 'over'
  WHEN e.closes_at IS NOT NULL AND e.closes_at <= $now THEN 'closed'
  ELSE '' END AS problem LIMIT 1"""

# One row: the same of an event that is only looked at.
STANDS = HOLD.replace(" SET e.id = e.id", "")

# One row: how many people are locked, in one order, so that two acts never wait for each other.
HOLD_PEOPLE = """UNWIND $people AS id MATCH (p:Person {id: id}) WITH p ORDER BY p.key
SET p.key = p.key RETURN count(p) AS n"""

# One row: how many are told, or left out, from now on.
WRITE = """UNWIND $rows AS row MATCH (p:Person {key: row.key})
WITH p, row SKIP 0 MATCH (e:Event {id: $id})
CREATE (l:EventLetter {id: row.id, state: row.state, at: $now, reasons: row.reasons})-[:TO]->(p)
CREATE (l)-[:FOR]->(e) RETURN count(l) AS n"""

# One row: the act of telling.
NOTE = """MATCH (e:Event {id: $id})
CREATE (t:EventTelling {id: $telling, at: $now, by: $by, told: $told, figures: $figures})
CREATE (t)-[:FOR]->(e)
RETURN t.id AS id"""

# One row: how many letters have not left and do not any more.
STOP = """MATCH (:Event {id: $id})<-[:FOR]-(l:EventLetter {state: 'waiting'}) SET l.id = l.id
WITH l WHERE l.state = 'waiting' SET l.state = 'stopped' RETURN count(l) AS n"""

# One row: a letter that still has a reader, with its event, now that it leaves.
ARM = (
    """MATCH (l:EventLetter {id: $letter}) SET l.id = l.id
WITH l WHERE l.state IN ['waiting', 'sent']
MATCH (l)-[:TO]->(p:Person) WHERE NOT """
    + apart("p")
    + " AND NOT "
    + REFUSED
    + " AND "
    + AGREED
    + """
MATCH (l)-[:FOR]->(e:Event)
WHERE e.cancelled_at IS NULL AND coalesce(e.state, 'published') = 'published'
  AND e.starts_at > $now
  AND NOT EXISTS { (p)<-[:BY]-(:Registration)-[:FOR]->(e) }
  AND NOT EXISTS { (p)-[:DISMISSED]->(:Dismissal {list: 'events', item: e.id}) }
SET l.state = 'sent', l.sent_at = coalesce(l.sent_at, $now), l.token_hash = $token_hash
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.description AS description, coalesce(e.description_ru, e.description) AS description_ru,
  e.starts_at AS starts_at, e.time_zone AS time_zone, e.venue AS venue, e.venue_ru AS venue_ru,
  l.reasons AS reasons, coalesce(p.given_name, '') AS called LIMIT 1"""
)

# One row: a letter that has no reader any more.
NEEDLESS = """MATCH (l:EventLetter {id: $letter}) WHERE l.state = 'waiting'
SET l.state = 'needless' RETURN l.id AS id"""


@dataclass(frozen=True)
class Sent:
    """How many letters were written, and how many of those chosen could not be told any more."""

    told: int
    missed: int


def problem(store: Store, event_id: str) -> str:
    """Return why nobody is told of an event now: 'cancelled', 'draft', 'over', 'closed'; or ''.

    Raises
    ------
    ThingNotFound
    """
    rows = store.read(STANDS, id=event_id, now=datetime.now(UTC))
    if not rows:
        raise ThingNotFound("no such event")
    return str(rows[0]["problem"])


def send(
    store: Store,
    viewer: Viewer,
    event_id: str,
    people: Collection[str],
    *,
    left_out: Collection[str] = (),
) -> Sent:
    """Tell people, by their ids, each with a letter of their own; they leave after `PATIENCE`.

    Parameters
    ----------
    left_out
        Ids of those whom the viewer has taken out of the list: they are not offered again.

    Raises
    ------
    NotAllowed
    ThingNotFound
        If there is no such event.
    BadValue
        ``people``: nobody was chosen, or too many at once.
    Conflict
        As `problem` says.
    """
    viewer.require_staff()
    chosen, out = set(people), set(left_out) - set(people)
    if not chosen or len(chosen | out) > MOST_AT_ONCE:
        raise BadValue(f"choose 1 to {MOST_AT_ONCE} people at once", code="people")

    def work(transaction: Transaction) -> Sent:
        now = datetime.now(UTC)
        rows = transaction.run(HOLD, id=event_id, now=now)
        if not rows:
            raise ThingNotFound("no such event")
        if rows[0]["problem"]:
            raise Conflict(WHY_NOT[rows[0]["problem"]], code=rows[0]["problem"])
        transaction.run(HOLD_PEOPLE, people=sorted(chosen | out))
        found = fitting(transaction, event_id, people=chosen | out)
        ready = [one for one in found if not one.why_not]
        told = [
            _row(one, "waiting")
            for one in ready
            if one.id in chosen and one.address is not None and _is_address(one.address[0])
        ]
        aside = [_row(one, "left_out") for one in ready if one.id in out]
        transaction.run(WRITE, rows=[*told, *aside], id=event_id, now=now)
        letters = {row["key"]: row["id"] for row in told}
        for one in ready:
            if one.key in letters and one.address is not None:
                _write(transaction, one, letters[one.key])
        kept = json.dumps(asdict(figures(fitting(transaction, event_id))))
        transaction.run(
            NOTE,
            id=event_id,
            telling=new_id(),
            now=now,
            by=viewer.account_id,
            told=len(told),
            figures=kept,
        )
        acted(
            transaction,
            viewer,
            "tell of event",
            event_id,
            detail=f"{len(told)} letters, {len(aside)} left out",
            keys=list(letters),
        )
        return Sent(len(told), len(chosen) - len(told))

    return store.in_write(work)


def _row(one: Fitting, state: str) -> Row:
    return {"key": one.key, "id": new_id(), "state": state, "reasons": packed(one.reasons)}


def _is_address(text: str) -> bool:
    try:
        mail.address(text)
    except BadValue:
        return False
    return True


def _write(transaction: Transaction, one: Fitting, letter: str) -> None:
    assert one.address is not None
    mail.enqueue_about(
        transaction,
        LETTER,
        {"letter": letter, "person": one.id},
        to=one.address[0],
        key=f"told:{letter}",
        language=one.address[1],
        person=one.id,
        delay=PATIENCE,
    )


def stop(store: Store, viewer: Viewer, event_id: str) -> int:
    """Stop the letters about an event that have not left yet; return how many.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()

    def work(transaction: Transaction) -> int:
        stopped = int(transaction.run(STOP, id=event_id)[0]["n"])
        if stopped:
            acted(
                transaction, viewer, "stop telling of event", event_id, detail=f"{stopped} letters"
            )
        return stopped

    return store.in_write(work)


def arm(store: Store, letter: str, token: str) -> dict[str, Any] | None:
    """Give a letter that leaves now its link, and return what it says; None if nobody needs it.

    It leaves once: who has answered meanwhile, said "not this", hid or refused gets none.
    """

    def work(transaction: Transaction) -> Row | None:
        given = {"letter": letter, "token_hash": token_hash(token), "now": datetime.now(UTC)}
        rows = transaction.run(ARM, **given)
        if not rows:
            transaction.run(NEEDLESS, letter=letter)
            return None
        return rows[0]

    row = store.in_write(work)
    return None if row is None else native(row)

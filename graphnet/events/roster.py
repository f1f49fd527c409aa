"""Events as their makers see them: what is in hand, who is registered, who waits and why.

Staff see everybody; organisers those whom they may see as members, and the rest as a number.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet.audit import acted
from graphnet.events import seats
from graphnet.events.editing import one
from graphnet.events.listing import LONGEST
from graphnet.live import Live
from graphnet.people import Card, cards
from graphnet.privacy import Viewer, organises
from graphnet.store import Row, Store, native

# One row: an event in hand: what waits for staff, drafts, what is on, what was.
IN_HAND = (
    """MATCH (e:Event)
OPTIONAL MATCH (me:Person {key: $me})
WITH e, me WHERE ($all OR """
    + organises("e", "me")
    + """) AND coalesce(e.visibility, 'members') <> 'quarantined'
  AND CASE $what
    WHEN 'proposed' THEN e.state = 'proposed'
    WHEN 'draft' THEN e.state = 'draft'
    WHEN 'cancelled' THEN e.cancelled_at IS NOT NULL
    WHEN 'past' THEN coalesce(e.state, 'published') = 'published' AND e.cancelled_at IS NULL
      AND coalesce(e.ends_at, e.starts_at) < $now
    ELSE coalesce(e.state, 'published') = 'published' AND e.cancelled_at IS NULL
      AND coalesce(e.ends_at, e.starts_at) >= $now AND e.starts_at >= $since END
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, e.ends_at AS ends_at, e.time_zone AS time_zone,
  e.venue AS venue, e.venue_ru AS venue_ru,
  e.capacity AS capacity, coalesce(e.reserve, 0) AS reserve,
  coalesce(e.state, 'published') AS state, e.cancelled_at AS cancelled_at,
  head(COLLECT { MATCH (e)<-[:FOR]-(r:Registration)-[:BY]->(:Person)
    WHERE r.state IN ['yes', 'offered'] RETURN sum(1 + coalesce(r.guests, 0)) }) AS taken,
  COUNT { (e)<-[:FOR]-(:Registration {state: 'waiting'}) } AS waiting,
  [(e)-[:HELD_BY]->(g:Group) | [g.name, coalesce(g.name_ru, g.name)]] AS groups
ORDER BY CASE WHEN $what IN ['past', 'cancelled'] THEN -e.starts_at.epochSeconds
  ELSE e.starts_at.epochSeconds END, id SKIP $skip LIMIT $limit"""
)

# One row: how many events wait for staff.
PROPOSED = """MATCH (e:Event {state: 'proposed'})
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, e.time_zone AS time_zone ORDER BY starts_at, id LIMIT 20"""

# A condition without which no event and no change of one waits for staff.
STAFF_MAY = """EXISTS { (:Event {state: 'proposed'}) }
  OR EXISTS { (:EventChange {state: 'waiting'}) }"""

# One row: a registration in any state that counts, in the order of joining.
REGISTERED = """MATCH (e:Event {id: $id})<-[:FOR]-(r:Registration)-[:BY]->(p:Person)
WHERE r.state IN ['yes', 'offered', 'waiting', 'lapsed', 'cancelled', 'no']
RETURN r.id AS registration, p.key AS key, r.state AS state, r.at AS at,
  coalesce(r.guests, 0) AS guests, r.answers AS answers, r.offered_until AS offered_until,
  r.position AS position, r.entered_at AS entered_at, r.attended_at AS attended_at,
  coalesce(r.warned, false) AS warned
ORDER BY r.position, r.at, registration LIMIT 5000"""


@dataclass(frozen=True)
class Line:
    """Somebody who is registered, and what they said."""

    row: Row
    card: Card
    answers: dict[str, str]


@dataclass(frozen=True)
class Roster:
    """Everybody of an event, by state; how many its makers may not see; why nobody is called."""

    coming: tuple[Line, ...]
    held: tuple[Line, ...]
    waiting: tuple[Line, ...]
    gone: tuple[Line, ...]
    unseen: int
    plan: seats.Plan
    no_shows: int


def in_hand(
    store: Store, viewer: Viewer, what: str, *, skip: int = 0, limit: int = 50
) -> list[Row]:
    """Return events that the viewer may change, in one state: see `IN_HAND`."""
    if viewer.is_staff:
        viewer.require_staff()
    now = datetime.now(UTC)
    rows = store.read(
        IN_HAND,
        me=viewer.person_key or 0,
        all=viewer.is_staff,
        what=what,
        now=now,
        since=now - LONGEST,
        skip=skip,
        limit=limit,
    )
    return [native(row) for row in rows]


def proposed(store: Store, viewer: Viewer) -> list[Row]:
    """Return what organisers have proposed and staff are to publish."""
    viewer.require_staff()
    return [native(row) for row in store.read(PROPOSED)]


def roster(live: Live, viewer: Viewer, event_id: str) -> Roster:
    """Return who is registered for an event, for its makers.

    Raises
    ------
    ThingNotFound, NotAllowed
    """
    store = live.store
    one(store, viewer, event_id)  # refuses who may not
    rows = [native(row) for row in store.read(REGISTERED, id=event_id)]
    shown = {c.key: c for c in cards(store, viewer, [r["key"] for r in rows], rules=live.rules)}
    lines = [
        Line(row, shown[row["key"]], json.loads(row["answers"] or "{}"))
        for row in rows
        if row["key"] in shown
    ]
    now = datetime.now(UTC)
    keys = [line.card.key for line in lines]
    store.in_write(lambda t: acted(t, viewer, "read registrations", event_id, keys=keys))
    entered = any(row["entered_at"] is not None for row in rows)

    def of(*states: str) -> tuple[Line, ...]:
        return tuple(line for line in lines if line.row["state"] in states)

    return Roster(
        coming=of("yes"),
        held=of("offered"),
        waiting=of("waiting"),
        gone=of("no", "lapsed", "cancelled"),
        unseen=sum(
            row["key"] not in shown and row["state"] in ("yes", "offered", "waiting")
            for row in rows
        ),
        plan=seats.standing(store, event_id, now=now),
        no_shows=sum(
            row["state"] == "yes" and row["entered_at"] is None and row["attended_at"] is None
            for row in rows
        )
        if entered
        else 0,
    )

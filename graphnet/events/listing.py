"""What is on: lists of events, one event's page, my own events and what clashes among them.

Seats count everyone. Who comes is each one's to show: names appear only of people whose own setting
for `events` lets the viewer see it.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from graphnet.errors import ThingNotFound
from graphnet.events.bringers import bringers_of, named_by
from graphnet.live import Live
from graphnet.people import Card, cards
from graphnet.privacy import Viewer, event_shown, of_viewer, organises
from graphnet.store import Row, Store, native

# No event is looked for that began longer ago; what is made here ends within a month, but a list
# that is imported has exhibitions of a season.
LONGEST = timedelta(days=366)

# By its time first, of which there is an index: who may see one is asked of few.
_OF_THE_TIME = """MATCH (e:Event)
WHERE e.starts_at >= $since AND e.starts_at < $until
  AND coalesce(e.ends_at, e.starts_at) >= $from AND coalesce(e.state, 'published') = 'published'
  AND ($past OR e.cancelled_at IS NULL) AND (NOT $past OR coalesce(e.ends_at, e.starts_at) < $until)
OPTIONAL MATCH (me:Person {key: $me})
WITH e, me WHERE """

_CHOSEN = """
  AND ($topic = '' OR EXISTS { (e)-[:ABOUT]->(:Topic {id: $topic}) })
  AND ($festival = '' OR EXISTS { (e)-[:IN]->(:Festival {id: $festival}) })
  AND ($group = '' OR EXISTS { (e)-[:HELD_BY]->(:Group {id: $group}) })
  AND ($city = '' OR EXISTS { (e)-[:LOCATED_IN]->(:Place {id: $city}) }
    OR $city = 'online' AND (e.scale = 'online' OR coalesce(e.online_url, '') <> ''))
"""

# One row: an event of a time, and what $me (0: nobody) has answered; past ones the latest first.
COMING = (
    _OF_THE_TIME
    + event_shown("e", "me")
    + _CHOSEN
    + """WITH e, me
ORDER BY CASE WHEN $past THEN -e.starts_at.epochSeconds ELSE e.starts_at.epochSeconds END, e.id
SKIP $skip LIMIT $limit
OPTIONAL MATCH (e)<-[:FOR]-(mine:Registration)-[:BY]->(me)
RETURN e.id AS id, e.key AS key, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.kind AS kind, e.starts_at AS starts_at, e.ends_at AS ends_at, e.time_zone AS time_zone,
  e.venue AS venue, e.venue_ru AS venue_ru,
  e.capacity AS capacity, mine.state AS answer, e.scale AS scale,
  coalesce(e.capacity, 0) - coalesce(e.reserve, 0) AS seats, e.cancelled_at AS cancelled_at,
  head(COLLECT { MATCH (e)<-[:FOR]-(r:Registration)-[:BY]->(:Person)
    WHERE r.state IN ['yes', 'offered'] RETURN sum(1 + coalesce(r.guests, 0)) }) AS taken,
  [(e)-[:LOCATED_IN]->(c:Place) | coalesce(c.name, '')] AS cities,
  [(e)-[:LOCATED_IN]->(c:Place) | coalesce(c.name_ru, c.name, '')] AS cities_ru,
  [(e)-[:ABOUT]->(t:Topic) | {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name)}]
    AS topics,
  [(e)-[:HELD_BY]->(g:Group) WHERE coalesce(g.visibility, 'members') IN $visibilities
    | {id: g.id, name: g.name, name_ru: coalesce(g.name_ru, g.name)}] AS groups
ORDER BY CASE WHEN $past THEN -starts_at.epochSeconds ELSE starts_at.epochSeconds END, id
LIMIT $limit"""
)

# One row: how many events COMING would give without a limit.
COMING_COUNT = _OF_THE_TIME + event_shown("e", "me") + _CHOSEN + "RETURN count(e) AS n LIMIT 1"

# One row: the event, all of it. What only the registered read is taken away after that.
EVENT = (
    """MATCH (e:Event {id: $id})
OPTIONAL MATCH (me:Person {key: $me})
WITH e, me WHERE """
    + event_shown("e", "me")
    + """
OPTIONAL MATCH (e)<-[:FOR]-(mine:Registration)-[:BY]->(me)
OPTIONAL MATCH (e)-[:IN]->(f:Festival) WHERE coalesce(f.state, 'published') = 'published'
RETURN e.id AS id, e.key AS key, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.description AS description, coalesce(e.description_ru, e.description) AS description_ru,
  e.kind AS kind, e.starts_at AS starts_at, e.ends_at AS ends_at, e.time_zone AS time_zone,
  e.venue AS venue, e.venue_ru AS venue_ru,
  e.capacity AS capacity, e.cancelled_at AS cancelled_at,
  coalesce(e.state, 'published') AS state, coalesce(e.visibility, 'members') AS visibility,
  e.scale AS scale, e.map_url AS map_url, e.online_url AS online_url,
  e.outside_url AS outside_url, e.price AS price, coalesce(e.reserve, 0) AS reserve,
  e.opens_at AS opens_at, e.closes_at AS closes_at, coalesce(e.guests, 0) AS guests,
  coalesce(e.whole_only, false) AS whole_only, coalesce(e.questions, []) AS questions,
  e.materials AS materials, e.notice AS notice, e.moved_from AS moved_from,
  coalesce(e.sequence, 0) AS sequence, e.changed_at AS changed_at, e.created_at AS created_at,
  mine.state AS answer, f.name AS festival,
  f.id AS festival_id, coalesce(mine.guests, 0) AS my_guests,
  mine.answers AS my_answers, coalesce(mine.remind, 0) AS my_reminder, mine.id AS registration,
  mine.offered_until AS offered_until, mine.entered_at AS entered_at,
  mine.attended_at AS attended_at,
  CASE mine.state WHEN 'waiting' THEN
    COUNT { (e)<-[:FOR]-(r:Registration {state: 'waiting'})
            WHERE r.position <= mine.position } END AS position,
  coalesce(f.name_ru, f.name) AS festival_ru,
  head(COLLECT { MATCH (e)<-[:FOR]-(r:Registration)-[:BY]->(:Person)
    WHERE r.state IN ['yes', 'offered'] RETURN sum(1 + coalesce(r.guests, 0)) }) AS taken,
  COUNT { (e)<-[:FOR]-(r:Registration) WHERE r.state = 'waiting' } AS waiting,
  coalesce($all OR """
    + organises("e", "me")
    + """, false) AS organised,
  [(e)-[:LOCATED_IN]->(c:Place) | [c.name, coalesce(c.name_ru, c.name)]] AS cities,
  [(e)-[:ABOUT]->(t:Topic) | {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name)}]
    AS topics,
  [(e)-[:HELD_BY]->(u:Unit) | {id: u.id, name: u.name, name_ru: coalesce(u.name_ru, u.name)}]
    AS units,
  [(e)-[:HELD_BY]->(g:Group) WHERE coalesce(g.visibility, 'members') IN $visibilities
    | {id: g.id, name: g.name, name_ru: coalesce(g.name_ru, g.name)}] AS groups LIMIT 1"""
)

# One row: somebody who said yes.
COMING_PEOPLE = """MATCH (:Event {id: $id})<-[:FOR]-(r:Registration {state: 'yes'})
MATCH (r)-[:BY]->(p:Person)
RETURN p.key AS key ORDER BY key LIMIT 1000"""

# One row: an event of mine: a seat, an offer or a place in the queue, the soonest first; or what
# was called off, which stays in a calendar.
MINE = """MATCH (:Person {key: $me})<-[:BY]-(r:Registration)-[:FOR]->(e:Event)
WHERE r.state IN ['yes', 'offered', 'waiting'] AND coalesce(e.ends_at, e.starts_at) >= $from
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, e.ends_at AS ends_at, e.time_zone AS time_zone,
  e.venue AS venue, e.venue_ru AS venue_ru, e.cancelled_at AS cancelled_at,
  r.state AS answer, r.offered_until AS offered_until,
  e.description AS description, coalesce(e.description_ru, e.description) AS description_ru,
  e.online_url AS online_url, coalesce(e.sequence, 0) AS sequence, e.changed_at AS changed_at,
  e.created_at AS created_at, coalesce(e.state, 'published') AS state
ORDER BY starts_at, id LIMIT 500"""

# One row: another event of mine at the time of this one.
CLASHES = """MATCH (e:Event {id: $id})
MATCH (:Person {key: $me})<-[:BY]-(r:Registration)-[:FOR]->(other:Event)
WHERE other.id <> e.id AND r.state IN ['yes', 'offered'] AND other.cancelled_at IS NULL
  AND other.starts_at < coalesce(e.ends_at, e.starts_at + duration('PT1H'))
  AND coalesce(other.ends_at, other.starts_at + duration('PT1H')) > e.starts_at
RETURN other.id AS id, other.title AS title, coalesce(other.title_ru, other.title) AS title_ru,
  other.starts_at AS starts_at, other.time_zone AS time_zone ORDER BY starts_at, id LIMIT 10"""

# One row: an Alumni Week.
FESTIVALS = """MATCH (f:Festival) WHERE coalesce(f.state, 'published') = 'published'
RETURN f.id AS id, f.name AS name,
  coalesce(f.name_ru, f.name) AS name_ru, f.year AS year ORDER BY year DESC, id LIMIT 20"""

# One row: a city in which something is on.
CITIES = """MATCH (e:Event)-[:LOCATED_IN]->(c:Place)
WHERE e.starts_at >= $since AND coalesce(e.visibility, 'members') IN $visibilities
  AND coalesce(e.state, 'published') = 'published'
RETURN c.id AS id, c.name AS name, coalesce(c.name_ru, c.name) AS name_ru, count(e) AS n
ORDER BY n DESC, id LIMIT 30"""


@dataclass(frozen=True)
class EventPage:
    """One event, who comes as far as they show it, and my own answer.

    To a guest also who may have brought them along (their own contacts), and whom they named.
    """

    event: Row
    coming: tuple[Card, ...]
    full: bool
    past: bool
    bringers: tuple[Card, ...] = ()
    brought_by: str = ""
    clashes: tuple[Row, ...] = ()
    # '' where one can register, else why not: 'early', 'late', 'draft'.
    closed: str = ""

    @property
    def begun(self) -> bool:
        """Whether it has begun."""
        return bool(self.event["starts_at"] <= datetime.now(UTC))

    @property
    def answers(self) -> dict[str, str]:
        """What I answered to the event's questions."""
        found = json.loads(self.event["my_answers"] or "{}")
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Chosen:
    """Which events: of a time, and of one topic, Alumni Week, city or community ('' is any).

    What runs at `start` counts; with `past` what has ended by `until`, the latest first.
    """

    start: datetime
    until: datetime
    past: bool = False
    topic: str = ""
    festival: str = ""
    city: str = ""
    group: str = ""

    def parameters(self) -> dict[str, Any]:
        """Return what the queries ask for."""
        return {
            "since": self.start - LONGEST,
            "from": self.start,
            "until": self.until,
            "past": self.past,
            "topic": self.topic,
            "festival": self.festival,
            "city": self.city,
            "group": self.group,
        }


def coming_count(store: Store, viewer: Viewer, chosen: Chosen) -> int:
    """Return how many such events there are for this viewer."""
    return int(store.read(COMING_COUNT, **chosen.parameters(), **of_viewer(viewer))[0]["n"])


def coming(
    store: Store, viewer: Viewer, chosen: Chosen, *, skip: int = 0, limit: int = 50
) -> list[Row]:
    """Return such events, the soonest first."""
    rows = store.read(COMING, skip=skip, limit=limit, **chosen.parameters(), **of_viewer(viewer))
    return [native(row) for row in rows]


def event_row(store: Store, viewer: Viewer, event_id: str) -> Row:
    """Return one event as the viewer may see it: the online link only who is registered.

    Raises
    ------
    ThingNotFound
        If there is none for this viewer.
    """
    rows = store.read(EVENT, id=event_id, **of_viewer(viewer))
    if not rows:
        raise ThingNotFound("no such event")
    event = native(rows[0])
    if event["answer"] != "yes" and not event["organised"]:
        event["online"] = bool(event["online_url"])
        event["online_url"] = None
    return event


def event_page(live: Live, viewer: Viewer, event_id: str) -> EventPage:
    """Return one event as the viewer may see it.

    Raises
    ------
    ThingNotFound
        If there is none for this viewer.
    """
    now = datetime.now(UTC)
    event = event_row(live.store, viewer, event_id)
    keys = [row["key"] for row in live.store.read(COMING_PEOPLE, id=event_id)]
    shown = tuple(
        card
        for card in (cards(live.store, viewer, keys, rules=live.rules) if keys else [])
        if "events" in card.fields
    )
    seats = None if event["capacity"] is None else event["capacity"] - event["reserve"]
    past = (event["ends_at"] or event["starts_at"]) < now
    guest = not past and event["answer"] in ("yes", "waiting") and event["starts_at"] > now
    may = bringers_of(live, viewer) if guest else ()
    named = named_by(live, viewer, event_id) if guest else None
    closed = ""
    if event["state"] != "published":
        closed = "draft"
    elif event["opens_at"] is not None and event["opens_at"] > now:
        closed = "early"
    elif event["closes_at"] is not None and event["closes_at"] <= now:
        closed = "late"
    return EventPage(
        event,
        shown,
        full=seats is not None and (event["taken"] >= seats or event["waiting"] > 0),
        past=past,
        bringers=may,
        brought_by=next((c.id for c in may if c.key == named), ""),
        clashes=() if past or viewer.person_key is None else clashes(live.store, viewer, event_id),
        closed=closed,
    )


def mine(store: Store, viewer: Viewer, *, start: datetime) -> list[Row]:
    """Return the viewer's own events that end after a moment, the soonest first."""
    return [native(row) for row in store.read(MINE, me=viewer.own_key(), **{"from": start})]


def clashes(store: Store, viewer: Viewer, event_id: str) -> tuple[Row, ...]:
    """Return other events of the viewer that are on at the same time."""
    rows = store.read(CLASHES, id=event_id, me=viewer.own_key())
    return tuple(native(row) for row in rows)


def festivals(store: Store) -> list[Row]:
    """Return the Alumni Weeks, newest first."""
    return store.read(FESTIVALS)


def cities(store: Store, viewer: Viewer) -> list[Row]:
    """Return the cities in which something is on."""
    since = datetime.now(UTC) - LONGEST
    return store.read(CITIES, since=since, visibilities=of_viewer(viewer)["visibilities"])

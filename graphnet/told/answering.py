"""What somebody says to being told: "not this", nothing of a topic, no such letters; and back.

"Not this" is what it is on the site's lists, so that it is never recommended again either.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString

from graphnet import recommendations
from graphnet.accounts.sessions import token_hash
from graphnet.errors import ThingNotFound
from graphnet.privacy import Viewer, apart
from graphnet.recommendations.items import Reason
from graphnet.store import Row, Store, native
from graphnet.told.audience import unpacked

_TOLD: LiteralString = """
RETURN p.key AS key, e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, e.ends_at AS ends_at, e.time_zone AS time_zone,
  e.venue AS venue, e.venue_ru AS venue_ru,
  e.cancelled_at AS cancelled_at, l.reasons AS reasons,
  l.sent_at AS sent_at, coalesce(l.said, '') AS said, coalesce(l.off, []) AS off,
  coalesce(e.visibility, 'members') = 'public' AS public,
  COLLECT { MATCH (e)-[:ABOUT]->(t:Topic)
    RETURN {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name)} ORDER BY t.id LIMIT 20 }
    AS topics,
  EXISTS { (p)-[:DISMISSED]->(:Dismissal {list: 'events', item: e.id}) } AS not_this,
  head(COLLECT { MATCH (p)<-[:BY]-(r:Registration)-[:FOR]->(e) RETURN r.state ORDER BY r.id })
    AS answer """

# One row: the letter with that link, and what it was about.
BEHIND = (
    """MATCH (l:EventLetter {token_hash: $token_hash})-[:TO]->(p:Person)
WHERE l.state = 'sent' AND NOT """
    + apart("p")
    + """
MATCH (l)-[:FOR]->(e:Event)"""
    + _TOLD
    + "LIMIT 1"
)

# One row: an event that somebody was told of, the latest first.
MINE = (
    """MATCH (p:Person {key: $me})<-[:TO]-(l:EventLetter {state: 'sent'})-[:FOR]->(e:Event)
WITH p, e, l ORDER BY l.sent_at DESC, l.id
WITH p, e, head(collect(l)) AS l"""
    + _TOLD
    + "ORDER BY sent_at DESC, id LIMIT 100"
)

# One row: an event to come that somebody was told of and has said nothing to.
WAITING = """MATCH (p:Person {key: $me})<-[:TO]-(l:EventLetter {state: 'sent'})-[:FOR]->(e:Event)
WHERE e.starts_at > $now AND e.cancelled_at IS NULL
  AND NOT EXISTS { (p)<-[:BY]-(:Registration)-[:FOR]->(e) }
  AND NOT EXISTS { (p)-[:DISMISSED]->(:Dismissal {list: 'events', item: e.id}) }
WITH e, l ORDER BY l.sent_at DESC, l.id
WITH e, head(collect(l)) AS l
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, e.time_zone AS time_zone, l.reasons AS reasons
ORDER BY starts_at, id LIMIT 5"""

# One row: how many letters of somebody about an event say it.
SAY = """MATCH (:Person {key: $me})<-[:TO]-(l:EventLetter)-[:FOR]->(:Event {id: $id})
SET l.said = $said, l.said_at = $now, l.off = $off RETURN count(l) AS n"""

# One row: the id of what somebody has said "not this" to.
DISMISSED = """MATCH (:Person {key: $me})-[:DISMISSED]->(d:Dismissal {list: 'events', item: $id})
RETURN d.id AS id ORDER BY id LIMIT 5"""

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = "EXISTS { (me)<-[:TO]-(:EventLetter {state: 'sent'}) }"


@dataclass(frozen=True)
class Told:
    """An event that somebody was told of, why, and what they have said to it since.

    Attributes
    ----------
    state
        '' nothing, 'not_this', or their registration's: 'yes', 'no', 'waiting' ...
    off
        Ids of its topics of which they want nothing more.
    """

    key: int
    event: Row
    reasons: tuple[Reason, ...]
    state: str
    off: tuple[str, ...]

    @property
    def over(self) -> bool:
        """Whether it has begun or was called off."""
        event = self.event
        return bool(event["cancelled_at"] is not None or event["starts_at"] <= datetime.now(UTC))


def _told(row: Row) -> Told:
    held = native(row)
    state = "not_this" if held["not_this"] else (held["answer"] or "")
    return Told(held["key"], held, unpacked(held["reasons"]), state, tuple(held["off"]))


def behind(store: Store, token: str) -> tuple[Viewer, Told]:
    """Return for whom a letter's link speaks, and of what they were told.

    Raises
    ------
    ThingNotFound
        If there never was one, or its person hid, died or was erased: the same answer.
    """
    rows = store.read(BEHIND, token_hash=token_hash(token))
    if not rows:
        raise ThingNotFound("this link does not work any more")
    found = _told(rows[0])
    return Viewer("alumnus", found.key), found


def mine(store: Store, viewer: Viewer) -> list[Told]:
    """Return every event that the viewer was told of, the latest first."""
    return [_told(row) for row in store.read(MINE, me=viewer.own_key())]


def waiting(store: Store, viewer: Viewer) -> list[tuple[Row, tuple[Reason, ...]]]:
    """Return the events to come that the viewer was told of and has said nothing to, with why."""
    rows = store.read(WAITING, me=viewer.own_key(), now=datetime.now(UTC))
    return [(native(row), unpacked(row["reasons"])) for row in rows]


def one(store: Store, viewer: Viewer, event_id: str) -> Told:
    """Return one event that the viewer was told of.

    Raises
    ------
    ThingNotFound
    """
    found = next((one for one in mine(store, viewer) if one.event["id"] == event_id), None)
    if found is None:
        raise ThingNotFound("you were not told of such an event")
    return found


def not_this(store: Store, viewer: Viewer, told: Told, topics: Collection[str] = ()) -> None:
    """Say "not this": the event is never recommended again, and of `topics` nothing.

    Raises
    ------
    NotAllowed, TooMany
    """
    event = told.event
    of_event: Sequence[dict[str, Any]] = event["topics"]
    ids = tuple(topic["id"] for topic in of_event)
    off = sorted(set(topics) & set(ids))
    recommendations.act(store, viewer, "events", event["id"], how="never", topics=ids)
    for topic in off:
        recommendations.mark_off(store, viewer, topic)
    _say(store, viewer, event["id"], "not_this", sorted({*off, *told.off}))


def take_back(store: Store, viewer: Viewer, told: Told) -> None:
    """Take it back: the event may be recommended again, and its topics count again."""
    for row in store.read(DISMISSED, me=viewer.own_key(), id=told.event["id"]):
        recommendations.undo(store, viewer, row["id"])
    for topic in told.off:
        recommendations.mark_on(store, viewer, topic)
    _say(store, viewer, told.event["id"], None, [])


def _say(store: Store, viewer: Viewer, event_id: str, said: str | None, off: list[str]) -> None:
    store.write(SAY, me=viewer.own_key(), id=event_id, said=said, off=off, now=datetime.now(UTC))

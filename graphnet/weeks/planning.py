"""Staff plan a week: sessions are added, moved, put in and out of it; a version is published.

What is moved of a published session is kept beside it as planned, and drafts move at once, since
nobody else sees them. Publishing makes the plan hold, in one transaction: events move, drafts that
are ready are published, the version is kept, and whoever is concerned is written to once.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from graphnet import changes, jobs
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.events import editing, states
from graphnet.events.content import Content
from graphnet.events.roles import speakers_in
from graphnet.live import Live
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.store import Store, Transaction
from graphnet.weeks import frame, programme
from graphnet.weeks.frame import Week
from graphnet.weeks.programme import Changed, Session, compared, kept, sessions, speakers_of
from graphnet.weeks.telling import TOLD

SHORTEST, LONGEST = 5, 24 * 60  # minutes
LONGEST_NOTE = 500
MOST_AT_ONCE = 300

# One row: the event is in the week, on a track and in a place of it.
PUT = """MATCH (f:Festival {id: $week}) CALL (f) { MATCH (e:Event {id: $event}) RETURN e }
MERGE (e)-[:IN]->(f) SET e.track = $track, e.hall = $hall, e.planned = null RETURN e.id AS id"""

# One row: the event with what its next version is to have.
PLAN = """MATCH (e:Event {id: $event})-[:IN]->(:Festival {id: $week}) SET e.planned = $planned
RETURN e.id AS id"""

# One row: the event, which is in the week no more.
TAKE_OUT = """MATCH (e:Event {id: $event})-[t:IN]->(:Festival {id: $week}) DELETE t
SET e.track = null, e.hall = null, e.planned = null RETURN e.id AS id"""

# One row: where a session of the week stands; the event is locked.
STANDS = """MATCH (e:Event {id: $event})-[:IN]->(:Festival {id: $week}) SET e.id = e.id
RETURN coalesce(e.track, '') AS track, coalesce(e.hall, '') AS hall, e.planned AS planned LIMIT 1"""

# One row: the version that was kept.
KEEP = """MATCH (f:Festival {id: $week}) SET f.state = 'published'
CREATE (v:FestivalVersion {id: $id, number: $number, at: $now, by: $by, note: $note,
  sessions: $sessions, moves: $moves})-[:IN]->(f) RETURN v.id AS id"""

# One row: what the version before this one had.
LAST = """MATCH (v:FestivalVersion)-[:IN]->(:Festival {id: $week})
RETURN v.sessions AS sessions, v.number AS number ORDER BY number DESC LIMIT 1"""

# One row: how many people are concerned by these events.
CONCERNED = """UNWIND $events AS wanted MATCH (e:Event {id: wanted})
CALL (e) {
  MATCH (e)<-[:FOR]-(r:Registration)-[:BY]->(p:Person)
  WHERE r.state IN ['yes', 'offered', 'waiting'] RETURN p
  UNION MATCH (e)<-[:FOR]-(r:EventRole)-[:OF]->(p:Person) WHERE r.state IN ['asked', 'agreed']
  RETURN p
}
RETURN count(DISTINCT p) AS n LIMIT 1"""

# One row: an event to put into a week: it is in none, and no more than a month away from it.
OUTSIDE = """MATCH (e:Event) WHERE e.starts_at >= $since AND e.starts_at < $until
  AND e.cancelled_at IS NULL AND NOT EXISTS { (e)-[:IN]->(:Festival) }
  AND coalesce(e.visibility, 'members') <> 'quarantined'
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, e.time_zone AS time_zone ORDER BY starts_at, id LIMIT 200"""


@dataclass(frozen=True)
class Slot:
    """When and where a session is to be, on the clock of the week's zone."""

    starts: datetime
    minutes: int
    track: str = ""
    place: str = ""

    def check(self, week: Week) -> None:
        """Look whether it can be so.

        Raises
        ------
        BadValue
        """
        if not SHORTEST <= self.minutes <= LONGEST:
            raise BadValue(
                f"a session takes {SHORTEST} to {LONGEST:,} minutes", code="range", field="minutes"
            )
        if self.track and self.track not in {one.id for one in week.frame.tracks}:
            sentence = f"there is no track {self.track!r} in this week: choose one of its own"
            raise BadValue(sentence, code="unknown", field="track")
        if self.place and self.place not in {one.id for one in week.frame.places}:
            sentence = f"there is no place {self.place!r} in this week: choose one of its own"
            raise BadValue(sentence, code="unknown", field="place")

    @property
    def ends(self) -> datetime:
        """Return when it is over."""
        return self.starts + timedelta(minutes=self.minutes)


def content_in(content: Content, week: Week, slot: Slot) -> Content:
    """Return an event's content in that slot; without a place its venue stays."""
    hall = next((one for one in week.frame.places if one.id == slot.place), None)
    return replace(
        content,
        starts=slot.starts,
        ends=slot.ends,
        time_zone=week.frame.time_zone,
        venue=hall.name if hall else content.venue,
        venue_ru=hall.name_ru if hall else content.venue_ru,
    )


def stand(transaction: Transaction, week_id: str, event_id: str, slot: Slot) -> None:
    """Put an event into the week, on a track and in a place of it."""
    where = {"track": slot.track or None, "hall": slot.place or None}
    transaction.run(PUT, week=week_id, event=event_id, **where)


def add(store: Store, viewer: Viewer, week_id: str, content: Content, slot: Slot) -> str:
    """Draft a session: an event of the week, which only staff see until it is published.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue
    """
    return add_many(store, viewer, week_id, [(content, slot)])[0]


def add_many(
    store: Store, viewer: Viewer, week_id: str, wanted: Sequence[tuple[Content, Slot]]
) -> list[str]:
    """Draft several sessions at once, all or none; return their events' ids.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue
    """
    viewer.require_staff()
    if len(wanted) > MOST_AT_ONCE:
        raise BadValue(
            f"1 to {MOST_AT_ONCE} sessions are drafted at once", code="range", field="sessions"
        )

    def work(transaction: Transaction) -> list[str]:
        week = frame.locked(transaction, week_id)
        made = []
        for content, slot in wanted:
            slot.check(week)
            filled = content_in(content, week, slot)
            filled.check()
            event_id = editing.draft(transaction, viewer, filled)
            stand(transaction, week_id, event_id, slot)
            made.append(event_id)
        acted(transaction, viewer, "add sessions to week", week_id, detail=str(len(made)))
        return made

    return store.in_write(work, seconds=60)


def put_in(store: Store, viewer: Viewer, week_id: str, event_id: str) -> None:
    """Put an event that is there already into the week, at its own time.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    viewer.require_staff()

    def work(transaction: Transaction) -> None:
        frame.locked(transaction, week_id)
        if not transaction.run(PUT, week=week_id, event=event_id, track=None, hall=None):
            raise ThingNotFound("no such event")
        acted(transaction, viewer, "put event into week", event_id, change=changes.ANNOUNCED)

    store.in_write(work)


def take_out(store: Store, viewer: Viewer, week_id: str, event_id: str) -> None:
    """Take an event out of the week; it stays as an event.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    viewer.require_staff()

    def work(transaction: Transaction) -> None:
        frame.locked(transaction, week_id)
        if not transaction.run(TAKE_OUT, week=week_id, event=event_id):
            raise ThingNotFound("no such session")
        acted(transaction, viewer, "take event out of week", event_id, change=changes.ANNOUNCED)

    store.in_write(work)


def outside(store: Store, viewer: Viewer, week: Week) -> list[dict[str, Any]]:
    """Return events near the week that are in none, for staff to put in."""
    viewer.require_staff()
    zone = ZoneInfo(week.frame.time_zone)
    days = [day.date for day in week.frame.days]
    if not days:
        return []
    first = datetime(days[0].year, days[0].month, days[0].day, tzinfo=zone)
    last = datetime(days[-1].year, days[-1].month, days[-1].day, tzinfo=zone)
    until = (last + timedelta(days=1)).astimezone(UTC)
    return store.read(OUTSIDE, since=first.astimezone(UTC), until=until)


def move(store: Store, viewer: Viewer, week_id: str, event_id: str, slot: Slot) -> bool:
    """Move a session; return whether it waits for the next version, as a published one does.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue
    Conflict
        ``over``: it has begun, or was called off.
    """
    viewer.require_staff()

    def work(transaction: Transaction) -> bool:
        week = frame.locked(transaction, week_id)
        slot.check(week)
        found, stands = _locked(transaction, viewer, week_id, event_id)
        filled = content_in(found.content, week, slot)
        filled.check()
        start = filled.moment("starts")
        if start is None or start <= datetime.now(UTC):
            raise BadValue(
                "a session begins at a time that is still to come", code="past", field="starts"
            )
        if found.state != "published":
            editing.changed(transaction, viewer, found, filled)
            stand(transaction, week_id, event_id, slot)
            return False
        same = (
            filled == found.content
            and slot.track == stands["track"]
            and slot.place == stands["hall"]
        )
        planned = {
            "starts": slot.starts.isoformat(),
            "ends": slot.ends.isoformat(),
            "track": slot.track,
            "hall": slot.place,
        }
        told = None if same else json.dumps(planned)
        transaction.run(PLAN, week=week_id, event=event_id, planned=told)
        acted(transaction, viewer, "plan session of week", event_id)
        return not same

    return store.in_write(work)


def leave(store: Store, viewer: Viewer, week_id: str, event_id: str) -> None:
    """Leave a session where the published programme has it.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    viewer.require_staff()

    def work(transaction: Transaction) -> None:
        frame.locked(transaction, week_id)
        if not transaction.run(PLAN, week=week_id, event=event_id, planned=None):
            raise ThingNotFound("no such session")
        acted(transaction, viewer, "leave session of week", event_id)

    store.in_write(work)


def _locked(
    transaction: Transaction, viewer: Viewer, week_id: str, event_id: str
) -> tuple[editing.Editable, dict[str, Any]]:
    rows = transaction.run(STANDS, week=week_id, event=event_id)
    if not rows:
        raise ThingNotFound("no such session")
    found = editing.editable(
        transaction.run(editing.WHOLE_LOCKED, id=event_id, **editing.who(viewer))
    )
    begins = found.content.moment("starts")
    if found.cancelled or begins is None or begins <= datetime.now(UTC):
        raise Conflict(
            f"the session {event_id} has begun or was called off: it stays where it is", code="over"
        )
    return found, rows[0]


# Publishing


@dataclass(frozen=True)
class Preview:
    """What the next version would change, and how many people would have a letter."""

    number: int
    changes: tuple[Changed, ...]
    moved: tuple[str, ...]
    people: int


def preview(live: Live, viewer: Viewer, week: Week) -> Preview:
    """Return what publishing would change now."""
    viewer.require_staff()
    found = _to_be(live, viewer, week)
    rows = live.store.read(LAST, week=week.id)
    before = json.loads(rows[0]["sessions"]) if rows else []
    moved = tuple(one.id for one in found if one.before is not None)
    parts = {part.known: part for one in found for part in one.parts}
    now = kept(found, speakers_of(found))
    concerned = live.store.read(CONCERNED, events=list(moved))[0]["n"] if moved else 0
    return Preview(week.number + 1, tuple(compared(before, now, parts)), moved, concerned)


def _to_be(live: Live, viewer: Viewer, week: Week) -> list[Session]:
    return sessions(live, viewer, week, planned=True)


def publish(live: Live, viewer: Viewer, week_id: str, *, number: int, note: str = "") -> int:
    """Publish the next version of the programme; return how many people are written to.

    Parameters
    ----------
    number
        The version that the viewer has looked at: two who publish at once make one.

    Raises
    ------
    NotAllowed, ThingNotFound
    BadValue
        ``note: long``.
    Conflict
        ``meanwhile``: somebody else has published; ``empty``: there is no session.
    """
    viewer.require_staff()
    said = note.replace("\r\n", "\n").strip()
    if len(said) > LONGEST_NOTE:
        raise BadValue(
            f"a note to a programme has at most {LONGEST_NOTE} characters",
            code="long",
            field="note",
        )
    before = frame.one(live.store, viewer, week_id)
    drafts = [one.id for one in _to_be(live, viewer, before) if one.row["state"] != "published"]

    def work(transaction: Transaction) -> int:
        week = frame.locked(transaction, week_id)
        if week.number + 1 != number:
            raise Conflict(
                "a colleague has published meanwhile: look at what is left to publish",
                code="meanwhile",
            )
        moves = _make_hold(transaction, viewer, week)
        for event_id in drafts:
            _publish_draft(transaction, viewer, event_id)
        return _keep(transaction, viewer, week, moves, number, said)

    return live.store.in_write(work, seconds=120)


# One row: a session that is to move with the next version.
PLANNED = """MATCH (e:Event)-[:IN]->(:Festival {id: $week}) WHERE e.planned IS NOT NULL
RETURN e.id AS id, e.planned AS planned ORDER BY id LIMIT 1000"""


def _make_hold(transaction: Transaction, viewer: Viewer, week: Week) -> list[str]:
    moved = []
    for row in transaction.run(PLANNED, week=week.id):
        wanted = json.loads(row["planned"])
        starts = datetime.fromisoformat(wanted["starts"])
        minutes = int((datetime.fromisoformat(wanted["ends"]) - starts).total_seconds() // 60)
        slot = Slot(starts, minutes, wanted["track"], wanted["hall"])
        try:
            found, _ = _locked(transaction, viewer, week.id, row["id"])
        except Conflict:
            transaction.run(PLAN, week=week.id, event=row["id"], planned=None)
            continue  # it has begun or was called off meanwhile
        filled = content_in(found.content, week, slot)
        different = editing.changed(transaction, viewer, found, filled, told=False)
        stand(transaction, week.id, row["id"], slot)
        if different:
            moved.append(str(row["id"]))
    return moved


def _publish_draft(transaction: Transaction, viewer: Viewer, event_id: str) -> None:
    found = editing.editable(
        transaction.run(editing.WHOLE_LOCKED, id=event_id, **editing.who(viewer))
    )
    begins = found.content.moment("starts")
    if found.state != "published" and begins is not None and begins > datetime.now(UTC):
        states.published(transaction, viewer, event_id, version=found.version)


# One row: a session as a version keeps it.
AS_IT_IS = """MATCH (e:Event)-[:IN]->(:Festival {id: $week})
WHERE coalesce(e.state, 'published') = 'published'
  AND coalesce(e.visibility, 'members') <> 'quarantined'
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, e.ends_at AS ends_at, e.venue AS venue, e.venue_ru AS venue_ru,
  e.track AS track, e.hall AS hall, e.cancelled_at AS cancelled_at, null AS planned
ORDER BY starts_at, id LIMIT 1000"""


def _keep(
    transaction: Transaction, viewer: Viewer, week: Week, moves: list[str], number: int, note: str
) -> int:
    rows = transaction.run(AS_IT_IS, week=week.id)
    if not rows:
        raise Conflict("there is nothing to publish yet: add sessions first", code="empty")
    found = [programme.read_session(week, row) for row in rows]
    speakers = speakers_in(transaction, [one.id for one in found])
    last = transaction.run(LAST, week=week.id)
    before = {one["id"]: one for one in (json.loads(last[0]["sessions"]) if last else [])}
    told = [before.get(event, {"id": event}) for event in moves]
    version = new_id()
    transaction.run(
        KEEP,
        week=week.id,
        id=version,
        number=number,
        now=datetime.now(UTC),
        by=viewer.account_id,
        note=note or None,
        sessions=json.dumps(kept(found, speakers), ensure_ascii=False),
        moves=json.dumps(told, ensure_ascii=False),
    )
    people = int(transaction.run(CONCERNED, events=moves)[0]["n"]) if moves else 0
    if moves:
        jobs.enqueue(transaction, TOLD, {"version": version}, key=f"{TOLD}:{version}")
    acted(
        transaction,
        viewer,
        "publish programme of week",
        week.id,
        detail=f"version {number}",
        change=changes.ANNOUNCED,
    )
    return people

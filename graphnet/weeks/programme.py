"""A week's programme as its reader sees it: sessions, the grid, what clashes, what changed."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from graphnet.events.roles import Part, of_events
from graphnet.live import Live
from graphnet.privacy import Viewer, event_shown, of_viewer
from graphnet.store import Row, Store, native
from graphnet.weeks.frame import Column, Week

HOUR = timedelta(hours=1)  # what is shown of a session that does not say when it ends
MINE = ("yes", "offered", "waiting")

# One row: a session of a week that this reader finds, and what $me (0: nobody) has answered. Staff
# who plan read drafts too.
SESSIONS = (
    """MATCH (f:Festival {id: $week})<-[:IN]-(e:Event)
OPTIONAL MATCH (me:Person {key: $me})
WITH e, me WHERE """
    + event_shown("e", "me")
    + """ AND ($drafts OR coalesce(e.state, 'published') = 'published')
OPTIONAL MATCH (e)<-[:FOR]-(mine:Registration)-[:BY]->(me)
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru, e.kind AS kind,
  e.starts_at AS starts_at, e.ends_at AS ends_at, e.time_zone AS time_zone,
  e.venue AS venue, e.venue_ru AS venue_ru,
  e.track AS track, e.hall AS hall, e.planned AS planned, e.capacity AS capacity,
  e.cancelled_at AS cancelled_at, coalesce(e.state, 'published') AS state, mine.state AS answer,
  mine.attended_at IS NOT NULL AS came,
  e.description AS description, coalesce(e.description_ru, e.description) AS description_ru,
  e.created_at AS created_at, e.changed_at AS changed_at, coalesce(e.sequence, 0) AS sequence,
  coalesce(e.version, 0) AS version, coalesce(e.capacity, 0) - coalesce(e.reserve, 0) AS seats,
  head(COLLECT { MATCH (e)<-[:FOR]-(r:Registration)-[:BY]->(:Person)
    WHERE r.state IN ['yes', 'offered'] RETURN sum(1 + coalesce(r.guests, 0)) }) AS taken,
  EXISTS { (:Contest)-[:AWARDED_AT]->(e) } AS awards,
  [(e)-[:ABOUT]->(t:Topic) | {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name)}]
    AS topics
ORDER BY starts_at, id LIMIT 1000"""
)

# One row: a version of a week's programme, the newest first.
VERSIONS = """MATCH (v:FestivalVersion)-[:IN]->(:Festival {id: $week})
RETURN v.number AS number, v.at AS at, coalesce(v.note, '') AS note, v.sessions AS sessions
ORDER BY number DESC LIMIT 50"""


@dataclass(frozen=True)
class Session:
    """One session: when and where as the reader is to see it, in the week's zone.

    `before` is where and when it stands in the published programme, if staff have moved it since.
    """

    row: Row
    starts: datetime
    ends: datetime
    track: Column | None
    place: Column | None
    parts: tuple[Part, ...] = ()
    before: "Session | None" = None

    @property
    def id(self) -> str:
        """Return the event's id."""
        return str(self.row["id"])

    @property
    def day(self) -> date:
        """Return the day on which it begins, there."""
        return self.starts.date()

    @property
    def mine(self) -> bool:
        """Whether it is in the reader's own programme."""
        return self.row["answer"] in MINE and self.row["cancelled_at"] is None

    @property
    def past(self) -> bool:
        """Whether it has ended."""
        return self.ends < datetime.now(UTC)

    @property
    def full(self) -> bool:
        """Whether there is no seat left."""
        return bool(self.row["capacity"]) and self.row["taken"] >= self.row["seats"]

    @property
    def where(self) -> tuple[str, str]:
        """Return the place in both languages: a hall of the week, or as the event says it."""
        if self.place is not None:
            return self.place.name, self.place.name_ru
        venue, venue_ru = self.row["venue"] or "", self.row["venue_ru"] or ""
        return venue or venue_ru, venue_ru or venue


def sessions(
    live: Live, viewer: Viewer, week: Week, *, planned: bool = False, parts: bool = True
) -> list[Session]:
    """Return the sessions that the viewer finds, the earliest first.

    Parameters
    ----------
    planned
        Whether as staff plan them: drafts too, and what is moved where it is moved to.
    """
    if planned:
        viewer.require_staff()
    rows = [
        native(row)
        for row in live.store.read(SESSIONS, week=week.id, drafts=planned, **of_viewer(viewer))
    ]
    has = of_events(live, viewer, [row["id"] for row in rows]) if parts else {}
    found = [_session(week, row, tuple(has.get(row["id"], ())), planned=planned) for row in rows]
    return sorted(found, key=lambda one: (one.starts, one.row["title"], one.id))


def _session(week: Week, row: Row, parts: tuple[Part, ...], *, planned: bool) -> Session:
    zone = ZoneInfo(week.frame.time_zone)
    tracks = {one.id: one for one in week.frame.tracks}
    places = {one.id: one for one in week.frame.places}
    starts = row["starts_at"].astimezone(zone)
    ends = (row["ends_at"] or row["starts_at"] + HOUR).astimezone(zone)
    stands = Session(row, starts, ends, tracks.get(row["track"]), places.get(row["hall"]), parts)
    if not planned or not row["planned"]:
        return stands
    wanted: dict[str, Any] = json.loads(row["planned"])
    return Session(
        row,
        datetime.fromisoformat(wanted["starts"]).replace(tzinfo=zone),
        datetime.fromisoformat(wanted["ends"]).replace(tzinfo=zone),
        tracks.get(wanted["track"]),
        places.get(wanted["hall"]),
        parts,
        before=stands,
    )


def read_session(week: Week, row: Row) -> Session:
    """Return a session of a row, as it is published."""
    return _session(week, native(row), (), planned=False)


def days_of(week: Week, found: Sequence[Session]) -> list[tuple[date, tuple[str, str]]]:
    """Return the days of a week with their topics, those of sessions without a day included."""
    topics = {day.date: (day.title, day.title_ru or day.title) for day in week.frame.days}
    dates = {*topics, *(one.day for one in found)}
    return [(day, topics.get(day, ("", ""))) for day in sorted(dates)]


def clashes(found: Iterable[Session]) -> dict[str, list[Session]]:
    """Return for each of these sessions the others at the same time, by its id."""
    on = sorted(found, key=lambda one: (one.starts, one.id))
    at_once: dict[str, list[Session]] = {}
    for i, one in enumerate(on):
        for other in on[i + 1 :]:
            if other.starts >= one.ends:
                break
            at_once.setdefault(one.id, []).append(other)
            at_once.setdefault(other.id, []).append(one)
    return at_once


# The grid


@dataclass(frozen=True)
class Cell:
    """A field of the grid: the sessions in it, from a row on over some; None: nothing begins."""

    sessions: tuple[Session, ...]
    rows: int
    at: datetime
    column: str


@dataclass(frozen=True)
class Grid:
    """A day as a table: columns with their names, rows with their times, each with its cells.

    A cell that reaches over several rows stands in its first; a row holds None where it goes on.
    """

    columns: tuple[tuple[str, tuple[str, str]], ...]
    rows: tuple[tuple[datetime, tuple[Cell | None, ...]], ...]


def grid(
    week: Week,
    day: date,
    found: Sequence[Session],
    *,
    by: str = "place",
    step: timedelta | None = None,
    first: int = 9,
    last: int = 21,
) -> Grid:
    """Return a day's sessions by track or by place.

    Parameters
    ----------
    step
        Rows so far apart, from the hour `first` to `last` or beyond where something is on: whoever
        plans needs a field for every half hour. Without it a row for each time at which something
        begins or ends.
    """
    here = [one for one in found if one.day == day]
    columns = _columns(week, here, by=by, empty=step is not None)
    zone = ZoneInfo(week.frame.time_zone)
    if step is None:
        marks = sorted({moment for one in here for moment in (one.starts, one.ends)})
    else:
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        low = min([one.starts for one in here] + [midnight.replace(hour=first)])
        high = max([one.ends for one in here] + [midnight.replace(hour=last)])
        begin = midnight + ((low - midnight) // step) * step
        marks = [begin + step * n for n in range(-(-(high - begin) // step) + 1)]
    if len(marks) < 2:
        return Grid(tuple(columns), ())
    spans = [(key, _spans([s for s in here if _column(s, by) == key], marks)) for key, _ in columns]
    rows = []
    for i, mark in enumerate(marks[:-1]):
        cells: list[Cell | None] = []
        for key, of in spans:
            span = next((one for one in of if one.first <= i < one.end), None)
            if span is None:
                cells.append(Cell((), 1, mark, key))
            elif span.first == i:
                cells.append(Cell(tuple(span.sessions), span.end - i, mark, key))
            else:
                cells.append(None)
        rows.append((mark, tuple(cells)))
    return Grid(tuple(columns), tuple(rows))


@dataclass
class _Span:
    """Sessions of one column that share rows: from the row `first` to before the row `end`."""

    first: int
    end: int
    sessions: list[Session]


def _spans(found: list[Session], marks: list[datetime]) -> list[_Span]:
    spans: list[_Span] = []
    for one in sorted(found, key=lambda one: (one.starts, one.id)):
        first = bisect_right(marks, one.starts) - 1
        end = max(bisect_left(marks, one.ends), first + 1)
        if spans and first < spans[-1].end:
            spans[-1].sessions.append(one)
            spans[-1].end = max(spans[-1].end, end)
        else:
            spans.append(_Span(first, end, [one]))
    return spans


def _column(one: Session, by: str) -> str:
    if by == "track":
        return one.track.id if one.track else ""
    if one.place is not None:
        return one.place.id
    venue = one.where[0]
    return f"={venue}" if venue else ""


def _columns(
    week: Week, here: list[Session], *, by: str, empty: bool
) -> list[tuple[str, tuple[str, str]]]:
    given = week.frame.tracks if by == "track" else week.frame.places
    used = {_column(one, by) for one in here}
    columns = [
        (one.id, (one.name, one.name_ru or one.name)) for one in given if empty or one.id in used
    ]
    known = {key for key, _ in columns}
    others = {_column(one, by): one.where for one in here if _column(one, by) not in known}
    return columns + sorted(others.items())


# What has changed


@dataclass(frozen=True)
class Changed:
    """One session in which two versions of a programme differ.

    `what`: 'added', 'gone', 'off', 'on', 'moved', 'renamed', 'speakers'. `before` and `after` are
    as `kept` wrote them.

    Attributes
    ----------
    came
        Speakers who stand there since; whoever does not any more is named nowhere.
    left
        How many speakers do not stand there any more.
    """

    what: str
    event: str
    before: dict[str, Any]
    after: dict[str, Any]
    came: tuple[Part, ...] = ()
    left: int = 0


@dataclass(frozen=True)
class Version:
    """A published version: what changed against the one before it, for this reader."""

    number: int
    at: datetime
    note: str
    changes: tuple[Changed, ...]


def speakers_of(found: Iterable[Session]) -> dict[str, list[str]]:
    """Return by which ids the speakers of sessions are known, by the event's id."""
    return {one.id: [p.known for p in one.parts if p.role == "speaker"] for one in found}


def kept(found: Iterable[Session], speakers: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Return sessions as a version keeps them: of who speaks a random id alone, no name."""
    return [
        {
            "id": one.id,
            "title": one.row["title"],
            "title_ru": one.row["title_ru"],
            "starts": one.starts.isoformat(),
            "ends": one.ends.isoformat(),
            "place": one.where[0],
            "place_ru": one.where[1],
            "track": one.track.name if one.track else "",
            "track_ru": (one.track.name_ru or one.track.name) if one.track else "",
            "off": one.row["cancelled_at"] is not None,
            "speakers": sorted(speakers.get(one.id, ())),
        }
        for one in found
    ]


def compared(
    before: Sequence[dict[str, Any]],
    after: Sequence[dict[str, Any]],
    parts: Mapping[str, Part],
) -> list[Changed]:
    """Return in what two versions differ, in the order of the later one's sessions.

    Parameters
    ----------
    parts
        Those parts that the reader sees now, by the ids by which versions know them.
    """
    old = {one["id"]: one for one in before}
    new = {one["id"]: one for one in after}
    found = []
    for key, one in new.items():
        was = old.get(key)
        if was is None:
            found.append(Changed("added", key, {}, one))
        elif one["off"] != was["off"]:
            found.append(Changed("off" if one["off"] else "on", key, was, one))
        elif any(one[n] != was[n] for n in ("starts", "ends", "place", "track")):
            found.append(Changed("moved", key, was, one))
        elif (one["title"], one["title_ru"]) != (was["title"], was["title_ru"]):
            found.append(Changed("renamed", key, was, one))
        if was is not None and (other := _speakers(key, was, one, parts)) is not None:
            found.append(other)
    return found + [Changed("gone", key, one, {}) for key, one in old.items() if key not in new]


def _speakers(
    key: str, was: dict[str, Any], one: dict[str, Any], parts: Mapping[str, Part]
) -> Changed | None:
    """Return what became of a session's speakers; older versions do not know who spoke."""
    if "speakers" not in was or "speakers" not in one or one["off"]:
        return None
    old, new = set(was["speakers"]), set(one["speakers"])
    came = tuple(parts[part] for part in one["speakers"] if part not in old and part in parts)
    left = len(old - new)
    return Changed("speakers", key, was, one, came, left) if came or left else None


def versions(store: Store, week: Week, found: Sequence[Session]) -> list[Version]:
    """Return the versions of a programme, the newest first, each with what it changed.

    Parameters
    ----------
    found
        The sessions that the reader finds, with who has a part in them: of others nothing is told.
    """
    parts = {part.known: part for one in found for part in one.parts}
    seen = {one.id for one in found}
    rows = [native(row) for row in store.read(VERSIONS, week=week.id)]
    read = [[one for one in json.loads(r["sessions"]) if one["id"] in seen] for r in rows]
    return [
        Version(
            row["number"],
            row["at"],
            row["note"],
            tuple(compared(read[i + 1], read[i], parts)) if i + 1 < len(rows) else (),
        )
        for i, row in enumerate(rows)
    ]

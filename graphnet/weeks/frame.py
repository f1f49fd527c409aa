"""The frame of a week: its name, its days with their topics, its tracks and places; one or all."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from graphnet import changes
from graphnet.audit import acted
from graphnet.bilingual import as_entered, check_bilingual
from graphnet.errors import BadValue, ThingNotFound
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction, native
from graphnet.versions import Meanwhile
from graphnet.zones import zones

LONGEST_NAME, LONGEST_ABOUT = 120, 4000
MOST_DAYS, MOST_COLUMNS = 14, 30

_ALL = """RETURN f.id AS id, f.name AS name, coalesce(f.name_ru, '') AS name_ru,
  coalesce(f.about, '') AS about, coalesce(f.about_ru, '') AS about_ru,
  coalesce(f.time_zone, 'Europe/Moscow') AS time_zone, coalesce(f.state, 'published') AS state,
  coalesce(f.version, 0) AS version, coalesce(f.days, '[]') AS days,
  coalesce(f.tracks, '[]') AS tracks, coalesce(f.places, '[]') AS places, f.year AS year,
  coalesce(head(COLLECT { MATCH (v:FestivalVersion)-[:IN]->(f)
    RETURN v.number ORDER BY v.number DESC LIMIT 1 }), 0) AS number,
  head(COLLECT { MATCH (e:Event)-[:IN]->(f) RETURN min(e.starts_at) }) AS begins,
  head(COLLECT { MATCH (e:Event)-[:IN]->(f) RETURN max(coalesce(e.ends_at, e.starts_at)) }) AS ends
"""

# One row: an Alumni Week, whole; a draft to staff only.
ONE = (
    "MATCH (f:Festival {id: $id}) WHERE $staff OR coalesce(f.state, 'published') = 'published'\n"
    + _ALL
    + "LIMIT 1"
)

# One row: the same, locked until the change is committed.
LOCKED = "MATCH (f:Festival {id: $id}) SET f.id = f.id\nWITH f\n" + _ALL + "LIMIT 1"

# One row: an Alumni Week, the newest first.
EVERY = (
    "MATCH (f:Festival) WHERE $staff OR coalesce(f.state, 'published') = 'published'\n"
    "WITH f ORDER BY f.year DESC, f.id LIMIT 30\n" + _ALL + "ORDER BY year DESC, id"
)

# One row: the new week.
CREATE = "CREATE (f:Festival {id: $id, state: 'draft', version: 0}) RETURN f.id AS id"

# One row: the week as it is now.
SAVE = """MATCH (f:Festival {id: $id}) SET f += $values, f.version = coalesce(f.version, 0) + 1
RETURN f.version AS version"""


@dataclass(frozen=True)
class Day:
    """A day and its topic: science, innovations, entrepreneurship ..."""

    date: date
    title: str = ""
    title_ru: str = ""


@dataclass(frozen=True)
class Column:
    """A track, or a place: one column of the grid."""

    id: str
    name: str
    name_ru: str = ""


@dataclass(frozen=True)
class Frame:
    """What staff write of a week."""

    name: str = ""
    name_ru: str = ""
    about: str = ""
    about_ru: str = ""
    time_zone: str = "Europe/Moscow"
    days: tuple[Day, ...] = ()
    tracks: tuple[Column, ...] = ()
    places: tuple[Column, ...] = ()

    def check(self) -> None:
        """Look whether it can be so.

        Raises
        ------
        BadValue
            Its field is the field's name, its code what is wrong with it.
        """
        check_bilingual(self, "name", longest=LONGEST_NAME)
        check_bilingual(self, "about", longest=LONGEST_ABOUT, needed=False)
        if self.time_zone not in zones():
            raise BadValue(
                f"there is no time zone {self.time_zone!r}: write one like Europe/Moscow",
                code="unknown",
                field="time_zone",
            )
        dates = [day.date for day in self.days]
        if not dates:
            raise BadValue("a week has at least one day", code="needed", field="days")
        if len(set(dates)) < len(dates):
            raise BadValue("one day stands there twice", code="twice", field="days")
        if len(dates) > MOST_DAYS or (max(dates) - min(dates)).days > 30:
            raise BadValue(
                f"a week has at most {MOST_DAYS} days, within a month", code="range", field="days"
            )
        for name in ("tracks", "places"):
            columns: tuple[Column, ...] = getattr(self, name)
            if len(columns) > MOST_COLUMNS:
                raise BadValue(
                    f"a week has at most {MOST_COLUMNS} {name}", code="range", field=name
                )
            if any(not (one.name or one.name_ru) for one in columns):
                raise BadValue(
                    f"each of the {name} has a name, in English or in Russian",
                    code="needed",
                    field=name,
                )
            words = [text for one in columns for text in (one.name, one.name_ru)]
            words += [text for day in self.days for text in (day.title, day.title_ru)]
            if any(len(text) > LONGEST_NAME for text in words):
                raise BadValue(
                    f"a name among the {name} has at most {LONGEST_NAME} characters",
                    code="long",
                    field=name,
                )


@dataclass(frozen=True)
class Week:
    """A week: its frame, and how far it has come.

    `version` is the frame's, for two who edit at once; `number` the published programme's, 0 before
    the first. `begins` and `ends` are those of its sessions.
    """

    id: str
    frame: Frame
    state: str
    version: int
    number: int
    year: int
    begins: datetime | None
    ends: datetime | None

    @property
    def over(self) -> bool:
        """Whether its last session has ended."""
        return self.ends is not None and self.ends < datetime.now(UTC)


def week_of(row: Row) -> Week:
    """Return a week that was read."""
    row = native(row)

    def columns(name: str) -> tuple[Column, ...]:
        return tuple(
            Column(one["id"], one["name"], one.get("name_ru", "")) for one in json.loads(row[name])
        )

    days = tuple(
        Day(date.fromisoformat(one["date"]), one.get("title", ""), one.get("title_ru", ""))
        for one in json.loads(row["days"])
    )
    known = row["time_zone"] if row["time_zone"] in zones() else "UTC"
    frame = Frame(
        **as_entered(row, ("name",)),
        about=row["about"],
        about_ru=row["about_ru"],
        time_zone=known,
        days=tuple(sorted(days, key=lambda day: day.date)),
        tracks=columns("tracks"),
        places=columns("places"),
    )
    return Week(
        row["id"],
        frame,
        row["state"],
        row["version"],
        row["number"],
        row["year"] or 0,
        row["begins"],
        row["ends"],
    )


def one(store: Store, viewer: Viewer, week_id: str) -> Week:
    """Return a week.

    Raises
    ------
    ThingNotFound
        Also for a draft that somebody else but staff asks for.
    """
    rows = store.read(ONE, id=week_id, staff=viewer.is_staff)
    if not rows:
        raise ThingNotFound("no such week")
    return week_of(rows[0])


def every(store: Store, viewer: Viewer) -> list[Week]:
    """Return all weeks, the newest first; drafts to staff only."""
    return [week_of(row) for row in store.read(EVERY, staff=viewer.is_staff)]


def current(store: Store, viewer: Viewer) -> Week | None:
    """Return the week that is on or comes next, else the last one; None if there is none."""
    weeks = [one for one in every(store, viewer) if one.begins is not None]
    ahead = [one for one in weeks if not one.over]
    if ahead:
        return min(ahead, key=lambda one: (one.begins or datetime.max.replace(tzinfo=UTC), one.id))
    return weeks[0] if weeks else None


def create(store: Store, viewer: Viewer, frame: Frame) -> str:
    """Draft a week, which only staff see until its programme is published; return its id.

    Raises
    ------
    NotAllowed, BadValue
    """
    viewer.require_staff()
    frame.check()

    def work(transaction: Transaction) -> str:
        week_id = str(transaction.run(CREATE, id=new_id())[0]["id"])
        save(transaction, week_id, frame)
        acted(transaction, viewer, "draft week", week_id)
        return week_id

    return store.in_write(work)


def change(store: Store, viewer: Viewer, week_id: str, frame: Frame, *, version: int) -> None:
    """Change the frame of a week that was read in that version.

    Sessions of a track or place that is gone stay, without it.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue
    Meanwhile
        If somebody has changed it since.
    """
    viewer.require_staff()
    frame.check()

    def work(transaction: Transaction) -> None:
        found = locked(transaction, week_id)
        if found.version != version:
            raise Meanwhile(found.frame, found.version)
        save(transaction, week_id, frame)
        told = changes.ANNOUNCED if found.state == "published" else ""
        acted(transaction, viewer, "change week", week_id, change=told)

    store.in_write(work)


def locked(transaction: Transaction, week_id: str) -> Week:
    """Return a week, locked until the transaction ends.

    Raises
    ------
    ThingNotFound
    """
    rows = transaction.run(LOCKED, id=week_id)
    if not rows:
        raise ThingNotFound("no such week")
    return week_of(rows[0])


def save(transaction: Transaction, week_id: str, frame: Frame) -> None:
    """Keep a frame that was looked at, of a week that is locked."""
    transaction.run(SAVE, id=week_id, values=_values(frame))


def _values(frame: Frame) -> dict[str, Any]:
    def dumped(rows: list[dict[str, Any]]) -> str:
        return json.dumps(rows, ensure_ascii=False, default=str)

    return {
        "name": frame.name or frame.name_ru,
        "name_ru": frame.name_ru or None,
        "about": frame.about or None,
        "about_ru": frame.about_ru or None,
        "time_zone": frame.time_zone,
        "year": min(day.date for day in frame.days).year,
        "days": dumped([asdict(day) for day in frame.days]),
        "tracks": dumped([asdict(one) for one in frame.tracks]),
        "places": dumped([asdict(one) for one in frame.places]),
    }

"""A programme out of a spreadsheet: which column says what, and what each row asks for.

Nothing is guessed in silence: a row that cannot be understood is given back with what is wrong with
it, and the rest can be taken. Tracks and places that the week does not have yet are made.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from graphnet.errors import BadFile
from graphnet.events.content import LONGEST_LINE, LONGEST_TEXT, Content
from graphnet.model import new_id
from graphnet.weeks.frame import Column, Day, Frame, Week
from graphnet.weeks.planning import LONGEST, SHORTEST, Slot

USUAL_MINUTES = 60

# What a column may be called, without case, spaces and signs.
HEADERS: dict[str, tuple[str, ...]] = {
    "day": ("day", "date", "день", "дата"),
    "starts": ("start", "starts", "begin", "begins", "time", "from", "начало", "время", "с"),
    "ends": ("end", "ends", "until", "to", "конец", "окончание", "до", "по"),
    "minutes": ("minutes", "duration", "длительность", "минут", "минуты", "продолжительность"),
    "title_ru": ("название", "тема", "событие", "доклад", "titleru", "titlerussian", "названиерус"),
    "title": ("title", "session", "event", "titleen", "названиеангл", "названиепоанглийски"),
    "place": ("place", "room", "hall", "venue", "место", "зал", "аудитория", "площадка"),
    "track": ("track", "stream", "трек", "направление", "секция", "поток"),
    "capacity": ("seats", "capacity", "places", "мест", "местa", "места", "вместимость"),
    "speaker": ("speaker", "speakers", "спикер", "спикеры", "докладчик", "докладчики", "ведущий"),
    "about": ("about", "description", "описание", "аннотация", "очем"),
    "topic": ("daytopic", "topic", "темадня", "топик"),
}
NEEDED = ("day", "starts")


@dataclass(frozen=True)
class Wanted:
    """One row as a session to be made, or with what is wrong with it.

    `problem`: '' or 'day', 'starts', 'ends', 'title', 'capacity', 'long', 'there' (the week has it
    already).
    """

    number: int
    title: tuple[str, str] = ("", "")
    starts: datetime | None = None
    minutes: int = USUAL_MINUTES
    place: str = ""
    track: str = ""
    capacity: int | None = None
    speakers: tuple[str, ...] = ()
    about: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Sheet:
    """A file as a programme: its rows, and which of its columns say something."""

    rows: tuple[Wanted, ...]
    columns: Mapping[str, str]
    ignored: tuple[str, ...]
    topics: Mapping[date, str]

    @property
    def good(self) -> list[Wanted]:
        """Return the rows that can be taken."""
        return [row for row in self.rows if not row.problem]


def key(text: object) -> str:
    """Return a heading or a name as it is compared."""
    return re.sub(r"[\W_]+", "", str(text).casefold().replace("ё", "е"))


def read(
    header: Sequence[object],
    rows: Sequence[tuple[int, Sequence[object]]],
    *,
    year: int,
    there: Sequence[tuple[str, datetime]] = (),
) -> Sheet:
    """Return what a table says.

    Parameters
    ----------
    rows
        The number that a row has in the file, and its cells.
    year
        Of days that are written without one.
    there
        Titles and times of sessions that the week has, so that a file read twice adds nothing.

    Raises
    ------
    BadFile
        If no column is called as a day or a beginning is, or none as a title.
    """
    of: dict[str, int] = {}
    for place, heading in enumerate(header):
        for name, words in HEADERS.items():
            if name not in of and key(heading) in words:
                of[name] = place
                break
    missing = [name for name in NEEDED if name not in of]
    if not {"title", "title_ru"} & set(of):
        missing.append("title")
    if missing:
        names = ", ".join(missing)
        raise BadFile(
            f"no column of it is called as these are: {names}", code="columns", field=names
        )
    known: set[tuple[str, datetime | None]] = {(key(title), moment) for title, moment in there}
    found: list[Wanted] = []
    topics: dict[date, str] = {}
    before: date | None = None
    for number, cells in rows:
        said = {name: _cell(cells, place) for name, place in of.items()}
        if not any(str(value).strip() for value in said.values()):
            continue
        # A day that stands once above its sessions is theirs, too.
        day = _day(said.get("day", ""), year) if said.get("day") else before
        before = day or before
        one = _row(number, said, day)
        if day and said.get("topic"):
            topics.setdefault(day, str(said["topic"]).strip())
        titles = {(key(title), one.starts) for title in one.title if title}
        if not one.problem and titles & known:
            one = replace(one, problem="there")
        known |= titles
        found.append(one)
    ignored = tuple(
        str(heading)
        for i, heading in enumerate(header)
        if i not in of.values() and str(heading).strip()
    )
    return Sheet(tuple(found), {n: str(header[p]) for n, p in of.items()}, ignored, topics)


def _cell(cells: Sequence[object], place: int) -> object:
    value = cells[place] if place < len(cells) else ""
    return "" if value is None else value


def _row(number: int, said: Mapping[str, object], day: date | None) -> Wanted:
    english, russian = _text(said, "title"), _text(said, "title_ru")
    one = Wanted(
        number,
        (english or russian, russian or english),
        place=_text(said, "place"),
        track=_text(said, "track"),
        speakers=tuple(
            part.strip() for part in re.split(r"[;,\n]", _text(said, "speaker")) if part.strip()
        ),
        about=str(said.get("about", "")).strip(),
    )
    if not one.title[0]:
        return replace(one, problem="title")
    if day is None:
        return replace(one, problem="day")
    starts, ends = said.get("starts", ""), said.get("ends", "")
    # "10:00–11:30" in one cell says both.
    both = re.split(r"\s*[-–—]\s*", str(starts).strip()) if isinstance(starts, str) else []
    if len(both) == 2 and not str(ends).strip():
        starts, ends = both
    begin = _time(starts)
    if begin is None:
        return replace(one, problem="starts")
    one = replace(one, starts=datetime.combine(day, begin))
    minutes: int | None = USUAL_MINUTES
    if str(ends).strip():
        end = _time(ends)
        minutes = None if end is None else _between(begin, end)
    elif str(said.get("minutes", "")).strip():
        minutes = _whole(said["minutes"])
    if minutes is None or not SHORTEST <= minutes <= LONGEST:
        return replace(one, problem="ends")
    one = replace(one, minutes=minutes)
    if str(said.get("capacity", "")).strip():
        capacity = _whole(said["capacity"])
        if capacity is None or not 1 <= capacity <= 100_000:
            return replace(one, problem="capacity")
        one = replace(one, capacity=capacity)
    lines = (*one.title, one.place, one.track, *one.speakers)
    if max(map(len, lines)) > LONGEST_LINE or len(one.about) > LONGEST_TEXT:
        return replace(one, problem="long")
    return one


def _text(said: Mapping[str, object], name: str) -> str:
    return " ".join(str(said.get(name, "")).split())


def _between(begin: time, end: time) -> int:
    minutes = (end.hour - begin.hour) * 60 + end.minute - begin.minute
    return minutes if minutes >= 0 else minutes + 24 * 60  # over midnight


def _whole(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None


MONTHS = ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _day(value: object, year: int) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip().casefold()
    if found := re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
        parts = [int(part) for part in found.groups()]
    elif found := re.search(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{2,4}))?", text):
        parts = [_year(found[3], year), int(found[2]), int(found[1])]
    elif found := re.search(r"(\d{1,2})\s+([a-zа-яё]{3})[a-zа-яё]*\.?(?:\s+(\d{4}))?", text):
        month = next(
            (i + 1 for words in (MONTHS, ENGLISH) for i, w in enumerate(words) if found[2] == w),
            5 if found[2] == "май" else 0,
        )
        parts = [_year(found[3], year), month, int(found[1])]
    else:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None


def _year(text: str | None, year: int) -> int:
    if not text:
        return year
    return int(text) + (2000 if len(text) == 2 else 0)


def _time(value: object) -> time | None:
    if isinstance(value, datetime):
        return value.time().replace(second=0, microsecond=0, tzinfo=None)
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0, tzinfo=None)
    if isinstance(value, timedelta):
        value = value.total_seconds() / 86400
    if isinstance(value, float) and 0 <= value < 1:  # a time as spreadsheets count it
        minutes = round(value * 24 * 60)
        return time(minutes // 60 % 24, minutes % 60)
    found = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))?(?::\d{2})?(?:\s*ч\.?)?", str(value).strip())
    if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
        return None
    return time(int(found[1]), int(found[2] or 0))


def extended(week: Week, sheet: Sheet) -> Frame:
    """Return the week's frame with the days, tracks and places that the sheet names anew."""
    frame, good = week.frame, sheet.good
    days = {day.date: day for day in frame.days}
    for one in good:
        if one.starts is not None:
            day = one.starts.date()
            topic = sheet.topics.get(day, "")
            days.setdefault(day, Day(day, topic, topic))
    return replace(
        frame,
        days=tuple(sorted(days.values(), key=lambda day: day.date)),
        tracks=_named(frame.tracks, [one.track for one in good]),
        places=_named(frame.places, [one.place for one in good]),
    )


def _named(held: Sequence[Column], names: Sequence[str]) -> tuple[Column, ...]:
    columns = {key(one.name): one for one in held} | {key(one.name_ru): one for one in held}
    made = list(held)
    for name in names:
        if name and key(name) not in columns:
            columns[key(name)] = Column(new_id(), name, name)
            made.append(columns[key(name)])
    return tuple(made)


def slots(frame: Frame, sheet: Sheet) -> list[tuple[Wanted, Content, Slot]]:
    """Return the sessions to be made, in a frame that has what they name."""

    def found(columns: Sequence[Column], name: str) -> str:
        return next(
            (c.id for c in columns if name and key(name) in (key(c.name), key(c.name_ru))), ""
        )

    return [
        (
            one,
            Content(
                title=one.title[0],
                title_ru=one.title[1],
                description=one.about,
                description_ru=one.about,
                kind="lecture",
                audience="public",
                capacity=one.capacity,
            ),
            Slot(
                one.starts,
                one.minutes,
                found(frame.tracks, one.track),
                found(frame.places, one.place),
            ),
        )
        for one in sheet.good
        if one.starts is not None
    ]

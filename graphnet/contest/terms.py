"""What an announcement says: place, terms, criteria, prize, dates; and which phase a day lies in.

Nothing stores the phase of a season: it follows from the dates of the announcement in force, from
whether it has been announced and whether its winners have been published.
"""

import json
import re
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from graphnet.errors import BadValue

# In their order; each ends where the next begins. After 'appeal' comes 'decision', which ends with
# an act and not with a day: winners are published by staff once every appeal has been answered.
PHASES = (
    "draft", "announced", "entry", "check", "jury", "vote", "appeal", "decision", "published",
    "archived",
)  # fmt: skip
SCORES = range(1, 11)
MINIMUM_JURORS = 3  # a candidate; a season may ask for more
LONGEST = 4000
_KEY = re.compile(r"[a-z][a-z0-9-]{0,30}")


@dataclass(frozen=True)
class Dates:
    """The days of a season, each the last day of its phase, but for `entry_from`, its first."""

    entry_from: date
    entry_until: date
    check_until: date
    jury_until: date
    vote_until: date
    appeal_until: date
    archive_on: date


@dataclass(frozen=True)
class Named:
    """A criterion of the jury, or an award category: what it is called in both languages."""

    key: str
    name: str
    name_ru: str
    winners: int = 1  # how many awards a category has; of no meaning for a criterion


@dataclass(frozen=True)
class Terms:
    """One announcement, whole: the newest one of a season is in force, all are kept."""

    title: str
    title_ru: str
    organiser: str
    organiser_ru: str
    place: str
    place_ru: str
    prize: str
    prize_ru: str
    text: str
    text_ru: str
    categories: tuple[Named, ...]
    criteria: tuple[Named, ...]
    dates: Dates
    time_zone: str = "Europe/Moscow"
    jurors: int = MINIMUM_JURORS
    event: str = ""  # id of the event at which the awards are given

    def check(self) -> None:
        """See that a season can be played by these terms.

        Raises
        ------
        BadValue
            With a word for what is wrong, which the page knows.
        """
        for name in ("title", "organiser", "place", "prize", "text"):
            said = getattr(self, name), getattr(self, f"{name}_ru")
            if not all(part.strip() for part in said):
                raise BadValue(
                    f"{name} is empty: it is needed in English and in Russian",
                    code="empty",
                    field=name,
                )
            if max(map(len, said)) > LONGEST:
                raise BadValue(
                    f"a text of the terms has at most {LONGEST:,} characters", code="long"
                )
        for things, least in ((self.categories, 1), (self.criteria, 1)):
            keys = [thing.key for thing in things]
            if len(keys) < least or len(set(keys)) != len(keys):
                raise BadValue(
                    f"the terms need at least {least} of these, each with a key of its own",
                    code="names",
                )
            for thing in things:
                if not _KEY.fullmatch(thing.key) or not thing.name or not thing.name_ru:
                    raise BadValue(
                        "each line needs a key of small letters, an English and a Russian name: "
                        f"{thing.key!r}",
                        code="names",
                    )
                if not 1 <= thing.winners <= 20:
                    raise BadValue(f"a category has 1 to 20 winners: {thing.key!r}", code="names")
        days = [getattr(self.dates, field.name) for field in fields(Dates)]
        if any(later <= earlier for earlier, later in pairwise(days)):
            raise BadValue(
                "the days of a season follow one another, each later than the one before",
                code="dates",
            )
        if not MINIMUM_JURORS <= self.jurors <= 15:
            raise BadValue(f"a jury has {MINIMUM_JURORS} to 15 members", code="jurors")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError) as problem:
            raise BadValue(
                f"there is no time zone {self.time_zone!r}: write one like Europe/Moscow",
                code="zone",
            ) from problem

    def begins(self, day: date) -> datetime:
        """Return the moment in UTC at which a day begins where the contest is held."""
        return datetime.combine(day, time(), ZoneInfo(self.time_zone)).astimezone(UTC)

    def ends(self, day: date) -> datetime:
        """Return the moment in UTC at which a day is over: the first that no longer belongs."""
        return self.begins(day + timedelta(days=1))

    def half_time(self) -> datetime:
        """Return when the first half of the entry term is over.

        Until then the terms of a public contest may be changed, afterwards not: Civil Code of the
        Russian Federation, article 1058, part 1.
        """
        begin, end = self.begins(self.dates.entry_from), self.ends(self.dates.entry_until)
        return begin + (end - begin) / 2

    def category(self, key: str) -> Named:
        """Return one award category.

        Raises
        ------
        BadValue
            If there is none with that key.
        """
        for one in self.categories:
            if one.key == key:
                return one
        raise BadValue(
            f"there is no category {key!r} in this season: choose one of its own", code="category"
        )

    def phase(self, now: datetime) -> str:
        """Return the phase of an announced season at a time, as far as dates alone say it."""
        dates = self.dates
        if now < self.begins(dates.entry_from):
            return "announced"
        for phase, day in (
            ("entry", dates.entry_until),
            ("check", dates.check_until),
            ("jury", dates.jury_until),
            ("vote", dates.vote_until),
            ("appeal", dates.appeal_until),
        ):
            if now < self.ends(day):
                return phase
        return "decision"


def to_json(terms: Terms) -> str:
    """Return the terms as text that is the same for the same terms."""
    return json.dumps(asdict(terms), ensure_ascii=False, sort_keys=True, default=str)


def from_json(text: str) -> Terms:
    """Return the terms that `to_json` wrote."""
    held: dict[str, Any] = json.loads(text)
    held["dates"] = Dates(**{k: date.fromisoformat(v) for k, v in held["dates"].items()})
    for name in ("categories", "criteria"):
        held[name] = tuple(Named(**one) for one in held[name])
    return Terms(**held)


def differences(before: Terms, after: Terms) -> dict[str, tuple[Any, Any]]:
    """Return what was changed between two announcements: name, then before and after."""
    first, second = json.loads(to_json(before)), json.loads(to_json(after))
    found: dict[str, tuple[Any, Any]] = {}
    for name in first:
        if name == "dates":
            for day in first[name]:
                if first[name][day] != second[name][day]:
                    found[day] = (first[name][day], second[name][day])
        elif first[name] != second[name]:
            found[name] = (first[name], second[name])
    return found

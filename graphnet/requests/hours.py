"""Working time: the hours by which requests are due, and for which their clock runs.

The days off are Russia's, with those that the government moves from one weekend to another: a
Saturday that is worked counts, a Monday that is given for it does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from holidays import country_holidays
from holidays.holiday_base import HolidayBase

ZONE = ZoneInfo("Europe/Moscow")
OPENS, CLOSES = time(10), time(18)
DAY = timedelta(hours=8)


@cache
def _calendar() -> HolidayBase:
    return country_holidays("RU")  # it reckons each year when the first day of it is asked for


def works(day: date) -> bool:
    """Return whether the office works on a day."""
    return bool(_calendar().is_working_day(day))


@dataclass(frozen=True)
class Passed:
    """A day between two moments on which the office does not work, and what it is called."""

    day: date
    name: str


def _shifts(begin: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the office's hours from a moment on, the one that runs cut to what is left of it."""
    day = begin.astimezone(ZONE).date()
    while True:
        if works(day):
            opens = datetime.combine(day, OPENS, ZONE)
            closes = datetime.combine(day, CLOSES, ZONE)
            if closes > begin:
                yield max(opens, begin), closes
        day += timedelta(days=1)


def after(begin: datetime, working: timedelta) -> datetime:
    """Return when so much working time will have passed.

    Examples
    --------
    >>> friday = datetime(2026, 5, 8, 14, tzinfo=UTC)  # 17:00 in Moscow; Monday 11 May is off
    >>> after(friday, timedelta(hours=3)).isoformat()
    '2026-05-12T09:00:00+00:00'
    """
    left = working
    for opens, closes in _shifts(begin):
        if left <= closes - opens:
            return (opens + left).astimezone(UTC)
        left -= closes - opens
    raise AssertionError("the calendar has no end")


def between(begin: datetime, end: datetime) -> timedelta:
    """Return how much working time lies between two moments; nothing if the end is not later.

    Examples
    --------
    >>> between(datetime(2026, 5, 8, 14, tzinfo=UTC), datetime(2026, 5, 12, 9, tzinfo=UTC))
    datetime.timedelta(seconds=10800)
    """
    passed = timedelta(0)
    for opens, closes in _shifts(begin):
        if opens >= end:
            return passed
        passed += min(closes, end) - opens
    raise AssertionError("the calendar has no end")


def days_off(begin: datetime, end: datetime, language: str = "en") -> list[Passed]:
    """Return the public days off between two moments that are not plain weekends, for the reader.

    Parameters
    ----------
    language
        In which they are called: 'en' or 'ru'.
    """
    first, last = begin.astimezone(ZONE).date(), end.astimezone(ZONE).date()
    named = country_holidays(
        "RU", years=range(first.year, last.year + 1), language="ru" if language == "ru" else "en_US"
    )
    return [Passed(day, name) for day, name in sorted(named.items()) if first <= day <= last]

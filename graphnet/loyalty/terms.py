"""A membership as spans of days: what is so on a day follows from the dates alone.

A *term* is one span, with its first and its last day, both whole; a lifetime has no last day. A
year that begins on a day ends on the day before the same day of the next year, and one that begins
on 29 February on 28 February. Renewing adds a term after the last one, or from today where that is
over: a gap stays a gap. Nothing here knows a database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from graphnet.errors import Conflict

DAY = timedelta(days=1)
SOON = timedelta(days=60)


@dataclass(frozen=True)
class Term:
    """One span of membership: `ends` is its last day, None for a lifetime.

    `ended_on` is the last day of one that staff have ended before its time. `at` and `ended_at` say
    when that was entered.
    """

    starts: date
    ends: date | None
    ended_on: date | None = None
    id: str = ""
    kind: str = "joined"  # joined | renewed | granted
    note: str = ""
    ended_note: str = ""
    at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def last(self) -> date | None:
        """The last day of it, None if it has none."""
        if self.ended_on is None:
            return self.ends
        return self.ended_on if self.ends is None else min(self.ends, self.ended_on)

    @property
    def counts(self) -> bool:
        """Whether there is a day on which it held: one that was ended before it began has none."""
        return self.last is None or self.last >= self.starts


@dataclass(frozen=True)
class Standing:
    """What a membership is on a day.

    Attributes
    ----------
    state
        'member', 'lapsed' (was one), 'coming' (begins later) or 'none'.
    since
        The first day of the unbroken time that the day lies in.
    until
        The last day of that time, over all terms that follow one another; None if it has none. Of
        who has lapsed, the last day on which they were a member.
    gaps
        First and last days of the times between terms.
    """

    state: str
    since: date | None = None
    until: date | None = None
    soon: bool = False
    gaps: tuple[tuple[date, date], ...] = ()

    @property
    def valid(self) -> bool:
        """Whether it holds."""
        return self.state == "member"

    @property
    def lifetime(self) -> bool:
        """Whether it holds without an end."""
        return self.state == "member" and self.until is None


def anniversary(day: date, years: int) -> date:
    """Return the same day so many years later; of 29 February, 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def last_day(first: date, years: int) -> date:
    """Return the last day of so many years that begin on a day."""
    return anniversary(first, years) - DAY


def spans(terms: Sequence[Term]) -> list[tuple[date, date | None]]:
    """Return the unbroken times, in order: terms that touch or overlap are one."""
    found: list[tuple[date, date | None]] = []
    for term in sorted((t for t in terms if t.counts), key=lambda t: (t.starts, t.id)):
        if found:
            first, last = found[-1]
            if last is None:
                break
            if term.starts <= last + DAY:
                end = None if term.last is None else max(last, term.last)
                found[-1] = (first, end)
                continue
        found.append((term.starts, term.last))
    return found


def standing(terms: Sequence[Term], today: date) -> Standing:
    """Return what the membership is on a day."""
    times = spans(terms)
    gaps = tuple(
        (last + DAY, first - DAY) for (_, last), (first, _) in pairwise(times) if last is not None
    )
    for first, last in times:
        if first <= today and (last is None or today <= last):
            soon = last is not None and last - today <= SOON
            return Standing("member", first, last, soon, gaps)
    before = [(first, last) for first, last in times if first < today]
    if before:
        return Standing("lapsed", before[-1][0], before[-1][1], gaps=gaps)
    if times:
        return Standing("coming", times[0][0], times[0][1], gaps=gaps)
    return Standing("none")


def next_term(
    terms: Sequence[Term], today: date, *, years: int, renewal_days: int
) -> tuple[date, date]:
    """Return the first and the last day of the term that joining or renewing today would add.

    It begins on the day after the last term, whenever it is renewed, so that nothing that was given
    is lost; and today where that is over, so that it never ends in the past.

    Raises
    ------
    Conflict
        'lifetime' if there is nothing to renew, 'early' if the last term ends too far ahead.
    """
    times = spans(terms)
    if not times:
        return today, last_day(today, years)
    last = times[-1][1]
    if last is None:
        raise Conflict("this membership is for life: there is nothing to renew", code="lifetime")
    if last < today:
        return today, last_day(today, years)
    if last - today > timedelta(days=renewal_days):
        raise Conflict(
            f"this membership runs for more than {renewal_days} days yet: nothing was changed",
            code="early",
        )
    return last + DAY, last_day(last + DAY, years)

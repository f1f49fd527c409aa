"""Dates and years: the order of day and month is decided once for a column, never cell by cell."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ingest.cleaning.cleaned import Cleaned, says_nothing, text_of
from ingest.reading.tables import Cell, Note, note

OLDEST = 1900
SERIAL_FROM = date(1899, 12, 30)  # day 0 of a spreadsheet's calendar
_MONTHS = (
    ("янв", "jan"), ("фев", "feb"), ("мар", "mar"), ("апр", "apr"), ("мая май", "may"),
    ("июн", "jun"), ("июл", "jul"), ("авг", "aug"), ("сен", "sep"), ("окт", "oct"),
    ("ноя", "nov"), ("дек", "dec"),
)  # fmt: skip
_MONTH_OF = {
    word: i for i, some in enumerate(_MONTHS, start=1) for words in some for word in words.split()
}
_NUMBERS = re.compile(r"^(\d{1,4})\s*[./\-\s]\s*(\d{1,2})\s*[./\-\s]\s*(\d{1,4})(?:[T\s].*)?$")
_TAIL = re.compile(r"\s*(?:г\.?\s?р?\.?|года?(?:\s+рожд\w*)?|year|y)\.?\s*$", re.IGNORECASE)
_WORDED = re.compile(
    r"^(\d{1,2})?\s*[.\-\s]*([^\W\d]{3,})\.?,?[\s\-]*(\d{1,2})?,?[\s\-]+(\d{2,4})$"
)


@dataclass(frozen=True)
class DateContext:
    """How the dates of a column are written.

    day_first, and why: `settled` if some cell can be read in that way only; the newest year that
    makes sense; oldest, which one does no more.
    """

    day_first: bool = True
    settled: bool = False
    newest: int = 2100
    oldest: int = OLDEST


def date_context(cells: Iterable[Cell], *, newest: int, oldest: int = OLDEST) -> DateContext:
    """Look at a whole column: which order of day and month fits all of its cells?"""
    first = second = 0
    slashes = dots = 0
    for cell in cells:
        if isinstance(cell, str) and (found := _NUMBERS.match(cell.strip())):
            a, b = int(found.group(1)), int(found.group(2))
            if a > 31 or len(found.group(1)) > 2:
                continue
            first += a > 12 >= b
            second += b > 12 >= a
            slashes += "/" in cell
            dots += "." in cell
    day_first = first > second or (first == second and dots >= slashes)
    return DateContext(day_first, first != second, newest, oldest)


def clean_date(cell: Cell, context: DateContext, *, near: int | None = None) -> Cleaned[str]:
    """Return an ISO date, or a bare year where no more is said.

    `near` is a year in which the date should lie, for two-digit years: a graduate was born some
    twenty years before. A short year is never in the future.

    Examples
    --------
    >>> clean_date("31.5.64", DateContext(newest=2026)).value
    '1964-05-31'
    >>> clean_date(1978, DateContext(newest=2026)).value
    '1978'
    """
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return _checked(cell.year, cell.month, cell.day, context, changed=False)
    text = text_of(cell).strip()
    if says_nothing(text) or re.fullmatch(r"[0.\-/\s]+", text):
        return Cleaned("", (note("nothing said"),) if text else ())
    if isinstance(cell, int | float):
        return _number(float(cell), context)
    plain = _TAIL.sub("", text)
    if re.fullmatch(r"(?:19|20)\d\d", plain):
        return _year_only(int(plain), context, changed=plain != text)
    if re.fullmatch(r"\d{5}(?:\.\d+)?", plain):
        return _number(float(plain), context)
    if found := re.fullmatch(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:T.*)?", plain):
        year, month, day = (int(x) for x in found.groups())
        return _checked(year, month, day, context, changed=True)
    if found := _NUMBERS.match(plain):
        return _three(*found.groups(), context=context, near=near)
    if found := _WORDED.match(plain):
        day_before, word, day_after, year_text = found.groups()
        month = _MONTH_OF.get(word.lower()[:3], 0)
        if month and (day_before or day_after):
            year = full_year(year_text, context.newest, near=near)
            return _checked(year, month, int(day_before or day_after), context, changed=True)
        if month:
            return _year_only(
                full_year(year_text, context.newest, near=near), context, changed=True
            )
    years = {int(y) for y in re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", plain)}
    if len(years) == 1:
        return _year_only(years.pop(), context, changed=True)
    return Cleaned("", problems=(note("date unreadable", value=text),))


def full_year(text: str, newest: int, *, near: int | None = None) -> int:
    """Return the year that two digits stand for: the nearest to `near`, never in the future."""
    year = int(text)
    if len(text) > 2:
        return year
    possible = [century + year for century in (1900, 2000) if century + year <= newest]
    if near is not None and possible:
        return min(possible, key=lambda y: abs(y - near))
    return max(possible, default=1900 + year)


def _three(a: str, b: str, c: str, *, context: DateContext, near: int | None) -> Cleaned[str]:
    if len(a) > 2 or int(a) > 31:
        return _checked(
            full_year(a, context.newest, near=near), int(b), int(c), context, changed=True
        )
    day, month = (int(a), int(b)) if context.day_first else (int(b), int(a))
    year = full_year(c, context.newest, near=near)
    if month > 12 >= day:
        # It can be read in one way only, and that is not the column's: shown to a person.
        return Cleaned(_iso(year, day, month), problems=(note("date order", value=f"{a}.{b}.{c}"),))
    return _checked(year, month, day, context, changed=True)


def _number(value: float, context: DateContext) -> Cleaned[str]:
    if value.is_integer() and context.oldest <= value <= context.newest:
        return Cleaned(str(int(value)))
    if 1 < value < 80_000:
        day = SERIAL_FROM + timedelta(days=int(value))
        if context.oldest <= day.year <= context.newest:
            return Cleaned(day.isoformat(), (note("date serial", value=int(value)),))
    return Cleaned("", problems=(note("date unreadable", value=value),))


def _year_only(year: int, context: DateContext, *, changed: bool) -> Cleaned[str]:
    if not context.oldest <= year <= context.newest:
        return Cleaned("", problems=(note("date out of range", value=year),))
    return Cleaned(str(year), (note("date form"),) if changed else ())


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _checked(
    year: int, month: int, day: int, context: DateContext, *, changed: bool
) -> Cleaned[str]:
    iso = _iso(year, month, day)
    problems: list[Note] = []
    if not iso:
        problems.append(note("date impossible", value=f"{day:02}.{month:02}.{year}"))
    elif not context.oldest <= year <= context.newest:
        problems.append(note("date out of range", value=iso))
        iso = ""
    return Cleaned(iso, (note("date form"),) if iso and changed else (), tuple(problems))


def clean_year(cell: Cell, *, newest: int, oldest: int = 1930) -> Cleaned[int | None]:
    """Return a year of study: 1998, "98", "1998 г.", a date's year."""
    if isinstance(cell, date | datetime):
        return Cleaned(cell.year, (note("date form"),))
    text = text_of(cell).strip()
    if says_nothing(text) and not re.fullmatch(r"0\d|00", text):
        return Cleaned(None, (note("nothing said"),) if text else ())
    found = re.findall(r"(?<!\d)(\d{4}|\d{2})(?!\d)", text)
    years = [
        full_year(x, newest) for x in found if len(x) == 4 or "'" + x in text or len(found) < 3
    ]
    fit = [year for year in years if oldest <= year <= newest]
    if not fit:
        return Cleaned(None, problems=(note("year unreadable", value=text),))
    year = fit[-1]
    return Cleaned(year, (note("year form"),) if text != str(year) else ())

"""From the text of a cell to the value of a property, as a mapping says; bad ones are `Unfit`.

Converters are made once for each property of a mapping and called once for each row.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from graphnet.discovery.contacts import contact_key
from graphnet.errors import BadMapping
from graphnet.model import term
from graphnet.names.folding import fold
from ingest.sections import Value, names_in

Cells = Sequence[str]
Text = Callable[[Cells], str]
Convert = Callable[[Cells], Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
YES = {"yes", "true", "1", "да", "on", "y"}
NO = {"no", "false", "0", "нет", "off", "n"}


class Unfit(Exception):
    """A row cannot be used: which field, its value, and why. It goes to the file of rejects."""

    def __init__(self, field: str, value: str, reason: str) -> None:
        super().__init__(field, value, reason)
        self.field, self.value, self.reason = field, value, reason


def text_of(entry: str, columns: Mapping[str, int], variables: Mapping[str, str]) -> Text:
    """Return what reads a column, or fills a template of columns and variables.

    A template is empty as soon as one of the columns in it is.
    """
    if "{" not in entry:
        index = _column(entry, columns, variables)
        return lambda cells: cells[index]
    names = names_in(entry)
    if not any(name in columns for name in names):
        fixed = entry.format_map({name: _variable(name, columns, variables) for name in names})
        return lambda cells: fixed
    places = {name: columns[name] for name in names if name in columns}
    known = {name: _variable(name, columns, variables) for name in names if name not in columns}

    def fill(cells: Cells) -> str:
        given = {name: cells[index] for name, index in places.items()}
        return entry.format_map(known | given) if all(given.values()) else ""

    return fill


def _column(name: str, columns: Mapping[str, int], variables: Mapping[str, str]) -> int:
    if name not in columns:
        there = ", ".join([*columns, *("{" + variable + "}" for variable in variables)])
        raise BadMapping(f"no column {name!r}; there are {there}")
    return columns[name]


def _variable(name: str, columns: Mapping[str, int], variables: Mapping[str, str]) -> str:
    if name not in variables:
        _column(name, columns, variables)
    return variables[name]


def converter(
    value: Value,
    columns: Mapping[str, int],
    *,
    variables: Mapping[str, str],
    lookups: Mapping[str, Mapping[str, str]],
    unknown: Callable[[Any], str] | None = None,
) -> Convert:
    """Return what makes one property's value of a row's cells; None means: leave it unset.

    `unknown` says why a value that was made means nothing to the engines, if it does not.

    Raises
    ------
    BadMapping
        If the value names a column, a time zone or a limit that is none.
    """
    if value.constant is not None:
        constant = _aware(value.constant)
        return lambda cells: constant
    field = value.column or value.template or ""
    text = text_of(field, columns, variables)
    parse = _parser(value)
    low, high = _limit(value.minimum, parse), _limit(value.maximum, parse)
    pattern = re.compile(value.pattern) if value.pattern else None
    default = _aware(value.default)
    table = lookups[value.lookup] if value.lookup else None
    one_of = frozenset(value.one_of)
    plain = not (value.terms or value.replace or table is not None or pattern or one_of)

    def prepared(given: str) -> str:
        changed = given
        if value.terms is not None and changed:
            found = value.terms.get(changed, value.other)
            if found is None:
                raise Unfit(field, given, f"is none of {', '.join(value.terms)}")
            changed = found
        for old, new in value.replace.items():
            changed = changed.replace(old, new)
        if table is not None:
            changed = table.get(changed, "")
        if changed and pattern is not None and not pattern.fullmatch(changed):
            raise Unfit(field, given, f"does not look like {value.pattern}")
        if changed and one_of and changed not in one_of:
            raise Unfit(field, given, f"is none of {', '.join(value.one_of)}")
        return changed

    def convert(cells: Cells) -> Any:
        given = text(cells)
        changed = given if plain else prepared(given)
        if not changed:
            if default is None and value.required:
                raise Unfit(field, given, "is empty, and it is required")
            return default
        try:
            made = parse(changed)
        except (ValueError, OverflowError) as problem:
            raise Unfit(field, given, str(problem)) from None
        if low is not None and made < low:
            raise Unfit(field, given, f"is below {value.minimum}")
        if high is not None and made > high:
            raise Unfit(field, given, f"is above {value.maximum}")
        if value.max_length and len(changed) > value.max_length:
            raise Unfit(field, given, f"is longer than {value.max_length} letters")
        if unknown is not None and (reason := unknown(made)):
            raise Unfit(field, given, f"{reason}; the mapping's `terms` say what others mean")
        return made

    return convert


def _aware(value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise BadMapping(f"the time {value} needs an offset, for example {value}Z")
        return value.astimezone(UTC)
    return value


def _limit(limit: Any, parse: Callable[[str], Any]) -> Any:
    if not isinstance(limit, str):
        return _aware(limit)
    try:
        return parse(limit)
    except ValueError as problem:
        raise BadMapping(f"minimum or maximum {limit!r}: {problem}") from problem


def _parser(value: Value) -> Callable[[str], Any]:
    if value.type == "list":
        separator = value.separator
        return lambda text: [item for part in text.split(separator) if (item := part.strip())]
    if value.type == "date":
        return lambda text: _date(text, value.format)
    if value.type == "time":
        zone = _zone(value.zone)
        return lambda text: _time(text, value.format, zone)
    return PARSERS[value.type]


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise BadMapping(f"zone {name!r} is no time zone, for example Europe/Moscow") from problem


def _date(text: str, pattern: str) -> date:
    try:
        if pattern:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - only its date
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"is no date ({pattern or 'YYYY-MM-DD'})") from None


def _time(text: str, pattern: str, zone: ZoneInfo | None) -> datetime:
    try:
        moment = (
            datetime.strptime(text, pattern)  # noqa: DTZ007 - its zone comes below
            if pattern
            else datetime.fromisoformat(text)
        )
    except ValueError:
        raise ValueError(f"is no time ({pattern or '2003-06-30T18:00:00+04:00'})") from None
    if moment.tzinfo is None:
        if zone is None:
            raise ValueError("has no offset from UTC, and the mapping names no zone")
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)


# Spreadsheets and pandas write every whole number as 1999.0 if a cell of its column is empty.
WHOLE = re.compile(r"([+-]?\d+)(?:[.,]0*)?")


def _integer(text: str) -> int:
    match = WHOLE.fullmatch(text)
    if match is None:
        raise ValueError("is no whole number")
    number = int(match[1])
    if not -(2**63) <= number < 2**63:
        raise ValueError("is too large a number")
    return number


def _number(text: str) -> float:
    try:
        number = float(text.replace(",", ".", 1))
    except ValueError:
        raise ValueError("is no number") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError("is no number")
    return number


def _flag(text: str) -> bool:
    word = text.casefold()
    if word in YES or word in NO:
        return word in YES
    raise ValueError("is neither yes nor no")


def _since_epoch(text: str, unit: timedelta) -> datetime:
    try:
        return EPOCH + _integer(text) * unit
    except OverflowError:
        raise ValueError("is too far from 1970") from None


def _year(text: str) -> int:
    year = _integer(text)
    if not 1500 <= year <= 2200:
        raise ValueError("is no year")
    return year


PARSERS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "integer": _integer,
    "number": _number,
    "flag": _flag,
    "seconds": lambda text: _since_epoch(text, timedelta(seconds=1)),
    "milliseconds": lambda text: _since_epoch(text, timedelta(milliseconds=1)),
    "date_seconds": lambda text: _since_epoch(text, timedelta(seconds=1)).date(),
    "date_milliseconds": lambda text: _since_epoch(text, timedelta(milliseconds=1)).date(),
    "autumn_of": lambda text: term(_year(text)),
    "spring_of": lambda text: term(_year(text) - 1, 1),
    "key": fold,
    "contact_key": contact_key,
}

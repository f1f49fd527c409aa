"""Rule files: TOML that is checked whole before anything is counted by it.

A mistake is named by its line and its place in the file, all of them at once. Numbers are whole or
decimal and are kept as exact fractions: no sum of points depends on the order of adding.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from graphnet.errors import BadFile

# The four modes of alumni engagement of the Council for Advancement and Support of Education: CASE,
# "Alumni Engagement Metrics" (white paper of the Alumni Engagement Metrics Task Force, 2018), taken
# over into the CASE Global Reporting Standards (2021).
MODES = ("volunteer", "experiential", "philanthropic", "communication")
Mode = Literal["volunteer", "experiential", "philanthropic", "communication"]


# What our checker calls a mistake, by the beginning of what pydantic calls it; the longest counts.
CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "literal_error": "one_of",
    "string_too_short": "empty",
    "too_short": "empty",
    "string_too_long": "long",
    "string_pattern_mismatch": "characters",
    "string_": "text",
    "int_": "whole_number",
    "date_": "day",
    "bool_": "yes_or_no",
    "greater_than_equal": "at_least",
    "less_than_equal": "at_most",
    "dict_type": "table",
    "model_": "table",
    "tuple_type": "list",
}
# And what the rules refuse themselves.
OWN_CODES = (
    "number",
    "finite_number",
    "time_zone",
    "whole",
    "ends_first",
    "no_weights",
    "few_modes",
    "otherwise",
    "toml",
)


@dataclass(frozen=True)
class Mistake:
    """One mistake of a rule file, as a page words it in its reader's language."""

    code: str  # one of `CODES`' values or of `OWN_CODES`; else 'wrong'
    line: int = 0  # 0: it lies in no one line
    place: str = ""  # names from the table down; empty: the whole
    values: Mapping[str, str] = field(default_factory=dict)
    sentence: str = ""  # in English

    def __str__(self) -> str:
        """Return it as commands and the log say it."""
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.place}: {self.sentence}" if self.place else where + self.sentence


class BadRules(BadFile):
    """A rule file with mistakes; all of them are told."""

    def __init__(self, where: str, mistakes: Sequence[Mistake]) -> None:
        super().__init__(f"{where}:\n" + "\n".join(f"  {one}" for one in mistakes))
        self.mistakes = tuple(mistakes)


def _exact(value: Any) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | str | Fraction):
        raise PydanticCustomError("number", "must be a number")
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError) as problem:
        raise PydanticCustomError("finite_number", "must be a finite number") from problem


def _known(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise PydanticCustomError(
            "time_zone", "'{zone}' is not a time zone", {"zone": zone}
        ) from problem
    return zone


Number = Annotated[Fraction, BeforeValidator(_exact), Field(ge=0, le=1_000_000)]
Zone = Annotated[str, AfterValidator(_known)]


class Checked(BaseModel):
    """A table of a rule file: an unknown name in it is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Counted(Checked):
    """What one kind of the ledger's entries brings, in which mode, and its words."""

    points: Number
    mode: Mode
    at_most: Number | None = None
    en: str = Field(min_length=1, max_length=80)
    ru: str = Field(min_length=1, max_length=80)


Rules = TypeVar("Rules", bound=Checked)


def parsed(text: str, where: str) -> dict[str, Any]:
    """Return what a text of TOML says, decimals as they are written.

    Raises
    ------
    BadRules
    """
    try:
        return tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as problem:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(problem))
        line, column = place.groups() if place else (str(len(text.splitlines())), "")
        mistake = Mistake("toml", int(line), "", {"column": column}, f"not TOML: {problem}")
        raise BadRules(where, [mistake]) from problem


def read(kind: type[Rules], source: Path | str, *, whole: str, added: int = 0) -> tuple[Rules, str]:
    """Read a rule file, or the text of one; return the rules and the text.

    Parameters
    ----------
    whole
        What a mistake is about that lies in no one place.
    added
        How many lines were put before what somebody wrote: they count their own.

    Raises
    ------
    BadFile
        If it cannot be read.
    BadRules
        With every mistake, each by its line and its place in the file.
    """
    where = str(source) if isinstance(source, Path) else "rules"
    try:
        text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    except (OSError, UnicodeDecodeError) as problem:
        raise BadFile(f"{where}: cannot be read: {problem}") from problem
    values = parsed(text, where)
    try:
        return kind.model_validate(values), text
    except ValidationError as problem:
        mistakes = [_mistake(text, one, whole, added) for one in problem.errors()]
        raise BadRules(where, sorted(mistakes, key=lambda one: one.line)) from problem


def _mistake(text: str, found: ErrorDetails, whole: str, added: int) -> Mistake:
    kind, told = found["type"], found.get("ctx", {})
    names = [name for name in CODES if kind.startswith(name)]
    code = CODES[max(names, key=len)] if names else kind if kind in OWN_CODES else "wrong"
    values = {name: str(value) for name, value in told.items()}
    if code == "one_of":
        values["expected"] = ", ".join(re.findall("'([^']*)'", values["expected"]))
    place = ".".join(str(part) for part in found["loc"] if part != "[key]")
    line = line_of(text, found["loc"])
    sentence = found["msg"].removeprefix("Value error, ")
    return Mistake(
        code, max(line - added, 0), place, values, sentence if place else f"{whole}: {sentence}"
    )


def line_of(text: str, place: tuple[int | str, ...]) -> int:
    """Return the line that sets the field, as far as it stands in the file; 0 if none does."""
    table, wanted = "", [str(part) for part in place]
    best = 0
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.partition("#")[0].strip()
        if stripped.startswith("["):
            table = stripped.strip("[]").strip()
            if table and wanted[: len(table.split("."))] == table.split("."):
                best = number
            continue
        name = stripped.partition("=")[0].strip().strip('"')
        path = [*(table.split(".") if table else []), name]
        if name and wanted[: len(path)] == path:
            return number
    return best

"""Rule files: TOML that is checked whole before anything is counted by it.

A mistake is named by its line and its place in the file, all of them at once. Numbers are whole or
decimal and are kept as exact fractions: no sum of points depends on the order of adding.
"""

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from graphnet.errors import BadFile

# The four modes of alumni engagement of the Council for Advancement and Support of Education: CASE,
# "Alumni Engagement Metrics" (white paper of the Alumni Engagement Metrics Task Force, 2018), taken
# over into the CASE Global Reporting Standards (2021).
MODES = ("volunteer", "experiential", "philanthropic", "communication")
Mode = Literal["volunteer", "experiential", "philanthropic", "communication"]


def _exact(value: Any) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | str | Fraction):
        raise ValueError("must be a number")
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError) as problem:
        raise ValueError("must be a finite number") from problem


def _known(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise ValueError(f"{zone!r} is not a time zone") from problem
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
    BadFile
    """
    try:
        return tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as problem:
        raise BadFile(f"{where}: not TOML: {problem}") from problem


def read(kind: type[Rules], source: Path | str, *, whole: str) -> tuple[Rules, str]:
    """Read a rule file, or the text of one; return the rules and the text.

    Parameters
    ----------
    whole
        What a mistake is about that lies in no one place.

    Raises
    ------
    BadFile
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
        mistakes = [
            f"  {line_of(text, mistake['loc'])}{'.'.join(map(str, mistake['loc'])) or whole}: "
            + mistake["msg"].removeprefix("Value error, ")
            for mistake in problem.errors()
        ]
        raise BadFile(f"{where}:\n" + "\n".join(mistakes)) from problem


def line_of(text: str, place: tuple[int | str, ...]) -> str:
    """Return ``line N: `` for the line that sets the field, as far as it stands in the file."""
    table, wanted = "", [str(part) for part in place]
    best = ""
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.partition("#")[0].strip()
        if stripped.startswith("["):
            table = stripped.strip("[]").strip()
            if table and wanted[: len(table.split("."))] == table.split("."):
                best = f"line {number}: "
            continue
        name = stripped.partition("=")[0].strip().strip('"')
        path = [*(table.split(".") if table else []), name]
        if name and wanted[: len(path)] == path:
            return f"line {number}: "
    return best

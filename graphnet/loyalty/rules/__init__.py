"""The rules of membership and its tiers: versioned TOML files, each in force from a day on.

Those that ship lie beside this module and say in their comments what each line means. An
installation puts its own into the folder ``loyalty`` of its home; of one day the own file counts.
"""

import tomllib
from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from graphnet.errors import BadFile
from graphnet.ledger.rules import MODES

FOLDER = Path(__file__).parent
OWN = "loyalty"  # the folder of an installation's own rules, in its home

Mode = Literal["volunteer", "experiential", "philanthropic", "communication"]


def _exact(value: Any) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | str | Fraction):
        raise ValueError("must be a number")
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError) as problem:
        raise ValueError("must be a finite number") from problem


Number = Annotated[Fraction, BeforeValidator(_exact), Field(ge=0, le=1_000_000)]


class _Checked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Kind(_Checked):
    """One kind of the ledger's entries: what it brings, in which mode, and its words."""

    points: Number
    mode: Mode
    at_most: Number | None = None
    en: str = Field(min_length=1, max_length=80)
    ru: str = Field(min_length=1, max_length=80)


class Tier(_Checked):
    """One tier: the points that it asks for, and in how many modes."""

    points: Number
    modes_at_least: int = Field(default=0, ge=0, le=len(MODES))
    en: str = Field(min_length=1, max_length=60)
    ru: str = Field(min_length=1, max_length=60)


class Terms(_Checked):
    """For how long one joins, and from when on one can renew."""

    years: int = Field(default=1, ge=1, le=10)
    renewal_days: int = Field(default=90, ge=1, le=300)


class Decay(_Checked):
    """What counts of an act by its age in years, and for how long a reached tier stays."""

    shares: tuple[Number, ...] = Field(min_length=1, max_length=20)
    keep_months: int = Field(default=12, ge=0, le=120)

    @model_validator(mode="after")
    def _gentle(self) -> "Decay":
        steps = [*self.shares, Fraction(0)]
        if any(later > earlier for earlier, later in pairwise(steps)):
            raise ValueError("what is older cannot count for more")
        if self.shares[0] > 1:
            raise ValueError("nothing counts for more than itself")
        return self


class LoyaltyRules(_Checked):
    """The rules of one version, read by `read_rules`; tiers stand from the lowest up."""

    version: str = Field(min_length=1, max_length=30)
    since: date
    time_zone: str = "Europe/Moscow"
    membership: Terms = Terms()
    decay: Decay
    caps: dict[Mode, Number] = {}
    tiers: dict[str, Tier] = Field(min_length=1)
    kinds: dict[str, Kind] = Field(min_length=1)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as problem:
            raise ValueError(f"{value!r} is not a time zone") from problem
        return value

    @model_validator(mode="after")
    def _rising(self) -> "LoyaltyRules":
        tiers = list(self.tiers.values())
        if tiers[0].points or tiers[0].modes_at_least:
            raise ValueError("the first tier is everybody's: it asks for nothing")
        for lower, higher in pairwise(tiers):
            if higher.points <= lower.points or higher.modes_at_least < lower.modes_at_least:
                raise ValueError("a tier asks for more than the one before it")
        return self

    @property
    def order(self) -> list[str]:
        """The names of the tiers, the lowest first."""
        return list(self.tiers)

    def today(self, now: datetime | None = None) -> date:
        """Return the day on a clock of the Association."""
        moment = datetime.now(ZoneInfo(self.time_zone)) if now is None else now
        return moment.astimezone(ZoneInfo(self.time_zone)).date()

    def day(self, at: datetime) -> date:
        """Return the day of a moment on a clock of the Association."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()


def read_rules(source: Path | str) -> LoyaltyRules:
    """Read a rule file, or the text of one.

    Raises
    ------
    BadFile
        With every mistake, each by its place in the file.
    """
    where = str(source) if isinstance(source, Path) else "rules"
    try:
        text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
        values = tomllib.loads(text, parse_float=str)
        return LoyaltyRules.model_validate(values)
    except (OSError, UnicodeDecodeError) as problem:
        raise BadFile(f"{where}: cannot be read: {problem}") from problem
    except tomllib.TOMLDecodeError as problem:
        raise BadFile(f"{where}: not TOML: {problem}") from problem
    except ValidationError as problem:
        mistakes = [
            f"  {'.'.join(map(str, mistake['loc'])) or 'the rules'}: "
            + mistake["msg"].removeprefix("Value error, ")
            for mistake in problem.errors()
        ]
        raise BadFile(f"{where}:\n" + "\n".join(mistakes)) from problem


_read: dict[tuple[Path, int], LoyaltyRules] = {}


def versions(home: Path | None = None) -> list[LoyaltyRules]:
    """Return every version, the newest first.

    Parameters
    ----------
    home
        The installation's: its own files stand before those that ship.

    Raises
    ------
    BadFile
    """
    found: dict[date, LoyaltyRules] = {}
    for folder in (FOLDER, *([] if home is None else [home / OWN])):
        for path in sorted(folder.glob("*.toml")):
            mark = (path, path.stat().st_mtime_ns)
            if mark not in _read:
                _read[mark] = read_rules(path)
            found[_read[mark].since] = _read[mark]
    return [found[since] for since in sorted(found, reverse=True)]


def in_force(rules: Sequence[LoyaltyRules], on: date) -> LoyaltyRules:
    """Return the version that holds on a day: the latest of those that have begun, else the first.

    Parameters
    ----------
    rules
        As `versions` returns them.
    """
    return next((one for one in rules if one.since <= on), rules[-1])

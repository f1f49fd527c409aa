"""The rules of a contest season: one versioned TOML file, checked before anything is scored.

A season's rules stand in the graph, with the season; `graphnet.contest.seasons.rules` returns them.
The file that ships, ``template.toml`` beside this module, is what a new season begins with, and
says in its comments what each line means. Points are whole numbers or decimals and are kept as
exact fractions.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, model_validator
from pydantic_core import PydanticCustomError

from graphnet.errors import ThingNotFound
from graphnet.ledger import rule_files
from graphnet.ledger.rule_files import (
    MODES,
    BadRules,
    Checked,
    Counted,
    Mistake,
    Mode,
    Number,
    Zone,
)

PARTS = ("contributed", "mobilised")
TEMPLATE = Path(__file__).parent / "template.toml"


class Kind(Counted):
    """One kind of contribution: what it brings, in which mode and part, and its words."""

    part: Literal["contributed", "mobilised"] = "contributed"


class Weights(Checked):
    """The weights of the parts; reach counts in staff's candidate ranking only."""

    contributed: Number
    mobilised: Number
    reach: Number = Fraction(0)


class ContestWeights(Checked):
    """What standing, jury and members' vote weigh in the award; together they are 1."""

    standing: Number
    jury: Number
    vote: Number

    @model_validator(mode="after")
    def _whole(self) -> "ContestWeights":
        if self.standing + self.jury + self.vote != 1:
            raise PydanticCustomError("whole", "standing, jury and vote must add up to 1")
        return self


class Award(Checked):
    """What an award asks of a season."""

    modes_at_least: int = Field(default=2, ge=1, le=len(MODES))
    points_at_least: Number = Fraction(0)


class Eligibility(Checked):
    """Who may stand: alumni, and nobody who works for the Association or has just won."""

    alumni_only: bool = True
    excluded_roles: tuple[Literal["staff", "admin", "analyst"], ...] = ("staff", "admin")
    years_after_award: int = Field(default=0, ge=0, le=50)


class LateCorrections(Checked):
    """How long after the freeze an entry or a correction is still appended to the season."""

    days: int = Field(default=30, ge=0, le=3650)


class SeasonRules(Checked):
    """A season's rules, read by `read_rules`."""

    season: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")
    version: int = Field(ge=1)
    name: str = Field(min_length=1, max_length=120)
    name_ru: str = Field(min_length=1, max_length=120)
    starts: date
    ends: date
    time_zone: Zone = "Europe/Moscow"
    award: Award = Award()
    eligibility: Eligibility = Eligibility()
    weights: Weights
    contest: ContestWeights
    late_corrections: LateCorrections = LateCorrections()
    caps: dict[Mode, Number] = Field(default_factory=dict)
    kinds: dict[str, Kind] = Field(min_length=1)

    _text: str = PrivateAttr(default="")

    @model_validator(mode="after")
    def _makes_sense(self) -> "SeasonRules":
        if self.ends < self.starts:
            raise PydanticCustomError("ends_first", "the season ends before it starts")
        if not self.weights.contributed and not self.weights.mobilised:
            raise PydanticCustomError(
                "no_weights", "weights: contributed and mobilised cannot both be 0"
            )
        modes = {kind.mode for kind in self.kinds.values() if kind.points > 0}
        if len(modes) < self.award.modes_at_least:
            raise PydanticCustomError(
                "few_modes",
                "award.modes_at_least is {wanted}, but the kinds can earn points in {there} only",
                {"wanted": self.award.modes_at_least, "there": len(modes)},
            )
        return self

    @property
    def text(self) -> str:
        """The file's text as it was read."""
        return self._text

    @property
    def sha256(self) -> str:
        """The SHA-256 sum of the file's text."""
        return hashlib.sha256(self._text.encode()).hexdigest()

    @property
    def start(self) -> datetime:
        """The first moment of the season, in UTC."""
        return datetime.combine(self.starts, time(), ZoneInfo(self.time_zone)).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The first moment after the season: the midnight that ends its last day, in UTC."""
        after = date.fromordinal(self.ends.toordinal() + 1)
        return datetime.combine(after, time(), ZoneInfo(self.time_zone)).astimezone(UTC)

    def within(self, at: datetime) -> bool:
        """Say whether a time lies within the season; the last day counts whole."""
        return self.start <= at < self.end


def read_rules(source: Path | str, *, added: int = 0) -> SeasonRules:
    """Read a rule file, or the text of one; `added` lines stand before what somebody wrote.

    Raises
    ------
    BadFile
        With every mistake, each by its place in the file.
    """
    rules, text = rule_files.read(SeasonRules, source, whole="the season", added=added)
    rules._text = text
    return rules


def template(folder: Path | None = None) -> str:
    """Return the text that the rules of a new season begin with; it says no season and no days.

    Parameters
    ----------
    folder
        The installation's own templates: a ``template.toml`` there stands before the shipped one.
    """
    own = None if folder is None else folder / TEMPLATE.name
    return (own if own is not None and own.exists() else TEMPLATE).read_text(encoding="utf-8")


def completed(text: str, *, season: str, starts: date, ends: date) -> SeasonRules:
    """Return a season's rules from their text, and from its name and days, which are said once.

    Parameters
    ----------
    text
        A rule file, with or without the three lines `season`, `starts` and `ends`.

    Raises
    ------
    BadFile
        If the text says another season or other days, by its line; or is wrong in itself.
    """
    said: dict[str, Any] = {"season": season, "starts": starts, "ends": ends}
    values = rule_files.parsed(text, "rules")
    wrong = [
        Mistake(
            "otherwise",
            rule_files.line_of(text, (name,)),
            name,
            {"here": str(values[name]), "form": str(value)},
            f"is {values[name]} here, and {value} in the form",
        )
        for name, value in said.items()
        if name in values and values[name] != value
    ]
    if wrong:
        raise BadRules("rules: say the season and its days once", wrong)
    lines = [
        f'season = "{season}"' if name == "season" else f"{name} = {value.isoformat()}"
        for name, value in said.items()
        if name not in values
    ]
    return read_rules("\n".join([*lines, text]) if lines else text, added=len(lines))


def unnamed(text: str) -> str:
    """Return the text of rules without its season and days, as a form shows it beside them."""
    lines = text.splitlines()
    first = next((i for i, line in enumerate(lines) if line.startswith("[")), len(lines))
    said = ("season", "starts", "ends")
    kept = [line for line in lines[:first] if line.partition("=")[0].strip() not in said]
    return "\n".join([*kept, *lines[first:]]) + "\n"


def at_time(rules: Sequence[SeasonRules], at: datetime) -> SeasonRules:
    """Return the season in which a time lies; else the last that began before; else the first.

    Raises
    ------
    ThingNotFound
        If there is no season at all.
    """
    if not rules:
        raise ThingNotFound("no season of the contest has been announced")
    within = [r for r in rules if r.within(at)]
    begun = [r for r in rules if r.start <= at]
    if within:
        return within[0]
    return max(begun, key=lambda r: r.starts) if begun else min(rules, key=lambda r: r.starts)

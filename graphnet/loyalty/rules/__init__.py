"""The rules of membership and its tiers: versioned TOML files, each in force from a day on.

Those that ship lie beside this module and say in their comments what each line means. An
installation puts its own into the folder ``loyalty`` of its home; of one day the own file counts.
"""

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from graphnet.ledger import rule_files
from graphnet.ledger.rule_files import MODES, Checked, Counted, Mode, Number, Zone

FOLDER = Path(__file__).parent
OWN = "loyalty"  # the folder of an installation's own rules, in its home


class Tier(Checked):
    """One tier: the points that it asks for, and in how many modes."""

    points: Number
    modes_at_least: int = Field(default=0, ge=0, le=len(MODES))
    en: str = Field(min_length=1, max_length=60)
    ru: str = Field(min_length=1, max_length=60)


class Terms(Checked):
    """For how long one joins, and from when on one can renew."""

    years: int = Field(default=1, ge=1, le=10)
    renewal_days: int = Field(default=90, ge=1, le=300)


class Decay(Checked):
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


class LoyaltyRules(Checked):
    """The rules of one version, read by `read_rules`; tiers stand from the lowest up."""

    version: str = Field(min_length=1, max_length=30)
    since: date
    time_zone: Zone = "Europe/Moscow"
    membership: Terms = Terms()
    decay: Decay
    caps: dict[Mode, Number] = Field(default_factory=dict)
    tiers: dict[str, Tier] = Field(min_length=1)
    kinds: dict[str, Counted] = Field(min_length=1)

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
    return rule_files.read(LoyaltyRules, source, whole="the rules")[0]


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

"""What came, went and was left over time, as a picture: where each bar and point stands."""

from collections.abc import Sequence
from dataclasses import dataclass

import babel.dates
from flask_babel import get_locale, gettext

from graphnet.money.flow import Period

WIDTH, HEIGHT, GROUND, TOP = 600.0, 150.0, 128.0, 10.0
WIDEST = 26.0  # of a bar
MOST_LABELS = 7


@dataclass(frozen=True)
class Bar:
    """A bar: the part says what it is, 0 what came, 2 what went."""

    part: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Picture:
    """Bars, the line of what was left, and words below; the origin is above on the left."""

    told: str
    legend: tuple[tuple[int, str], ...]
    bars: tuple[Bar, ...]
    line: tuple[tuple[float, float], ...]
    labels: tuple[tuple[float, str], ...]

    @property
    def points(self) -> str:
        """The line as SVG writes it."""
        return " ".join(f"{x:g},{y:g}" for x, y in self.line)


def period_word(period: Period) -> str:
    """Return a month or a year in words."""
    if (period.last - period.first).days > 31:
        return str(period.first.year)
    return babel.dates.format_date(period.first, "LLL yyyy", locale=get_locale() or "en")


def picture_of(periods: Sequence[Period]) -> Picture | None:
    """Return the picture of some periods; none where there is nothing to see."""
    every = [amount for one in periods for amount in (one.came, one.went, one.left or 0)]
    highest = max(every, default=0)
    if highest <= 0:
        return None
    step = WIDTH / len(periods)
    wide = min(step * 0.36, WIDEST)

    def tall(amount: int) -> float:
        return round((GROUND - TOP) * max(amount, 0) / highest, 1)

    bars, line, labels = [], [], []
    every_so_many = -(-len(periods) // MOST_LABELS)
    months = all((one.last - one.first).days <= 31 for one in periods)
    for place, one in enumerate(periods):
        middle = round(step * (place + 0.5), 1)
        for part, amount, left in ((0, one.came, middle - wide - 1), (2, one.went, middle + 1)):
            if amount:
                height = tall(amount)
                bars.append(
                    Bar(part, round(left, 1), round(GROUND - height, 1), round(wide, 1), height)
                )
        if one.left is not None:
            line.append((middle, round(GROUND - tall(one.left), 1)))
        if place % every_so_many == 0:
            labels.append((middle, _short(one) if months else str(one.first.year)))
    legend = [(0, gettext("Came in")), (2, gettext("Went out"))]
    if line:
        legend.append((1, gettext("What is there")))
    told = gettext("What came in, went out and was there at the end; the numbers stand below.")
    return Picture(told, tuple(legend), tuple(bars), tuple(line), tuple(labels))


def _short(period: Period) -> str:
    pattern = "LLL yy" if period.first.month == 1 else "LLL"
    return babel.dates.format_date(period.first, pattern, locale=get_locale() or "en")

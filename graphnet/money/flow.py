"""What came, went and was left over time, made of the printed lines of open books."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from graphnet.money.open_books import Books

MOST_MONTHS = 24  # more than these are told by years


@dataclass(frozen=True)
class Period:
    """A month or a year: what came and went in it, and what was there at its end, if that is told.

    Amounts are in the smallest unit.
    """

    first: date
    last: date
    came: int
    went: int
    left: int | None


def over_time(books: Books, *, year: int | None = None) -> tuple[Period, ...]:
    """Return the months of a year, or of all books; of a longer time its years.

    What came and went in all of them is what came and went in the books, and what was left at the
    end of the last is their balance.
    """
    days = [line.last for line in books.lines]
    if not days:
        return ()
    first, last = min(days), max(days)
    if year is not None:
        first, last = date(year, 1, 1), max(last, min(date(year, 12, 31), _today()))
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    periods = []
    left = books.opening
    for begins, ends in _periods(first, last, by_years=months > MOST_MONTHS):
        within = [line for line in books.lines if begins <= line.last <= ends]
        came, went = sum(line.came for line in within), sum(line.went for line in within)
        left = None if left is None else left + came - went
        periods.append(Period(begins, ends, came, went, left))
    return tuple(periods)


def _today() -> date:
    return datetime.now(UTC).date()


def _periods(first: date, last: date, *, by_years: bool) -> list[tuple[date, date]]:
    found = []
    begins = date(first.year, 1 if by_years else first.month, 1)
    while begins <= last:
        if by_years or begins.month == 12:
            after = date(begins.year + 1, 1, 1)
        else:
            after = date(begins.year, begins.month + 1, 1)
        found.append((begins, after - timedelta(days=1)))
        begins = after
    return found

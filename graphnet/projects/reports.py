"""The year of a project, or of all of them: what was there, came, went and is left; what was done.

Everything in it is made of the printed lines of the open books.
"""

from dataclasses import dataclass
from datetime import date, datetime

from graphnet.live import Live
from graphnet.money.flow import Period, over_time
from graphnet.money.open_books import Books, books_of, funds
from graphnet.privacy import Viewer
from graphnet.projects import books, steps
from graphnet.store import Row


@dataclass(frozen=True)
class Account:
    """A project's books of one currency in a year; what moved between projects stands apart."""

    project: Row
    books: Books
    flow: tuple[Period, ...]
    closed: bool = False

    @property
    def currency(self) -> str:
        """Of which currency."""
        return self.books.currency

    @property
    def moved(self) -> int:
        """What came from other projects, less what went to them."""
        return sum(line.came - line.went for line in self.books.lines if line.kind == "moved")

    @property
    def came(self) -> int:
        """What came from outside."""
        return sum(line.came for line in self.books.lines if line.kind != "moved")

    @property
    def went(self) -> int:
        """What left for the outside."""
        return sum(line.went for line in self.books.lines if line.kind != "moved")


@dataclass(frozen=True)
class Total:
    """What the told accounts of one currency come to together."""

    opening: int
    came: int
    went: int
    moved: int

    @property
    def balance(self) -> int:
        """What is there at the end."""
        return self.opening + self.came - self.went + self.moved


@dataclass(frozen=True)
class YearOfProject:
    """A project's year: its accounts, the milestones reached and the news of it."""

    page: books.ProjectPage
    year: int
    accounts: tuple[Account, ...]
    reached: tuple[Row, ...]
    news: tuple[Row, ...]


@dataclass(frozen=True)
class YearOfAll:
    """The year of all projects that a reader finds; sums of one currency only are added up."""

    year: int
    years: tuple[int, ...]
    accounts: tuple[Account, ...]
    totals: dict[str, Total]


def of_project(live: Live, viewer: Viewer, project_id: str, year: int) -> YearOfProject:
    """Return a project's year.

    Raises
    ------
    ThingNotFound
    """
    store = live.store
    page = books.project_page(live, viewer, project_id)
    accounts = _accounts(live, [page.project], year)
    reached = [
        row
        for row in steps.milestones(store, project_id)
        if row["done_at"] is not None and row["done_at"].year == year
    ]
    news = [row for row in steps.news(store, project_id) if row["at"].year == year]
    return YearOfProject(page, year, tuple(accounts), tuple(reached), tuple(reversed(news)))


def of_all(live: Live, viewer: Viewer, year: int) -> YearOfAll:
    """Return the year of all projects; those of which nothing is told in it are left out."""
    rows = books.projects(live.store, viewer, limit=1000)
    every = _accounts(live, rows, year)
    accounts = [one for one in every if one.books.lines or one.books.opening]
    years = sorted({each for one in every for each in one.books.years}, reverse=True)
    totals: dict[str, Total] = {}
    for one in accounts:
        if one.books.opening is not None:
            before = totals.get(one.currency, Total(0, 0, 0, 0))
            totals[one.currency] = Total(
                before.opening + one.books.opening,
                before.came + one.came,
                before.went + one.went,
                before.moved + one.moved,
            )
    return YearOfAll(year, tuple(years), tuple(accounts), totals)


def _accounts(live: Live, projects: list[Row], year: int) -> list[Account]:
    by_id = {row["id"]: row for row in projects}
    found = funds(live.store, list(by_id))
    accounts = []
    for (thing, currency), fund in found.items():
        row = by_id[thing]
        until = _closed(row)
        told = books_of(fund, currency, year=year, until=until)
        accounts.append(Account(row, told, over_time(told, year=year), until is not None))
    return accounts


def _closed(row: Row) -> date | None:
    at: datetime | None = row.get("books_closed_at")
    return at.date() if at else None

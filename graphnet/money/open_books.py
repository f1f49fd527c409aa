"""Open books: what everybody may read of a project's money, and what its treasurer does.

Every line is printed as it is, but for gifts of people who are not named: of them a line always
stands for three people at least, so that no sum is somebody's. Lines that fewer stand behind go
together with the next ones, the last with those before. While fewer than three have given at all,
nothing of what came is told, and no balance; what was spent is told always.

Opening + in - out = balance holds of the printed lines, since the balance is made of nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from graphnet.errors import ThingNotFound
from graphnet.money import journal
from graphnet.money.amounts import PARTS
from graphnet.money.journal import INTO_FUND
from graphnet.privacy import SMALLEST_COUNT_IN_REASON
from graphnet.store import Row, Store, native

FEWEST = SMALLEST_COUNT_IN_REASON
PERSONAL = ("gift", "refund")  # kinds behind which a person may stand

# One row: what an import has brought: a gift, what was given back, what was spent; amounts in
# whole units of the project's currency.
BROUGHT = """UNWIND $things AS thing
MATCH (:Project {id: thing})<-[:FOR]-(n:Receipt|Refund|Expense)
RETURN thing, n.id AS id,
  CASE WHEN n:Receipt THEN 'gift' WHEN n:Refund THEN 'refund' ELSE 'expense' END AS kind,
  n.amount AS amount, n.at AS at, coalesce(n.note, '') AS note,
  head([(n)-[:BY|TO]->(p:Person) | p.key]) AS person
ORDER BY at, id LIMIT 500000"""

# One row: a currency in which a project has an account.
CURRENCIES = """MATCH (j:Project {id: $id})
CALL (j) { MATCH (j)<-[:FOR]-(a:MoneyAccount {kind: 'fund'}) RETURN a.currency AS currency
  UNION RETURN coalesce(j.currency, 'RUB') AS currency }
RETURN DISTINCT currency, currency <> coalesce(j.currency, 'RUB') AS foreign
ORDER BY foreign, currency LIMIT 20"""


@dataclass(frozen=True)
class Line:
    """A line of the books; amounts are in the smallest unit.

    Attributes
    ----------
    first, last
        On which days it happened: the same, but for a line of several gifts.
    people
        How many people stand behind it, if it is gifts of people who are not named.
    """

    id: str
    kind: str
    first: date
    last: date
    came: int
    went: int
    what: str = ""
    document: str = ""
    party: str = ""
    people: int = 0


@dataclass(frozen=True)
class Books:
    """The lines of a time, and what they add up to; without a balance while too few have given."""

    currency: str
    lines: tuple[Line, ...]
    opening: int | None
    held: int
    years: tuple[int, ...]

    @property
    def came(self) -> int:
        """Everything that came in."""
        return sum(line.came for line in self.lines)

    @property
    def went(self) -> int:
        """Everything that went out."""
        return sum(line.went for line in self.lines)

    @property
    def balance(self) -> int | None:
        """What is there at the end."""
        return None if self.opening is None else self.opening + self.came - self.went


@dataclass(frozen=True)
class Moved:
    """A transfer that stands, as treasurers and auditors read it."""

    id: str
    kind: str
    day: date
    amount: int
    into: bool
    row: Row
    brought: bool = False


@dataclass
class Fund:
    """A project's fund in one currency: what moved it, and what is held back of it now."""

    moved: list[Moved] = field(default_factory=list)
    held: list[Row] = field(default_factory=list)


def funds(store: Store, things: Sequence[str]) -> dict[tuple[str, str], Fund]:
    """Return the funds of some projects, by project and currency.

    What an import brought comes first, then what was booked, in its order. What is held back, and
    what was voided, moved nothing. Each has one in its own currency, if empty.

    Raises
    ------
    ThingNotFound
    """
    own = journal.currencies_of(store, things)
    if len(own) != len(set(things)):
        raise ThingNotFound("no such project")
    found = {(thing, currency): Fund() for thing, currency in own.items()}
    for row in map(native, store.read(BROUGHT, things=list(things)) if things else []):
        amount, into = round(row["amount"] * PARTS), row["kind"] == "gift"
        one = Moved(row["id"], row["kind"], _day(row["at"]), amount, into, row, brought=True)
        found[row["thing"], own[row["thing"]]].moved.append(one)
    for row in journal.of_things(store, things):
        fund = found.setdefault((row["thing"], row["currency"]), Fund())
        if row["pending"]:
            fund.held += held_back([row])
        elif row["outcome"] != "void":
            into = row["kind"] in INTO_FUND
            into |= row["kind"] == "moved" and row["target"] == row["thing"]
            fund.moved.append(
                Moved(row["id"], row["kind"], row["happened_on"], row["amount"], into, row)
            )
    return found


def fund(store: Store, thing: str, currency: str) -> Fund:
    """Return one project's fund in a currency."""
    return funds(store, [thing]).get((thing, currency), Fund())


def _day(value: datetime | date | None) -> date:
    if value is None:
        return journal.BEGINNING
    return value.date() if isinstance(value, datetime) else value


def held_back(rows: Iterable[Row]) -> list[Row]:
    """Return of a fund's transfers those that hold money back now."""
    return [row for row in rows if row["pending"] and not row["resolved"]]


def currencies(store: Store, thing: str) -> list[str]:
    """Return the currencies of a project's books, its own first."""
    return [row["currency"] for row in store.read(CURRENCIES, id=thing)]


def books(
    store: Store, thing: str, currency: str, *, year: int | None = None, until: date | None = None
) -> Books:
    """Return the books that everybody may read, of one year or of all.

    Parameters
    ----------
    until
        The last day that is told, where books were closed.
    """
    return books_of(fund(store, thing, currency), currency, year=year, until=until)


def books_of(
    found: Fund, currency: str, *, year: int | None = None, until: date | None = None
) -> Books:
    """Return the books that everybody may read of a fund: see `books`."""
    told, lines = public(found.moved)
    held = sum(row["amount"] for row in found.held) if told else 0
    if until is not None:
        lines = [line for line in lines if line.last <= until]
    years = tuple(sorted({line.last.year for line in lines}))
    before = [line for line in lines if year is not None and line.last.year < year]
    these = [line for line in lines if year is None or line.last.year == year]
    opening = sum(line.came - line.went for line in before)
    return Books(currency, tuple(these), opening if told else None, held, years)


def public(transfers: Sequence[Moved]) -> tuple[bool, list[Line]]:
    """Return whether what came is told at all, and the lines for everybody, in order of days."""
    personal = [one for one in transfers if _personal(one)]
    lines = [_line(one) for one in transfers if not _personal(one)]
    groups = _groups(personal)
    lines += [_together(group) for group in groups]
    told = bool(groups) or not personal
    return told, sorted(lines, key=lambda line: (line.last, line.first, line.id))


def _personal(one: Moved) -> bool:
    """Whether a person may stand behind it who is not named in the books."""
    return one.kind in PERSONAL and not (one.row.get("party_shown") and one.row.get("party"))


def _who(one: Moved) -> Any:
    """Return what tells the people apart who stand behind gifts; who is not known is one."""
    if one.row["person"] is not None:
        return one.row["person"]
    return " ".join((one.row.get("party") or "").casefold().split())


def _groups(personal: Sequence[Moved]) -> list[list[Moved]]:
    """Part gifts by months, none with fewer than three people behind it; none at all if there are
    fewer.
    """
    found: list[list[Moved]] = []
    rest: list[Moved] = []
    ordered = sorted(personal, key=lambda one: (one.day, one.id))
    for number, one in enumerate(ordered):
        rest.append(one)
        last = number + 1 == len(ordered)
        ends = last or (ordered[number + 1].day.timetuple()[:2] != one.day.timetuple()[:2])
        if ends and len({_who(each) for each in rest if each.into}) >= FEWEST:
            found.append(rest)
            rest = []
    if rest and found:
        found[-1] = [*found[-1], *rest]
    return found


def _line(one: Moved) -> Line:
    row = one.row
    return Line(
        one.id,
        one.kind,
        one.day,
        one.day,
        one.amount if one.into else 0,
        0 if one.into else one.amount,
        row["note"] if one.brought else row["what"] or "",
        "" if one.brought else row["document"] or "",
        row.get("party") or "" if row.get("party_shown") else "",
    )


def _together(group: Sequence[Moved]) -> Line:
    first = group[0]
    return Line(
        f"gifts-{first.id}",
        "gifts",
        first.day,
        max(one.day for one in group),
        sum(one.amount for one in group if one.into),
        sum(one.amount for one in group if not one.into),
        people=len({_who(one) for one in group if one.into}),
    )


def whole(
    store: Store, thing: str, currency: str, *, told: bool
) -> tuple[list[tuple[Moved, int]], list[Row]]:
    """Return every transfer that stands with what the fund held after it, and what is held back.

    Parameters
    ----------
    told
        Whether the reader may know who gave and who was paid, as treasurers and auditors may; for
        others it is there only where it stands in the open books, too.
    """
    found, lines, balance = fund(store, thing, currency), [], 0
    for one in found.moved:
        balance += one.amount if one.into else -one.amount
        lines.append((replace(one, row=for_reader(one.row, told=told)), balance))
    return lines, [for_reader(row, told=told) for row in found.held]


def for_reader(row: Row, *, told: bool) -> Row:
    """Return a transfer without who gave or was paid, unless its reader may know; `private` says
    that there is somebody who is not told.
    """
    if told:
        return row | {"private": False}
    shown = bool(row.get("party_shown"))
    private = row.get("person") is not None or bool(row.get("party") and not shown)
    return row | {
        "person": None,
        "party": row.get("party") if shown else "",
        "reference": "" if private else row.get("reference"),
        "note": "" if private and row["kind"] in PERSONAL else row.get("note"),
        "private": private,
    }

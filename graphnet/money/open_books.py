"""Open books: what everybody may read of a project's money, and what its treasurer does.

Every line is printed as it is, but for gifts of people who are not named: of them a line always
stands for three people at least, so that no sum is somebody's. Lines that fewer stand behind go
together with the next ones, the last with those before. While fewer than three have given at all,
nothing of what came is told, and no balance; what was spent is told always.

Opening + in - out = balance holds of the printed lines, since the balance is made of nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from graphnet.money import journal
from graphnet.money.amounts import PARTS
from graphnet.money.journal import INTO_FUND
from graphnet.privacy import SMALLEST_COUNT_IN_REASON, Viewer
from graphnet.store import Row, Store, native

FEWEST = SMALLEST_COUNT_IN_REASON
PERSONAL = ("gift", "refund")  # kinds behind which a person may stand

# One row: what an import has brought: a gift, what was given back, what was spent; amounts in
# whole units of the project's currency.
BROUGHT = """MATCH (j:Project {id: $id})<-[:FOR]-(n:Receipt|Refund|Expense)
RETURN n.id AS id, CASE WHEN n:Receipt THEN 'gift' WHEN n:Refund THEN 'refund' ELSE 'expense' END
    AS kind, n.amount AS amount, n.at AS at, coalesce(n.note, '') AS note,
  head([(n)-[:BY|TO]->(p:Person) | p.key]) AS person
ORDER BY at, id LIMIT 100000"""

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


def moved(store: Store, thing: str, currency: str) -> list[Moved]:
    """Return what moved a fund in a currency: what an import brought first, then as it was booked.

    What is held back, and what was voided, moved nothing.
    """
    found = []
    own = journal.currency_of(store, thing)
    if currency == own:
        for row in map(native, store.read(BROUGHT, id=thing)):
            day = _day(row["at"])
            amount = round(row["amount"] * PARTS)
            found.append(
                Moved(row["id"], row["kind"], day, amount, row["kind"] == "gift", row, brought=True)
            )
    for row in journal.of_thing(store, thing, currency):
        if not row["pending"] and row["outcome"] != "void":
            into = row["kind"] in INTO_FUND or (row["kind"] == "moved" and row["target"] == thing)
            found.append(
                Moved(row["id"], row["kind"], row["happened_on"], row["amount"], into, row)
            )
    return found


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
    told, lines = public(moved(store, thing, currency))
    held = 0
    if told:
        rows = journal.of_thing(store, thing, currency)
        held = sum(row["amount"] for row in held_back(rows))
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


def whole(store: Store, viewer: Viewer, thing: str, currency: str) -> list[tuple[Moved, int]]:
    """Return every transfer that stands with what the fund held after it, for treasurers.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    found, held = [], 0
    for one in moved(store, thing, currency):
        held += one.amount if one.into else -one.amount
        found.append((one, held))
    return found

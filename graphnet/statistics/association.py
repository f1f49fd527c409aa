"""Figures of the association: for staff exact, for everyone else nothing that points at one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from graphnet import privacy
from graphnet.live import Live
from graphnet.privacy import Viewer, alive, has_contact, registered, shown
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import BoolArray
from graphnet.statistics import tables
from graphnet.statistics.disclosure import Columns, protect, small
from graphnet.statistics.tables import Row as Counts
from graphnet.store import Row, Store

PEOPLE, REGISTERED, LOST = "people", "registered", "lost"
# Who is neither registered nor lost can be reached, and follows from the three.
STATES_OF = Columns(
    {PEOPLE: "", REGISTERED: PEOPLE, LOST: PEOPLE}, apart=frozenset({REGISTERED, LOST})
)
# As the tables have them: a department is cut with its faculty.
UNITS = ("faculty", "institute", "department")

# One row: how many people are in each state that follows from contacts and accounts.
STATES = (
    """MATCH (p:Alumnus) WHERE """
    + shown("p")
    + """ AND """
    + alive("p")
    + """
WITH """
    + registered("p")
    + """ AS claimed,
  """
    + has_contact("p")
    + """ AS contact,
  p.last_answer_at >= $month_ago AS answered
RETURN count(*) AS people, sum(CASE WHEN claimed THEN 1 ELSE 0 END) AS registered,
  sum(CASE WHEN contact THEN 1 ELSE 0 END) AS reachable,
  sum(CASE WHEN NOT contact AND NOT claimed THEN 1 ELSE 0 END) AS lost,
  sum(CASE WHEN answered THEN 1 ELSE 0 END) AS answered LIMIT 1"""
)

# One row: how many signed up in the last month.
JOINED = """MATCH (a:Account)-[:OF]->(:Alumnus) WHERE a.created_at >= $month_ago
RETURN count(a) AS n LIMIT 1"""


@dataclass(frozen=True)
class Cell:
    """One row of a table of counts; None where a count may not be shown (`disclosure`)."""

    label: str
    label_ru: str
    n: int | None
    registered: int | None
    lost: int | None  # who has neither registered nor a contact that works
    id: str = ""  # of the thing, where the row is of one: names are not unique

    @property
    def reachable(self) -> int | None:
        """Who has not registered and has a contact that works."""
        if self.n is None or self.registered is None or self.lost is None:
            return None
        return self.n - self.registered - self.lost


@dataclass(frozen=True)
class Base:
    """The contact base in tables of the same people, which are cut together.

    Whatever else is published of these people starts from what is closed here.
    """

    everybody: Counts
    decades: list[Counts]
    cohorts: list[Counts]
    units: list[Counts]
    groups: list[Counts]

    @property
    def tables(self) -> list[list[Counts]]:
        """All rows that a reader has side by side."""
        return [[self.everybody], self.decades, self.units, self.cohorts, self.groups]


@dataclass(frozen=True)
class Size:
    """How many people and how many ties of acquaintance between them there are."""

    people: int | None
    ties: int | None


def today(store: Store) -> Row:
    """Return the numbers on top of staff's page."""
    month_ago = datetime.now(UTC) - timedelta(days=30)
    figures = store.read(STATES, month_ago=month_ago)[0]
    figures["joined"] = store.read(JOINED, month_ago=month_ago)[0]["n"]
    return figures


def counted(live: Live, viewer: Viewer) -> BoolArray:
    """Return whom figures count: whom the viewer may see, without the dead and who refused."""
    view = live.view()
    return view.allowed(viewer, live.rules) & privacy.counted(view.snapshot.flags)


def masks_of(snapshot: Snapshot, people: BoolArray) -> Mapping[str, BoolArray]:
    """Return who of the people has registered, and who has neither that nor a contact."""
    flags = snapshot.flags
    return {
        PEOPLE: people,
        REGISTERED: people & ((flags & privacy.CLAIMED) != 0),
        LOST: people & ((flags & (privacy.CLAIMED | privacy.REACHABLE)) == 0),
    }


def base_of(snapshot: Snapshot, people: BoolArray) -> Base:
    """Return the tables of some people, with what may not be shown closed.

    Parameters
    ----------
    snapshot, people : Snapshot, bool[n]
        Whom to count: as `counted` has it.
    """
    masks = masks_of(snapshot, people)
    everybody = tables.everybody(masks)
    # How many have registered is said to everybody on the first page: it hides nothing.
    protect([everybody.line], [], STATES_OF)
    everybody = replace(everybody, line=everybody.line.as_published())
    base = Base(
        everybody,
        tables.decades(snapshot, masks),
        tables.things(snapshot, masks, "cohorts"),
        tables.things(snapshot, masks, "units", wanted=UNITS),
        tables.things(snapshot, masks, "groups"),
    )
    cut_together(base.tables, masks)
    return base


def cut_together(found: list[list[Counts]], masks: Mapping[str, BoolArray]) -> None:
    """Close, in place, what of some tables of the same people must not be shown side by side."""
    tables.joined(found)
    lines = list({id(row.line): row.line for table in found for row in table}.values())
    protect(lines, tables.families(found, masks), STATES_OF)


def base(live: Live, viewer: Viewer) -> Base:
    """Return the tables of all who are counted: the same for everybody who may read them."""
    return live.shared(
        "statistics-base", lambda: base_of(live.view().snapshot, counted(live, viewer))
    )


def by_decade(snapshot: Snapshot, people: BoolArray) -> list[Cell]:
    """Return the decades of some people as they are, nothing closed: for staff only."""
    return cells(tables.decades(snapshot, masks_of(snapshot, people)))


def by_thing(snapshot: Snapshot, people: BoolArray, kind: str) -> list[Cell]:
    """Return the things of a kind as they are, nothing closed: for staff only."""
    return cells(tables.things(snapshot, masks_of(snapshot, people), kind))


def beside(snapshot: Snapshot, people: BoolArray, base: Base, kind: str) -> list[Cell]:
    """Return the things of a kind that has no table of its own, cut with what is closed there."""
    masks = masks_of(snapshot, people)
    known = [[replace(row, line=row.line.as_published()) for row in table] for table in base.tables]
    more = tables.things(snapshot, masks, kind)
    cut_together([*known, more], masks)
    return cells(more)


def cells(rows: Iterable[Counts]) -> list[Cell]:
    """Return what may be shown of some rows."""
    return [
        Cell(
            row.label,
            row.label_ru,
            row.line.shown(PEOPLE),
            row.line.shown(REGISTERED),
            row.line.shown(LOST),
            row.id,
        )
        for row in rows
    ]


def largest_first(found: Iterable[Cell]) -> list[Cell]:
    """Return rows in the order of what is shown of them: another one would tell the rest."""
    return sorted(found, key=lambda cell: (-(cell.n or 0), cell.label))


def size(snapshot: Snapshot, people: BoolArray) -> Size:
    """Return how large the network between some people is."""
    ties = snapshot.layers["knows"]
    owner = np.repeat(people, np.diff(ties.indptr))
    known = int(np.count_nonzero(owner & people[ties.indices])) // 2
    n = int(np.count_nonzero(people))
    return Size(*(None if small(count) else count for count in (n, known)))

"""Figures of the whole association: for staff exact, for everyone else no cell under five."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from graphnet import privacy
from graphnet.live import Live
from graphnet.privacy import SMALLEST_CELL, Viewer
from graphnet.store import Row, Store

# One row: how many people are in each state that follows from contacts and accounts.
STATES = """MATCH (p:Alumnus) WHERE p.visibility <> 'hidden' AND p.died_on IS NULL
WITH EXISTS { (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL } AS claimed,
  EXISTS { (p)-[:HAS]->(c:ContactPoint) WHERE c.bounced_at IS NULL } AS contact,
  p.last_answer_at >= $month_ago AS answered
RETURN count(*) AS people, sum(CASE WHEN claimed THEN 1 ELSE 0 END) AS registered,
  sum(CASE WHEN contact THEN 1 ELSE 0 END) AS reachable,
  sum(CASE WHEN NOT contact AND NOT claimed THEN 1 ELSE 0 END) AS lost,
  sum(CASE WHEN answered THEN 1 ELSE 0 END) AS answered LIMIT 1"""

# One row: how many signed up in the last month.
JOINED = """MATCH (a:Account)-[:OF]->(:Alumnus) WHERE a.created_at >= $month_ago
RETURN count(a) AS n LIMIT 1"""


@dataclass(frozen=True)
class Cell:
    """One cell of a table of counts; `n` is None where it is too small to be shown."""

    label: str
    label_ru: str
    n: int | None
    registered: int | None


def today(store: Store) -> Row:
    """Return the numbers on top of staff's page."""
    month_ago = datetime.now(UTC) - timedelta(days=30)
    figures = store.read(STATES, month_ago=month_ago)[0]
    figures["joined"] = store.read(JOINED, month_ago=month_ago)[0]["n"]
    return figures


def by_thing(live: Live, viewer: Viewer, kind: str, *, wanted: str = "") -> list[Cell]:
    """Return how many people, and how many registered, each thing of a kind has.

    Parameters
    ----------
    kind
        'units', 'cohorts', 'graduations', 'groups', 'places' ...
    wanted
        Only things of this kind of their own, for example 'faculty' among the units.
    """
    view = live.view()
    snapshot = view.snapshot
    allowed = view.allowed(viewer, live.rules)
    claimed = allowed & ((snapshot.flags & privacy.CLAIMED) != 0)
    things, memberships = snapshot.things[kind], snapshot.memberships[kind]
    exact = viewer.kind == "staff"
    cells = []
    for i in range(len(things)):
        if wanted and things.kinds[i] != wanted:
            continue
        members = memberships.members(i)
        cells.append(
            Cell(
                str(things.labels[i]),
                str(things.labels_ru[i]),
                shown(int(np.count_nonzero(allowed[members])), exact=exact),
                shown(int(np.count_nonzero(claimed[members])), exact=exact),
            )
        )
    return sorted(cells, key=lambda cell: (-(cell.n or 0), cell.label))


def by_decade(live: Live, viewer: Viewer) -> list[Cell]:
    """Return the same by decade of intake, or of graduation where no intake is known."""
    view = live.view()
    snapshot = view.snapshot
    allowed = view.allowed(viewer, live.rules)
    claimed = (snapshot.flags & privacy.CLAIMED) != 0
    decade = np.full(snapshot.n, -1)
    for kind in ("graduations", "cohorts"):
        years = snapshot.things[kind].numbers.get("year")
        if years is not None:
            for thing in np.flatnonzero(years > 0):
                decade[snapshot.memberships[kind].members(int(thing))] = years[thing] // 10 * 10
    exact = viewer.kind == "staff"
    return [
        Cell(
            f"{value}s",
            f"{value}-е",
            shown(int(np.count_nonzero(allowed & (decade == value))), exact=exact),
            shown(int(np.count_nonzero(allowed & claimed & (decade == value))), exact=exact),
        )
        for value in np.unique(decade[allowed & (decade > 0)]).tolist()
    ]


def shown(n: int, *, exact: bool) -> int | None:
    """Return a count, or None where a small one could point at somebody."""
    return n if exact or n == 0 or n >= SMALLEST_CELL else None

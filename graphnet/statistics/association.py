"""Figures of the association: for staff exact, for everyone else nothing that points at one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from graphnet import privacy
from graphnet.live import Live
from graphnet.privacy import Viewer, alive, has_contact, registered, shown
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import BoolArray, Memberships
from graphnet.statistics.disclosure import Count, Total, protect, protect_lost, small
from graphnet.store import Row, Store

Int64 = npt.NDArray[np.int64]

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
    id: str = ""  # of the thing, where the row is of one: names are not unique
    lost: int | None = None  # who has neither registered nor a contact that works

    @property
    def reachable(self) -> int | None:
        """Who has not registered and has a contact that works."""
        if self.n is None or self.registered is None or self.lost is None:
            return None
        return self.n - self.registered - self.lost


@dataclass(frozen=True)
class Within:
    """A row of another table: its people (bool[n]), and what of their number stands there."""

    people: BoolArray
    row: Count


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


def whole(snapshot: Snapshot, people: BoolArray) -> Cell:
    """Return everybody as one row."""
    registered, lost = _states(snapshot, people)
    row = Count(*(int(np.count_nonzero(mask)) for mask in (people, registered, lost)))
    protect([row], [])
    protect_lost([row], [])
    return _cell("", "", row)


def _states(snapshot: Snapshot, people: BoolArray) -> tuple[BoolArray, BoolArray]:
    """Return who of the people has registered, and who has neither that nor a contact."""
    flags = snapshot.flags
    return (
        people & ((flags & privacy.CLAIMED) != 0),
        people & ((flags & (privacy.CLAIMED | privacy.REACHABLE)) == 0),
    )


def size(snapshot: Snapshot, people: BoolArray, *, exact: bool = False) -> Size:
    """Return how large the network between some people is."""
    ties = snapshot.layers["knows"]
    owner = np.repeat(people, np.diff(ties.indptr))
    known = int(np.count_nonzero(owner & people[ties.indices])) // 2
    n = int(np.count_nonzero(people))
    return Size(*(None if small(count) and not exact else count for count in (n, known)))


def by_thing(
    snapshot: Snapshot,
    people: BoolArray,
    kind: str,
    *,
    wanted: Sequence[str] = (),
    part: BoolArray | None = None,
    within: Sequence[Within] = (),
    exact: bool = False,
) -> list[Cell]:
    """Return how many people, and how many registered, each thing of a kind has.

    Parameters
    ----------
    snapshot, people : Snapshot, bool[n]
        Whom to count: as `counted` has it.
    kind
        'units', 'cohorts', 'graduations', 'groups', 'places' ...
    wanted
        Only things of these kinds of their own, for example 'faculty' among the units.
    part : bool[n], optional
        Whom to count in the second column, instead of those who have registered.
    within
        Rows of other tables of which things are parts: what is not shown here must not follow from
        what is shown there, nor what is not shown there from what is shown here.
    exact
        Hide nothing: for staff only.
    """
    things = snapshot.things[kind]
    counts = _of_things(snapshot, people, kind, wanted, part, within, exact=exact)
    chosen = sorted(
        counts,
        key=lambda i: (-counts[i].people if counts[i].shows_people else 0, str(things.labels[i])),
    )
    return [
        _cell(str(things.labels[i]), str(things.labels_ru[i]), counts[i], str(things.ids[i]))
        for i in chosen
    ]


def _of_things(
    snapshot: Snapshot,
    people: BoolArray,
    kind: str,
    wanted: Sequence[str] = (),
    part: BoolArray | None = None,
    within: Sequence[Within] = (),
    *,
    exact: bool = False,
) -> dict[int, Count]:
    """Return the counts of `by_thing` by the places of the things."""
    things, memberships = snapshot.things[kind], snapshot.memberships[kind]
    registered, lost = _states(snapshot, people)
    if part is not None:
        registered = people & part
    n, claimed, gone = (memberships.counts(mask) for mask in (people, registered, lost))
    chosen = [i for i in range(len(things)) if n[i] and (not wanted or things.kinds[i] in wanted)]
    counts = {i: Count(int(n[i]), int(claimed[i]), int(gone[i])) for i in chosen}
    if not exact:
        totals = _totals(memberships, people, registered, lost, counts, within)
        protect(counts.values(), totals)
        protect_lost(list(counts.values()), totals)
    return counts


def by_decade(
    snapshot: Snapshot, people: BoolArray, *, part: BoolArray | None = None, exact: bool = False
) -> list[Cell]:
    """Return the same by decade of intake, or of graduation where no intake is known.

    Those of whom neither is known are the last row; together it is everybody.

    Parameters
    ----------
    part : bool[n], optional
        Whom to count in the second column, instead of those who have registered.
    """
    values, counts = _of_decades(snapshot, people, part, exact=exact)
    rows = [
        _cell(f"{value}s", f"{value}-е", row) for value, row in zip(values, counts, strict=False)
    ]
    unknown = counts[-1]
    return [*rows, _cell("not known", "неизвестно", unknown)] if unknown.people else rows


def _of_decades(
    snapshot: Snapshot, people: BoolArray, part: BoolArray | None = None, *, exact: bool = False
) -> tuple[list[int], list[Count]]:
    """Return the decades, and their counts with one more for those of no known decade."""
    decade = decade_of(snapshot)
    registered, lost = _states(snapshot, people)
    claimed = registered if part is None else people & part
    values = [value for value in np.unique(decade[people]).tolist() if value > 0]
    counts = [
        Count(*(int(np.count_nonzero(mask & at)) for mask in (people, claimed, lost)))
        for at in (decade == value for value in (*values, -1))
    ]
    if not exact:
        protect(counts, [Total(counts)])
        protect_lost(counts, [Total(counts)])
    return values, counts


def decade_of(snapshot: Snapshot) -> Int64:
    """Return the decade of everybody's intake, else of their graduation; -1 for neither."""
    decade = np.full(snapshot.n, -1)
    for kind in ("graduations", "cohorts"):
        years = snapshot.things[kind].numbers.get("year")
        if years is not None:
            for thing in np.flatnonzero(years > 0):
                decade[snapshot.memberships[kind].members(int(thing))] = years[thing] // 10 * 10
    return decade


def by_cohort(
    snapshot: Snapshot, people: BoolArray, *, wanted: Sequence[str] = (), exact: bool = False
) -> list[Cell]:
    """Return the same by intake: a programme and a year, the latest first.

    Decades and faculties stand in tables of their own: a small intake must not follow from one, nor
    one that is not shown from its intakes.

    Parameters
    ----------
    wanted
        The kinds of units of which the other table is: as `by_thing` has them.
    """
    decade = decade_of(snapshot)
    values, rows = _of_decades(snapshot, people, exact=exact)
    within = [Within(decade == value, row) for value, row in zip(values, rows, strict=False)]
    units = snapshot.memberships["units"]
    for thing, row in _of_things(snapshot, people, "units", wanted, exact=exact).items():
        inside = np.zeros(snapshot.n, bool)
        inside[units.members(thing)] = True
        within.append(Within(inside, row))
    found = by_thing(snapshot, people, "cohorts", within=within, exact=exact)
    years = snapshot.things["cohorts"].numbers.get("year")
    if years is None:
        return found
    place = snapshot.things["cohorts"].position
    return sorted(found, key=lambda cell: (-int(years[place[cell.id]]), cell.label))


def _cell(label: str, label_ru: str, row: Count, thing: str = "") -> Cell:
    return Cell(
        label,
        label_ru,
        row.people if row.shows_people else None,
        row.registered if row.shows_registered else None,
        thing,
        row.lost if row.shows_lost else None,
    )


def _totals(
    memberships: Memberships,
    people: BoolArray,
    registered: BoolArray,
    lost: BoolArray,
    counts: dict[int, Count],
    within: Sequence[Within] = (),
) -> list[Total]:
    """Return which rows are parts of what: of everybody, and of a thing that has all their people.

    A department's people are its faculty's too: a small department must not follow from the
    faculty and the other departments.
    """
    members = {
        i: frozenset(m[people[m]].tolist()) for i in counts for m in [memberships.members(i)]
    }
    inside: dict[int, list[int]] = {}
    whole = []
    for i in counts:
        larger = [
            j for j in counts if len(members[j]) > len(members[i]) and members[i] < members[j]
        ]
        if larger:
            inside.setdefault(min(larger, key=lambda j: (len(members[j]), j)), []).append(i)
        else:
            whole.append(i)
    everybody = frozenset(np.flatnonzero(people).tolist())
    known: list[tuple[frozenset[int], list[int], Count | None]] = [(everybody, whole, None)]
    known += [(members[j], parts, counts[j]) for j, parts in inside.items()]
    for one in within:
        of = frozenset(np.flatnonzero(people & one.people).tolist())
        known.append((of, [i for i in whole if members[i] <= of], one.row))
    return [
        Total(
            [counts[i] for i in parts],
            _rest(of, [members[i] for i in parts], registered, lost),
            row,
        )
        for of, parts, row in known
    ]


def _rest(
    of: frozenset[int], parts: Iterable[frozenset[int]], registered: BoolArray, lost: BoolArray
) -> Count:
    rest = sorted(of.difference(*parts))
    return Count(len(rest), int(registered[rest].sum()), int(lost[rest].sum()))

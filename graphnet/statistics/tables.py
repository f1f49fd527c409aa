"""Rows of counts of the same people: by decade, intake, faculty, community; which lie in which."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import BoolArray
from graphnet.statistics.disclosure import Family, Line

Int64 = npt.NDArray[np.int64]
# Of each count its people, bool[n]; the first is all of them.
Masks = Mapping[str, BoolArray]


@dataclass(frozen=True, eq=False)
class Row:
    """One row of a table: the positions of whom it counts, int64[k] ascending, and its counts."""

    label: str
    label_ru: str
    id: str  # of the thing, where the row is of one: names are not unique
    people: Int64
    line: Line


def counted(masks: Masks, who: BoolArray) -> dict[str, int]:
    """Return how many of some people, bool[n], are in each count."""
    return {name: int(np.count_nonzero(mask & who)) for name, mask in masks.items()}


def everybody(masks: Masks) -> Row:
    """Return the row of all."""
    (_, whole), *_ = masks.items()
    return Row("", "", "", np.flatnonzero(whole), Line(counted(masks, whole)))


def decade_of(snapshot: Snapshot) -> Int64:
    """Return the decade of everybody's intake, else of their graduation; -1 for neither."""
    decade = np.full(snapshot.n, -1)
    for kind in ("graduations", "cohorts"):
        years = snapshot.things[kind].numbers.get("year")
        if years is not None:
            for thing in np.flatnonzero(years > 0):
                decade[snapshot.memberships[kind].members(int(thing))] = years[thing] // 10 * 10
    return decade


def decades(snapshot: Snapshot, masks: Masks) -> list[Row]:
    """Return the decades, and as the last row those of whom none is known: together, everybody."""
    decade, (whole, *_) = decade_of(snapshot), masks.values()
    found = []
    for value in np.unique(decade[whole]).tolist():
        who = whole & (decade == value)
        words = (f"{value}s", f"{value}-е") if value > 0 else ("not known", "неизвестно")
        found.append(Row(*words, "", np.flatnonzero(who), Line(counted(masks, who))))
    return sorted(found, key=lambda one: (not one.label[0].isdigit(), one.label))


def things(snapshot: Snapshot, masks: Masks, kind: str, *, wanted: Sequence[str] = ()) -> list[Row]:
    """Return a row of each thing that has anybody: the latest first, or the largest.

    Parameters
    ----------
    kind
        'units', 'cohorts', 'graduations', 'groups', 'places' ...
    wanted
        Only things of these kinds of their own, for example 'faculty' among the units.
    """
    all_things, memberships = snapshot.things[kind], snapshot.memberships[kind]
    (first, whole), *_ = masks.items()
    counts = {name: memberships.counts(mask) for name, mask in masks.items()}
    found = []
    for i in np.flatnonzero(counts[first]).tolist():
        if wanted and all_things.kinds[i] not in wanted:
            continue
        members = memberships.members(i).astype(np.int64)
        found.append(
            Row(
                str(all_things.labels[i]),
                str(all_things.labels_ru[i]),
                str(all_things.ids[i]),
                members[whole[members]],
                Line({name: int(of[i]) for name, of in counts.items()}),
            )
        )
    years = all_things.numbers.get("year") if kind == "cohorts" else None

    def order(row: Row) -> tuple[int, str, str]:
        if years is None:
            return -row.line.counts[first], row.label, row.id
        return -int(years[all_things.position[row.id]]), row.label, row.id

    return sorted(found, key=order)


def joined(tables: Sequence[list[Row]]) -> None:
    """Give rows that have the same people one line, in place: what one hides the other does too."""
    lines: dict[bytes, Line] = {}
    for table in tables:
        for place, row in enumerate(table):
            line = lines.setdefault(row.people.tobytes(), row.line)
            if line is not row.line:
                table[place] = Row(row.label, row.label_ru, row.id, row.people, line)


def families(tables: Sequence[Sequence[Row]], masks: Masks) -> list[Family]:
    """Return what a reader could add up, and take away.

    Of each row the rows of each table that lie in it, and each row in another by itself: somebody
    may be in two intakes or communities, so that what one leaves of the whole says more than what
    all of them leave.
    """
    rows = list({id(row.line): row for table in tables for row in table}.values())
    inside = _inside(rows, len(next(iter(masks.values()))))
    place = {id(row.line): i for i, row in enumerate(rows)}
    found = []
    for whole, parts in zip(rows, inside, strict=True):
        for part in parts:
            line = rows[part].line
            rest = {name: n - line.counts[name] for name, n in whole.line.counts.items()}
            found.append(Family(whole.line, [line], rest))
        for table in tables:
            among = {place[id(row.line)] for row in table} & parts
            # Not those that lie in another of the same table: a department in its faculty.
            outer = [i for i in sorted(among) if not any(i in inside[j] for j in among)]
            if len(outer) > 1:
                found.append(_without(whole, [rows[i] for i in outer], masks))
    return found


def _inside(rows: Sequence[Row], n: int) -> list[set[int]]:
    """Return for each row which others have all their people in it, and fewer."""
    size = np.array([len(row.people) for row in rows])
    indptr = np.concatenate([[0], np.cumsum(size)])
    people = np.concatenate([row.people for row in rows]) if rows else np.zeros(0, np.int64)
    member = sp.csr_array((np.ones(len(people), np.int32), people, indptr), shape=(len(rows), n))
    common = sp.coo_array(member @ member.T)
    found: list[set[int]] = [set() for _ in rows]
    lies = (common.data == size[common.col]) & (size[common.row] > size[common.col])
    for whole, part in zip(common.row[lies].tolist(), common.col[lies].tolist(), strict=True):
        found[whole].add(part)
    return found


def _without(whole: Row, parts: Iterable[Row], masks: Masks) -> Family:
    rest = np.zeros(len(next(iter(masks.values()))), np.bool_)
    rest[whole.people] = True
    lines = []
    for part in parts:
        rest[part.people] = False
        lines.append(part.line)
    return Family(whole.line, lines, counted(masks, rest))

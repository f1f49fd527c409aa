"""Keeps small counts out of tables of the same people, all side by side.

A count of one to four could point at somebody and is not shown; nor is one of whose complement that
is true; nor, of larger ones, as many as it takes that nothing small can be reckoned from what is
left (secondary suppression). That a count is not shown therefore does not say that it is small.

A row has counts that are parts of one another: so many people, of them so many who have registered
and so many who are lost. Rows are parts of other rows: an intake of its decade, of its faculty, of
all. Where the sums of several tables taken together would still give a small count away, the next
one is closed.

References
----------
Hundepool et al., "Statistical Disclosure Control", 2012, chapters 4 (tables of counts) and 4.5
(linked tables): protecting each table alone is not enough; here all are looked at until nothing
changes any more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from graphnet.privacy import SMALLEST_CELL

ALMOST = 1e-7


def small(count: int) -> bool:
    """Return whether a count could point at somebody."""
    return 0 < count < SMALLEST_CELL


@dataclass(eq=False)
class Line:
    """Counts of one row, by their names, and which of them may be shown: at first, all.

    `published` are those of another page, which nothing here can close any more.
    """

    counts: Mapping[str, int]
    shows: set[str] = field(default_factory=set, init=False)
    published: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        """Show all, to begin with."""
        self.shows = set(self.counts)

    def as_published(self) -> "Line":
        """Return the same for the tables of another page: what is closed there stays as it is."""
        line = Line(self.counts)
        line.shows, line.published = set(self.shows), True
        return line

    def close(self, name: str) -> bool:
        """Show a count no more; return whether that was a change."""
        if self.published or name not in self.shows:
            return False
        self.shows.discard(name)
        return True

    def shown(self, name: str) -> int | None:
        """Return a count, or None if it may not be shown."""
        return self.counts[name] if name in self.shows else None


@dataclass(frozen=True)
class Family:
    """A row, the rows that are parts of it, and what of it is in none of them."""

    whole: Line
    parts: Sequence[Line]
    rest: Mapping[str, int]


@dataclass(frozen=True)
class Columns:
    """What the counts of a row have to do with one another.

    Attributes
    ----------
    above
        For each count the one that it is a part of, '' for the first; that one stands before it.
    covering
        Counts that together are all of the one above them: where only two of them have anybody, it
        follows how many are in both.
    apart
        Counts of which nobody is in two: what they leave of the one above them follows.
    """

    above: Mapping[str, str]
    covering: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()

    def over(self, name: str) -> list[str]:
        """Return the counts that a count is a part of, the nearest first."""
        found = []
        while name := self.above[name]:
            found.append(name)
        return found

    def groups(self, name: str, counts: Mapping[str, int]) -> list[int]:
        """Return whom a count tells of: those in it, and those of each count above who are not."""
        return [counts[name], *(counts[over] - counts[name] for over in self.over(name))]

    def derived(self, counts: Mapping[str, int]) -> list[tuple[int, list[str]]]:
        """Return what follows from several counts beside one another, each with their names."""
        found = []
        for over in dict.fromkeys(self.above.values()):
            beside = [name for name, one in self.above.items() if over and one == over]
            cover = [name for name in beside if name in self.covering and counts[name]]
            if len(cover) == 2:
                found.append((sum(counts[name] for name in cover) - counts[over], cover))
            apart = [name for name in beside if name in self.apart]
            if apart:
                found.append((counts[over] - sum(counts[name] for name in apart), apart))
        return found

    def tells(self, name: str, counts: Mapping[str, int]) -> bool:
        """Return whether a count says something of a few people."""
        return any(map(small, self.groups(name, counts))) or any(
            small(n) for n, names in self.derived(counts) if name in names
        )


def protect(lines: Sequence[Line], families: Sequence[Family], columns: Columns) -> None:
    """Close what must not be shown, in place; what is closed already stays so.

    Parameters
    ----------
    lines
        All rows of all tables. A row that stands in two of them with the same people is one line.
    families
        Which of them are parts of which; whatever a reader could add up or take away.
    columns
        What of their counts is shown, and what these have to do with one another.
    """
    first = next(iter(columns.above))
    # Of a sum with an unknown of its own nothing follows by several tables that does not by one;
    # and where somebody is in two parts it is none.
    sums = [
        family
        for family in families
        if sum(part.counts[first] for part in family.parts) == family.whole.counts[first]
    ]
    changed = True
    while changed:
        changed = False
        for line in lines:
            changed |= _in_row(line, columns)
        known = _noughts(families, columns)
        changed |= _in_families(families, columns, known)
        if changed:
            continue
        follow = [(line, name) for name in columns.above for line in _following(sums, name, known)]
        known |= {(id(line), name) for line, name in follow}
        changed = _in_families(families, columns, known) or any(
            _one_more(sums, line, name, known)
            for line, name in follow
            if columns.tells(name, line.counts)
        )


# Which counts are known although they are closed: (id of the line, name).
Known = set[tuple[int, str]]


def _in_families(families: Sequence[Family], columns: Columns, known: Known) -> bool:
    changed = False
    for family in families:
        for name in columns.above:
            changed |= _in_family(family, [name], columns, known)
        for _, names in columns.derived(family.whole.counts):
            changed |= _in_family(family, names, columns, known)
    return changed


def _noughts(families: Sequence[Family], columns: Columns) -> Known:
    """Return those that lie in a count that is shown, and nought: they would hide nothing."""
    return {
        (id(part), name)
        for family in families
        for name in columns.above
        if name in family.whole.shows and not family.whole.counts[name]
        for part in family.parts
    }


def _following(sums: Sequence[Family], name: str, noughts: Known) -> list[Line]:
    """Return those that the sums of all tables give away together.

    A closed count follows from the others if its unit vector lies in the space of the equations.
    """
    closed: dict[int, tuple[int, Line]] = {}
    for family in sums:
        for line in (family.whole, *family.parts):
            if name not in line.shows and (id(line), name) not in noughts:
                closed.setdefault(id(line), (len(closed), line))
    if not closed:
        return []
    equations = np.zeros((len(sums), len(closed)))
    for i, family in enumerate(sums):
        for line, sign in ((family.whole, -1.0), *((part, 1.0) for part in family.parts)):
            if id(line) in closed:
                equations[i, closed[id(line)][0]] += sign
    equations = equations[equations.any(axis=1)]
    follows = np.einsum("ij,ji->i", np.linalg.pinv(equations), equations) > 1 - ALMOST
    return [line for place, line in closed.values() if follows[place]]


def _in_row(line: Line, columns: Columns) -> bool:
    changed = False
    for name, over in columns.above.items():
        if (over and over not in line.shows) or any(map(small, columns.groups(name, line.counts))):
            changed |= line.close(name)
    for n, names in columns.derived(line.counts):
        if small(n) and line.shows.issuperset(names):
            changed |= line.close(min(names, key=lambda one: line.counts[one]))
    return changed


def _in_family(family: Family, names: Sequence[str], columns: Columns, known: Known) -> bool:
    """Close more parts until what is left of the whole, by one count or several, is safe."""

    def shows(line: Line) -> bool:
        return all(name in line.shows or (id(line), name) in known for name in names)

    def close_least(line: Line) -> bool:
        told = [one for one in names if one in line.shows and (id(line), one) not in known]
        least = min(told, key=lambda one: (not line.counts[one], line.counts[one]), default="")
        return line.close(least)

    closed = [line.counts for line in family.parts if not shows(line)]
    if any(family.rest.values()):
        closed.append(family.rest)
    whole = shows(family.whole)
    if len(names) > 1 and not whole:
        return False  # each of them is looked at by itself
    open_ones = sorted(
        (
            line
            for line in family.parts
            if shows(line)
            and any(line.counts.values())
            and not line.published
            and not all((id(line), name) in known for name in names)
        ),
        key=lambda line: (not line.counts[names[0]], line.counts[names[0]]),
    )
    changed = False
    while not _safe(family, closed, names, columns, known=whole):
        if not open_ones:
            return changed | close_least(family.whole)
        line = open_ones.pop(0)
        changed |= close_least(line)
        closed.append(line.counts)
    return changed


def _safe(
    family: Family,
    closed: Sequence[Mapping[str, int]],
    names: Sequence[str],
    columns: Columns,
    *,
    known: bool,
) -> bool:
    """Return whether nothing small, and no count alone, follows from a whole and its open parts."""
    if not known:
        return bool(closed)  # else the whole would follow from its parts
    if not closed:
        return True
    if len(closed) == 1 and closed[0] is not family.rest and len(names) == 1:
        return False
    left = {one: sum(counts[one] for counts in closed) for one in columns.above}
    if len(names) == 1:
        return not columns.tells(names[0], left)
    return not any(small(n) for n, some in columns.derived(left) if some == list(names))


def _one_more(families: Sequence[Family], line: Line, name: str, known: Known) -> bool:
    """Close the smallest open count beside a row; where none is left, the smallest of all."""

    def still_open(found: Iterable[Line]) -> list[Line]:
        return [
            one for one in found if name in one.shows and one.counts[name] and not one.published
        ]

    near = [one for one in families if line is one.whole or any(line is p for p in one.parts)]
    beside = still_open(part for family in near for part in family.parts)
    whole = still_open(one for family in families for one in (family.whole, *family.parts))
    if not whole:
        return False
    least = min(beside or whole, key=lambda one: (not one.counts[name], one.counts[name]))
    return least.close(name)

"""Several tables of the same people, side by side: nothing small follows from them together.

A row has counts that are parts of one another: so many people, of them so many who took part in
anything, of these so many in one way. A count is not shown if it is small, or if what is left of a
count that it is a part of is small; nor one without the count above it. Rows are parts of other
rows: an intake of its decade, of its faculty and of all. Where a row is not shown, enough of the
others of its whole are not shown either that nothing small is left to be reckoned; and where the
sums of several tables taken together would still give a small count away, the next one is closed.

References
----------
Hundepool et al., "Statistical Disclosure Control", 2012, chapter 4.5 (linked tables): protecting
each table alone is not enough; here all are looked at until nothing changes any more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from graphnet.statistics.disclosure import small

ALMOST = 1e-7


@dataclass
class Line:
    """Counts of one row, by their names, and which of them may be shown: at first, all."""

    counts: Mapping[str, int]
    shows: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Show all, to begin with."""
        self.shows = set(self.counts)


@dataclass(frozen=True)
class Family:
    """A row, the rows that are parts of it, and what of it is in none of them."""

    whole: Line
    parts: Sequence[Line]
    rest: Mapping[str, int]


@dataclass(frozen=True)
class _Columns:
    """The counts of every row: under its name the count that each is a part of, '' of the first."""

    above: Mapping[str, str]

    def over(self, name: str) -> list[str]:
        """Return the counts that a count is a part of, the nearest first."""
        found = []
        while name := self.above[name]:
            found.append(name)
        return found

    def beside(self, name: str) -> list[str]:
        """Return the counts that are parts of the same one, itself among them."""
        return [one for one, over in self.above.items() if over == self.above[name]]

    def groups(self, name: str, counts: Mapping[str, int]) -> list[int]:
        """Return whom a count tells of: those in it, and those of each count above who are not."""
        return [counts[name], *(counts[over] - counts[name] for over in self.over(name))]

    def both(self, name: str, counts: Mapping[str, int]) -> tuple[int, list[str]]:
        """Return how many are in both of the only two parts that a count has, and the two's names.

        That follows from the three. 0 and nothing where there are more parts, or fewer.
        """
        some = [one for one in self.beside(name) if counts[one]]
        if not self.above[name] or len(some) != 2 or name not in some:
            return 0, []
        return sum(counts[one] for one in some) - counts[self.above[name]], some

    def tells(self, name: str, counts: Mapping[str, int]) -> bool:
        """Return whether a count says something of a few people."""
        return any(map(small, [*self.groups(name, counts), self.both(name, counts)[0]]))


def protect(lines: Sequence[Line], families: Sequence[Family], above: Mapping[str, str]) -> None:
    """Close what must not be shown, in place.

    Parameters
    ----------
    lines
        All rows of all tables.
    families
        Which of them are parts of which; whatever a reader could add up.
    above
        For each count the one that it is a part of, '' for the first; that one stands before it.
    """
    columns = _Columns(above)
    changed = True
    while changed:
        changed = False
        for line in lines:
            changed |= _in_row(line, columns)
        for name in above:
            for family in families:
                changed |= _in_family(family, name, columns)
        if not changed:
            changed = any(_in_all(families, name, columns) for name in above)


def _in_row(line: Line, columns: _Columns) -> bool:
    before = len(line.shows)
    for name, over in columns.above.items():
        if (over and over not in line.shows) or any(map(small, columns.groups(name, line.counts))):
            line.shows.discard(name)
    for name in columns.above:
        both, some = columns.both(name, line.counts)
        if small(both) and line.shows.issuperset(some):
            line.shows.discard(min(some, key=lambda one: line.counts[one]))
    return len(line.shows) < before


def _in_family(family: Family, name: str, columns: _Columns) -> bool:
    closed = [line.counts for line in family.parts if name not in line.shows]
    if any(family.rest.values()):
        closed.append(family.rest)
    open_ones = sorted(
        (line for line in family.parts if name in line.shows and any(line.counts.values())),
        key=lambda line: line.counts[name],
    )
    known = name in family.whole.shows
    changed = False
    while open_ones and not _safe(family, closed, name, columns, known=known):
        open_ones[0].shows.discard(name)
        closed.append(open_ones.pop(0).counts)
        changed = True
    return changed


def _safe(
    family: Family,
    closed: Sequence[Mapping[str, int]],
    name: str,
    columns: _Columns,
    *,
    known: bool,
) -> bool:
    """Return whether nothing small, and no count alone, follows from a whole and its open parts."""
    if not known:
        return bool(closed)  # else the whole would follow from its parts
    if not closed:
        return True
    if len(closed) == 1 and closed[0] is not family.rest:
        return False
    left = {one: sum(counts[one] for counts in closed) for one in columns.above}
    return not columns.tells(name, left)


def _in_all(families: Sequence[Family], name: str, columns: _Columns) -> bool:
    """Close one count more for each small one that the sums of all tables give away together.

    A closed count follows from the others if its unit vector lies in the space of the equations.
    """
    closed: dict[int, tuple[int, Line]] = {}
    for family in families:
        for line in (family.whole, *family.parts):
            if name not in line.shows:
                closed.setdefault(id(line), (len(closed), line))
    rests = [i for i, family in enumerate(families) if any(family.rest.values())]
    if not closed:
        return False
    equations = np.zeros((len(families), len(closed) + len(rests)))
    for i, family in enumerate(families):
        for line, sign in ((family.whole, -1.0), *((part, 1.0) for part in family.parts)):
            if id(line) in closed:
                equations[i, closed[id(line)][0]] += sign
        if i in rests:
            equations[i, len(closed) + rests.index(i)] = 1.0
    follows = np.einsum("ij,ji->i", np.linalg.pinv(equations), equations) > 1 - ALMOST
    changed = False
    for place, line in list(closed.values()):
        if follows[place] and columns.tells(name, line.counts):
            changed |= _one_more(families, line, name)
    return changed


def _one_more(families: Sequence[Family], line: Line, name: str) -> bool:
    """Close the smallest open count beside a row; where none is left, the smallest of all."""

    def still_open(found: Iterable[Line]) -> list[Line]:
        return [one for one in found if name in one.shows and any(one.counts.values())]

    near = [one for one in families if line is one.whole or any(line is p for p in one.parts)]
    beside = still_open(part for family in near for part in family.parts)
    whole = still_open(one for family in families for one in (family.whole, *family.parts))
    if not whole:
        return False
    min(beside or whole, key=lambda one: one.counts[name]).shows.discard(name)
    return True

"""Keeps small counts out of tables: a cell that could point at somebody, and what gives it away.

A count of one to four is not shown, nor is one whose complement is that small. Whoever knows a
total can take what is shown from it: so what is not shown of one total is always several cells
that have five people or more together (secondary suppression). That a cell is not shown therefore
does not say that it is small.

References
----------
Hundepool et al., "Statistical Disclosure Control", 2012, chapter 4 (tables of counts).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from graphnet.privacy import SMALLEST_CELL


@dataclass
class Count:
    """How many people, how many of them have registered, how many are lost; what may be shown."""

    people: int
    registered: int
    lost: int = 0
    shows_people: bool = field(default=True, kw_only=True)
    shows_registered: bool = field(default=True, kw_only=True)
    shows_lost: bool = field(default=True, kw_only=True)

    def hide(self) -> None:
        """Show nothing of this row."""
        self.shows_people = self.shows_registered = self.shows_lost = False

    def others(self) -> "Count":
        """Return those who have not registered, and as its second number who of them is lost."""
        known = self.shows_people and self.shows_registered
        return Count(
            self.people - self.registered, self.lost, shows_people=known, shows_registered=known
        )


@dataclass(frozen=True)
class Total:
    """Rows that are parts of one number, and what of it is in none of them.

    The number is known, or it is that of another row (`whole`): where that row is not shown it must
    not follow from its parts.
    """

    parts: Sequence[Count]
    rest: Count = field(default_factory=lambda: Count(0, 0))
    whole: Count | None = None


def small(count: int) -> bool:
    """Return whether a count could point at somebody."""
    return 0 < count < SMALLEST_CELL


def protect(rows: Iterable[Count], totals: Sequence[Total]) -> None:
    """Hide what must not be shown, in place: small cells, and what they could be computed from."""
    for row in rows:
        if small(row.people):
            row.hide()
        elif small(row.registered) or small(row.people - row.registered):
            row.shows_registered = False
    changed = True
    while changed:
        changed = False
        for total in totals:
            changed |= _protect_people(total)
            changed |= _protect_registered(total)


def protect_lost(rows: Sequence[Count], totals: Sequence[Total]) -> None:
    """Hide who is lost of those who have not registered, after `protect` and by the same rules.

    Who has not registered is lost or can be reached, so that the two follow from one another.
    """
    inner = {id(row): row.others() for row in rows}

    def of_whole(whole: Count | None) -> Count | None:
        # Of a row of another table it is known already whether it shows who is lost.
        if whole is None or id(whole) in inner:
            return inner.get(id(whole))
        return replace(whole.others(), shows_registered=whole.shows_lost)

    protect(
        inner.values(),
        [
            Total(
                [inner[id(part)] for part in total.parts],
                total.rest.others(),
                of_whole(total.whole),
            )
            for total in totals
        ],
    )
    for row in rows:
        row.shows_lost = inner[id(row)].shows_registered


def _protect_people(total: Total) -> bool:
    hidden = [part for part in total.parts if not part.shows_people]
    shown = sorted(
        (part for part in total.parts if part.shows_people and part.people),
        key=lambda part: part.people,
    )
    changed = False
    rest = [total.rest] if total.rest.people else []
    if total.whole is not None and not total.whole.shows_people:
        if hidden or rest or not shown:
            return False
        shown[0].hide()
        return True
    if not hidden:
        return False
    while shown and not _safe([part.people for part in hidden + rest]):
        shown[0].hide()
        hidden.append(shown.pop(0))
        changed = True
    return changed


def _protect_registered(total: Total) -> bool:
    hidden = [part for part in total.parts if not part.shows_registered]
    shown = sorted(
        (part for part in total.parts if part.shows_registered and part.people),
        key=lambda part: part.people,
    )
    changed = False
    rest = [total.rest] if total.rest.people else []
    if total.whole is not None and not total.whole.shows_registered:
        if hidden or rest or not shown:
            return False
        shown[0].shows_registered = False
        return True
    if not hidden:
        return False
    while shown and not (
        _safe([part.registered for part in hidden + rest])
        and _safe([part.people - part.registered for part in hidden + rest])
    ):
        shown[0].shows_registered = False
        hidden.append(shown.pop(0))
        changed = True
    return changed


def _safe(counts: Sequence[int]) -> bool:
    """Return whether nothing small follows from the sum of these counts."""
    return len(counts) > 1 and not small(sum(counts))

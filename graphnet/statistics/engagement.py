"""Who has taken part, by CASE's four modes of engagement: of whom one may write to, each once.

Volunteer, experiential, philanthropic, communication: somebody counts in a mode with one entry of
the ledger, however many they have, and in any of them once. The whole is those who can be written
to lawfully: seen by the reader, not dead, not refused, and with an account or a contact that works.

All tables are cut together (`linked`): by decade, by intake and by faculty they count the same
people, and what one does not show must not follow from the others. Besides, a mode of which all
but a few of the engaged are tells as much as the few, and is not shown.

References
----------
CASE, "Alumni Engagement Metrics", 2019: modes, and the count of people instead of acts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from graphnet import privacy
from graphnet.ledger import entries, pseudonyms
from graphnet.ledger.rule_files import MODES
from graphnet.live import Live
from graphnet.privacy import Viewer
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import BoolArray
from graphnet.statistics import association, linked
from graphnet.statistics.linked import Family, Line

WHOLE = "whole"
ANY = "any"
YEARS = 5  # that the trend goes back
UNITS = ("faculty", "institute")
# Of each count, what it is a part of.
ABOVE = {WHOLE: "", ANY: WHOLE, **dict.fromkeys(MODES, ANY)}


@dataclass(frozen=True)
class Row:
    """So many can be written to, and so many of them took part; None where a count is not shown."""

    label: str
    label_ru: str
    whole: int | None
    counts: Mapping[str, int | None]
    id: str = ""  # of the intake or faculty

    def share(self, mode: str) -> float | None:
        """Return who took part in a mode, or in any, as a share of the whole."""
        n = self.counts[mode]
        return None if n is None or not self.whole else n / self.whole


@dataclass(frozen=True)
class Dashboard:
    """A year's engagement: of all, by decade of intake, by intake, by faculty; year after year."""

    year: int
    all: Row
    decades: tuple[Row, ...]
    cohorts: tuple[Row, ...]
    faculties: tuple[Row, ...]
    trend: tuple[Row, ...]

    def of(self, thing: str) -> Row | None:
        """Return the row of an intake or a faculty, if it is shown."""
        return next((row for row in (*self.cohorts, *self.faculties) if row.id == thing), None)


def who_engaged(live: Live, since: datetime, until: datetime) -> dict[str, set[int]]:
    """Return the keys of who took part in each mode in that time, without what was taken back."""
    every = entries.in_time(live.store.read, since, until)
    taken_back = {entry.corrects for entry in every if entry.corrects}
    keys = pseudonyms.people_behind(live.store)
    who: dict[str, set[int]] = {mode: set() for mode in MODES}
    for entry in every:
        if not entry.corrects and entry.act_id not in taken_back and entry.pseudonym in keys:
            who[entry.mode].add(keys[entry.pseudonym])
    return who


def dashboard(live: Live, viewer: Viewer, year: int) -> Dashboard:
    """Return the engagement of a calendar year; the same for everybody who may read it."""
    snapshot, people = live.view().snapshot, association.counted(live, viewer)
    able = people & ((snapshot.flags & (privacy.CLAIMED | privacy.REACHABLE)) != 0)
    masks = {WHOLE: able, **_parts(live, snapshot, able, year)}
    everybody = _Thing("", "", "", np.flatnonzero(able), Line(_counted(masks, able)))
    decades = _decades(snapshot, masks)
    faculties = _things(snapshot, masks, "units", wanted=UNITS)
    cohorts = _things(snapshot, masks, "cohorts")
    families = [_family(everybody, decades, masks), *_nested(everybody, faculties, masks)]
    families += [_family(one, cohorts, masks) for one in (everybody, *decades, *faculties)]
    every = [one.line for one in (everybody, *decades, *faculties, *cohorts)]
    linked.protect(every, families, ABOVE)
    trend = [_of_year(live, snapshot, able, one) for one in range(year - YEARS + 1, year)]
    return Dashboard(
        year,
        _row(everybody.line),
        tuple(_row(one.line, one) for one in decades),
        tuple(_row(one.line, one) for one in cohorts if WHOLE in one.line.shows),
        tuple(_row(one.line, one) for one in faculties if WHOLE in one.line.shows),
        (*trend, _row(everybody.line, label=str(year))),
    )


@dataclass(frozen=True, eq=False)
class _Thing:
    """A row of a table: the positions of whom it counts, and its counts."""

    label: str
    label_ru: str
    id: str
    people: npt.NDArray[np.int64]
    line: Line


def _counted(masks: Mapping[str, BoolArray], who: BoolArray) -> dict[str, int]:
    return {name: int(np.count_nonzero(mask & who)) for name, mask in masks.items()}


def _decades(snapshot: Snapshot, masks: Mapping[str, BoolArray]) -> list[_Thing]:
    decade, able = association.decade_of(snapshot), masks[WHOLE]
    found = []
    for value in np.unique(decade[able]).tolist():
        who = able & (decade == value)
        words = (f"{value}s", f"{value}-е") if value > 0 else ("not known", "неизвестно")
        found.append(_Thing(*words, "", np.flatnonzero(who), Line(_counted(masks, who))))
    return sorted(found, key=lambda one: (not one.label[0].isdigit(), one.label))


def _things(
    snapshot: Snapshot, masks: Mapping[str, BoolArray], kind: str, *, wanted: Sequence[str] = ()
) -> list[_Thing]:
    """Return faculties, the largest first; intakes, the latest first."""
    things, memberships = snapshot.things[kind], snapshot.memberships[kind]
    counts = {name: memberships.counts(mask) for name, mask in masks.items()}
    found = []
    for i in np.flatnonzero(counts[WHOLE]).tolist():
        if wanted and things.kinds[i] not in wanted:
            continue
        members = memberships.members(i).astype(np.int64)
        found.append(
            _Thing(
                str(things.labels[i]),
                str(things.labels_ru[i]),
                str(things.ids[i]),
                members[masks[WHOLE][members]],
                Line({name: int(of[i]) for name, of in counts.items()}),
            )
        )
    years = things.numbers.get("year")
    if years is None:
        return sorted(found, key=lambda one: (-one.line.counts[WHOLE], one.label, one.id))
    return sorted(found, key=lambda one: (-int(years[things.position[one.id]]), one.label, one.id))


def _family(whole: _Thing, things: Sequence[_Thing], masks: Mapping[str, BoolArray]) -> Family:
    """Return which of the things have all their people in a row, and who of it is in none."""
    rest = np.zeros(len(masks[WHOLE]), np.bool_)
    rest[whole.people] = True
    inside = [one for one in things if rest[one.people].all()]
    for one in inside:
        rest[one.people] = False
    return Family(whole.line, [one.line for one in inside], _counted(masks, rest))


def _nested(
    everybody: _Thing, units: Sequence[_Thing], masks: Mapping[str, BoolArray]
) -> list[Family]:
    """Return units as parts of all, and those that lie in another as parts of that one."""
    members = {one.id: frozenset(one.people.tolist()) for one in units}
    # The smallest of those that have all its people, and more; the largest stand first.
    around = {
        one.id: [other.id for other in units if members[one.id] < members[other.id]][-1:]
        for one in units
    }
    found = [_family(everybody, [one for one in units if not around[one.id]], masks)]
    for other in units:
        if inside := [one for one in units if around[one.id] == [other.id]]:
            found.append(_family(other, inside, masks))
    return found


def _of_year(live: Live, snapshot: Snapshot, able: BoolArray, year: int) -> Row:
    line = Line(_counted({WHOLE: able, **_parts(live, snapshot, able, year)}, able))
    linked.protect([line], [], ABOVE)
    return _row(line, label=str(year))


def _parts(live: Live, snapshot: Snapshot, able: BoolArray, year: int) -> dict[str, BoolArray]:
    """Return who of those who can be written to took part in a year: in any mode, in each."""
    since, until = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    modes = {
        mode: _mask(snapshot, able, keys) for mode, keys in who_engaged(live, since, until).items()
    }
    return {ANY: np.logical_or.reduce(list(modes.values())), **modes}


def _mask(snapshot: Snapshot, able: BoolArray, keys: Iterable[int]) -> BoolArray:
    found = np.zeros(snapshot.n, np.bool_)
    found[snapshot.positions(keys)] = True
    return found & able


def _row(line: Line, thing: _Thing | None = None, *, label: str = "") -> Row:
    shown = {name: n if name in line.shows else None for name, n in line.counts.items()}
    whole = shown.pop(WHOLE)
    if thing is None:
        return Row(label, label, whole, shown)
    return Row(thing.label, thing.label_ru, whole, shown, thing.id)

"""Who has taken part, by CASE's four modes of engagement: of whom one may write to, each once.

Volunteer, experiential, philanthropic, communication: somebody counts in a mode with one entry of
the ledger, however many they have, and in any of them once. The whole is those who can be written
to lawfully: seen by the reader, not dead, not refused, and with an account or a contact that works.

All tables are cut together, and with those of the contact base (`disclosure`): by decade, by intake
and by faculty they count the same people, and who can be written to is who is not lost. Besides, a
mode of which all but a few of the engaged are tells as much as the few, and is not shown.

References
----------
CASE, "Alumni Engagement Metrics", 2019: modes, and the count of people instead of acts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from graphnet.ledger import entries, pseudonyms
from graphnet.ledger.rule_files import MODES
from graphnet.live import Live
from graphnet.privacy import Viewer
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import BoolArray
from graphnet.statistics import association, tables
from graphnet.statistics.association import LOST, PEOPLE, Base
from graphnet.statistics.disclosure import Columns, Line, protect
from graphnet.statistics.tables import Masks
from graphnet.statistics.tables import Row as Counts

WHOLE = "whole"
ANY = "any"
YEARS = 5  # that the trend goes back
UNITS = ("faculty", "institute")
COLUMNS = Columns({WHOLE: "", ANY: WHOLE, **dict.fromkeys(MODES, ANY)}, covering=frozenset(MODES))


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
    keys = pseudonyms.people_behind(live.store)
    names = entries.modes_in_time(live.store.read, since, until)
    return {mode: {keys[name] for name in names.get(mode, ()) if name in keys} for mode in MODES}


def dashboard(live: Live, viewer: Viewer, year: int) -> Dashboard:
    """Return the engagement of a calendar year; the same for everybody who may read it."""
    snapshot, people = live.view().snapshot, association.counted(live, viewer)
    base = association.base(live, viewer)
    masks = _masks(live, snapshot, people, year)
    found = recounted([[base.everybody], base.decades, base.units, base.cohorts], masks)
    lines = {id(row.line): row.line for table in found for row in table}
    protect(list(lines.values()), tables.families(found, masks), COLUMNS)
    (everybody,), decades, units, cohorts = found
    things = snapshot.things["units"]
    faculties = [row for row in units if things.kinds[things.position[row.id]] in UNITS]
    trend = [
        _row(_everybody(base, _masks(live, snapshot, people, one)), label=str(one))
        for one in range(year - YEARS + 1, year)
    ]
    return Dashboard(
        year,
        _row(everybody),
        tuple(_row(one) for one in decades if one.line.counts[WHOLE]),
        tuple(_row(one) for one in cohorts if one.line.shown(WHOLE)),
        tuple(
            sorted(
                (_row(one) for one in faculties if one.line.shown(WHOLE)),
                key=lambda row: (-(row.whole or 0), row.label, row.id),
            )
        ),
        (*trend, _row(everybody, label=str(year))),
    )


def recounted(known: Sequence[Sequence[Counts]], masks: Masks) -> list[list[Counts]]:
    """Return rows of the contact base with other counts: closed where they would tell of those."""
    lines: dict[int, Line] = {}
    for table in known:
        for row in table:
            if id(row.line) in lines:
                continue
            line = Line({name: int(mask[row.people].sum()) for name, mask in masks.items()})
            if PEOPLE not in row.line.shows:
                line.shows.clear()
            elif LOST not in row.line.shows:  # who can be written to is everybody else
                line.shows &= {PEOPLE}
            lines[id(row.line)] = line
    return [[replace(row, line=lines[id(row.line)]) for row in table] for table in known]


def _everybody(base: Base, masks: Masks) -> Counts:
    ((everybody,),) = recounted([[base.everybody]], masks)
    protect([everybody.line], [], COLUMNS)
    return everybody


def able_of(snapshot: Snapshot, people: BoolArray) -> BoolArray:
    """Return who of some people, bool[n], can be written to: who is not lost."""
    return people & ~association.masks_of(snapshot, people)[LOST]


def _masks(live: Live, snapshot: Snapshot, people: BoolArray, year: int) -> Masks:
    """Return who can be written to, and took part in a year: in any mode, in each."""
    since, until = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    return masks_between(live, snapshot, people, since, until)


def masks_between(
    live: Live, snapshot: Snapshot, people: BoolArray, since: datetime, until: datetime
) -> Masks:
    """Return of some people, bool[n], who can be written to, and took part in that time."""
    able = able_of(snapshot, people)
    modes = {
        mode: mask_of(snapshot, able, keys)
        for mode, keys in who_engaged(live, since, until).items()
    }
    some = np.logical_or.reduce(list(modes.values()))
    return {PEOPLE: people, WHOLE: able, ANY: some, **modes}


def mask_of(snapshot: Snapshot, people: BoolArray, keys: Iterable[int]) -> BoolArray:
    """Return who of some people, bool[n], has one of the keys."""
    found = np.zeros(snapshot.n, np.bool_)
    found[snapshot.positions(keys)] = True
    return found & people


def _row(row: Counts, *, label: str = "") -> Row:
    shown = {name: row.line.shown(name) for name in row.line.counts if name != PEOPLE}
    whole = shown.pop(WHOLE)
    return Row(label or row.label, label or row.label_ru, whole, shown, row.id)

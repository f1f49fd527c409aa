"""Who has taken part, by CASE's four modes of engagement: of whom one may write to, each once.

Volunteer, experiential, philanthropic, communication: somebody counts in a mode with one entry of
the ledger, however many they have, and in any of them once. The whole is those who can be written
to lawfully: seen by the reader, not dead, not refused, and with an account or a contact that works.

Every figure is cut as all tables are (`disclosure`); besides, a mode of which all but a few of the
engaged are tells as much as the few, and is not shown.

References
----------
CASE, "Alumni Engagement Metrics", 2019: modes, and the count of people instead of acts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from graphnet import privacy
from graphnet.ledger import entries, pseudonyms
from graphnet.ledger.rule_files import MODES
from graphnet.live import Live
from graphnet.privacy import Viewer
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import BoolArray
from graphnet.statistics import association
from graphnet.statistics.association import Cell
from graphnet.statistics.disclosure import small

ANY = "any"
YEARS = 5  # that the trend goes back
UNITS = ("faculty", "institute")


@dataclass(frozen=True)
class Row:
    """So many can be written to, and so many of them took part; None where a count is not shown."""

    label: str
    label_ru: str
    whole: int | None
    counts: Mapping[str, int | None]

    def share(self, mode: str) -> float | None:
        """Return who took part in a mode, or in any, as a share of the whole."""
        n = self.counts[mode]
        return None if n is None or not self.whole else n / self.whole


@dataclass(frozen=True)
class Dashboard:
    """A year's engagement: of all, by decade of intake, by faculty; and year after year."""

    year: int
    all: Row
    decades: tuple[Row, ...]
    faculties: tuple[Row, ...]
    trend: tuple[Row, ...]


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
    parts = _parts(live, snapshot, able, year)
    units = {
        name: association.by_thing(snapshot, able, "units", wanted=UNITS, part=part)
        for name, part in parts.items()
    }
    decades = {
        name: association.by_decade(snapshot, able, part=part) for name, part in parts.items()
    }
    trend = []
    for one in range(year - YEARS + 1, year + 1):
        these = parts if one == year else _parts(live, snapshot, able, one)
        trend.append(_row(_of_all(able, these, label=str(one))))
    return Dashboard(
        year,
        _row(_of_all(able, parts)),
        _rows(decades),
        tuple(row for row in _rows(units) if row.whole),
        tuple(trend),
    )


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


def _of_all(able: BoolArray, parts: Mapping[str, BoolArray], *, label: str = "") -> dict[str, Cell]:
    whole = int(np.count_nonzero(able))
    found = {}
    for name, part in parts.items():
        n = int(np.count_nonzero(part))
        shown = None if small(n) or small(whole - n) or small(whole) else n
        found[name] = Cell(label, label, None if small(whole) else whole, shown)
    return found


def _rows(cells: Mapping[str, list[Cell]]) -> tuple[Row, ...]:
    """Return one row for each thing of several tables of the same things, in their order."""
    by_name = {name: {(c.id, c.label): c for c in rows} for name, rows in cells.items()}
    return tuple(
        _row({name: by_name[name][cell.id, cell.label] for name in cells}) for cell in cells[ANY]
    )


def _row(cells: Mapping[str, Cell]) -> Row:
    some = cells[ANY]
    counts: dict[str, int | None] = {ANY: some.registered}
    for mode in MODES:
        n = cells[mode].registered
        near = n is not None and (some.registered is None or small(some.registered - n))
        counts[mode] = None if near else n
    return Row(some.label, some.label_ru, some.n, counts)

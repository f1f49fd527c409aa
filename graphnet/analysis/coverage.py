"""How many people are on file, how many of them are here, reachable, lost."""

import polars as pl

from graphnet import privacy
from graphnet.analysis.seen import Seen
from graphnet.statistics import association as figures

# Of these there are tables of their own; other kinds are cut with what stands there.
TABLES = {"decade": "decades", "cohorts": "cohorts", "groups": "groups"}


def by(seen: Seen, what: str) -> pl.DataFrame:
    """Return counts by decade or by the things of a kind: for staff exact, else nothing small."""
    snapshot = seen.snapshot
    if what != "decade":
        seen.things(what)
    if seen.viewer.is_staff:
        alumni = seen.mask & ((snapshot.flags & privacy.ALUMNUS) != 0)
        cells = (
            figures.by_decade(snapshot, alumni)
            if what == "decade"
            else figures.by_thing(snapshot, alumni, what)
        )
    else:
        base = figures.base_of(snapshot, seen.mask)
        cells = (
            figures.cells(getattr(base, TABLES[what]))
            if what in TABLES
            else figures.beside(snapshot, seen.mask, base, what)
        )
    columns = ("people", "registered", "reachable", "lost")
    return pl.DataFrame(
        {
            "id": [cell.label if what == "decade" else cell.id for cell in cells],
            "name": [cell.label for cell in cells],
            "people": [cell.n for cell in cells],
            "registered": [cell.registered for cell in cells],
            "reachable": [cell.reachable for cell in cells],
            "lost": [cell.lost for cell in cells],
        },
        schema={"id": pl.String, "name": pl.String} | dict.fromkeys(columns, pl.Int64),
    )

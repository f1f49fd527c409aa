"""How many people are on file, how many of them are here, reachable, lost."""

import polars as pl

from graphnet import privacy
from graphnet.analysis.seen import Seen
from graphnet.statistics import association as figures


def by(seen: Seen, what: str) -> pl.DataFrame:
    """Return counts by decade or by the things of a kind: for staff exact, else nothing small."""
    exact, snapshot = seen.viewer.is_staff, seen.snapshot
    alumni = seen.mask & ((snapshot.flags & privacy.ALUMNUS) != 0) if exact else seen.mask
    able = alumni & ((snapshot.flags & privacy.REACHABLE) != 0)
    if what == "decade":
        cells = figures.by_decade(snapshot, alumni, exact=exact)
        ids = [cell.label for cell in cells]
        some = figures.by_decade(snapshot, alumni, part=able, exact=True)
        reached = {cell.label: cell.registered or 0 for cell in some}
    else:
        things, memberships = seen.things(what)
        cells = figures.by_thing(snapshot, alumni, what, exact=exact)
        ids = [cell.id for cell in cells]
        counts = memberships.counts(able)
        reached = {name: int(counts[i]) for name, i in things.position.items()}
    table = pl.DataFrame(
        {
            "id": ids,
            "name": [cell.label for cell in cells],
            "people": [cell.n for cell in cells],
            "registered": [cell.registered for cell in cells],
        },
        schema={"id": pl.String, "name": pl.String, "people": pl.Int64, "registered": pl.Int64},
    )
    if not exact:
        return table
    return table.with_columns(
        reachable=pl.Series([reached[one] for one in ids], dtype=pl.Int64)
    ).with_columns(lost=pl.col("people") - pl.col("reachable"))

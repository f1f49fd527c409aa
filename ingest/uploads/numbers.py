"""The base in numbers, for the day after the first import."""

from dataclasses import dataclass

from graphnet.privacy import alive, in_quarantine, reachable, registered
from graphnet.store import Row, Store

# One row: how many alumni there are, and how many of them can be reached, and lawfully so.
ALL = (
    "MATCH (p:Person:Alumnus) WHERE "
    + alive("p")
    + """
WITH p, """
    + reachable("p")
    + """ AS reachable, """
    + in_quarantine("p")
    + """ AS quarantined, """
    + registered("p")
    + """ AS account,
  EXISTS { (p)-[:STUDIED_IN|COMPLETED]->() } AS studies
RETURN count(p) AS people, count(CASE WHEN reachable THEN 1 END) AS reachable,
  count(CASE WHEN reachable AND NOT quarantined THEN 1 END) AS lawful,
  count(CASE WHEN quarantined THEN 1 END) AS quarantined,
  count(CASE WHEN account THEN 1 END) AS accounts,
  count(CASE WHEN NOT studies THEN 1 END) AS no_studies LIMIT 1"""
)

# One row: a year of graduation, how many graduated in it and how many of them can be reached.
YEARS = (
    """MATCH (p:Person)-[c:COMPLETED]->(:Unit) WHERE c.year IS NOT NULL AND """
    + alive("p")
    + """
WITH DISTINCT c.year AS year, p
RETURN year, count(p) AS people, count(CASE WHEN """
    + reachable("p")
    + """ THEN 1 END) AS reachable
ORDER BY year LIMIT 200"""
)


@dataclass(frozen=True)
class Numbers:
    """How many people there are, can be reached, wait; years of graduation, and those without."""

    people: int
    reachable: int
    lawful: int
    quarantined: int
    accounts: int
    no_studies: int
    years: tuple[Row, ...]
    empty_years: tuple[int, ...]


def the_base(store: Store) -> Numbers:
    """Count the base."""
    years = tuple(store.read(YEARS))
    there = {row["year"] for row in years}
    empty = tuple(y for y in range(min(there), max(there)) if y not in there) if there else ()
    return Numbers(**store.read(ALL)[0], years=years, empty_years=empty)

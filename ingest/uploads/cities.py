"""A city that became another in the next file of the same source: the former one is ended.

It is not deleted: from then on it is where the person has lived. Undoing the run opens it again.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from graphnet.store import Store

BATCH = 5_000

# One row: how many stays were ended. Only what this source has said ends, and nothing that the
# person or staff have confirmed.
END = """UNWIND $rows AS row
MATCH (:Record {origin: row.origin})-[:ABOUT]->(p:Person)-[l:LIVES_IN]->(c:Place)
WHERE l.source = $source AND l.to_year IS NULL AND NOT 'city' IN coalesce(p.confirmed, [])
  AND toLower(row.was) IN [toLower(c.name), toLower(c.name_ru)]
  AND NOT toLower(row.now) IN [toLower(c.name), toLower(coalesce(c.name_ru, c.name))]
SET l.to_year = $year, l.ended = $run RETURN count(l) AS n"""

# One row: how many stays that a file had ended go on, since a later one says so.
AGAIN = """UNWIND $rows AS row
MATCH (:Record {origin: row.origin})-[:ABOUT]->(p:Person)-[l:LIVES_IN]->(c:Place)
WHERE l.source = $source AND l.ended IS NOT NULL
  AND toLower(row.now) IN [toLower(c.name), toLower(c.name_ru)]
SET l.to_year = null, l.ended = null RETURN count(l) AS n"""


def moved(
    lines: Iterable[Mapping[str, str]], earlier: Mapping[str, Mapping[str, str]]
) -> list[dict[str, str]]:
    """Return whose city is another than before, as it was and is, by what the record is called."""
    found = []
    for line in lines:
        was = earlier.get(line["origin"], {}).get("city", "")
        if was and was != line["city"]:
            found.append({"origin": line["origin"], "was": was, "now": line["city"]})
    return found


def end(store: Store, source: str, run: int, prefix: str, rows: Iterable[dict[str, str]]) -> int:
    """End what this source has said before of where people live; return how many."""
    told = [row | {"origin": prefix + row["origin"]} for row in rows]
    n = 0
    for i in range(0, len(told), BATCH):
        some = told[i : i + BATCH]
        year = datetime.now(UTC).year
        n += store.write(END, rows=some, source=source, run=run, year=year)[0]["n"]
        store.write(AGAIN, rows=[row for row in some if row["now"]], source=source)
    return n

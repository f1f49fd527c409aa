"""The record of a season as it is read: equal lines one after another are one line with a count."""

from collections.abc import Sequence

from graphnet.store import Row


def folded(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with `count` and `last`: what the same person did alike on the same day."""
    found: list[Row] = []
    for row in rows:
        line = (row["act"], row.get("actor"), row["at"].date())
        if found and line == (found[-1]["act"], found[-1].get("actor"), found[-1]["at"].date()):
            found[-1]["count"] += 1
            found[-1]["last"] = row["at"]
        else:
            found.append({**row, "count": 1, "last": row["at"]})
    return found

"""What anyone may know in figures: how many have registered, how many open communities and events.

Who is hidden or dead is in no figure, and a small number is not shown at all.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from graphnet.privacy import SMALLEST_CELL, alive, in_quarantine, shown
from graphnet.store import Store, Transaction

# One row: how many people have registered who are to be seen at all.
MEMBERS = (
    """MATCH (a:Account)-[:OF]->(p:Person)
WHERE a.disabled_at IS NULL AND """
    + shown("p")
    + """ AND """
    + alive("p")
    + """
  AND NOT """
    + in_quarantine("p")
    + """
RETURN count(DISTINCT p) AS n LIMIT 1"""
)

# One row: how many communities there are that anyone may know of.
COMMUNITIES = """MATCH (g:Group) WHERE g.visibility = 'public' RETURN count(g) AS n LIMIT 1"""

# One row: how many public events took place since then.
EVENTS = """MATCH (e:Event) WHERE e.starts_at >= $since AND e.starts_at < $now
  AND e.visibility = 'public' AND e.cancelled_at IS NULL RETURN count(e) AS n LIMIT 1"""


@dataclass(frozen=True)
class OpenFigures:
    """None where the number is too small to be shown."""

    members: int | None
    communities: int | None
    events: int | None


def open_figures(store: Store) -> OpenFigures:
    """Count what anyone may know."""
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> list[int]:
        rows = (
            transaction.run(MEMBERS)
            + transaction.run(COMMUNITIES)
            + transaction.run(EVENTS, since=now - timedelta(days=365), now=now)
        )
        return [int(row["n"]) for row in rows]

    return OpenFigures(*(n if n >= SMALLEST_CELL else None for n in store.in_read(work)))

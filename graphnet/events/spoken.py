"""Having spoken leaves one entry in the ledger, once the event is over."""

from datetime import UTC, datetime

from graphnet.ledger import entries
from graphnet.ledger.entries import NewEntry
from graphnet.privacy import among_members
from graphnet.store import Store, Transaction, native

# One row: somebody who has spoken at what is over, and is not in the ledger with it.
SPOKEN = (
    """MATCH (r:EventRole {state: 'agreed', role: 'speaker'})-[:FOR]->(e:Event)
WHERE r.entered_at IS NULL AND e.cancelled_at IS NULL
  AND coalesce(e.ends_at, e.starts_at) < $now AND coalesce(e.state, 'published') = 'published'
MATCH (r)-[:OF]->(p:Person) WHERE """
    + among_members("p")
    + """
RETURN r.id AS id, p.key AS key, e.id AS event, e.starts_at AS at ORDER BY id LIMIT 500"""
)

# One row: how many are in the ledger now.
ENTERED = """UNWIND $ids AS wanted MATCH (r:EventRole {id: wanted}) SET r.entered_at = $now
RETURN count(r) AS n"""


def enter(store: Store) -> int:
    """Enter in the ledger who has spoken at what is over, each once; return how many."""

    def work(transaction: Transaction) -> int:
        rows = [native(row) for row in transaction.run(SPOKEN, now=datetime.now(UTC))]
        if not rows:
            return 0
        entries.record_many(
            transaction,
            [
                NewEntry(
                    row["key"],
                    "talk",
                    "volunteer",
                    row["at"],
                    f"talk:{row['id']}",
                    {"event": row["event"], "part": row["id"]},
                    thing_id=row["event"],
                )
                for row in rows
            ],
        )
        transaction.run(ENTERED, ids=[row["id"] for row in rows], now=datetime.now(UTC))
        return len(rows)

    return store.in_write(work)

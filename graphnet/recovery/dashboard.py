"""The numbers on top of staff's page, derived from records; nothing is counted on the side."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from graphnet.privacy import Viewer, alive, shown
from graphnet.store import Store, Transaction

MONTH = timedelta(days=30)

# One row: how many were heard from: an answer, a confirmed contact, or a visit while signed in.
HEARD = (
    """MATCH (p:Alumnus) WHERE """
    + shown("p")
    + """ AND """
    + alive("p")
    + """
  AND (p.last_answer_at >= $since
    OR EXISTS { (p)-[:HAS]->(c:ContactPoint) WHERE c.verified_at >= $since
                AND c.bounced_at IS NULL }
    OR EXISTS { (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL AND a.created_at >= $since }
    OR EXISTS { (p)<-[:OF]-(:Account)<-[:HELD_BY]-(s:Session) WHERE s.seen_at >= $since })
RETURN count(p) AS n LIMIT 1"""
)

# One row: how many have an account or a confirmed contact since then, and had neither an account
# nor a contact that worked before.
WON = (
    """CALL () {
  MATCH (a:Account)-[:OF]->(p:Alumnus) WHERE a.created_at >= $since AND a.disabled_at IS NULL
  RETURN p
  UNION
  MATCH (c:ContactPoint)<-[:HAS]-(p:Alumnus) WHERE c.verified_at >= $since AND c.bounced_at IS NULL
  RETURN p
}
WITH DISTINCT p WHERE """
    + shown("p")
    + """ AND """
    + alive("p")
    + """
  AND NOT EXISTS { (p)<-[:OF]-(old:Account) WHERE old.created_at < $since }
  AND NOT EXISTS { (p)-[:HAS]->(c:ContactPoint)
    WHERE (c.verified_at IS NULL OR c.verified_at < $since)
      AND (c.bounced_at IS NULL OR c.bounced_at >= $since) }
RETURN count(p) AS n LIMIT 1"""
)

# One row: how many letters and calls have had no answer yet.
AWAITED = (
    """MATCH (a:Ask)-[:OF]->(p:Person) WHERE a.sent_at >= $since AND a.state = 'sent'
  AND """
    + shown("p")
    + """ AND """
    + alive("p")
    + """ RETURN count(a) AS n LIMIT 1"""
)


@dataclass(frozen=True)
class Numbers:
    """Of the last 30 days."""

    heard: int
    won: int
    awaited: int


def numbers(store: Store, viewer: Viewer) -> Numbers:
    """Return how many were heard from and won back in the last 30 days, and how many asks wait."""
    viewer.require_staff()
    since = datetime.now(UTC) - MONTH

    def work(transaction: Transaction) -> Numbers:
        return Numbers(
            int(transaction.run(HEARD, since=since)[0]["n"]),
            int(transaction.run(WON, since=since)[0]["n"]),
            int(transaction.run(AWAITED, since=since)[0]["n"]),
        )

    return store.in_read(work)

"""How long messages are kept: what is older goes, and then the conversations that are empty."""

from datetime import UTC, datetime, timedelta

from graphnet.store import Store

# One row: how many messages were removed.
FORGET = """MATCH (m:Message) WHERE m.at < $before WITH m LIMIT 10000
DETACH DELETE m RETURN count(*) AS removed"""

# One row: how many conversations were removed, in which nothing is left and nobody has written.
FORGET_EMPTY = """MATCH (c:Conversation) WHERE c.at < $before AND NOT (c)<-[:IN]-(:Message)
WITH c LIMIT 10000 DETACH DELETE c RETURN count(*) AS removed"""


def forget(store: Store, years: int, *, now: datetime | None = None) -> int:
    """Remove messages older than that many years, all of them for nobody; return how many."""
    if not years:
        return 0
    before, total = (now or datetime.now(UTC)) - timedelta(days=365.25 * years), 0
    while removed := int(store.write(FORGET, before=before)[0]["removed"]):
        total += removed
    while store.write(FORGET_EMPTY, before=before)[0]["removed"]:
        pass
    return total

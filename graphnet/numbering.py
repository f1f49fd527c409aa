"""Numbers of events, communities and projects, by which engines know them: no two are alike."""

from graphnet.store import Transaction

# One row: a number that nobody else gets.
NEXT = """MERGE (c:Counter {name: 'thing'}) ON CREATE SET c.next = 0
SET c.next = c.next + 1 RETURN c.next AS key"""


def next_key(transaction: Transaction) -> int:
    """Return a number that no other thing has."""
    return int(transaction.run(NEXT)[0]["key"])

"""Who is told what has been decided about them in a season.

It is their own part in the contest: told at once, however often they want to hear of others.
"""

from graphnet import notices
from graphnet.store import Transaction

# One row: who a nomination is about.
NOMINEE = """MATCH (:Nomination {id: $id})-[:OF]->(p:Person) RETURN p.key AS key LIMIT 1"""


def tell_person(
    transaction: Transaction, season: str, key: int, letter: str, *, once: str, nomination: str = ""
) -> None:
    """Write in the act's transaction that a person is written to, if a letter would arrive."""
    found = notices.reader(transaction, key)
    if found is not None:
        values = {"season": season, "nomination": nomination}
        patience = notices.PATIENCE
        notices.enqueue(transaction, found, letter, values, once=once, patience=patience)


def tell_nominee(
    transaction: Transaction, season: str, nomination: str, letter: str, *, once: str
) -> None:
    """Write that whoever a nomination is about is written to."""
    for row in transaction.run(NOMINEE, id=nomination):
        tell_person(transaction, season, row["key"], letter, once=once, nomination=nomination)

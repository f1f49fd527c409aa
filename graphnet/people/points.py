"""Where people can be reached, of many at once: addresses and numbers that work, if shown."""

from collections.abc import Iterable

from graphnet.people.cards import Card
from graphnet.privacy import Level
from graphnet.store import Store

# One row: an address or number of one of the people, that works as far as is known.
POINTS = """UNWIND $keys AS wanted
MATCH (p:Person {key: wanted})-[:HAS]->(c:ContactPoint) WHERE c.bounced_at IS NULL
RETURN p.key AS key, c.kind AS kind, c.value AS value ORDER BY key, kind, value LIMIT 20000"""


def points(store: Store, shown: Iterable[Card]) -> dict[int, tuple[tuple[str, str], ...]]:
    """Return (kind, value) by key of each who shows the cards' viewer how to reach them."""
    keys = [card.key for card in shown if "contacts" in card.fields and card.level > Level.ON_FILE]
    found: dict[int, list[tuple[str, str]]] = {}
    for row in store.read(POINTS, keys=keys) if keys else ():
        found.setdefault(row["key"], []).append((row["kind"], row["value"]))
    return {key: tuple(values) for key, values in found.items()}

"""The topics that there are: what people, events, communities and projects are about."""

from graphnet.store import Row, Store

# One row: a topic to choose.
TOPICS = """MATCH (t:Topic)
RETURN t.id AS id, t.name AS name, coalesce(t.name_ru, t.name) AS name_ru
ORDER BY name, id LIMIT 500"""


def all_topics(store: Store) -> list[Row]:
    """Return all topics with their id and both names."""
    return store.read(TOPICS)

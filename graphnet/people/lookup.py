"""Keys of people, by their id or by what a source calls them."""

from collections.abc import Iterable

from graphnet.errors import PersonNotFound
from graphnet.store import Store

# One row: the key of the person with that id.
KEY_OF = "MATCH (p:Person {id: $id}) RETURN p.key AS key LIMIT 1"

# One row: a person known from a source under that name.
OF_ORIGINS = """UNWIND $origins AS origin
MATCH (:Record {origin: origin})-[:ABOUT]->(p:Person)
RETURN origin, p.key AS key, p.id AS id ORDER BY origin LIMIT 2000000"""


def key_of(store: Store, person_id: str) -> int:
    """Return the key behind an id.

    Raises
    ------
    PersonNotFound
        As for a person whom the viewer may not see.
    """
    rows = store.read(KEY_OF, id=person_id)
    if not rows:
        raise PersonNotFound("no such person")
    return int(rows[0]["key"])


def of_origins(store: Store, origins: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Return key and id of people by what a source calls them: ``source:kind:id``."""
    rows = store.read(OF_ORIGINS, origins=list(origins))
    return {row["origin"]: (row["key"], row["id"]) for row in rows}

"""Who of staff can take a request on."""

from dataclasses import dataclass

from graphnet.privacy import Viewer
from graphnet.store import Store

# One row: somebody of staff who can take a request on.
STAFF = """MATCH (a:Account)-[:OF]->(p:Person) WHERE 'staff' IN a.roles AND a.disabled_at IS NULL
RETURN a.id AS id, a.email AS email, p.given_name AS given, p.family_name AS family
ORDER BY family, given, email LIMIT 200"""


@dataclass(frozen=True)
class Colleague:
    """An account of staff."""

    id: str
    email: str
    name: str


def colleagues(store: Store, viewer: Viewer) -> list[Colleague]:
    """Return who of staff can take a request on.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    return [
        Colleague(row["id"], row["email"], f"{row['given'] or ''} {row['family'] or ''}".strip())
        for row in store.read(STAFF)
    ]

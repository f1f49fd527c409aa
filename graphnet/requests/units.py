"""A request is passed to a unit of the university: staff keep it and see to it that it is done."""

from datetime import datetime

from graphnet.errors import BadValue
from graphnet.privacy import Viewer
from graphnet.requests import threads, unit_letters, work
from graphnet.store import Row, Store, Transaction

# One row: the unit with which a request is now, instead of the one that had it.
GIVE = """MATCH (r:Request {id: $id}) CALL (r) { MATCH (u:Unit {id: $unit}) RETURN u }
OPTIONAL MATCH (r)-[old:FOR]->(:Unit) DELETE old
WITH DISTINCT r, u MERGE (r)-[:FOR]->(u) RETURN u.id AS id"""

# One row: the unit with which a request is.
OF_REQUEST = """MATCH (:Request {id: $id})-[:FOR]->(u:Unit)
RETURN u.id AS id, u.name AS name, coalesce(u.name_ru, u.name) AS name_ru ORDER BY id LIMIT 1"""

# One row: a unit that is there today.
UNITS = """MATCH (u:Unit) WHERE u.to_year IS NULL
RETURN u.id AS id, u.name AS name, coalesce(u.name_ru, u.name) AS name_ru
ORDER BY name, id LIMIT 2000"""


def every(store: Store) -> list[Row]:
    """Return the units of the university: id, name and Russian name."""
    return store.read(UNITS)


def of_request(store: Store, request_id: str) -> Row | None:
    """Return the unit with which a request is; whose request it is was asked before."""
    rows = store.read(OF_REQUEST, id=request_id)
    return rows[0] if rows else None


def pass_to(
    store: Store,
    viewer: Viewer,
    request_id: str,
    unit: str,
    words: str = "",
    *,
    now: datetime | None = None,
) -> None:
    """Pass a request to a unit; who asked sees it, and whoever has it keeps it.

    Parameters
    ----------
    words
        What the unit reads in the letter to it, where it takes letters; a note for staff here.

    Raises
    ------
    BadValue
        ``unit``: there is none; ``words``: too many.
    Conflict, ThingNotFound, NotAllowed
    """
    viewer.require_staff()

    def act(transaction: Transaction, request: Row, at: datetime) -> None:
        if not transaction.run(GIVE, id=request_id, unit=unit):
            raise BadValue(
                f"there is no unit {unit!r}: choose one of the list", code="unit", field="unit"
            )
        entry = ""
        if words.strip():
            entry = threads.write(
                transaction, request_id, "note", work.words(words), by="staff",
                author=viewer.person_key, now=at,
            )  # fmt: skip
        work.step(transaction, viewer, request, "unit", at)
        unit_letters.tell(transaction, request_id, "new", once=at.isoformat(), entry=entry)

    work.on(store, request_id, now, act)

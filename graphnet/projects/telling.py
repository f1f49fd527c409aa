"""Who is told of what becomes of a project: who leads it, its team, who offered or gave."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from graphnet import notices
from graphnet.errors import BadValue
from graphnet.privacy import alive
from graphnet.store import Row, Store, Transaction, native

# One row: somebody who leads a project.
LEADS = (
    """MATCH (p:Person)-[:WORKS_ON {role: 'lead'}]->(:Project {id: $id}) WHERE """
    + alive("p")
    + """
RETURN p.key AS key ORDER BY key LIMIT 20"""
)

# One row: somebody who works on a project.
TEAM = (
    """MATCH (p:Person)-[:WORKS_ON]->(:Project {id: $id}) WHERE """
    + alive("p")
    + """
RETURN p.key AS key ORDER BY key LIMIT 200"""
)

# One row: a project, for a letter.
PROJECT = """MATCH (j:Project {id: $id})
RETURN j.id AS id, j.name AS name, coalesce(j.name_ru, j.name) AS name_ru,
  coalesce(j.notice, '') AS notice, coalesce(j.state, 'open') AS state LIMIT 1"""


def tell(
    transaction: Transaction, key: int, what: str, values: Mapping[str, Any], *, once: str
) -> None:
    """Write to somebody about their own part in a project, however often they want notices."""
    found = notices.reader(transaction, key)
    if found is None:
        return
    try:
        notices.enqueue(
            transaction, found, f"projects.{what}", values, once=f"projects.{what}:{once}:{key}",
            patience=timedelta(0),
        )  # fmt: skip
    except BadValue:
        return  # an address that is none does not keep the act from being done


def tell_leads(
    transaction: Transaction, project_id: str, what: str, values: Mapping[str, Any], *, once: str
) -> None:
    """Write to everybody who leads a project."""
    for row in transaction.run(LEADS, id=project_id):
        tell(transaction, row["key"], what, {"project": project_id, **values}, once=once)


def tell_team(transaction: Transaction, project_id: str, what: str, *, once: str) -> None:
    """Write to everybody who works on a project."""
    for row in transaction.run(TEAM, id=project_id):
        tell(transaction, row["key"], what, {"project": project_id}, once=once)


def project(store: Store, project_id: str) -> Row | None:
    """Return a project for a letter; None if there is none any more."""
    rows = store.read(PROJECT, id=project_id)
    return native(rows[0]) if rows else None

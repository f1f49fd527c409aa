"""Making an offer of a partner, changing, publishing and ending it: by staff, in versions."""

from datetime import UTC, datetime
from pathlib import Path

from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.loyalty.memberships import rules_now
from graphnet.loyalty.perks import HELD, LOCKED, Content
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction

# One row: the new offer.
CREATE = """MATCH (r:Partner {id: $partner})
CREATE (k:Perk {id: $id, created_at: $now, version: 0})-[:OF]->(r) RETURN k.id AS id"""


# One row: the offer as it is now.
SAVE = """MATCH (k:Perk {id: $id}) SET k += $values RETURN k.version AS version"""


# One row: the offer, for one unit or for all.
FOR_UNIT = """MATCH (k:Perk {id: $id}) OPTIONAL MATCH (k)-[t:FOR]->(:Unit) DELETE t
WITH DISTINCT k OPTIONAL MATCH (u:Unit {id: $unit})
FOREACH (one IN CASE WHEN u IS NULL THEN [] ELSE [u] END | CREATE (k)-[:FOR]->(one))
RETURN k.id AS id, u.id AS unit"""


# One row: a faculty or institute that an offer can be for.
UNITS = """MATCH (u:Unit) WHERE u.kind IN ['faculty', 'institute'] AND u.to_year IS NULL
RETURN u.id AS id, u.name AS name, coalesce(u.name_ru, u.name) AS name_ru
ORDER BY name, id LIMIT 200"""


def units(store: Store) -> list[Row]:
    """Return the faculties that an offer can be for."""
    return store.read(UNITS)


def create(
    store: Store, viewer: Viewer, partner_id: str, content: Content, *, home: Path | None = None
) -> str:
    """Draft an offer, which nobody but staff sees, and return its id.

    Raises
    ------
    NotAllowed, BadValue, ThingNotFound
    """
    viewer.require_staff()
    content.check(rules_now(home))

    def work(transaction: Transaction) -> str:
        rows = transaction.run(CREATE, partner=partner_id, id=new_id(), now=datetime.now(UTC))
        if not rows:
            raise ThingNotFound("no such partner")
        made = str(rows[0]["id"])
        _write(transaction, made, content, 1)
        acted(transaction, viewer, "draft perk", made)
        return made

    return store.in_write(work)


def change(
    store: Store,
    viewer: Viewer,
    perk_id: str,
    content: Content,
    version: int,
    *,
    home: Path | None = None,
) -> None:
    """Change an offer. Codes that are taken keep the day that they hold until.

    Raises
    ------
    NotAllowed, BadValue, ThingNotFound
    Conflict
        If somebody else has changed it since it was read.
    """
    viewer.require_staff()
    rules = rules_now(home)
    content.check(rules)

    def work(transaction: Transaction) -> None:
        rows = transaction.run(LOCKED, id=perk_id)
        if not rows:
            raise ThingNotFound("no such perk")
        if (rows[0]["version"] or 0) != version:
            raise Conflict(
                "a colleague has changed this offer meanwhile: look at it again, then save once "
                "more",
                code="meanwhile",
            )
        held = int(transaction.run(HELD, id=perk_id, today=rules.today())[0]["held"])
        if content.quantity is not None and content.quantity < held:
            raise BadValue(
                f"{held:,} have been taken already: the number cannot be below that",
                code="held",
                field="quantity",
            )
        _write(transaction, perk_id, content, version + 1)
        acted(transaction, viewer, "change perk", perk_id)

    store.in_write(work)


def _write(transaction: Transaction, perk_id: str, content: Content, version: int) -> None:
    transaction.run(SAVE, id=perk_id, values=content.values() | {"version": version})
    row = transaction.run(FOR_UNIT, id=perk_id, unit=content.unit)[0]
    if content.unit and row["unit"] is None:
        raise BadValue(
            f"there is no unit {content.unit!r}: choose one of the list",
            code="unknown",
            field="unit",
        )


def publish(store: Store, viewer: Viewer, perk_id: str) -> None:
    """Announce an offer to members: from now on they find it.

    Raises
    ------
    NotAllowed, ThingNotFound
    Conflict
        If it is announced already.
    """
    _set(store, viewer, perk_id, "publish perk", {"published_at": datetime.now(UTC)})


def end(store: Store, viewer: Viewer, perk_id: str) -> None:
    """End an offer: nobody can take it any more. Codes that are taken hold until their day.

    Raises
    ------
    NotAllowed, ThingNotFound
    Conflict
        If it is not announced, or over already.
    """
    _set(store, viewer, perk_id, "end perk", {"ended_at": datetime.now(UTC)})


def _set(store: Store, viewer: Viewer, perk_id: str, act: str, values: Row) -> None:
    viewer.require_staff()
    ends = "ended_at" in values

    def work(transaction: Transaction) -> None:
        rows = transaction.run(LOCKED, id=perk_id)
        if not rows:
            raise ThingNotFound("no such perk")
        announced, ended = rows[0]["published_at"] is not None, rows[0]["ended_at"] is not None
        if announced != ends or ended:
            raise Conflict(
                "this offer is not in the state for that: look at it again", code="state"
            )
        transaction.run(SAVE, id=perk_id, values=values)
        acted(transaction, viewer, act, perk_id)

    store.in_write(work)

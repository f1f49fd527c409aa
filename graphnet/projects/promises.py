"""Gifts that are intended: an intention and no obligation, whole or in equal parts."""

from datetime import UTC, datetime

from graphnet import changes
from graphnet.errors import BadValue, Conflict, ThingNotFound, TooMany
from graphnet.model import new_id
from graphnet.money.amounts import MOST, PARTS, parts, written
from graphnet.money.references import reference_of
from graphnet.privacy import Viewer, visibilities
from graphnet.requests import opening
from graphnet.requests.kinds import Kind
from graphnet.store import Row, Store, Transaction, native

MOST_PARTS = 60
MOST_OPEN = 5  # of one person and project

# One row: a project that the viewer finds and that takes gifts, locked; its currency, and how many
# promises to it they have open.
TAKES = """MATCH (j:Project {id: $id})
WHERE coalesce(j.visibility, 'members') IN $visibilities AND coalesce(j.state, 'open') = 'open'
SET j.id = j.id
WITH j MATCH (p:Person {key: $me})
RETURN j.name AS name, coalesce(j.currency, 'RUB') AS currency,
  COUNT { (j)<-[:FOR]-(:Pledge {state: 'open'})-[:BY]->(p) } AS open LIMIT 1"""

# One row: the new promise.
PROMISE = """MATCH (j:Project {id: $id}) CALL (j) { MATCH (p:Person {key: $key}) RETURN p }
CREATE (j)<-[:FOR]-(v:Pledge {id: $new, state: $state, at: $now, named: $named, minor: $minor,
  parts: $parts, currency: $currency})-[:BY]->(p)
RETURN v.id AS id"""

# One row: a promise to a project, by whom; what was received of it; what waits first.
OF_PROJECT = """MATCH (j:Project {id: $id})<-[:FOR]-(v:Pledge)-[:BY]->(p:Person)
WHERE ($key = 0 OR p.key = $key) AND ($state = '' OR v.state = $state)
CALL (v) { OPTIONAL MATCH (t:Transfer {pledge: v.id}) WHERE NOT t.pending
  RETURN sum(CASE WHEN t.kind = 'gift' THEN t.amount ELSE -t.amount END) AS received }
RETURN v.id AS id, p.key AS key, v.state AS state, v.at AS at, coalesce(v.named, false) AS named,
  coalesce(v.minor, toInteger(round(v.amount * $parts))) AS amount, coalesce(v.parts, 1) AS parts,
  coalesce(v.currency, j.currency, 'RUB') AS currency, coalesce(received, 0) AS received
ORDER BY state <> 'open', at DESC, id LIMIT 500"""

# One row: the promise in its new state.
SET_STATE = """MATCH (v:Pledge {id: $pledge}) SET v.state = $state RETURN v.id AS id"""


def promise(
    store: Store,
    viewer: Viewer,
    project_id: str,
    amount: int,
    *,
    kind: Kind,
    number: int = 1,
    named: bool = False,
) -> str:
    """Say that one intends to give, and return the promise's id: staff are asked to write how.

    Parameters
    ----------
    amount
        In the smallest unit of the project's currency.
    number
        In how many parts; they add up to it exactly.
    kind
        Of the request that staff have to answer.
    named
        Whether one is named among the supporters, without a sum.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue, TooMany
    """
    key = viewer.me()
    if not 0 < amount <= MOST:
        raise BadValue("amount: none")
    if not 1 <= number <= MOST_PARTS:
        raise BadValue("parts: range")
    parts(amount, number)  # refuses parts of nothing

    def work(transaction: Transaction) -> str:
        rows = transaction.run(TAKES, id=project_id, me=key, visibilities=visibilities(viewer))
        if not rows:
            raise ThingNotFound("no such project")
        if rows[0]["open"] >= MOST_OPEN:
            raise TooMany("promises")
        made = make(
            transaction, project_id, key, amount, rows[0]["currency"], number=number, named=named
        )
        each = f", {number} parts" if number > 1 else ""
        opening.open_request(
            transaction,
            kind,
            asker=key,
            subject=f"Intended gift: {rows[0]['name']}"[: opening.LONGEST_SUBJECT],
            text=f"{written(amount)} {rows[0]['currency']}{each}; {reference_of(made)}",
            now=datetime.now(UTC),
        )
        changes.record(transaction, "supporter", [key], thing=project_id)
        return made

    return store.in_write(work)


def make(
    transaction: Transaction,
    project_id: str,
    key: int,
    amount: int,
    currency: str,
    *,
    number: int = 1,
    named: bool = False,
    state: str = "open",
) -> str:
    """Write a promise in the transaction of the act that makes it."""
    return str(
        transaction.run(
            PROMISE, id=project_id, key=key, new=new_id(), minor=amount, parts=number,
            currency=currency, named=named, state=state, now=datetime.now(UTC),
        )[0]["id"]
    )  # fmt: skip


def mine(store: Store, viewer: Viewer, project_id: str) -> list[Row]:
    """Return the viewer's own promises to a project, with what was received of each."""
    if viewer.person_key is None:
        return []
    return of_project(store, project_id, key=viewer.person_key)


def of_project(store: Store, project_id: str, *, key: int = 0, state: str = "") -> list[Row]:
    """Return promises to a project, of one person or of all, with what was received of each."""
    return in_read(store.read(OF_PROJECT, id=project_id, key=key, state=state, parts=PARTS))


def in_read(rows: list[Row]) -> list[Row]:
    """Return promises as they were read, with what is still to come of each."""
    found = [native(row) for row in rows]
    for row in found:
        row["left"] = max(0, row["amount"] - row["received"]) if row["state"] == "open" else 0
    return found


def withdraw(store: Store, viewer: Viewer, project_id: str, pledge: str) -> None:
    """Intend it no longer; what was given stays given.

    Raises
    ------
    ThingNotFound
    Conflict
        If it is not open any more.
    """
    key = viewer.own_key()

    def work(transaction: Transaction) -> None:
        given = {"id": project_id, "key": key, "state": "", "parts": PARTS}
        rows = [row for row in transaction.run(OF_PROJECT, **given) if row["id"] == pledge]
        if not rows:
            raise ThingNotFound("no such promise")
        if rows[0]["state"] != "open":
            raise Conflict("state")
        state = "received" if rows[0]["received"] > 0 else "withdrawn"
        transaction.run(SET_STATE, pledge=pledge, state=state)
        changes.record(transaction, "supporter", [key], thing=project_id)

    store.in_write(work)


def kept(
    transaction: Transaction, project_id: str, key: int, pledge: str, amount: int, currency: str
) -> str:
    """Return the promise that a gift keeps: the one that is named, the oldest open, or a new one.

    Raises
    ------
    BadValue
        ``pledge: unknown`` if the one that is named is not theirs, or not open.
    """
    given = {"id": project_id, "key": key, "state": "open", "parts": PARTS}
    rows = [row for row in transaction.run(OF_PROJECT, **given) if row["currency"] == currency]
    if pledge:
        if pledge not in {row["id"] for row in rows}:
            raise BadValue("pledge: unknown")
        return pledge
    if rows:
        return str(rows[-1]["id"])
    return make(transaction, project_id, key, amount, currency, state="received")


def settle(transaction: Transaction, project_id: str, key: int, pledge: str) -> None:
    """Give a promise the state that follows from what was received of it."""
    given = {"id": project_id, "key": key, "state": "", "parts": PARTS}
    for row in transaction.run(OF_PROJECT, **given):
        if row["id"] == pledge:
            if row["received"] >= row["amount"]:
                state = "received"
            elif row["received"] <= 0 and row["state"] == "received":
                state = "withdrawn"  # everything was given back
            else:
                state = row["state"]
            transaction.run(SET_STATE, pledge=pledge, state=state)

"""Gifts that are intended: an intention and no obligation, whole or in equal parts."""

from datetime import UTC, date, datetime, timedelta
from typing import LiteralString

from graphnet import changes
from graphnet.errors import BadValue, Conflict, ThingNotFound, TooMany
from graphnet.model import new_id
from graphnet.money.amounts import MOST, PARTS, parts, written
from graphnet.money.references import reference_of
from graphnet.privacy import Viewer, visibilities
from graphnet.projects.instalments import Instalment, instalments, over
from graphnet.projects.telling import tell
from graphnet.requests import opening
from graphnet.requests.kinds import Kind
from graphnet.store import Row, Store, Transaction, native

MOST_PARTS = 60
MOST_OPEN = 5  # of one person and project
BEFORE = timedelta(days=3)  # so long before a part is due its giver is reminded, if they wish it

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
  parts: $parts, currency: $currency, remind: $remind})-[:BY]->(p)
RETURN v.id AS id"""

_PROMISE: LiteralString = """
CALL (v) { OPTIONAL MATCH (t:Transfer {pledge: v.id}) WHERE NOT t.pending
  WITH t.happened_on AS day, CASE WHEN t.kind = 'gift' THEN t.amount ELSE -t.amount END AS came
  RETURN sum(came) AS received, collect(day) AS days, collect(came) AS sums }
RETURN v.id AS id, p.key AS key, v.state AS state, v.at AS at, coalesce(v.named, false) AS named,
  coalesce(v.minor, toInteger(round(v.amount * $parts))) AS amount, coalesce(v.parts, 1) AS parts,
  coalesce(v.currency, j.currency, 'RUB') AS currency, coalesce(received, 0) AS received,
  coalesce(v.remind, false) AS remind, coalesce(v.told, 0) AS told, days, sums,
  j.id AS project, j.name AS name, coalesce(j.name_ru, j.name) AS name_ru
"""

# One row: a promise to a project, by whom; what was received of it; what waits first.
OF_PROJECT = (
    """MATCH (j:Project {id: $id})<-[:FOR]-(v:Pledge)-[:BY]->(p:Person)
WHERE ($key = 0 OR p.key = $key) AND ($state = '' OR v.state = $state)"""
    + _PROMISE
    + "ORDER BY state <> 'open', at DESC, id LIMIT 500"
)

# One row: an open promise of this person to a project that they find.
OF_PERSON = (
    """MATCH (p:Person {key: $key})<-[:BY]-(v:Pledge {state: 'open'})-[:FOR]->(j:Project)
WHERE coalesce(j.visibility, 'members') IN $visibilities"""
    + _PROMISE
    + "ORDER BY at DESC, id LIMIT 100"
)

# One row: an open promise in parts whose giver wishes to be reminded of each.
REMIND = (
    """MATCH (v:Pledge {state: 'open', remind: true})-[:FOR]->(j:Project)
WHERE v.id > $after AND coalesce(v.parts, 1) > 1 AND coalesce(j.state, 'open') = 'open'
  AND coalesce(j.visibility, 'members') IN ['public', 'members']
MATCH (v)-[:BY]->(p:Person)"""
    + _PROMISE
    + "ORDER BY id LIMIT 500"
)

# One row: one promise, for a letter.
ONE = "MATCH (p:Person)<-[:BY]-(v:Pledge {id: $pledge})-[:FOR]->(j:Project)" + _PROMISE + "LIMIT 1"

# One row: the promise of which a part was reminded of.
TOLD = "MATCH (v:Pledge {id: $pledge}) SET v.told = $number RETURN v.id AS id"

# One row: an open promise of the person's in parts, and whether they wish to be reminded.
WISH = """MATCH (:Person {key: $me})<-[:BY]-(v:Pledge {id: $pledge, state: 'open'})
MATCH (v)-[:FOR]->(:Project {id: $id}) WHERE coalesce(v.parts, 1) > 1
SET v.remind = $remind RETURN v.id AS id"""

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
    remind: bool = False,
    subject: str = "",
    text: str = "",
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
    remind
        Whether one wishes a letter before each part.
    subject, text
        What it says in the reader's language, as all that people ask; without them, in English.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue, TooMany
    """
    key = viewer.me()
    if not 0 < amount <= MOST:
        raise BadValue(
            "write a sum like 1500 or 1500.50, more than nothing", code="none", field="amount"
        )
    if not 1 <= number <= MOST_PARTS:
        raise BadValue(f"a gift comes in 1 to {MOST_PARTS} parts", code="range", field="parts")
    parts(amount, number)  # refuses parts of nothing

    def work(transaction: Transaction) -> str:
        rows = transaction.run(TAKES, id=project_id, me=key, visibilities=visibilities(viewer))
        if not rows:
            raise ThingNotFound("no such project")
        if rows[0]["open"] >= MOST_OPEN:
            raise TooMany(f"{MOST_OPEN} open promises to one project are enough", code="promises")
        made = make(
            transaction,
            project_id,
            key,
            amount,
            rows[0]["currency"],
            number=number,
            named=named,
            remind=remind and number > 1,
        )
        each = f", {number} parts" if number > 1 else ""
        said = text or f"{written(amount)} {rows[0]['currency']}{each}"
        opening.open_request(
            transaction,
            kind,
            asker=key,
            subject=(subject or f"Intended gift: {rows[0]['name']}")[: opening.LONGEST_SUBJECT],
            text=f"{said}; {reference_of(made)}",
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
    remind: bool = False,
    state: str = "open",
) -> str:
    """Write a promise in the transaction of the act that makes it."""
    return str(
        transaction.run(
            PROMISE, id=project_id, key=key, new=new_id(), minor=amount, parts=number,
            currency=currency, named=named, remind=remind, state=state, now=datetime.now(UTC),
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


def open_of_mine(store: Store, viewer: Viewer) -> list[Row]:
    """Return the viewer's own open promises to whatever project, with the parts of each."""
    given = {"key": viewer.own_key(), "visibilities": visibilities(viewer), "parts": PARTS}
    return in_read(store.read(OF_PERSON, **given))


def in_read(rows: list[Row]) -> list[Row]:
    """Return promises as they were read: what is still to come of each, its parts, what is over."""
    found = [native(row) for row in rows]
    for row in found:
        row["left"] = max(0, row["amount"] - row["received"]) if row["state"] == "open" else 0
        row["instalments"] = _instalments(row, datetime.now(UTC).date())
        row["over"] = over(row["instalments"], row["received"]) if row["instalments"] else 0
    return found


def _instalments(row: Row, today: date) -> list[Instalment]:
    """Return the parts of a promise; none where it is given whole or is intended no longer."""
    if not 1 < row["parts"] <= row["amount"] or row["state"] == "withdrawn":
        return []
    days = [day.to_native() for day in row["days"]]
    moved = zip(days, row["sums"], strict=True)
    return instalments(row["amount"], row["parts"], row["at"].date(), moved, today=today)


def wish(store: Store, viewer: Viewer, project_id: str, pledge: str, *, remind: bool) -> None:
    """Wish to be reminded of each part, or no longer.

    Raises
    ------
    NotAllowed
    ThingNotFound
        If it is not the viewer's, not open, or has no parts.
    """
    given = {"id": project_id, "pledge": pledge, "remind": remind}
    if not store.write(WISH, me=viewer.own_key(), **given):
        raise ThingNotFound("no such promise")


def to_remind_of(row: Row, today: date) -> Instalment | None:
    """Return the part of a promise of which its giver is to be reminded now: the last one due."""
    waits = [
        one
        for one in _instalments(row, today)
        if one.state != "received" and one.due_on - BEFORE <= today
    ]
    return waits[-1] if waits and waits[-1].number > row["told"] else None


def remind(store: Store, *, today: date | None = None) -> int:
    """Write to whoever wished it of the part that is due, once of each; return to how many."""
    day, after, told = today or datetime.now(UTC).date(), "", 0
    while rows := [native(row) for row in store.read(REMIND, after=after, parts=PARTS)]:
        after = rows[-1]["id"]
        wanted = [(row, part) for row in rows if (part := to_remind_of(row, day)) is not None]
        if wanted:
            _remind(store, wanted)
            told += len(wanted)
    return told


def _remind(store: Store, wanted: list[tuple[Row, Instalment]]) -> None:
    def work(transaction: Transaction) -> None:
        for row, part in wanted:
            transaction.run(TOLD, pledge=row["id"], number=part.number)
            values = {"project": row["project"], "pledge": row["id"], "number": part.number}
            once = f"{row['id']}:{part.number}"
            tell(transaction, row["key"], "instalment", values, once=once)

    store.in_write(work)


def for_letter(store: Store, pledge: str) -> Row | None:
    """Return a promise with its parts, for a letter; None if there is none."""
    rows = in_read(store.read(ONE, pledge=pledge, parts=PARTS))
    return rows[0] if rows else None


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
            raise Conflict("this promise is kept or taken back already", code="state")
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
            raise BadValue(
                "this intended gift is none of theirs to this project: choose one of those that "
                "are",
                code="unknown",
                field="pledge",
            )
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

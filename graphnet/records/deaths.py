"""Death: one of staff notes it, another confirms; a mistake is undone, and everything is as before.

A note alone changes nothing that anybody but staff sees. From the confirmation on the person is in
no suggestion, plan or letter, and their account is switched off; what is known of the day is kept
with how exactly it is known.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from graphnet.accounts.records import DISABLE, ENABLE
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, NotAllowed, PersonNotFound, ThingNotFound
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import STANDARD, Rules, Viewer
from graphnet.records.corrections import PURPOSE, Told
from graphnet.store import Row, Store, Transaction, native

PRECISIONS = ("day", "year", "unknown")

# One row: the person, locked; whether a death is noted or known.
LOCKED = """MATCH (p:Person {key: $key}) SET p.key = p.key
RETURN p.id AS id, p.died_on IS NOT NULL AS dead,
  EXISTS { (:DeathNote {state: 'waiting'})-[:OF]->(p) } AS noted LIMIT 1"""

# One row: the note.
NOTE = """MATCH (p:Person {key: $key})
CREATE (n:DeathNote {id: $id, state: 'waiting', died_on: $died_on, precision: $precision,
  memorial: $memorial, told_by: $told_by, source: $source, at: $now, by: $by})-[:OF]->(p)
RETURN n.id AS id"""

# One row: a note, its person locked.
ONE = """MATCH (n:DeathNote {id: $id})-[:OF]->(p:Person) SET p.key = p.key
RETURN n.state AS state, n.by AS by, n.died_on AS died_on, n.precision AS precision,
  coalesce(n.memorial, false) AS memorial, p.key AS key,
  COLLECT { MATCH (a:Account)-[:OF]->(p) WHERE a.disabled_at IS NULL
            RETURN a.id ORDER BY a.id LIMIT 1 } AS accounts LIMIT 1"""

# One row: the person who has died.
DIED = """MATCH (n:DeathNote {id: $id})-[:OF]->(p:Person)
SET n.state = 'confirmed', n.confirmed_at = $now, n.confirmed_by = $by, n.account = $account,
  p.died_on = $died_on, p.died_precision = $precision, p.memorial = $memorial
RETURN p.key AS key"""

# One row: the note that was called off.
END = """MATCH (n:DeathNote {id: $id}) SET n.state = $state, n.ended_at = $now, n.ended_by = $by
RETURN n.id AS id"""

# One row: the person, locked, of whom a death is known, with the note that said so.
KNOWN = """MATCH (p:Person {key: $key}) SET p.key = p.key
WITH p WHERE p.died_on IS NOT NULL
RETURN p.key AS key, COLLECT { MATCH (n:DeathNote {state: 'confirmed'})-[:OF]->(p)
  RETURN [n.id, coalesce(n.account, '')] ORDER BY n.confirmed_at DESC, n.id LIMIT 1 } AS notes
LIMIT 1"""

# One row: the person who lives.
ALIVE = """MATCH (p:Person {key: $key})
SET p.died_on = NULL, p.died_precision = NULL, p.memorial = NULL RETURN p.key AS key"""

# One row: a death that waits for a second one of staff.
WAITING = """MATCH (n:DeathNote {state: 'waiting'})-[:OF]->(p:Person)
RETURN n.id AS id, p.key AS key, n.died_on AS died_on, n.precision AS precision,
  coalesce(n.memorial, false) AS memorial, n.source AS source, n.told_by AS told_by, n.at AS at,
  n.by AS by ORDER BY at, id LIMIT 100"""

# A condition without which no death waits for a second one of staff.
STAFF_MAY = "EXISTS { (:DeathNote {state: 'waiting'}) }"

# One row: the one of a person.
OF_PERSON = """MATCH (n:DeathNote)-[:OF]->(p:Person {key: $key})
RETURN n.id AS id, p.key AS key, n.state AS state, n.died_on AS died_on,
  n.precision AS precision, coalesce(n.memorial, false) AS memorial, n.source AS source,
  n.told_by AS told_by, n.at AS at, n.by AS by ORDER BY at DESC, id LIMIT 1"""


@dataclass(frozen=True)
class DeathNote:
    """What one of staff has noted of a death."""

    id: str
    key: int
    state: str
    died_on: date | None
    precision: str
    memorial: bool
    source: str
    told_by: str
    at: datetime
    mine: bool  # the reader has noted it: another one has to confirm
    card: Card | None = None


def note(
    store: Store,
    viewer: Viewer,
    key: int,
    *,
    died_on: date | None,
    precision: str = "day",
    memorial: bool = False,
    told: Told,
) -> str:
    """Note that somebody has died, and who has said so; nothing changes before it is confirmed.

    Raises
    ------
    NotAllowed, PersonNotFound
    BadValue
        'day' if the day is missing or still to come; 'source' or 'told'.
    Conflict
        'noted' if it is noted or known already.
    """
    _may(viewer)
    if viewer.person_key == key:
        raise NotAllowed("nobody notes their own death")
    told = told.checked()
    if precision not in PRECISIONS or (died_on is None) != (precision == "unknown"):
        raise BadValue(
            "say the day, or that it is not known: its precision is one of "
            f"{', '.join(PRECISIONS)}",
            code="day",
        )
    if died_on is not None and not date(1900, 1, 1) <= died_on <= datetime.now(UTC).date():
        raise BadValue("a day of death is between 1900 and today", code="day")

    def work(transaction: Transaction) -> str:
        rows = transaction.run(LOCKED, key=key)
        if not rows:
            raise PersonNotFound("no such person")
        if rows[0]["dead"] or rows[0]["noted"]:
            raise Conflict("this death is noted already", code="noted")
        made = new_id()
        transaction.run(
            NOTE,
            key=key,
            id=made,
            died_on=died_on,
            precision=precision,
            memorial=memorial,
            told_by=told.by,
            source=told.source,
            now=datetime.now(UTC),
            by=viewer.account_id,
        )
        about = f"{told.source}: {told.by}"
        acted(transaction, viewer, "death.note", made, detail=about, keys=[key])
        return made

    return store.in_write(work)


def confirm(store: Store, viewer: Viewer, note_id: str) -> None:
    """Confirm what another one of staff has noted: from now on the person is remembered.

    Raises
    ------
    NotAllowed
        'same' for whoever has noted it.
    Conflict
        'decided' if it does not wait any more.
    """
    _may(viewer)

    def work(transaction: Transaction) -> None:
        row, now = _waiting(transaction, note_id), datetime.now(UTC)
        if row["by"] == viewer.account_id:
            raise NotAllowed(
                "you have noted it yourself: another member of staff has to confirm it", code="same"
            )
        account = (row["accounts"] or [""])[0]
        if account:
            transaction.run(DISABLE, id=account, now=now)
        transaction.run(
            DIED,
            id=note_id,
            now=now,
            by=viewer.account_id,
            account=account,
            died_on=row["died_on"] or now.date(),
            precision=row["precision"],
            memorial=row["memorial"],
        )
        acted(transaction, viewer, "death.confirm", note_id, keys=[row["key"]], change="died")

    store.in_write(work)


def call_off(store: Store, viewer: Viewer, note_id: str) -> None:
    """Take back a note that nobody has confirmed.

    Raises
    ------
    NotAllowed
    Conflict
        'decided' if it does not wait any more.
    """
    _may(viewer)

    def work(transaction: Transaction) -> None:
        row = _waiting(transaction, note_id)
        now = datetime.now(UTC)
        transaction.run(END, id=note_id, state="withdrawn", now=now, by=viewer.account_id)
        acted(transaction, viewer, "death.call off", note_id, keys=[row["key"]])

    store.in_write(work)


def undo(store: Store, viewer: Viewer, key: int, *, told: Told) -> None:
    """Somebody lives after all: everything is as before, their account too.

    Raises
    ------
    NotAllowed, BadValue
    ThingNotFound
        If no death of theirs is known.
    """
    _may(viewer)
    told = told.checked()

    def work(transaction: Transaction) -> None:
        rows = transaction.run(KNOWN, key=key)
        if not rows:
            raise ThingNotFound("nothing is known of a death")
        now = datetime.now(UTC)
        for note_id, account in rows[0]["notes"]:
            transaction.run(END, id=note_id, state="undone", now=now, by=viewer.account_id)
            if account:
                transaction.run(ENABLE, id=account)
        transaction.run(ALIVE, key=key)
        about = f"{told.source}: {told.by}"
        acted(transaction, viewer, "death.undo", detail=about, keys=[key], change="shown")

    store.in_write(work)


def _may(viewer: Viewer) -> None:
    viewer.require_staff()
    if viewer.purpose != PURPOSE:
        raise NotAllowed("staff note a death for the purpose 'correct' only")


def _waiting(transaction: Transaction, note_id: str) -> Row:
    rows = transaction.run(ONE, id=note_id)
    if not rows or rows[0]["state"] != "waiting":
        raise Conflict("this note was confirmed or taken back meanwhile", code="decided")
    return native(rows[0])


def waiting(store: Store, viewer: Viewer, *, rules: Rules = STANDARD) -> list[DeathNote]:
    """Return the deaths that wait for a second one of staff, the oldest first.

    Raises
    ------
    NotAllowed
    """
    _may(viewer)
    rows = store.read(WAITING)
    found = {c.key: c for c in cards(store, viewer, [row["key"] for row in rows], rules=rules)}
    return [
        _of_row(row | {"state": "waiting"}, viewer, found[row["key"]])
        for row in rows
        if row["key"] in found
    ]


def of_person(store: Store, viewer: Viewer, key: int) -> DeathNote | None:
    """Return the latest note of somebody's death, whatever has become of it.

    Raises
    ------
    NotAllowed
    """
    _may(viewer)
    rows = store.read(OF_PERSON, key=key)
    return _of_row(rows[0], viewer) if rows else None


def _of_row(row: Row, viewer: Viewer, card: Card | None = None) -> DeathNote:
    row = native(row)
    return DeathNote(
        id=row["id"],
        key=row["key"],
        state=row["state"],
        died_on=row["died_on"],
        precision=row["precision"] or "day",
        memorial=row["memorial"],
        source=row["source"] or "",
        told_by=row["told_by"] or "",
        at=row["at"],
        mine=row["by"] == viewer.account_id,
        card=card,
    )

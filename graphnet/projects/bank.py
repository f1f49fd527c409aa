"""Statements of the Association's bank, taken in by its treasurer: what came, and what it is for.

Taking a statement books nothing. Each of its entries waits until it is known what it is: see
`graphnet.projects.matching`. The same statement twice, and entries of two that overlap, are there
once. Taking a statement back takes back what was booked of it, each by a further transfer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from graphnet.audit import acted
from graphnet.errors import Conflict, NotAllowed, ThingNotFound
from graphnet.money import journal
from graphnet.money.bank_files import read_file
from graphnet.money.bank_statements import BadStatement, BankEntry, BankStatement
from graphnet.privacy import Viewer
from graphnet.projects import treasury
from graphnet.store import Row, Store, Transaction, native

PURPOSE = treasury.PURPOSE
# What payers wrote is forgotten so long after it was decided what it is: the books have the rest.
WORDS_KEPT = timedelta(days=90)

# One row: a statement of an account that is taken, of another kind of file, and has a day of these.
CLASH = """MATCH (s:BankStatement {account: $account, currency: $currency, state: 'taken'})
WHERE s.kind <> $kind AND s.first_on <= $last_on AND s.last_on >= $first_on
RETURN s.id AS id ORDER BY id LIMIT 1"""

# One row: the statement, and whether it was taken before.
TAKE = """MERGE (s:BankStatement {id: $id})
WITH s, coalesce(s.state, '') = 'taken' AS before
SET s += $values
RETURN before"""

# One row: how many entries were new; each of them belongs to the statement now.
TAKE_ENTRIES = """MATCH (s:BankStatement {id: $id})
UNWIND $rows AS row
MERGE (e:BankEntry {id: row.id})
WITH s, e, row, e.state IS NULL AS new
FOREACH (one IN CASE WHEN new THEN [1] ELSE [] END |
  SET e += row.values, e.state = 'waits', e.round = 0)
FOREACH (one IN CASE WHEN NOT new AND e.state = 'waits' THEN [1] ELSE [] END |
  SET e.party = row.values.party, e.text = row.values.text)
MERGE (e)-[:FOR]->(s)
RETURN sum(CASE WHEN new THEN 1 ELSE 0 END) AS new LIMIT 1"""

_ENTRY = """RETURN e.id AS id, e.currency AS currency, e.amount AS amount, e.into AS into,
  e.happened_on AS happened_on, e.reference AS reference, e.party AS party, e.text AS text,
  e.reversal AS reversal, e.state AS state, e.round AS round, e.transfer AS transfer,
  coalesce(e.made, false) AS made, e.decided_at AS decided_at,
  head([(e)-[:BY]->(p:Person) | p.key]) AS person,
  head(COLLECT { MATCH (t:Transfer {id: e.transfer})-[:INTO|OUT_OF]->(a:MoneyAccount {kind: 'fund'})
    MATCH (a)-[:FOR]->(j:Project)
    RETURN {id: j.id, name: j.name, name_ru: coalesce(j.name_ru, j.name)}
    ORDER BY j.id LIMIT 1 }) AS project
"""

# One row: a statement, the newest first; how many of its entries wait, are booked, are not ours.
STATEMENTS = """MATCH (s:BankStatement)
RETURN s.id AS id, s.kind AS kind, s.account AS account, s.currency AS currency,
  s.first_on AS first_on, s.last_on AS last_on, s.opening AS opening, s.closing AS closing,
  s.at AS at, s.state AS state,
  COUNT { (s)<-[:FOR]-(:BankEntry {state: 'waits'}) } AS waits,
  COUNT { (s)<-[:FOR]-(:BankEntry {state: 'booked'}) } AS booked,
  COUNT { (s)<-[:FOR]-(:BankEntry {state: 'not_ours'}) } AS not_ours
ORDER BY last_on DESC, at DESC, id SKIP $skip LIMIT $limit"""

# One row: the statement, with what came to the account and left it.
STATEMENT = """MATCH (s:BankStatement {id: $id})
CALL (s) { OPTIONAL MATCH (s)<-[:FOR]-(e:BankEntry)
  RETURN sum(CASE WHEN e.into THEN e.amount ELSE 0 END) AS came,
    sum(CASE WHEN e.into THEN 0 ELSE e.amount END) AS went }
RETURN s.id AS id, s.kind AS kind, s.account AS account, s.currency AS currency,
  s.first_on AS first_on, s.last_on AS last_on, s.opening AS opening, s.closing AS closing,
  s.at AS at, s.state AS state, coalesce(came, 0) AS came, coalesce(went, 0) AS went LIMIT 1"""

# One row: an entry of a statement, in the order of days.
ENTRIES = (
    "MATCH (:BankStatement {id: $id})<-[:FOR]-(e:BankEntry) "
    + _ENTRY
    + "ORDER BY happened_on, id SKIP $skip LIMIT $limit"
)

# One row: an entry of which nobody knows yet what it is, the oldest first.
WAITING = (
    """MATCH (e:BankEntry {state: 'waits'})
WHERE EXISTS { (e)-[:FOR]->(:BankStatement {state: 'taken'}) }
"""
    + _ENTRY
    + "ORDER BY happened_on, id LIMIT 500"
)

# One row: how many entries wait.
WAIT = """MATCH (e:BankEntry {state: 'waits'})
WHERE EXISTS { (e)-[:FOR]->(:BankStatement {state: 'taken'}) }
RETURN count(e) AS n LIMIT 1"""

# A condition without which no entry waits for staff.
STAFF_MAY = "EXISTS { (:BankEntry {state: 'waits'}) }"

# One row: an entry of a statement that is taken, locked until the act is committed.
ONE_LOCKED = (
    """MATCH (e:BankEntry {id: $id}) SET e.id = e.id
WITH e WHERE EXISTS { (e)-[:FOR]->(:BankStatement {state: 'taken'}) }
"""
    + _ENTRY
    + "LIMIT 1"
)

# One row: the entry as it was decided; whose gift it was.
DECIDE = """MATCH (e:BankEntry {id: $id}) SET e += $values
WITH e OPTIONAL MATCH (e)-[old:BY]->(:Person) DELETE old
WITH DISTINCT e OPTIONAL MATCH (p:Person {key: $person})
FOREACH (one IN CASE WHEN p IS NULL THEN [] ELSE [p] END | CREATE (e)-[:BY]->(one))
RETURN e.id AS id"""

# One row: an entry that only this statement has of those that are taken.
ITS_OWN = (
    """MATCH (s:BankStatement {id: $id})<-[:FOR]-(e:BankEntry)
WHERE NOT EXISTS { (e)-[:FOR]->(o:BankStatement {state: 'taken'}) WHERE o.id <> s.id }
"""
    + _ENTRY
    + "ORDER BY id LIMIT 20000"
)

# One row: how many entries are gone, of which nothing was ever booked; the others stay
# without what somebody wrote.
FORGET = """UNWIND $ids AS id MATCH (e:BankEntry {id: id}) SET e.party = '', e.text = ''
WITH e WHERE e.round = 0 DETACH DELETE e RETURN count(*) AS n"""

# One row: the statement that is taken back.
TAKE_BACK = "MATCH (s:BankStatement {id: $id}) SET s.state = 'undone' RETURN s.id AS id"

# One row: how many entries tell no longer what somebody wrote.
FORGET_WORDS = """MATCH (e:BankEntry) WHERE e.decided_at < $before AND e.state <> 'waits'
  AND (e.party <> '' OR e.text <> '')
WITH e LIMIT 1000 SET e.party = '', e.text = '' RETURN count(e) AS n"""


@dataclass(frozen=True)
class Taken:
    """What came of taking a statement: how many of its entries are new, and how many were there."""

    statement: BankStatement
    new: int
    before: int


def require_treasurer(viewer: Viewer, *, or_auditor: bool = False) -> None:
    """Let only those go on who keep the books, or audit them.

    Raises
    ------
    NotAllowed
    """
    if not viewer.keeps_books(or_audits=or_auditor):
        raise NotAllowed("this is for treasurers", code="treasurer")


def take(store: Store, viewer: Viewer, content: bytes) -> list[Taken]:
    """Take a bank's file in, all of its statements or none; nothing is booked by it.

    Raises
    ------
    NotAllowed
    BadStatement
        What is wrong, and in which line.
    """
    require_treasurer(viewer)
    statements = read_file(content)
    return store.in_write(lambda t: [_take(t, viewer, one) for one in statements])


def _take(transaction: Transaction, viewer: Viewer, statement: BankStatement) -> Taken:
    transaction.run(journal.LOCK)
    known: dict[str, Any] = {
        "account": statement.account,
        "currency": statement.currency,
        "kind": statement.kind,
        "first_on": statement.first_on,
        "last_on": statement.last_on,
    }
    if transaction.run(CLASH, **known):
        raise BadStatement("format", statement.line)
    values = known | {
        "opening": statement.opening,
        "closing": statement.closing,
        "at": datetime.now(UTC),
        "by": viewer.account_id,
        "state": "taken",
    }
    transaction.run(TAKE, id=statement.id, values=values)
    rows = [_row(one, statement.currency) for one in statement.entries]
    found = transaction.run(TAKE_ENTRIES, id=statement.id, rows=rows) if rows else []
    new = int(found[0]["new"]) if found else 0
    acted(transaction, viewer, "take statement", statement.id, detail=str(new))
    return Taken(statement, new, len(rows) - new)


def _row(entry: BankEntry, currency: str) -> dict[str, Any]:
    values = {
        "currency": currency,
        "amount": entry.amount,
        "into": entry.into,
        "happened_on": entry.happened_on,
        "reference": entry.reference,
        "party": entry.party,
        "text": entry.text,
        "reversal": entry.reversal,
    }
    return {"id": entry.id, "values": values}


def statements(store: Store, viewer: Viewer, *, skip: int = 0, limit: int = 50) -> list[Row]:
    """Return the statements that were taken, the newest first."""
    require_treasurer(viewer, or_auditor=True)
    return [native(row) for row in store.read(STATEMENTS, skip=skip, limit=limit)]


def statement(
    store: Store, viewer: Viewer, statement_id: str, *, skip: int = 0, limit: int = 100
) -> tuple[Row, list[Row]]:
    """Return a statement and its entries.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    require_treasurer(viewer, or_auditor=True)
    rows = store.read(STATEMENT, id=statement_id)
    if not rows:
        raise ThingNotFound("no such statement")
    entries = store.read(ENTRIES, id=statement_id, skip=skip, limit=limit)
    return native(rows[0]), [native(row) for row in entries]


def waiting(store: Store, viewer: Viewer) -> list[Row]:
    """Return the entries of which nobody knows yet what they are."""
    require_treasurer(viewer, or_auditor=True)
    return [native(row) for row in store.read(WAITING)]


def how_many_wait(store: Store, viewer: Viewer) -> int:
    """Return how many entries wait, for who keeps the books."""
    require_treasurer(viewer)
    return int(store.read(WAIT)[0]["n"])


def locked(transaction: Transaction, entry_id: str) -> Row:
    """Return an entry that is taken, locked until the act is committed.

    Raises
    ------
    ThingNotFound
    """
    transaction.run(journal.LOCK)
    rows = transaction.run(ONE_LOCKED, id=entry_id)
    if not rows:
        raise ThingNotFound("no such entry")
    return native(rows[0])


def decide(
    transaction: Transaction,
    entry: Row,
    state: str,
    *,
    transfer: str | None = None,
    made: bool = False,
    person: int | None = None,
) -> None:
    """Write down what an entry is."""
    values = {"state": state, "transfer": transfer, "made": made, "decided_at": datetime.now(UTC)}
    transaction.run(DECIDE, id=entry["id"], values=values, person=-1 if person is None else person)


def reopen(store: Store, viewer: Viewer, entry_id: str, *, why: str) -> None:
    """Let an entry wait again: what was booked of it is taken back by a further transfer.

    Raises
    ------
    NotAllowed, ThingNotFound
    BadValue
        ``what: needed``: the reason, where something was booked; everybody reads it.
    Conflict
        ``answered``: it waits already. ``balance``: the money is spent. ``corrected``: a part of it
        was given back.
    """
    require_treasurer(viewer)

    def work(transaction: Transaction) -> None:
        entry = locked(transaction, entry_id)
        if entry["state"] == "waits":
            raise Conflict(
                "this payment is not booked: there is nothing to take back", code="answered"
            )
        _release(transaction, viewer, entry, why)
        acted(transaction, viewer, "reopen bank entry", entry_id)

    store.in_write(work)


def _release(transaction: Transaction, viewer: Viewer, entry: Row, why: str) -> None:
    """Take back what was booked of an entry, and let it wait."""
    if entry["made"] and entry["transfer"]:
        before = journal.one(transaction, entry["transfer"])
        if before["corrected"] not in (None, before["amount"]):
            raise Conflict(
                "a part of this was given back already: it stays booked", code="corrected"
            )
        if before["corrected"] is None:
            treasury.putting_right(
                transaction,
                viewer,
                entry["project"]["id"],
                entry["transfer"],
                what=why,
                mistake=True,
            )
        values = {"round": entry["round"] + 1}
    else:
        values = {}
    values |= {"state": "waits", "transfer": None, "made": False, "decided_at": None}
    transaction.run(DECIDE, id=entry["id"], values=values, person=-1)


def take_back(store: Store, viewer: Viewer, statement_id: str, *, why: str) -> int:
    """Take a statement back, all or none; return how many bookings were taken back.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue
    Conflict
        ``answered``: it was taken back before. ``balance``, ``corrected``: see `reopen`.
    """
    require_treasurer(viewer)

    def work(transaction: Transaction) -> int:
        transaction.run(journal.LOCK)
        rows = transaction.run(STATEMENT, id=statement_id)
        if not rows:
            raise ThingNotFound("no such statement")
        if rows[0]["state"] != "taken":
            raise Conflict("this statement was taken back before", code="answered")
        own = [native(row) for row in transaction.run(ITS_OWN, id=statement_id)]
        booked = [row for row in own if row["made"] and row["transfer"]]
        for row in own:
            if row["state"] != "waits":
                _release(transaction, viewer, row, why)
        transaction.run(FORGET, ids=_ids(own))
        transaction.run(TAKE_BACK, id=statement_id)
        detail = str(len(booked))
        acted(transaction, viewer, "take statement back", statement_id, detail=detail)
        return len(booked)

    return store.in_write(work)


def _ids(rows: Sequence[Row]) -> list[str]:
    return [str(row["id"]) for row in rows]


def forget_words(store: Store) -> int:
    """Forget what payers wrote, once it has long been decided what it is; return of how many."""
    return int(store.write(FORGET_WORDS, before=datetime.now(UTC) - WORDS_KEPT)[0]["n"])

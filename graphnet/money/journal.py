"""The journal: accounts, and transfers between them that are written once and never changed.

Modelled on TigerBeetle's accounts and transfers. Every transfer goes out of one account into
another, so that all accounts of a currency together are nothing. A *pending* transfer holds money
back until another one *posts* it, whole or less, or *voids* it; that happens at most once. What was
wrong is put right by a further transfer that *corrects* it, once. Several that are booked together
stand all or none. A project's fund never falls below nothing, what is held back included.

Nothing is summed up and kept: a balance is what the transfers say. All of them are booked one after
another, behind the lock of one counter, so that each sees everything that was before it.

References
----------
TigerBeetle, "Data modeling" and "Two-phase transfers", docs.tigerbeetle.com.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.money.amounts import CURRENCIES, MOST, PARTS
from graphnet.store import Row, Store, Transaction, native

INTO_FUND = ("gift", "returned")  # kinds that come from outside
OUT_OF_FUND = ("refund", "expense", "fee")  # kinds that leave for the outside
KINDS = (*INTO_FUND, *OUT_OF_FUND, "moved")  # moved: from one project's fund to another's
CORRECTING = {"refund": "gift", "returned": "expense"}
OUTCOMES = ("post", "void")
LONGEST_TEXT, LONGEST_LINE = 500, 200
BEGINNING = date(1990, 1, 1)

# One row: the number of the newest transfer. Whoever has it locked books alone.
LOCK = """MERGE (c:Counter {name: 'transfer'}) ON CREATE SET c.next = 0
SET c.name = c.name RETURN c.next AS number LIMIT 1"""

# One row: the number of the newest transfer from now on.
ADVANCE = "MATCH (c:Counter {name: 'transfer'}) SET c.next = $number RETURN c.next AS number"

_TRANSFER = """RETURN t.id AS id, t.number AS number, t.kind AS kind, t.amount AS amount,
  t.currency AS currency, t.happened_on AS happened_on, t.booked_at AS booked_at,
  t.pending AS pending, coalesce(t.resolves, '') AS resolves, coalesce(t.outcome, '') AS outcome,
  coalesce(t.corrects, '') AS corrects, coalesce(t.linked, '') AS linked, t.what AS what,
  t.document AS document, t.party AS party, t.party_shown AS party_shown,
  t.reference AS reference, coalesce(t.pledge, '') AS pledge, t.entered_by AS entered_by,
  head([(t)-[:BY]->(p:Person) | p.key]) AS person,
  head([(t)-[:OUT_OF]->(a:MoneyAccount) | a.thing]) AS source,
  head([(t)-[:OUT_OF]->(a:MoneyAccount) | a.kind]) AS source_kind,
  head([(t)-[:INTO]->(a:MoneyAccount) | a.thing]) AS target,
  head([(t)-[:INTO]->(a:MoneyAccount) | a.kind]) AS target_kind,
  EXISTS { MATCH (r:Transfer {resolves: t.id}) } AS resolved,
  head(COLLECT { MATCH (r:Transfer {corrects: t.id}) RETURN r.amount LIMIT 1 }) AS corrected
"""

# One row: a transfer of those ids that is in the journal.
KNOWN = "UNWIND $ids AS id MATCH (t:Transfer {id: id}) " + _TRANSFER + "ORDER BY number LIMIT 1000"

# One row: a transfer into or out of a project's fund in any currency, in the order of booking.
OF_THINGS = (
    """UNWIND $things AS thing
MATCH (:Project {id: thing})<-[:FOR]-(a:MoneyAccount {kind: 'fund'})<-[:INTO|OUT_OF]-(t:Transfer)
WITH DISTINCT thing, t """
    + _TRANSFER
    + ", thing ORDER BY number, thing LIMIT 500000"
)

# One row: a project that there is, and its own currency.
CURRENCY_OF = """UNWIND $things AS thing MATCH (j:Project {id: thing})
RETURN thing, coalesce(j.currency, 'RUB') AS currency ORDER BY thing LIMIT 10000"""

# One row: an account, made where it was none.
ACCOUNT = """MATCH (j:Project {id: $thing})
MERGE (a:MoneyAccount {id: $id})
ON CREATE SET a.kind = $kind, a.currency = $currency, a.thing = $thing
MERGE (a)-[:FOR]->(j) RETURN a.id AS id"""

# One row: the transfer that was written. Nothing else in the program writes one.
WRITE = """MATCH (a:MoneyAccount {id: $source}) CALL (a) { MATCH (b:MoneyAccount {id: $target})
  RETURN b }
CREATE (a)<-[:OUT_OF]-(t:Transfer)-[:INTO]->(b) SET t = $values
WITH t OPTIONAL MATCH (p:Person {key: $person})
FOREACH (one IN CASE WHEN p IS NULL THEN [] ELSE [p] END | CREATE (t)-[:BY]->(one))
RETURN t.id AS id"""

# One row: what an account holds: what went in and out, and what is held back of it.
BALANCE = """MATCH (a:MoneyAccount {id: $id})
CALL (a) { OPTIONAL MATCH (a)<-[:INTO]-(t:Transfer) WHERE NOT t.pending
  RETURN sum(t.amount) AS came }
CALL (a) { OPTIONAL MATCH (a)<-[:OUT_OF]-(t:Transfer) WHERE NOT t.pending
  RETURN sum(t.amount) AS went }
CALL (a) { OPTIONAL MATCH (a)<-[:OUT_OF]-(t:Transfer) WHERE t.pending
  AND NOT EXISTS { MATCH (r:Transfer {resolves: t.id}) } RETURN sum(t.amount) AS held }
RETURN came, went, held LIMIT 1"""

# One row: what an import has brought of a project's money, in whole units of its own currency.
BROUGHT = """MATCH (j:Project {id: $id})
CALL (j) { OPTIONAL MATCH (j)<-[:FOR]-(r:Receipt) RETURN sum(r.amount) AS came }
CALL (j) { OPTIONAL MATCH (j)<-[:FOR]-(r:Refund) RETURN sum(r.amount) AS returned }
CALL (j) { OPTIONAL MATCH (j)<-[:FOR]-(x:Expense) RETURN sum(x.amount) AS spent }
RETURN came - returned - spent AS balance, coalesce(j.currency, 'RUB') AS currency LIMIT 1"""


@dataclass(frozen=True)
class Entry:
    """A transfer that is to be booked.

    Attributes
    ----------
    id
        Its own: the same twice is one transfer.
    thing
        The project whose fund it goes into, or out of.
    other
        With 'moved' the project into whose fund it goes; otherwise it is between the fund and the
        outside.
    amount
        In the currency's smallest unit; nothing with a void.
    what
        The purpose: everybody reads it, so no name belongs there.
    document, reference
        The paper behind it; the words by which a bank's statement knows it.
    party, party_shown
        Who gave or was paid, and whether everybody may read that; otherwise treasurers alone do.
    person
        The key of who gave, if that is somebody on file.
    pending
        Whether it holds the money back until it is posted or voided.
    resolves, outcome
        The pending transfer that it ends, and how.
    corrects
        The transfer that it puts right.
    pledge
        The promise that a gift keeps.
    """

    id: str
    kind: str
    thing: str
    amount: int
    currency: str
    happened_on: date
    what: str = ""
    document: str = ""
    party: str = ""
    party_shown: bool = False
    person: int | None = None
    reference: str = ""
    pledge: str = ""
    pending: bool = False
    resolves: str = ""
    outcome: str = ""
    corrects: str = ""
    other: str = ""

    @property
    def accounts(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Return (kind, project) of the account that it leaves, and of the one that it reaches."""
        fund, outside = ("fund", self.thing), ("outside", self.thing)
        if self.kind == "moved":
            return fund, ("fund", self.other)
        return (outside, fund) if self.kind in INTO_FUND else (fund, outside)


@dataclass(frozen=True)
class Balance:
    """What a fund holds, in the smallest unit: `left` is what is not held back either."""

    balance: int
    held: int

    @property
    def left(self) -> int:
        """What can still be spent."""
        return self.balance - self.held


def account_id(kind: str, thing: str, currency: str) -> str:
    """Return the id of an account: one of each kind for a project and a currency."""
    return f"{kind}:{thing}:{currency}"


def book(transaction: Transaction, entries: Sequence[Entry], *, entered_by: str) -> bool:
    """Book transfers that stand all or none; return whether they are new.

    The same ones a second time change nothing.

    Raises
    ------
    BadValue
        Its field is the field's name, its code what is wrong with it.
    ThingNotFound
        No such project; nothing to resolve or correct.
    Conflict
        ``other``: the id is another transfer's. ``resolved``, ``corrected``: that has happened
        before. ``balance``: a fund would fall below nothing.
    """
    for entry in entries:
        check(entry)
    if len({entry.id for entry in entries}) != len(entries) or not entries:
        raise BadValue(
            "each transfer has an id of its own, and there is at least one", code="none", field="id"
        )
    number = int(transaction.run(LOCK)[0]["number"])
    held = {row["id"]: row for row in transaction.run(KNOWN, ids=[one.id for one in entries])}
    if held:
        if len(held) != len(entries) or any(not same(held[one.id], one) for one in entries):
            raise Conflict(
                f"the transfer {entries[0].id} was booked before with something else in it: "
                "begin anew",
                code="other",
            )
        return False
    linked = entries[0].id if len(entries) > 1 else None
    now = datetime.now(UTC)
    for entry in entries:
        number += 1
        _write(transaction, _settled(transaction, entry), number, now, linked, entered_by)
    transaction.run(ADVANCE, number=number)
    for thing, currency in sorted(
        {
            (thing, entry.currency)
            for entry in entries
            for kind, thing in entry.accounts
            if kind == "fund"
        }
    ):
        if balance(transaction, thing, currency).left < 0:
            raise Conflict(
                f"the fund of {thing} does not hold so much {currency}: nothing is spent that is "
                "not there",
                code="balance",
            )
    return True


def check(entry: Entry) -> None:
    """Look whether a transfer can be so, whatever else is in the journal.

    Raises
    ------
    BadValue
    """
    if not entry.id or len(entry.id) > LONGEST_LINE:
        raise BadValue(
            f"a transfer has an id of at most {LONGEST_LINE} characters", code="none", field="id"
        )
    if entry.kind not in KINDS or (entry.kind == "moved") != bool(entry.other):
        raise BadValue(
            f"a transfer is one of {', '.join(KINDS)}; what is moved, and only that, names where "
            "it goes",
            code="unknown",
            field="kind",
        )
    if entry.other == entry.thing:
        raise BadValue("money is moved to another project than its own", code="same", field="other")
    if entry.currency not in CURRENCIES:
        raise BadValue(
            f"money is kept in one of {', '.join(CURRENCIES)}", code="unknown", field="currency"
        )
    if (entry.outcome or entry.resolves) and not (
        entry.outcome in OUTCOMES and entry.resolves and not entry.pending
    ):
        raise BadValue(
            f"what waits ends as one of {', '.join(OUTCOMES)}, and names the transfer that waited",
            code="unknown",
            field="outcome",
        )
    if not (0 if entry.outcome == "void" else 1) <= entry.amount <= MOST or (
        entry.outcome == "void" and entry.amount
    ):
        raise BadValue(
            "a transfer is of more than nothing, and one that was given up is of nothing",
            code="none",
            field="amount",
        )
    if (entry.kind in CORRECTING) != bool(entry.corrects):
        raise BadValue(
            "a correction, and only that, names the transfer that it corrects",
            code="needed",
            field="corrects",
        )
    if not BEGINNING <= entry.happened_on <= datetime.now(UTC).date() + timedelta(days=1):
        raise BadValue(
            f"a transfer happened between {BEGINNING:%Y} and today",
            code="range",
            field="happened_on",
        )
    if len(entry.what) > LONGEST_TEXT:
        raise BadValue(
            f"what a transfer is for is said in at most {LONGEST_TEXT} characters",
            code="long",
            field="what",
        )
    for name in ("document", "party", "reference"):
        if len(getattr(entry, name)) > LONGEST_LINE:
            raise BadValue(f"{name} has at most {LONGEST_LINE} characters", code="long", field=name)


def same(row: Row, entry: Entry) -> bool:
    """Whether a transfer in the journal is the one that is to be booked."""
    return (
        (row["kind"], row["amount"], row["currency"], native(row)["happened_on"])
        == (entry.kind, entry.amount, entry.currency, entry.happened_on)
        and (row["resolves"], row["outcome"], row["corrects"])
        == (entry.resolves, entry.outcome, entry.corrects)
        and row["pending"] == entry.pending
        and entry.thing in (row["source"], row["target"])
    )


def _settled(transaction: Transaction, entry: Entry) -> Entry:
    """Return the entry, after a look at what it resolves or corrects."""
    about = entry.resolves or entry.corrects
    if not about:
        return entry
    rows = transaction.run(KNOWN, ids=[about])
    if not rows or entry.thing not in (rows[0]["source"], rows[0]["target"]):
        raise ThingNotFound("no such transfer")
    before = rows[0]
    if before["currency"] != entry.currency:
        raise BadValue(
            f"this transfer is in {entry.currency}, and what it is about in {before['currency']}",
            code="unknown",
            field="currency",
        )
    if entry.resolves:
        if not before["pending"] or before["kind"] != entry.kind:
            raise BadValue(
                "what this transfer settles does not wait, or is of another kind",
                code="not_pending",
                field="resolves",
            )
        if before["resolved"]:
            raise Conflict("this was paid or given up already", code="resolved")
    else:
        if before["pending"] or before["kind"] != CORRECTING[entry.kind]:
            raise BadValue(
                "only a transfer of the other direction that was carried out can be corrected by "
                "this",
                code="unknown",
                field="corrects",
            )
        if before["outcome"] == "void":
            raise BadValue(
                "what was given up cannot be corrected: no money has moved",
                code="unknown",
                field="corrects",
            )
        if before["corrected"] is not None:
            raise Conflict("this was given back already", code="corrected")
        # Whose gift it was, is whose refund it is.
        entry = replace(
            entry, person=before["person"], party=before["party"] or "",
            party_shown=bool(before["party_shown"]), pledge=before["pledge"],
        )  # fmt: skip
    if entry.amount > before["amount"]:
        raise BadValue(
            f"this is more than the transfer {entry.resolves or entry.corrects}: take at most "
            "its sum",
            code="more",
            field="amount",
        )
    return entry


def _write(
    transaction: Transaction, entry: Entry, number: int, now: datetime, linked: str | None, by: str
) -> None:
    ids = []
    for kind, thing in entry.accounts:
        ids.append(account_id(kind, thing, entry.currency))
        given = {"thing": thing, "kind": kind, "currency": entry.currency}
        if not transaction.run(ACCOUNT, id=ids[-1], **given):
            raise ThingNotFound("no such project")
    values: dict[str, Any] = {
        "id": entry.id, "number": number, "kind": entry.kind, "amount": entry.amount,
        "currency": entry.currency, "happened_on": entry.happened_on, "booked_at": now,
        "pending": entry.pending, "resolves": entry.resolves or None,
        "outcome": entry.outcome or None, "corrects": entry.corrects or None, "linked": linked,
        "what": entry.what, "document": entry.document, "party": entry.party,
        "party_shown": entry.party_shown, "reference": entry.reference,
        "pledge": entry.pledge or None, "entered_by": by,
    }  # fmt: skip
    transaction.run(
        WRITE, source=ids[0], target=ids[1], values=values,
        person=-1 if entry.person is None else entry.person,
    )  # fmt: skip


def balance(read: Transaction, thing: str, currency: str) -> Balance:
    """Return what a project's fund holds in a currency, what an import brought included."""
    rows = read.run(BALANCE, id=account_id("fund", thing, currency))
    brought = read.run(BROUGHT, id=thing)
    before = (
        round(brought[0]["balance"] * PARTS)
        if brought and brought[0]["currency"] == currency
        else 0
    )
    if not rows:
        return Balance(before, 0)
    return Balance(before + rows[0]["came"] - rows[0]["went"], rows[0]["held"])


def of_things(store: Store, things: Sequence[str]) -> list[Row]:
    """Return every transfer of some projects' funds in the order of booking, each with its `thing`.

    One between two of them stands there for each.
    """
    return [native(row) for row in store.read(OF_THINGS, things=list(things))] if things else []


def one(read: Transaction, transfer_id: str) -> Row:
    """Return one transfer.

    Raises
    ------
    ThingNotFound
    """
    rows = read.run(KNOWN, ids=[transfer_id])
    if not rows:
        raise ThingNotFound("no such transfer")
    return native(rows[0])


def currencies_of(store: Store, things: Sequence[str]) -> dict[str, str]:
    """Return projects' own currencies."""
    rows = store.read(CURRENCY_OF, things=list(things)) if things else []
    return {row["thing"]: row["currency"] for row in rows}

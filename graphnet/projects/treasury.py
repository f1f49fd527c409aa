"""What a treasurer enters: gifts, expenses, what is approved and then paid, what is put right.

A gift of somebody on file leaves one contribution and keeps their promise; they are written to. No
name of theirs is told; a sum beside a name is told to nobody but treasurers and auditors.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.ledger import entries
from graphnet.ledger.acts import free_acts
from graphnet.live import Live
from graphnet.money import journal
from graphnet.money.journal import Entry
from graphnet.money.open_books import Moved, for_reader, whole
from graphnet.people import Card, cards
from graphnet.privacy import Viewer
from graphnet.projects import bookkeepers, promises
from graphnet.projects.bookkeepers import Rights
from graphnet.projects.telling import tell
from graphnet.store import Row, Store, Transaction, native

PURPOSE = "books"
ENTERED = ("gift", "expense", "moved")
FEE = "Bank charge / Комиссия банка"  # both languages, as notes of expenses have them

# One row: somebody who gave, for a letter: how much, and what came of it.
FOR_LETTER = """MATCH (t:Transfer {id: $id})
RETURN t.amount AS amount, t.currency AS currency, t.happened_on AS happened_on,
  coalesce(t.what, '') AS what, t.kind AS kind LIMIT 1"""


@dataclass(frozen=True)
class Given:
    """A gift, an expense or a sum for another project, as a treasurer enters it.

    Attributes
    ----------
    id
        The form's own: sent twice it is entered once.
    fee
        What the bank kept of a gift: it is booked with it, as an expense of its own.
    approved
        Whether an expense is only approved: the money is held back until it is paid.
    pledge
        The intended gift that it keeps; without it, the oldest of whoever gave.
    """

    id: str
    kind: str
    amount: int
    currency: str
    happened_on: date
    what: str = ""
    document: str = ""
    party: str = ""
    party_shown: bool = False
    person: int | None = None
    reference: str = ""
    fee: int = 0
    approved: bool = False
    other: str = ""
    pledge: str = ""

    def entries(self, project_id: str) -> list[Entry]:
        """Return the transfers that it is."""
        first = Entry(
            self.id,
            self.kind,
            project_id,
            self.amount,
            self.currency,
            self.happened_on,
            what=self.what,
            document=self.document,
            party=self.party,
            party_shown=self.party_shown and self.person is None,
            person=self.person,
            reference=self.reference,
            pending=self.approved,
            other=self.other,
        )
        if not self.fee:
            return [first]
        fee = Entry(
            f"fee-{self.id}", "fee", project_id, self.fee, self.currency, self.happened_on,
            what=FEE, document=self.document,
        )  # fmt: skip
        return [first, fee]

    def check(self) -> None:
        """Look whether it can be so.

        Raises
        ------
        BadValue
            Its field is the field's name, its code what is wrong with it.
        """
        if self.kind not in ENTERED:
            raise BadValue(
                f"what is entered is one of {', '.join(ENTERED)}", code="unknown", field="kind"
            )
        if self.kind == "expense" and not self.what.strip():
            raise BadValue(
                "say what the money was spent for: everybody reads it", code="needed", field="what"
            )
        if self.kind == "gift" and self.person is None and not self.party.strip():
            raise BadValue(
                "say who gave: somebody on file, or a name", code="needed", field="party"
            )
        if self.person is not None and self.kind != "gift":
            raise BadValue("only a gift names a person", code="unknown", field="person")
        if self.fee and (self.kind != "gift" or not 0 < self.fee < self.amount):
            raise BadValue(
                "a fee is less than the gift itself, and only a gift has one",
                code="range",
                field="fee",
            )
        if self.approved and self.kind != "expense":
            raise BadValue(
                "only an expense is approved before it is paid", code="unknown", field="approved"
            )
        for entry in self.entries("x"):
            journal.check(entry)


def enter(store: Store, viewer: Viewer, project_id: str, given: Given) -> bool:
    """Enter what came or went; return whether it is new. It cannot be changed afterwards.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue
    Conflict
        ``balance``: there is not so much. ``other``: the id is another transfer's.
    """
    given.check()

    def work(transaction: Transaction) -> bool:
        bookkeepers.require_entering(transaction, viewer, project_id)
        return entering(transaction, viewer, project_id, given)

    return store.in_write(work)


def entering(transaction: Transaction, viewer: Viewer, project_id: str, given: Given) -> bool:
    """Enter it in the transaction of the act that it is a part of: see `enter`."""
    booked = given.entries(project_id)
    transaction.run(journal.LOCK)
    if given.person is not None and not transaction.run(journal.KNOWN, ids=[given.id]):
        booked[0] = _of_person(transaction, project_id, booked[0], given.pledge)
    new = journal.book(transaction, booked, entered_by=viewer.account_id)
    if not new:
        return False
    keys = [] if given.person is None else [given.person]
    if given.person is not None:
        _thank(transaction, viewer, project_id, booked[0])
    acted(
        transaction,
        viewer,
        f"enter {given.kind}",
        project_id,
        detail=given.id,
        keys=keys,
        change=changes.ANNOUNCED,
    )
    return True


def _of_person(transaction: Transaction, project_id: str, entry: Entry, pledge: str) -> Entry:
    assert entry.person is not None
    kept = promises.kept(
        transaction, project_id, entry.person, pledge, entry.amount, entry.currency
    )
    return replace(entry, pledge=kept)


def _thank(transaction: Transaction, viewer: Viewer, project_id: str, entry: Entry) -> None:
    assert entry.person is not None
    promises.settle(transaction, project_id, entry.person, entry.pledge)
    day = datetime.combine(entry.happened_on, datetime.min.time(), UTC)
    entries.record(
        transaction, person_key=entry.person, kind="gift", mode="philanthropic", happened_at=day,
        act_id=f"gift:{entry.id}", evidence={"project": project_id}, thing_id=project_id,
        entered_by=viewer.account_id,
    )  # fmt: skip
    values = {"project": project_id, "transfer": entry.id}
    tell(transaction, entry.person, "received", values, once=entry.id)


def put_right(
    store: Store, viewer: Viewer, project_id: str, transfer: str, *, what: str, amount: int = 0,
    day: date | None = None,
) -> bool:  # fmt: skip
    """Give a gift back, or take an expense's money back; whole, or a part of it; once.

    Returns whether it is new: the same twice, from two windows or two programs, is once. Who gave
    is written to.

    Raises
    ------
    NotAllowed, ThingNotFound
    BadValue
        ``what: needed``: the reason, which everybody reads.
    Conflict
        ``corrected``: another sum was given back. ``balance``: there is not so much any more.
    """

    def work(transaction: Transaction) -> bool:
        bookkeepers.require_entering(transaction, viewer, project_id)
        return putting_right(
            transaction, viewer, project_id, transfer, what=what, amount=amount, day=day
        )

    return store.in_write(work)


def putting_right(
    transaction: Transaction,
    viewer: Viewer,
    project_id: str,
    transfer: str,
    *,
    what: str,
    amount: int = 0,
    day: date | None = None,
    mistake: bool = False,
) -> bool:
    """Put it right in the transaction of the act that it is a part of: see `put_right`.

    Parameters
    ----------
    mistake
        Whether nothing was given back: it had been entered wrongly, and that is what is written.
    """
    if not what.strip():
        raise BadValue(
            "say what is put right, and why: everybody reads it", code="needed", field="what"
        )
    transaction.run(journal.LOCK)
    before = journal.one(transaction, transfer)
    kind = {"gift": "refund", "expense": "returned"}.get(before["kind"])
    if kind is None or project_id not in (before["source"], before["target"]):
        raise ThingNotFound("no such transfer")
    made = f"{kind}-{transfer}"
    held = transaction.run(journal.KNOWN, ids=[made])
    if held and (not amount or held[0]["amount"] == amount):
        return False
    if held:
        raise Conflict("this was put right already", code="corrected")
    entry = Entry(
        made,
        kind,
        project_id,
        amount or before["amount"],
        before["currency"],
        day or datetime.now(UTC).date(),
        what=what.strip(),
        corrects=transfer,
    )
    if not journal.book(transaction, [entry], entered_by=viewer.account_id):
        return False
    letter = "unbooked" if mistake else "refunded"
    _tell_of_refund(transaction, viewer, project_id, before, entry, letter)
    return True


def _tell_of_refund(
    transaction: Transaction,
    viewer: Viewer,
    project_id: str,
    before: Row,
    entry: Entry,
    letter: str,
) -> None:
    key = before["person"] if entry.kind == "refund" else None
    if key is not None:
        promises.settle(transaction, project_id, key, before["pledge"])
        if entry.amount == before["amount"]:
            name = f"gift:{before['id']}"
            act, _ = free_acts(transaction, [name])[name]
            entries.correct(transaction, viewer, act, entry.what)
        values = {"project": project_id, "transfer": entry.id}
        tell(transaction, key, letter, values, once=entry.id)
    acted(
        transaction, viewer, f"enter {entry.kind}", project_id, detail=entry.id,
        keys=[] if key is None else [key], change=changes.ANNOUNCED,
    )  # fmt: skip


def resolve(
    store: Store, viewer: Viewer, project_id: str, transfer: str, outcome: str, *,
    amount: int = 0, document: str = "", day: date | None = None,
) -> bool:  # fmt: skip
    """Pay what was approved, or let it be; once, whoever is first. Return whether it is new.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue
    Conflict
        ``resolved``: the other has happened already.
    """

    def work(transaction: Transaction) -> bool:
        bookkeepers.require_entering(transaction, viewer, project_id)
        return resolving(
            transaction,
            viewer,
            project_id,
            transfer,
            outcome,
            amount=amount,
            document=document,
            day=day,
        )

    return store.in_write(work)


def resolving(
    transaction: Transaction,
    viewer: Viewer,
    project_id: str,
    transfer: str,
    outcome: str,
    *,
    amount: int = 0,
    document: str = "",
    reference: str = "",
    day: date | None = None,
) -> bool:
    """Resolve it in the transaction of the act that it is a part of: see `resolve`."""
    transaction.run(journal.LOCK)
    before = journal.one(transaction, transfer)
    if project_id not in (before["source"], before["target"]) or not before["pending"]:
        raise ThingNotFound("no such transfer")
    made = f"{outcome}-{transfer}"
    if transaction.run(journal.KNOWN, ids=[made]):
        return False
    entry = Entry(
        made,
        before["kind"],
        project_id,
        0 if outcome == "void" else amount or before["amount"],
        before["currency"],
        day or datetime.now(UTC).date(),
        what=before["what"],
        document=document.strip() or before["document"],
        party=before["party"],
        party_shown=before["party_shown"],
        reference=reference or before["reference"],
        resolves=transfer,
        outcome=outcome,
    )
    if not journal.book(transaction, [entry], entered_by=viewer.account_id):
        return False
    act = f"{outcome} {before['kind']}"
    acted(transaction, viewer, act, project_id, detail=made, change=changes.ANNOUNCED)
    return True


def one(store: Store, viewer: Viewer, project_id: str, transfer: str) -> Row:
    """Return one transfer of a project's fund, for its treasurer or auditor.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    rights = bookkeepers.require(store, viewer, project_id)
    row = store.in_read(lambda read: journal.one(read, transfer))
    if project_id not in (row["source"], row["target"]):
        raise ThingNotFound("no such transfer")
    return for_reader(row, told=rights.told)


@dataclass(frozen=True)
class Desk:
    """A project's money as its treasurer sees it: every transfer, who, and what is held back."""

    currency: str
    lines: tuple[tuple[Moved, int], ...]
    held: tuple[Row, ...]
    balance: journal.Balance
    people: dict[int, Card]
    promises: tuple[Row, ...]
    rights: Rights


def desk(live: Live, viewer: Viewer, project_id: str, currency: str) -> Desk:
    """Return a project's money for its treasurer or auditor.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    store = live.store
    rights = bookkeepers.require(store, viewer, project_id)
    lines, held = whole(store, project_id, currency, told=rights.told)
    promised = [
        row
        for row in promises.of_project(store, project_id, state="open")
        if row["currency"] == currency
    ]
    keys = [one.row["person"] for one, _ in lines if one.row["person"] is not None]
    keys += [row["key"] for row in promised]
    found = cards(store, viewer, keys, rules=live.rules, brief=True)
    balance = store.in_read(lambda read: journal.balance(read, project_id, currency))
    return Desk(
        currency,
        tuple(lines),
        tuple(held),
        balance,
        {card.key: card for card in found},
        tuple(promised),
        rights,
    )


def for_letter(store: Store, transfer: str) -> Row | None:
    """Return a transfer for a letter to who gave; None if there is none."""
    rows = store.read(FOR_LETTER, id=transfer)
    return native(rows[0]) if rows else None

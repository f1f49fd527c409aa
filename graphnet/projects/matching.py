"""What the entries of a bank's statement are: found by the reference that was quoted, or said.

An entry is found where the reference of one intended gift stands in it, or where the journal has
the same sum with the same number of the bank. The treasurer looks at what was found and books it;
of the rest they say what it is, or that it is none of the projects'.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.live import Live
from graphnet.money import journal
from graphnet.money.amounts import PARTS
from graphnet.money.references import matched, quoted, reference_of
from graphnet.people import Card, cards
from graphnet.privacy import Viewer
from graphnet.projects import bank, treasury
from graphnet.projects.treasury import Given
from graphnet.store import Row, Store, Transaction, native

NEAR = timedelta(days=10)  # a gift that was entered by hand stands so near to the bank's own day
INTO, OUT_OF = list(journal.INTO_FUND), list(journal.OUT_OF_FUND)

# One row: an intended gift, by whom, for what.
PLEDGES = """MATCH (j:Project)<-[:FOR]-(v:Pledge)-[:BY]->(p:Person)
WHERE coalesce(j.visibility, 'members') <> 'quarantined'
RETURN v.id AS id, v.state AS state, p.key AS person, j.id AS project, j.name AS name,
  coalesce(j.name_ru, j.name) AS name_ru, coalesce(v.currency, j.currency, 'RUB') AS currency,
  coalesce(v.minor, toInteger(round(v.amount * $parts))) AS amount, coalesce(v.parts, 1) AS parts
ORDER BY id LIMIT 100000"""

# One row: a transfer of that sum about that day that was not put right, and that no entry of the
# bank is known to be.
ALIKE = """UNWIND $rows AS row
MATCH (t:Transfer) WHERE t.amount = row.amount AND t.currency = row.currency AND NOT t.pending
  AND t.kind IN row.kinds AND t.happened_on >= row.first AND t.happened_on <= row.last
  AND NOT EXISTS { MATCH (:BankEntry {transfer: t.id}) }
  AND NOT EXISTS { MATCH (:Transfer {corrects: t.id}) }
MATCH (t)-[:INTO|OUT_OF]->(:MoneyAccount {kind: 'fund'})-[:FOR]->(j:Project)
RETURN row.entry AS entry, t.id AS id, t.number AS number, t.kind AS kind, t.what AS what,
  t.party AS party, t.reference AS reference, t.happened_on AS happened_on, j.id AS project,
  j.name AS name, coalesce(j.name_ru, j.name) AS name_ru ORDER BY number, id LIMIT 5000"""

# One row: what is approved in a currency and not paid yet.
HELD = """MATCH (t:Transfer {pending: true, currency: $currency})
WHERE t.amount >= $amount AND NOT EXISTS { MATCH (:Transfer {resolves: t.id}) }
MATCH (t)-[:OUT_OF]->(:MoneyAccount {kind: 'fund'})-[:FOR]->(j:Project)
RETURN t.id AS id, t.number AS number, t.amount AS amount, t.what AS what,
  t.happened_on AS happened_on, j.id AS project, j.name AS name,
  coalesce(j.name_ru, j.name) AS name_ru ORDER BY amount, number, id LIMIT 100"""

# One row: a project that may be given to: what was said, whatever its state.
PROJECTS = """MATCH (j:Project) WHERE coalesce(j.visibility, 'members') IN ['public', 'members']
RETURN j.id AS id, j.name AS name, coalesce(j.name_ru, j.name) AS name_ru
ORDER BY name, id LIMIT 1000"""


@dataclass(frozen=True)
class Found:
    """What an entry is found to be: a gift that was intended, or a transfer that is there."""

    entry: Row
    pledge: Row | None = None
    transfer: Row | None = None


@dataclass(frozen=True)
class Queue:
    """The entries that wait: those that were found, and the rest; who the givers are."""

    found: tuple[Found, ...]
    rest: tuple[Row, ...]
    people: dict[int, Card]


@dataclass(frozen=True)
class Choices:
    """What an entry can be said to be."""

    entry: Row
    promises: tuple[Row, ...]
    alike: tuple[Row, ...]
    held: tuple[Row, ...]
    projects: tuple[Row, ...]
    people: dict[int, Card]


@dataclass(frozen=True)
class Choice:
    """What a treasurer says that an entry is.

    Attributes
    ----------
    transfer
        One that is in the journal already.
    held
        What was approved, and is paid by it.
    pledge
        The intended gift that it keeps.
    project
        Otherwise the project to which it came, or which paid.
    person, party, party_shown
        Who gave: somebody on file, or a name.
    what
        What was paid for; everybody reads it.
    """

    transfer: str = ""
    held: str = ""
    pledge: str = ""
    project: str = ""
    person: int | None = None
    party: str = ""
    party_shown: bool = False
    what: str = ""


def queue(live: Live, viewer: Viewer) -> Queue:
    """Return the entries that wait, and what is found of them."""
    rows = bank.waiting(live.store, viewer)
    found = _found(live.store, rows)
    known = {one.entry["id"] for one in found}
    keys = [one.pledge["person"] for one in found if one.pledge]
    seen = cards(live.store, viewer, keys, rules=live.rules, brief=True)
    rest = tuple(row for row in rows if row["id"] not in known)
    return Queue(tuple(found), rest, {card.key: card for card in seen})


def _found(store: Store, rows: list[Row]) -> list[Found]:
    plain = [row for row in rows if not row["reversal"]]
    alike = _alike(store, plain)
    quoting = [row for row in plain if row["into"] and quoted(_said(row))]
    by_id = {row["id"]: row for row in _pledges(store)} if quoting else {}
    found, taken = [], set()
    for row in plain:
        same = [
            one
            for one in alike[row["id"]]
            if one["reference"] and one["reference"] == row["reference"] and one["id"] not in taken
        ]
        if len(same) == 1:
            taken.add(same[0]["id"])
            found.append(Found(row, transfer=same[0]))
        elif row["into"]:
            known = [by_id[one] for one in matched(_said(row), by_id)]
            if len(known) == 1 and known[0]["currency"] == row["currency"]:
                found.append(Found(row, pledge=known[0]))
    return found


def _said(row: Row) -> str:
    """Return where a reference may stand."""
    return f"{row['text']} | {row['reference']}"


def _pledges(store: Store) -> list[Row]:
    return [native(row) for row in store.read(PLEDGES, parts=PARTS)]


def _alike(store: Store, rows: list[Row]) -> dict[str, list[Row]]:
    asked = [
        {
            "entry": row["id"],
            "amount": row["amount"],
            "currency": row["currency"],
            "kinds": INTO if row["into"] else OUT_OF,
            "first": row["happened_on"] - NEAR,
            "last": row["happened_on"] + NEAR,
        }
        for row in rows
    ]
    found: dict[str, list[Row]] = defaultdict(list)
    for row in store.read(ALIKE, rows=asked) if asked else []:
        found[row["entry"]].append(native(row))
    return found


def book_found(store: Store, viewer: Viewer, ids: list[str]) -> tuple[int, int]:
    """Book those entries of which it is found what they are; return how many, and how many not.

    Each stands by itself: one that cannot be booked keeps no other from it.
    """
    bank.require_treasurer(viewer)
    done = failed = 0
    for one in _found(store, bank.waiting(store, viewer)):
        if one.entry["id"] not in ids:
            continue
        choice = Choice(transfer=one.transfer["id"]) if one.transfer else of_pledge(one.pledge)
        try:
            book(store, viewer, one.entry["id"], choice)
            done += 1
        except (BadValue, Conflict, ThingNotFound):
            failed += 1
    return done, failed


def of_pledge(pledge: Row | None) -> Choice:
    """Return the choice of an intended gift: of one that is kept already, its giver and project."""
    if pledge is None:
        raise BadValue(
            "this intended gift is not open any more: choose one of those that are",
            code="unknown",
            field="pledge",
        )
    kept = pledge["id"] if pledge["state"] == "open" else ""
    return Choice(pledge=kept, project=pledge["project"], person=pledge["person"])


def choices(live: Live, viewer: Viewer, entry_id: str) -> Choices:
    """Return what an entry that waits can be said to be.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    store = live.store
    entry = next((row for row in bank.waiting(store, viewer) if row["id"] == entry_id), None)
    if entry is None:
        raise ThingNotFound("no such entry")
    intended: list[Row] = []
    if entry["into"]:
        for row in _pledges(store):
            if row["state"] == "open" and row["currency"] == entry["currency"]:
                row["reference"] = reference_of(row["id"])
                row["near"] = entry["amount"] in (row["amount"], row["amount"] // row["parts"])
                intended.append(row)
        intended.sort(key=lambda row: (not row["near"], row["name"], row["id"]))
    held = {"currency": entry["currency"], "amount": entry["amount"]}
    seen = cards(store, viewer, [row["person"] for row in intended], rules=live.rules, brief=True)
    return Choices(
        entry,
        tuple(intended[:200]),
        tuple(_alike(store, [entry])[entry_id]),
        () if entry["into"] else tuple(native(row) for row in store.read(HELD, **held)),
        tuple(store.read(PROJECTS)),
        {card.key: card for card in seen},
    )


def book(store: Store, viewer: Viewer, entry_id: str, choice: Choice) -> None:
    """Say what an entry is: it is booked, once, by the rules of the journal.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue
    Conflict
        ``answered``: that was said already. ``balance``: the project has not so much.
    """
    bank.require_treasurer(viewer)

    def work(transaction: Transaction) -> None:
        entry = bank.locked(transaction, entry_id)
        if entry["state"] != "waits":
            raise Conflict("this payment was booked or put aside meanwhile", code="answered")
        if choice.transfer:
            _known(transaction, entry, choice.transfer)
        elif choice.held:
            _paid(transaction, viewer, entry, choice.held)
        else:
            _enter(transaction, viewer, entry, choice)

    store.in_write(work)


def _known(transaction: Transaction, entry: Row, transfer: str) -> None:
    """The entry is a transfer that somebody entered by hand."""
    day = {"first": entry["happened_on"] - NEAR, "last": entry["happened_on"] + NEAR}
    row = {"entry": entry["id"], "amount": entry["amount"], "currency": entry["currency"]} | day
    row["kinds"] = INTO if entry["into"] else OUT_OF
    if transfer not in {one["id"] for one in transaction.run(ALIKE, rows=[row])}:
        raise BadValue(
            f"the transfer {transfer} is none that this payment could be: choose one of those "
            "offered",
            code="unknown",
            field="transfer",
        )
    person = journal.one(transaction, transfer)["person"]
    bank.decide(transaction, entry, "booked", transfer=transfer, person=person)


def _paid(transaction: Transaction, viewer: Viewer, entry: Row, held: str) -> None:
    """The entry pays what was approved."""
    before = journal.one(transaction, held)
    if entry["into"] or before["currency"] != entry["currency"]:
        raise BadValue(
            "what was approved is in another currency, or this payment came in",
            code="unknown",
            field="transfer",
        )
    new = treasury.resolving(
        transaction,
        viewer,
        before["source"],
        held,
        "post",
        amount=entry["amount"],
        reference=entry["reference"],
        day=entry["happened_on"],
    )
    if not new:
        raise Conflict("this was paid or given up already", code="resolved")
    bank.decide(transaction, entry, "booked", transfer=f"post-{held}", made=True)


def _enter(transaction: Transaction, viewer: Viewer, entry: Row, choice: Choice) -> None:
    project, person = choice.project, choice.person
    if choice.pledge:
        given: dict[str, Any] = {"parts": PARTS}
        rows = [row for row in transaction.run(PLEDGES, **given) if row["id"] == choice.pledge]
        if not rows or not entry["into"]:
            raise BadValue(
                "this intended gift is not open any more, or this payment went out",
                code="unknown",
                field="pledge",
            )
        project, person = rows[0]["project"], rows[0]["person"]
    if not project:
        raise BadValue(
            "choose the project that this payment is for", code="needed", field="project"
        )
    again = f"-{entry['round']}" if entry["round"] else ""
    made = Given(
        f"bank-{entry['id']}{again}",
        "gift" if entry["into"] else "expense",
        entry["amount"],
        entry["currency"],
        _day(entry),
        what=choice.what.strip(),
        party="" if person is not None else choice.party.strip(),
        party_shown=choice.party_shown,
        person=person,
        reference=entry["reference"],
        pledge=choice.pledge,
    )
    made.check()
    if not treasury.entering(transaction, viewer, project, made):
        raise Conflict(
            "this payment was booked before with something else in it: look at it again",
            code="other",
        )
    bank.decide(transaction, entry, "booked", transfer=made.id, made=True, person=person)


def _day(entry: Row) -> date:
    day: date = entry["happened_on"]
    return day


def not_ours(store: Store, viewer: Viewer, entry_id: str) -> None:
    """Say that an entry is no project's: nothing is booked.

    Raises
    ------
    NotAllowed, ThingNotFound
    Conflict
        ``answered``: it was said already what it is.
    """
    bank.require_treasurer(viewer)

    def work(transaction: Transaction) -> None:
        entry = bank.locked(transaction, entry_id)
        if entry["state"] != "waits":
            raise Conflict("this payment was booked or put aside meanwhile", code="answered")
        bank.decide(transaction, entry, "not_ours")

    store.in_write(work)

"""The ledger: everything that somebody did for the community, one append-only entry each.

An entry (`:Contribution`) is created and never changed or deleted; a mistake is taken back by a
counter-entry with its reason. An entry knows its person only by a pseudonym: the HMAC of a random
key that stands apart, tied to the person (`:PseudonymKey`), as does the evidence (`:Evidence`, with
a random salt, so that its hash in the entry cannot be guessed back). Erasing a person destroys key
and evidence; the entries stay, say nothing about anybody, and a past season still adds up.

Entries are numbered and chained: each carries the hash of itself with all before it, so that a
changed, missing or inserted entry is found by `chain.broken_link`.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.ledger.acts import CORRECTION
from graphnet.ledger.chain import GENESIS, Chain, entry_from, evidence_hash, native_time
from graphnet.ledger.joined import aliases
from graphnet.ledger.pseudonyms import Read, keyed, pseudonym_of, secrets_of
from graphnet.ledger.rule_files import MODES
from graphnet.ledger.scoring import Entry, canonical, sha256
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction

# One row: number and chained hash of the newest entry. The feed's counter is locked first: every
# act locks it at its end, so that two acts cannot hold one of the two locks each.
LOCK = """MERGE (feed:Counter {name: 'change'}) ON CREATE SET feed.next = 0
SET feed.name = feed.name
MERGE (c:Counter {name: 'ledger'}) ON CREATE SET c.next = 0
SET c.name = c.name
WITH c OPTIONAL MATCH (last:Contribution {number: c.next})
RETURN c.next AS number, last.chain_hash AS chain LIMIT 1"""

# One row: the number of the newest entry from now on.
ADVANCE = """MATCH (c:Counter {name: 'ledger'}) SET c.next = $number RETURN c.next AS number"""

# One row: an act that the ledger has already.
KNOWN = """UNWIND $acts AS act MATCH (c:Contribution {act_id: act})
RETURN c.act_id AS act_id ORDER BY act_id LIMIT 100000"""

# One row: how many entries were written. Nothing else in the program writes an entry.
WRITE = """UNWIND $rows AS row
CREATE (c:Contribution {act_id: row.act_id, number: row.number, kind: row.kind, mode: row.mode,
  happened_at: row.happened_at, recorded_at: row.recorded_at, points_basis: row.basis,
  thing: row.thing, participation: row.participation, evidence_hash: row.evidence_hash,
  corrects: row.corrects, pseudonym: row.pseudonym, chain_hash: row.chain_hash})
RETURN count(*) AS written"""

# One row: how many pieces of evidence were written, each tied to whom it is about.
WRITE_EVIDENCE = """UNWIND $rows AS row
CREATE (e:Evidence {act_id: row.act_id, salt: row.salt, facts: row.facts,
  entered_by: row.entered_by})
WITH e, row
CALL (e, row) { MATCH (p:Person {key: row.person}) CREATE (e)-[:OF]->(p) }
CALL (e, row) { UNWIND row.participants AS other
  MATCH (q:Person {key: other}) CREATE (e)-[:ABOUT]->(q) RETURN count(*) AS others }
RETURN count(*) AS written"""

# One row: how many entries were tied to an event.
TO_EVENT = """UNWIND $rows AS row MATCH (c:Contribution {act_id: row.act_id})
CALL (row) { MATCH (t:Event {id: row.thing}) RETURN t }
CREATE (c)-[:TO]->(t) RETURN count(*) AS tied"""

# One row: how many entries were tied to a project.
TO_PROJECT = """UNWIND $rows AS row MATCH (c:Contribution {act_id: row.act_id})
CALL (row) { MATCH (t:Project {id: row.thing}) RETURN t }
CREATE (c)-[:TO]->(t) RETURN count(*) AS tied"""

# One row: how many entries were tied to a community.
TO_GROUP = """UNWIND $rows AS row MATCH (c:Contribution {act_id: row.act_id})
CALL (row) { MATCH (t:Group {id: row.thing}) RETURN t }
CREATE (c)-[:TO]->(t) RETURN count(*) AS tied"""

# One row: the entry, and whose it is while they are not erased.
TO_CORRECT = """UNWIND $acts AS act MATCH (c:Contribution {act_id: act})
RETURN c.act_id AS act_id, c.kind AS kind, c.mode AS mode, c.happened_at AS happened_at,
  c.points_basis AS basis, c.thing AS thing, c.participation AS participation,
  c.pseudonym AS pseudonym, c.corrects AS corrects,
  head(COLLECT { MATCH (:Evidence {act_id: c.act_id})-[:OF]->(p:Person)
                 RETURN p.key ORDER BY p.key LIMIT 1 }) AS person_key
ORDER BY act_id LIMIT 100000"""

# One row: an entry that happened in a time, in the order in which they were recorded.
IN_TIME = """MATCH (c:Contribution)
WHERE c.happened_at >= $start AND c.happened_at < $end AND c.number > 0
RETURN c.act_id AS act_id, c.kind AS kind, c.mode AS mode, c.happened_at AS happened_at,
  c.recorded_at AS recorded_at, c.points_basis AS basis, c.thing AS thing,
  c.participation AS participation, c.evidence_hash AS evidence_hash, c.corrects AS corrects,
  c.pseudonym AS pseudonym ORDER BY c.number LIMIT 5000000"""

# One row: a mode, and the pseudonyms that have an entry of it in a time that was not taken back; a
# counter-entry has the mode, the time and the pseudonym of what it takes back.
MODES_IN_TIME = """MATCH (c:Contribution)
WHERE c.happened_at >= $start AND c.happened_at < $end AND c.number > 0
WITH c.mode AS mode, c.pseudonym AS name, sum(CASE c.corrects WHEN '' THEN 1 ELSE -1 END) AS n
WHERE n > 0 RETURN mode, collect(name) AS names ORDER BY mode LIMIT 20"""

# One row: an entry of one pseudonym, or of another who shares the credit of one of theirs.
OF_ONE = """MATCH (mine:Contribution {pseudonym: $name})
WITH collect(DISTINCT mine.participation) AS tokens
CALL (tokens) {
  MATCH (c:Contribution {pseudonym: $name}) RETURN c
  UNION
  UNWIND [token IN tokens WHERE token <> ''] AS token
  MATCH (c:Contribution {participation: token}) RETURN c
}
WITH c WHERE c.happened_at >= $start AND c.happened_at < $end AND c.number > 0
RETURN c.act_id AS act_id, c.kind AS kind, c.mode AS mode, c.happened_at AS happened_at,
  c.recorded_at AS recorded_at, c.points_basis AS basis, c.thing AS thing,
  c.participation AS participation, c.evidence_hash AS evidence_hash, c.corrects AS corrects,
  c.pseudonym AS pseudonym ORDER BY c.number LIMIT 200000"""


@dataclass(frozen=True)
class NewEntry:
    """What is to be entered; see `record`."""

    person_key: int
    kind: str
    mode: str
    happened_at: datetime
    act_id: str
    evidence: Mapping[str, Any]
    thing_id: str = ""
    entered_by: str = ""
    quantity: int = 1
    credit: Fraction | float = 1
    participant_key: int | None = None
    participation: str = "joined"


def record(
    transaction: Transaction,
    *,
    person_key: int,
    kind: str,
    mode: str,
    happened_at: datetime,
    act_id: str,
    evidence: Mapping[str, Any],
    thing_id: str = "",
    entered_by: str = "",
    quantity: int = 1,
    credit: Fraction | float = 1,
    participant_key: int | None = None,
    participation: str = "joined",
) -> str:
    """Enter one contribution in the transaction of the act itself, and return its `act_id`.

    The same `act_id` a second time changes nothing, so that a repeated transaction counts once.

    Parameters
    ----------
    person_key
        Whose contribution it is.
    kind
        A word of the season's rule file, for example 'attended'. The ledger takes any kind; the
        rules say what it is worth.
    mode
        One of CASE's four modes of engagement, `graphnet.ledger.rules.MODES`.
    act_id
        Names the act for good, such as ``attended:<id of the registration>``. It outlives an
        erasure: never a person's id, key, name or address, only random ids of acts and things.
    evidence
        What shows that it happened, plain JSON values. It is destroyed when this person or the
        participant is erased.
    thing_id
        The event, project or community that it was for.
    entered_by
        The account of the member of staff who entered it; empty: the act itself did.
    quantity
        How many times the kind's points this is worth.
    credit
        Weight among those who share the credit of one participation; they are scaled to add up to
        one when the season is scored.
    participant_key
        For what was mobilised: whose participation it was.
    participation
        What that participant did, such as 'joined' or ``event:<id>``. All entries with the same
        participant and the same word share one credit. Where nobody knows who took part, a word
        with a random id alone, such as ``relay:<id>``; 'joined' without a participant shares none.

    Raises
    ------
    PersonNotFound, BadValue
    """
    entry = NewEntry(
        person_key,
        kind,
        mode,
        happened_at,
        act_id,
        evidence,
        thing_id,
        entered_by,
        quantity,
        credit,
        participant_key,
        participation,
    )
    record_many(transaction, [entry])
    return act_id


def record_many(transaction: Transaction, new: Sequence[NewEntry]) -> int:
    """Enter several contributions; those whose act is known are left alone. Return how many.

    Raises
    ------
    PersonNotFound, BadValue
    """
    for entry in new:
        _check(entry)
    head = transaction.run(LOCK)[0]
    known = {row["act_id"] for row in transaction.run(KNOWN, acts=[e.act_id for e in new])}
    unknown = {entry.act_id: entry for entry in new if entry.act_id not in known}
    if not unknown:
        return 0
    keys = {e.person_key for e in unknown.values()} | {
        e.participant_key for e in unknown.values() if e.participant_key is not None
    }
    hidden = secrets_of(transaction, keys)
    now = datetime.now(UTC)
    rows, pieces, links = [], [], Chain(int(head["number"]), head["chain"] or GENESIS)
    for entry in unknown.values():
        token = ""
        if entry.participant_key is not None:
            token = keyed(hidden[entry.participant_key], f"participation {entry.participation}")
        elif entry.participation != "joined":
            token = sha256(f"participation {entry.participation}")[:32]
        salt = secrets.token_hex(16)
        facts = canonical(dict(entry.evidence))
        line = Entry(
            act_id=entry.act_id,
            pseudonym=pseudonym_of(hidden[entry.person_key]),
            kind=entry.kind,
            mode=entry.mode,
            happened_at=entry.happened_at.astimezone(UTC),
            recorded_at=now,
            basis=Fraction(entry.quantity) * Fraction(str(entry.credit)),
            thing=entry.thing_id,
            participation=token,
            evidence_hash=evidence_hash(salt, facts, entry.entered_by),
        )
        rows.append(links.row(line))
        pieces.append(
            {
                "act_id": entry.act_id,
                "salt": salt,
                "facts": facts,
                "entered_by": entry.entered_by,
                "person": entry.person_key,
                "participants": [] if entry.participant_key is None else [entry.participant_key],
            }
        )
    _write(transaction, rows, pieces, links)
    return len(rows)


def correct(transaction: Transaction, viewer: Viewer, act_id: str, reason: str) -> str:
    """Take an entry back by a counter-entry with a reason, and return the counter-entry's act.

    Neither is ever changed. What was right is entered anew, as another act.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue
    Conflict
        If the entry has been taken back already, or is itself a counter-entry.
    """
    return correct_many(transaction, viewer, [act_id], reason)[0]


def correct_many(
    transaction: Transaction, viewer: Viewer, acts: Sequence[str], reason: str
) -> list[str]:
    """Take several entries back for one reason; all of them or none. See `correct`.

    The number of queries does not depend on how many they are.
    """
    viewer.require_staff()
    text = reason.strip()
    if not text:
        raise BadValue("say in a sentence why the entry is taken back")
    if len(text) > 1000:
        raise BadValue("the reason is longer than 1,000 characters")
    if not acts:
        return []
    head = transaction.run(LOCK)[0]
    found = {row["act_id"]: row for row in transaction.run(TO_CORRECT, acts=list(acts))}
    if len(found) < len(set(acts)):
        raise ThingNotFound("there is no such entry")
    if any(row["corrects"] for row in found.values()):
        raise Conflict("a counter-entry stays: enter anew what was right")
    if transaction.run(KNOWN, acts=[CORRECTION + act for act in acts]):
        raise Conflict("the entry has been taken back already")
    made = _counter(transaction, head, [found[act] for act in acts], text, viewer.account_id)
    alone = len(acts) == 1
    acted(
        transaction,
        viewer,
        "correct contribution",
        acts[0] if alone else "",
        detail=found[acts[0]]["kind"] if alone else f"{len(acts)} entries, first {acts[0]}",
    )
    return made


def take_back(transaction: Transaction, acts: Sequence[str], reason: str, *, by: str = "") -> int:
    """Take back those of the acts that are entered and stand; return how many.

    For whoever takes back the acts themselves, such as an import with its registrations: who may do
    that has been asked there, and it is audited there.
    """
    if not acts:
        return 0
    head = transaction.run(LOCK)[0]
    known = {row["act_id"] for row in transaction.run(KNOWN, acts=[CORRECTION + a for a in acts])}
    found = [
        row
        for row in transaction.run(TO_CORRECT, acts=list(acts))
        if not row["corrects"] and CORRECTION + row["act_id"] not in known
    ]
    if found:
        _counter(transaction, head, found, reason, by)
    return len(found)


def _counter(
    transaction: Transaction, head: Row, entries: Sequence[Row], reason: str, by: str
) -> list[str]:
    """Write a counter-entry for each of the entries; return their acts."""
    now = datetime.now(UTC)
    rows, pieces, links = [], [], Chain(int(head["number"]), head["chain"] or GENESIS)
    for before in entries:
        salt, facts = secrets.token_hex(16), canonical({"reason": reason})
        line = Entry(
            act_id=CORRECTION + before["act_id"],
            pseudonym=before["pseudonym"],
            kind=before["kind"],
            mode=before["mode"],
            happened_at=native_time(before["happened_at"]),
            recorded_at=now,
            basis=-Fraction(before["basis"]),
            thing=before["thing"],
            participation=before["participation"],
            evidence_hash=evidence_hash(salt, facts, by),
            corrects=before["act_id"],
        )
        rows.append(links.row(line))
        pieces.append(
            {
                "act_id": line.act_id,
                "salt": salt,
                "facts": facts,
                "entered_by": by,
                "person": before["person_key"],
                "participants": [],
            }
        )
    _write(transaction, rows, pieces, links)
    return [line["act_id"] for line in rows]


def _write(
    transaction: Transaction, rows: list[Row], pieces: list[dict[str, Any]], links: Chain
) -> None:
    transaction.run(WRITE, rows=rows)
    transaction.run(WRITE_EVIDENCE, rows=pieces)
    for query in (TO_EVENT, TO_PROJECT, TO_GROUP):
        with_thing = [row for row in rows if row["thing"]]
        if with_thing:
            transaction.run(query, rows=with_thing)
    transaction.run(ADVANCE, number=links.number)


def _check(entry: NewEntry) -> None:
    if entry.mode not in MODES:
        raise BadValue(f"{entry.mode!r} is not a mode: {', '.join(MODES)}")
    if not entry.kind or not entry.act_id:
        raise BadValue("an entry needs a kind and an act")
    if entry.act_id.startswith(CORRECTION):
        raise BadValue(f"an act cannot begin with {CORRECTION!r}: counter-entries do")
    if entry.happened_at.tzinfo is None:
        raise BadValue("the time of an entry must name its time zone")
    if entry.quantity < 1 or Fraction(str(entry.credit)) <= 0:
        raise BadValue("quantity and credit must be more than nothing")
    if entry.participant_key == entry.person_key:
        raise BadValue("nobody mobilises themself")


# Reading


def in_time(read: Read, start: datetime, end: datetime) -> list[Entry]:
    """Return the entries, under pseudonyms, that happened in a time; for engines, not for pages."""
    same = aliases(read, pseudonym_of)
    return [_of(entry_from(row), same) for row in read(IN_TIME, start=start, end=end)]


def modes_in_time(read: Read, start: datetime, end: datetime) -> dict[str, set[str]]:
    """Return who, under pseudonyms, has something in each mode that was not taken back."""
    same = aliases(read, pseudonym_of)
    return {
        row["mode"]: {same.get(name, name) for name in row["names"]}
        for row in read(MODES_IN_TIME, start=start, end=end)
    }


def _of(entry: Entry, same: Mapping[str, str]) -> Entry:
    name = same.get(entry.pseudonym)
    return entry if name is None else replace(entry, pseudonym=name)


def names_of(read: Read, name: str) -> list[str]:
    """Return the pseudonym, and those that came to its owner by a merge."""
    same = aliases(read, pseudonym_of)
    return [name, *sorted(other for other, now in same.items() if now == name)]


def of_one(store: Store, name: str, start: datetime, end: datetime) -> list[Entry]:
    """Return the entries of one pseudonym and of whoever shares a credit with it: enough to score
    that one as among all."""
    same = aliases(store.read, pseudonym_of)
    found: dict[str, Entry] = {}
    for one in (name, *(other for other, now in sorted(same.items()) if now == name)):
        for row in store.read(OF_ONE, name=one, start=start, end=end):
            found.setdefault(row["act_id"], _of(entry_from(row), same))
    return list(found.values())

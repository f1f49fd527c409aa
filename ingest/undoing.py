"""Undoing an import run: what it would take back, and taking it back.

Only the newest run of a source that stands can be undone, so that what it built on is still there.
Taken back are: 1. every tie that it made (they carry its number); 2. its records: a person whose
row it changed gets back the values of the record before, where nobody has changed them since;
3. people and things that it made, unless somebody else has built on them: another source names
them too, they have an account, or any other tie joins them. These stay, and are counted as kept.
A question whether two records are one person keeps nobody: it goes along, answered or not. What the
ledger had entered for registrations and gifts of the run is taken back by counter-entries, and then
keeps neither people nor events: their evidence goes along, as when somebody is erased.
What it changed in things and ties made by earlier runs stays changed.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import Conflict
from graphnet.ledger import backfill
from graphnet.ledger.acts import named, taken_back
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction
from ingest.runs import BATCH, merged, retired, standing
from ingest.uploads.withdrawn import give_back

NAMED = 20  # people who are kept, by name in the report of undoing

# One row: the number of a newer run of the source that stands.
NEWER = """MATCH (r:ImportRun {source: $source})
WHERE r.number > $number AND r.state <> 'undone'
RETURN r.number AS number ORDER BY number DESC LIMIT 1"""

# No row: in transactions of their own, the ties that the run has made from people. All ends of a
# source's ties are people and things of that source.
UNTIE_PEOPLE = """MATCH (:ImportRun {source: $source})<-[:FROM]-(:Record)-[:ABOUT]->(p:Person)
MATCH (p)-[t]->() WHERE t.run = $number
WITH DISTINCT t CALL (t) { DELETE t } IN TRANSACTIONS OF 10000 ROWS"""

# No row: the same of ties from things.
UNTIE_THINGS = """MATCH (:ImportRun {source: $source})<-[:FROM]-(n) WHERE NOT n:Record
MATCH (n)-[t]->() WHERE t.run = $number
WITH DISTINCT t CALL (t) { DELETE t } IN TRANSACTIONS OF 10000 ROWS"""

# One row: a record of the run that has replaced another one, with both and the person.
REPLACED = """MATCH (run:ImportRun {id: $run})<-[:FROM]-(r:Record)-[:ABOUT]->(p:Person)
MATCH (old:Record {origin: $prefix + r.origin})
RETURN r.id AS id, old.id AS old, r.origin AS origin, p.key AS key, r.mapped AS mapped,
  old.mapped AS before, properties(p) AS now ORDER BY key, id LIMIT $limit"""

# One row: how many people have their older values back.
RESTORE = """UNWIND $rows AS row
MATCH (r:Record {id: row.id}) WITH r, row SKIP 0
MATCH (old:Record {id: row.old})-[:ABOUT]->(p:Person)
SET p += row.properties DETACH DELETE r SET old.origin = row.origin RETURN count(*) AS n"""

# One row: a record of the run that has given something to somebody who was there before.
GAVE = """MATCH (:ImportRun {id: $run})<-[:FROM]-(r:Record)-[:ABOUT]->(p:Person)
WHERE size(r.gave) > 0
RETURN r.id AS id, r.gave AS gave, r.mapped AS mapped, p.key AS key, properties(p) AS now
ORDER BY key, id LIMIT $limit"""

# One row: how many have what they had before.
TAKE_BACK = """UNWIND $rows AS row MATCH (r:Record {id: row.id})-[:ABOUT]->(p:Person)
SET p += row.properties, r.gave = [] RETURN count(*) AS n"""

# One row: how many records are as if the list had never left them out.
NAMED_AGAIN = """MATCH (r:Record {source: $source}) WHERE r.gone = $number
SET r.gone_at = null, r.gone = null RETURN count(r) AS n"""
NOT_MISSED = """MATCH (r:Record {source: $source}) WHERE r.missed = $number
SET r.missed = null RETURN count(r) AS n"""

# One row: how many stays in a city go on that the run had ended.
GO_ON = """MATCH (:ImportRun {id: $run})<-[:FROM]-(:Record)-[:ABOUT]->(p:Person)
MATCH (p)-[l:LIVES_IN]->(:Place)
WHERE l.source = $source AND l.ended = $number
SET l.to_year = null, l.ended = null RETURN count(l) AS n"""

# One row: how many registrations and receipts there were, and the ids of those that are gone.
# Without the ties of the run they say nothing, so that only another source keeps them.
REMOVE_ACTS = """MATCH (run:ImportRun {id: $run})<-[f:FROM]-(n:Registration|Receipt)
WITH n, f LIMIT $limit
WITH n, f, NOT EXISTS { (n)-[x:FROM]->() WHERE x <> f } AS ours
WITH collect(f) AS marks, collect(CASE WHEN ours THEN n END) AS gone, count(n) AS things,
  collect(CASE WHEN ours AND n:Registration THEN n.id END) AS registrations,
  collect(CASE WHEN ours AND n:Receipt THEN n.id END) AS receipts
FOREACH (f IN marks | DELETE f) FOREACH (n IN gone | DETACH DELETE n)
RETURN things, registrations, receipts"""

# One row: people who were made by the run, gone; and those who stay, with their records gone.
REMOVE_PEOPLE = (
    """MATCH (run:ImportRun {id: $run})<-[:FROM]-(r:Record)
WITH run, r LIMIT $limit
OPTIONAL MATCH (r)-[:ABOUT]->(p:Person)
WITH p, collect(r) AS several, p IS NOT NULL AND NOT EXISTS { (p)<-[x]-(other)
    WHERE NOT EXISTS { (other)-[:FROM]->(run) } AND NOT other:MergedPerson|Double|PseudonymKey
    AND NOT (other:Evidence AND """
    + taken_back("other.act_id")
    + """) }
  AND NOT EXISTS { (p)-[]->() } AS ours
WITH collect(several) AS all, collect(CASE WHEN ours THEN p END) AS gone,
  collect(CASE WHEN ours THEN
    [(p)<-[:OF|ABOUT]-(x:Double|Evidence|PseudonymKey) | x] END) AS along,
  collect(CASE WHEN ours THEN p.key END) AS keys, count(p) AS people,
  collect(CASE WHEN p IS NOT NULL AND NOT ours THEN
    [p.id, coalesce(p.given_name, ''), coalesce(p.family_name, '')] END) AS kept
WITH reduce(some = [], one IN all | some + one) AS records, gone, keys, people, kept,
  reduce(some = [], one IN along | some + one) AS along
FOREACH (r IN records | DETACH DELETE r) FOREACH (x IN along | DETACH DELETE x)
FOREACH (p IN gone | DETACH DELETE p)
RETURN keys, people, size(records) AS records, kept"""
)

# One row: how many were left of people who had been joined with somebody who is gone now.
REMOVE_MERGED = """MATCH (m:MergedPerson) WHERE NOT EXISTS { (m)-[:MERGED_INTO]->() }
WITH m LIMIT $limit OPTIONAL MATCH (m)<-[:OF]-(s:SetAside)
DETACH DELETE m, s RETURN count(m) AS n"""

# One row: things that were made by the run alone, gone; and those that stay.
REMOVE_THINGS = (
    """MATCH (run:ImportRun {id: $run})<-[f:FROM]-(n) WHERE NOT n:Record
WITH n, f LIMIT $limit
WITH n, f, NOT EXISTS { (n)-[x]-(other) WHERE x <> f
  AND NOT (other:Contribution AND """
    + taken_back("other.act_id")
    + """) } AS ours
WITH collect(f) AS marks, collect(CASE WHEN ours THEN n END) AS gone, count(n) AS things
FOREACH (f IN marks | DELETE f) FOREACH (n IN gone | DETACH DELETE n)
RETURN things, size(gone) AS gone"""
)

# One row: how many ties from people the run has made.
TIES_FROM_PEOPLE = """MATCH (:ImportRun {source: $source})<-[:FROM]-(:Record)-[:ABOUT]->(p:Person)
MATCH (p)-[t]->() WHERE t.run = $number RETURN count(DISTINCT t) AS n LIMIT 1"""

# One row: the same of ties from things.
TIES_FROM_THINGS = """MATCH (:ImportRun {source: $source})<-[:FROM]-(n) WHERE NOT n:Record
MATCH (n)-[t]->() WHERE t.run = $number RETURN count(DISTINCT t) AS n LIMIT 1"""

# One row: how many people would get older values back.
WOULD_RESTORE = """MATCH (:ImportRun {id: $run})<-[:FROM]-(r:Record)-[:ABOUT]->(:Person)
MATCH (old:Record {origin: $prefix + r.origin}) RETURN count(r) AS n LIMIT 1"""


def _would_be_taken_back(act: LiteralString) -> LiteralString:
    """Return the condition that nothing of an act will count once the run is undone."""
    of: LiteralString = (
        f"{{id: split({act}, ':')[1]}})-[own:FROM]->(:ImportRun {{id: $run}}) "
        "WHERE NOT EXISTS { (one)-[more:FROM]->() WHERE more <> own } }"
    )
    acts = f"EXISTS {{ (one:Registration {of} OR EXISTS {{ (one:Receipt {of}"
    return f"({taken_back(act)} OR {acts})"


# One row: how many entries of the ledger would be taken back.
WOULD_TAKE_BACK = (
    """MATCH (:ImportRun {id: $run})<-[f:FROM]-(n:Registration|Receipt)
WHERE NOT EXISTS { (n)-[x:FROM]->() WHERE x <> f }
UNWIND CASE WHEN n:Receipt THEN $of_receipt ELSE $of_registration END AS word
WITH word + ':' + n.id AS name
"""
    + named("name")
    + """
RETURN count(c) AS n LIMIT 1"""
)

_WOULD_GO: LiteralString = (
    """NOT EXISTS { (p)<-[x]-(other) WHERE coalesce(x.run, -1) <> $number
    AND NOT EXISTS { (other)-[:FROM]->(:ImportRun {id: $run}) }
    AND NOT other:MergedPerson|Double|PseudonymKey
    AND NOT (other:Evidence AND """
    + _would_be_taken_back("other.act_id")
    + """) }
  AND NOT EXISTS { (p)-[x]->() WHERE coalesce(x.run, -1) <> $number }"""
)

# One row: how often staff have said that somebody who would go is not another one: it goes along.
WOULD_FORGET = (
    """MATCH (:ImportRun {id: $run})<-[:FROM]-(r:Record)-[:ABOUT]->(p:Person)
WHERE NOT EXISTS { (:Record {origin: $prefix + r.origin}) }
MATCH (p)<-[:OF]-(d:Double {state: 'different'})
WITH p, d WHERE """
    + _WOULD_GO
    + """
RETURN count(DISTINCT d) AS n LIMIT 1"""
)

# One row: of the people whom the run has made, how many would go, how many would stay, and some of
# these. Ties that the run has made itself keep nobody.
WOULD_REMOVE_PEOPLE = (
    """MATCH (:ImportRun {id: $run})<-[:FROM]-(r:Record)-[:ABOUT]->(p:Person)
WHERE NOT EXISTS { (:Record {origin: $prefix + r.origin}) }
WITH DISTINCT p, """
    + _WOULD_GO
    + """ AS ours
ORDER BY p.key
WITH p, ours, CASE WHEN ours THEN null
  WHEN EXISTS { (p)<-[:OF]-(:Account) } THEN 'account'
  WHEN EXISTS { (p)<-[:MERGED_INTO]-(:MergedPerson) } THEN 'joined'
  WHEN EXISTS { (p)<-[:ABOUT]-(:Record)-[:FROM]->(other:ImportRun) WHERE other.id <> $run }
    THEN 'source' ELSE 'ties' END AS reason
RETURN count(CASE WHEN ours THEN 1 END) AS gone, count(CASE WHEN NOT ours THEN 1 END) AS stay,
  collect(CASE WHEN NOT ours THEN
    [p.id, coalesce(p.given_name, ''), coalesce(p.family_name, '')] END)[..$limit] AS kept,
  collect(reason) AS reasons
LIMIT 1"""
)

# One row: the same of things.
WOULD_REMOVE_THINGS = (
    """MATCH (:ImportRun {id: $run})<-[f:FROM]-(n) WHERE NOT n:Record
WITH n, NOT EXISTS { (n)-[x]-(other) WHERE x <> f AND coalesce(x.run, -1) <> $number
  AND (x:FROM OR NOT n:Registration|Receipt)
  AND NOT (other:Contribution AND """
    + _would_be_taken_back("other.act_id")
    + """) } AS ours
RETURN count(CASE WHEN ours THEN 1 END) AS gone, count(CASE WHEN NOT ours THEN 1 END) AS stay
LIMIT 1"""
)

# One row: the run that is undone.
UNDONE = """MATCH (r:ImportRun {id: $run}) SET r.state = $state, r.finished_at = $now
RETURN r.id AS id"""


@dataclass(frozen=True)
class Undone:
    """What undoing a run takes back, and what stays because others have built on it."""

    people: int
    things: int
    restored: int
    kept_people: int
    kept_things: int
    ties: int
    entries: int  # of the ledger, taken back by counter-entries
    kept: tuple[tuple[str, str], ...]  # some of the people who stay: id and name
    reasons: tuple[tuple[str, int], ...] = ()  # foreseen: account, source, joined, ties
    answers: int = 0  # foreseen: of staff, that one who goes is not another


def would_undo(store: Store, run_id: str) -> Undone:
    """Return what undoing a run would take back, without doing it.

    Raises
    ------
    ThingNotFound, Conflict
        As `undo_run` does.
    """
    run = newest(store, run_id)
    where = {"run": run_id, "number": run["number"], "prefix": retired(run["number"], "")}

    def work(transaction: Transaction) -> Undone:
        people = transaction.run(WOULD_REMOVE_PEOPLE, **where, limit=NAMED)[0]
        things = transaction.run(WOULD_REMOVE_THINGS, **where)[0]
        return Undone(
            people["gone"],
            things["gone"],
            transaction.run(WOULD_RESTORE, **where)[0]["n"],
            people["stay"],
            things["stay"],
            _ties(transaction, run),
            transaction.run(
                WOULD_TAKE_BACK,
                **where,
                of_registration=backfill.OF_REGISTRATION,
                of_receipt=backfill.OF_RECEIPT,
            )[0]["n"],
            _named(people["kept"]),
            tuple(sorted(Counter(people["reasons"]).items())),
            transaction.run(WOULD_FORGET, **where)[0]["n"],
        )

    return store.in_read(work)


def undo_run(
    store: Store,
    run_id: str,
    *,
    by: str = "",
    audit: Callable[[Transaction], None] | None = None,
) -> Undone:
    """Take back what a run has done; as the module says. It can be repeated if interrupted.

    `by` is the account that counter-entries of the ledger name; `audit` writes who did it, in the
    transaction that ends it.

    Raises
    ------
    ThingNotFound
        If there is no such run.
    Conflict
        If the run is undone already, or a newer run of its source stands.
    """
    run = newest(store, run_id)
    ties = store.in_read(lambda transaction: _ties(transaction, run))
    stay: list[list[str]] = []
    entered = 0
    # An import that still runs stops at its next batch.
    store.write(UNDONE, run=run_id, state="undoing", now=datetime.now(UTC))
    store.write(NAMED_AGAIN, source=run["source"], number=run["number"])
    store.write(NOT_MISSED, source=run["source"], number=run["number"])
    store.write(GO_ON, run=run_id, source=run["source"], number=run["number"])
    for query in (UNTIE_PEOPLE, UNTIE_THINGS):
        store.run_alone(query, source=run["source"], number=run["number"])

    def restore(transaction: Transaction) -> int:
        rows = transaction.run(REPLACED, run=run_id, prefix=retired(run["number"], ""), limit=BATCH)
        changed = [
            {
                "id": row["id"],
                "old": row["old"],
                "origin": row["origin"],
                "properties": merged(row["now"], row["mapped"], row["before"]).changed,
            }
            for row in rows
        ]
        if changed:
            transaction.run(RESTORE, rows=changed)
            changes.record(transaction, "changed", [row["key"] for row in rows], thing=run_id)
        return len(changed)

    def acts(transaction: Transaction) -> tuple[int, int, int]:
        row = transaction.run(REMOVE_ACTS, run=run_id, limit=BATCH)[0]
        registrations, receipts = row["registrations"], row["receipts"]
        back = backfill.withdraw(transaction, registrations, receipts, by=by)
        return len(registrations) + len(receipts), row["things"], back

    def people(transaction: Transaction) -> tuple[int, int, int, list[list[str]]]:
        row = transaction.run(REMOVE_PEOPLE, run=run_id, limit=BATCH)[0]
        if row["keys"]:
            changes.record(transaction, "erased", row["keys"], thing=run_id)
        stay = row["people"] - len(row["keys"])
        return len(row["keys"]), stay, row["records"], row["kept"]

    def things(transaction: Transaction) -> tuple[int, int, int, list[list[str]]]:
        row = transaction.run(REMOVE_THINGS, run=run_id, limit=BATCH)[0]
        return row["gone"], row["things"] - row["gone"], row["things"], []

    def take_back(transaction: Transaction) -> int:
        rows = [
            {
                "id": row["id"],
                "properties": {
                    name: value
                    for name, value in merged(row["now"], row["mapped"], "{}").changed.items()
                    if name in row["gave"]
                },
                "key": row["key"],
            }
            for row in transaction.run(GAVE, run=run_id, limit=BATCH)
        ]
        if rows:
            transaction.run(TAKE_BACK, rows=rows)
            changes.record(transaction, "changed", [row["key"] for row in rows], thing=run_id)
        return len(rows)

    while store.in_write(lambda transaction: give_back(transaction, run_id, limit=BATCH)):
        pass
    while store.in_write(take_back):
        pass
    restored = 0
    while count := store.in_write(restore):
        restored += count
    gone_acts = kept_acts = 0
    while (answer := store.in_write(acts, seconds=120))[1]:
        gone_acts, kept_acts = gone_acts + answer[0], kept_acts + answer[1] - answer[0]
        entered += answer[2]
    totals: dict[Callable[..., Any], tuple[int, int]] = {}
    for step in (people, things):
        gone = kept = 0
        while (done := store.in_write(step))[2]:
            gone, kept = gone + done[0], kept + done[1]
            stay += done[3][: NAMED - len(stay)]
        totals[step] = (gone, kept)
        store.write(REMOVE_MERGED, limit=BATCH)

    def end(transaction: Transaction) -> None:
        transaction.run(UNDONE, run=run_id, state="undone", now=datetime.now(UTC))
        changes.record(transaction, "imported", thing=run_id)
        if audit is not None:
            audit(transaction)

    store.in_write(end)
    return Undone(
        totals[people][0],
        totals[things][0] + gone_acts,
        restored,
        totals[people][1],
        totals[things][1] + kept_acts,
        ties,
        entered,
        _named(stay),
    )


def undo_as(store: Store, viewer: Viewer, run_id: str) -> Undone:
    """Take back what a run has done, as `undo_run` does, with who did it in the trail."""
    return undo_run(
        store,
        run_id,
        by=viewer.account_id,
        audit=lambda t: acted(t, viewer, "undo import", run_id),
    )


def newest(store: Store, run_id: str) -> Row:
    """Return a run that can be undone: nothing was built on it by a newer one of its source."""
    run = standing(store, run_id)
    newer = store.read(NEWER, source=run["source"], number=run["number"])
    if newer:
        raise Conflict(
            f"run {run['number']} of {run['source']} has a newer one, {newer[0]['number']}: "
            "undo that first"
        )
    return run


def _ties(transaction: Transaction, run: Row) -> int:
    where = {"source": run["source"], "number": run["number"]}
    return sum(
        int(transaction.run(query, **where)[0]["n"])
        for query in (TIES_FROM_PEOPLE, TIES_FROM_THINGS)
    )


def _named(kept: Iterable[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((id_, f"{given} {family}".strip()) for id_, given, family in kept)

"""Import runs: begun, advanced with every batch, finished; their lawful ground; undoing one.

A run is one `:ImportRun` node. Its `progress` is changed in the transaction of every batch, and
only if it still is what this process believes: of two processes that import the same source at
once, one goes on and the other stops with a `Conflict`. A run that wrote nothing leaves no trace.

**A changed row** of a person makes a new `:Record`, which takes over the name (`origin`) of the one
before; that one keeps all it says and is called `#RUN:ORIGIN` from then on. A field of the person
is changed only if the row says something else than before and nobody has changed it since.

**What undoing a run takes back.** Only the newest run of a source that stands can be undone, so
that what it built on is still there: 1. every tie that it made (they carry its number); 2. its
records: a person whose row it changed gets back the values of the record before, where nobody has
changed them since; 3. people and things that it made, unless somebody else has built on them:
another source names them too, they have an account, or any other tie joins them. These stay, and
are counted as kept. What it changed in things and ties made by earlier runs stays changed.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from graphnet import changes
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.model import new_id
from graphnet.names.folding import fold
from graphnet.store import Row, Store, Transaction

BATCH = 5_000
NAMED = 20  # people who are kept, by name in the report of undoing
NAMES = frozenset({"given_name", "patronymic", "family_name"})

# One row: the newest run of the source that was begun by the same mapping and did not finish.
OPEN = """MATCH (r:ImportRun {source: $source})
WHERE r.state = 'running' AND r.mapping_hash = $mapping_hash
RETURN r.id AS id, r.number AS number, r.progress AS progress, r.ground AS ground
ORDER BY number DESC LIMIT 1"""

# One row: the newest run of the source that stands.
LATEST = """MATCH (r:ImportRun {source: $source}) WHERE r.state = 'finished'
RETURN r.id AS id ORDER BY r.number DESC LIMIT 1"""

# One row: a ground that staff have named for this source.
GROUND = """MATCH (r:ImportRun {source: $source}) WHERE r.ground <> '' AND r.state <> 'undone'
RETURN r.ground AS ground, r.ground_by AS by, r.ground_at AS at ORDER BY r.number DESC LIMIT 1"""

# One row: the number of the new run. Older runs of the source that still run are stopped by it.
BEGIN = """MERGE (c:Counter {name: 'run'}) ON CREATE SET c.next = 0
SET c.next = c.next + 1
CREATE (r:ImportRun {id: $id, number: c.next, source: $source, mapping: $mapping,
  mapping_hash: $mapping_hash, started_at: $now, state: 'running', progress: $progress,
  ground: $ground, ground_by: $by, ground_at: $ground_at})
WITH r CALL (r) { OPTIONAL MATCH (other:ImportRun {source: $source})
  WHERE other.state = 'running' AND other <> r SET other.state = 'interrupted' }
RETURN DISTINCT r.number AS number"""

# One row if the run is where this process believes it to be. The write locks it for this process
# until the batch is committed, before the condition is looked at.
HOLD = """MATCH (r:ImportRun {id: $run}) SET r.source = r.source
WITH r WHERE r.state = 'running' AND r.progress = $progress RETURN r.id AS id"""

# One row: the run.
ADVANCE = """MATCH (r:ImportRun {id: $run}) SET r.progress = $progress RETURN r.id AS id"""

# One row: the run that is finished.
FINISH = """MATCH (r:ImportRun {id: $run})
SET r.state = 'finished', r.finished_at = $now, r.read = $read, r.written = $written,
  r.skipped = $skipped, r.rejected = $rejected, r.report = $report
RETURN r.id AS id"""

# A run that wrote nothing is as if it had not been: its number goes back if it is the newest.
DISCARD = """MATCH (r:ImportRun {id: $run}) WITH r SKIP 0 MATCH (c:Counter {name: 'run'})
SET c.next = CASE WHEN c.next = r.number THEN c.next - 1 ELSE c.next END
DETACH DELETE r RETURN c.next AS next"""

# One row: a run, newest first.
RUNS = """MATCH (r:ImportRun)
RETURN r.id AS id, r.number AS number, r.source AS source, r.mapping AS mapping, r.state AS state,
  r.started_at AS started_at, r.finished_at AS finished_at, coalesce(r.ground, '') AS ground,
  r.ground_by AS ground_by, r.ground_at AS ground_at, coalesce(r.read, 0) AS read,
  coalesce(r.written, 0) AS written, coalesce(r.skipped, 0) AS skipped,
  coalesce(r.rejected, 0) AS rejected, r.report AS report
ORDER BY r.number DESC LIMIT $limit"""

# One row: the run.
RUN = """MATCH (r:ImportRun {id: $run})
RETURN r.id AS id, r.number AS number, r.source AS source, r.state AS state LIMIT 1"""

# One row: how many runs of the source have their ground from now on.
SET_GROUND = """MATCH (r:ImportRun {source: $source}) WHERE r.id = $run OR r.ground = ''
SET r.ground = $ground, r.ground_by = $by, r.ground_at = $now RETURN count(r) AS n"""

# One row: the keys of people who leave quarantine.
LIFT_PEOPLE = """MATCH (:ImportRun {source: $source})<-[:FROM]-(:Record)-[:ABOUT]->(p:Person)
WHERE p.quarantined WITH DISTINCT p LIMIT $limit
REMOVE p.quarantined RETURN collect(p.key) AS keys"""

# One row: how many groups, events and projects leave quarantine.
LIFT_THINGS = """MATCH (:ImportRun {source: $source})<-[:FROM]-(n)
WHERE n.visibility = 'quarantined' AND NOT n:Record WITH DISTINCT n LIMIT $limit
SET n.visibility = 'members' RETURN count(n) AS n"""

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

# One row: people who were made by the run, gone; and those who stay, with their records gone.
REMOVE_PEOPLE = """MATCH (run:ImportRun {id: $run})<-[:FROM]-(r:Record)
WITH run, r LIMIT $limit
OPTIONAL MATCH (r)-[:ABOUT]->(p:Person)
WITH p, collect(r) AS several, p IS NOT NULL AND NOT EXISTS { (p)<-[x]-(other)
    WHERE NOT EXISTS { (other)-[:FROM]->(run) } AND NOT other:MergedPerson }
  AND NOT EXISTS { (p)-[]->() } AS ours
WITH collect(several) AS all, collect(CASE WHEN ours THEN p END) AS gone,
  collect(CASE WHEN ours THEN p.key END) AS keys, count(p) AS people,
  collect(CASE WHEN p IS NOT NULL AND NOT ours THEN
    [p.id, coalesce(p.given_name, ''), coalesce(p.family_name, '')] END) AS kept
WITH reduce(some = [], one IN all | some + one) AS records, gone, keys, people, kept
FOREACH (r IN records | DETACH DELETE r) FOREACH (p IN gone | DETACH DELETE p)
RETURN keys, people, size(records) AS records, kept"""

# One row: how many were left of people who had been joined with somebody who is gone now.
REMOVE_MERGED = """MATCH (m:MergedPerson) WHERE NOT EXISTS { (m)-[:MERGED_INTO]->() }
WITH m LIMIT $limit OPTIONAL MATCH (m)<-[:OF]-(s:SetAside)
DETACH DELETE m, s RETURN count(m) AS n"""

# One row: things that were made by the run alone, gone; and those that stay.
REMOVE_THINGS = """MATCH (run:ImportRun {id: $run})<-[f:FROM]-(n) WHERE NOT n:Record
WITH n, f LIMIT $limit
WITH n, f, NOT EXISTS { (n)-[x]-() WHERE x <> f } AS ours
WITH collect(f) AS marks, collect(CASE WHEN ours THEN n END) AS gone, count(n) AS things
FOREACH (f IN marks | DELETE f) FOREACH (n IN gone | DETACH DELETE n)
RETURN things, size(gone) AS gone"""

# One row: how many ties from people the run has made.
TIES_FROM_PEOPLE = """MATCH (:ImportRun {source: $source})<-[:FROM]-(:Record)-[:ABOUT]->(p:Person)
MATCH (p)-[t]->() WHERE t.run = $number RETURN count(DISTINCT t) AS n LIMIT 1"""

# One row: the same of ties from things.
TIES_FROM_THINGS = """MATCH (:ImportRun {source: $source})<-[:FROM]-(n) WHERE NOT n:Record
MATCH (n)-[t]->() WHERE t.run = $number RETURN count(DISTINCT t) AS n LIMIT 1"""

# One row: how many people would get older values back.
WOULD_RESTORE = """MATCH (:ImportRun {id: $run})<-[:FROM]-(r:Record)-[:ABOUT]->(:Person)
MATCH (old:Record {origin: $prefix + r.origin}) RETURN count(r) AS n LIMIT 1"""

# One row: of the people whom the run has made, how many would go, how many would stay, and some of
# these. Ties that the run has made itself keep nobody.
WOULD_REMOVE_PEOPLE = """MATCH (:ImportRun {id: $run})<-[:FROM]-(r:Record)-[:ABOUT]->(p:Person)
WHERE NOT EXISTS { (:Record {origin: $prefix + r.origin}) }
WITH DISTINCT p, NOT EXISTS { (p)<-[x]-(other) WHERE coalesce(x.run, -1) <> $number
    AND NOT EXISTS { (other)-[:FROM]->(:ImportRun {id: $run}) } AND NOT other:MergedPerson }
  AND NOT EXISTS { (p)-[x]->() WHERE coalesce(x.run, -1) <> $number } AS ours
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

# One row: the same of things.
WOULD_REMOVE_THINGS = """MATCH (:ImportRun {id: $run})<-[f:FROM]-(n) WHERE NOT n:Record
WITH n, NOT EXISTS { (n)-[x]-() WHERE x <> f AND coalesce(x.run, -1) <> $number } AS ours
RETURN count(CASE WHEN ours THEN 1 END) AS gone, count(CASE WHEN NOT ours THEN 1 END) AS stay
LIMIT 1"""

# One row: the run that is undone.
UNDONE = """MATCH (r:ImportRun {id: $run}) SET r.state = $state, r.finished_at = $now
RETURN r.id AS id"""


@dataclass(frozen=True)
class Begun:
    """A run that this process works on."""

    id: str
    number: int
    progress: str
    ground: str
    resumed: bool
    latest: str  # the newest run of the source before this one that stands, if there is one


@dataclass(frozen=True)
class Undone:
    """What undoing a run takes back, and what stays because others have built on it."""

    people: int
    things: int
    restored: int
    kept_people: int
    kept_things: int
    ties: int
    kept: tuple[tuple[str, str], ...]  # some of the people who stay: id and name
    reasons: tuple[tuple[str, int], ...] = ()  # foreseen: account, source, joined, ties


def begin(
    store: Store,
    source: str,
    *,
    mapping: str,
    mapping_hash: str,
    files: dict[str, str],
    ground: str,
    by: str,
) -> Begun:
    """Take up the source's unfinished run if mapping and files are the same, else begin one.

    A source whose ground was named once keeps it.
    """
    identifier, now = new_id(), datetime.now(UTC)

    def work(transaction: Transaction) -> Begun:
        latest = "".join(row["id"] for row in transaction.run(LATEST, source=source))
        found = transaction.run(OPEN, source=source, mapping_hash=mapping_hash)
        if found and json.loads(found[0]["progress"])["files"] == files:
            row = found[0]
            return Begun(
                row["id"],
                row["number"],
                row["progress"],
                row["ground"],
                resumed=True,
                latest=latest,
            )
        named, who, at = ground, by, now
        if not named and (earlier := transaction.run(GROUND, source=source)):
            named, who, at = earlier[0]["ground"], earlier[0]["by"], earlier[0]["at"]
        progress = json.dumps({"files": files, "step": 0, "row": 0, "counts": {}}, sort_keys=True)
        number = transaction.run(
            BEGIN,
            id=identifier,
            source=source,
            mapping=mapping,
            mapping_hash=mapping_hash,
            now=now,
            progress=progress,
            ground=named,
            by=who if named else "",
            ground_at=at if named else None,
        )[0]["number"]
        return Begun(identifier, number, progress, named, resumed=False, latest=latest)

    return store.in_write(work)


def hold(transaction: Transaction, run: str, *, progress: str) -> None:
    """Keep others from moving the run on until this transaction is committed.

    Raises
    ------
    Conflict
        If another process has taken up the run, begun a newer one of the source, or undone it.
    """
    if not transaction.run(HOLD, run=run, progress=progress):
        raise Conflict(
            f"run {run} is no longer ours: another process imports the same source, or the run was "
            "undone; what was written is kept. Wait for it to finish, then repeat the import"
        )


def advance(transaction: Transaction, run: str, *, progress: str) -> None:
    """Say in the transaction of a batch how far the run has come."""
    transaction.run(ADVANCE, run=run, progress=progress)


def retired(number: int, origin: str) -> str:
    """Return what a record is called after run `number` has put another one in its place."""
    return f"#{number}:{origin}"


def finish(store: Store, run: str, *, report: dict[str, Any], wrote: bool) -> None:
    """End a run: with its report and one change in the feed; or without a trace."""

    def work(transaction: Transaction) -> None:
        if not wrote:
            transaction.run(DISCARD, run=run)
            return
        transaction.run(
            FINISH,
            run=run,
            now=datetime.now(UTC),
            read=report["read"],
            written=report["written"],
            skipped=report["skipped"],
            rejected=report["rejected"],
            report=json.dumps(report, ensure_ascii=False, sort_keys=True),
        )
        changes.record(transaction, "imported", thing=run)

    store.in_write(work)


def runs(store: Store, *, limit: int = 100) -> list[Row]:
    """Return the runs, the newest first."""
    return store.read(RUNS, limit=limit)


def name_ground(store: Store, run_id: str, text: str, by: str) -> int:
    """Name the lawful ground of a run's source, which takes its people out of quarantine.

    It holds for all runs of the source that have none, and for those to come.

    Returns how many people, groups, events and projects came out of it.

    Raises
    ------
    BadValue
        If the text is empty.
    ThingNotFound
        If there is no such run.
    """
    if not text.strip():
        raise BadValue("say on what lawful ground the people of this source are held")
    source = _standing(store, run_id)["source"]
    now = datetime.now(UTC)
    store.write(SET_GROUND, source=source, run=run_id, ground=text.strip(), by=by, now=now)

    def people(transaction: Transaction) -> int:
        keys = transaction.run(LIFT_PEOPLE, source=source, limit=BATCH)[0]["keys"]
        if keys:
            changes.record(transaction, "shown", keys, thing=run_id)
        return len(keys)

    def things(transaction: Transaction) -> int:
        return int(transaction.run(LIFT_THINGS, source=source, limit=BATCH)[0]["n"])

    lifted = 0
    for step in (people, things):
        while count := store.in_write(step):
            lifted += count
    return lifted


def would_undo(store: Store, run_id: str) -> Undone:
    """Return what undoing a run would take back, without doing it.

    Raises
    ------
    ThingNotFound, Conflict
        As `undo_run` does.
    """
    run = _newest(store, run_id)
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
            _named(people["kept"]),
            tuple(sorted(Counter(people["reasons"]).items())),
        )

    return store.in_read(work)


def undo_run(
    store: Store, run_id: str, *, audit: Callable[[Transaction], None] | None = None
) -> Undone:
    """Take back what a run has done; see the top of this module. Can be repeated if interrupted.

    `audit` writes who did it, in the transaction that ends it.

    Raises
    ------
    ThingNotFound
        If there is no such run.
    Conflict
        If the run is undone already, or a newer run of its source stands.
    """
    run = _newest(store, run_id)
    ties = store.in_read(lambda transaction: _ties(transaction, run))
    stay: list[list[str]] = []
    # An import that still runs stops at its next batch.
    store.write(UNDONE, run=run_id, state="undoing", now=datetime.now(UTC))
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

    while store.in_write(take_back):
        pass
    restored = 0
    while count := store.in_write(restore):
        restored += count
    totals: dict[Callable[..., Any], tuple[int, int]] = {}
    for step in (people, things):
        gone = kept = 0
        while (answer := store.in_write(step))[2]:
            gone, kept = gone + answer[0], kept + answer[1]
            stay += answer[3][: NAMED - len(stay)]
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
        totals[things][0],
        restored,
        totals[people][1],
        totals[things][1],
        ties,
        _named(stay),
    )


def packed(values: dict[str, Any]) -> str:
    """Return the properties that a row gave to a person, as a Record keeps them."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=_tagged)


class Merged(NamedTuple):
    """What to set on a person; fields left alone, for somebody changed them; fields emptied."""

    changed: dict[str, Any]
    kept: int
    emptied: int


def merged(now: dict[str, Any], given: str, wanted: str) -> Merged:
    """Return what to set on a person whose row has changed.

    `given` is what the row gave before, `wanted` what it gives now, both `packed`. A field is set
    if the row says something else than before, if nobody has changed it in the meantime, and if
    neither the person nor staff have confirmed it as it is.
    """
    before, after = json.loads(given), json.loads(wanted)
    held = frozenset(now.get("confirmed") or ())
    changed: dict[str, Any] = {}
    kept = 0
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        stands = json.loads(packed({name: now.get(name)}))[name]
        if stands == new or (stands == old and name not in held):
            changed[name] = _untagged(new)
        else:
            kept += 1
    emptied = sum(value is None for value in changed.values())
    if NAMES & changed.keys() and "name_key" not in before.keys() | after.keys():
        changed["name_key"] = name_key(now | changed)
    return Merged(changed, kept, emptied)


def name_key(person: Mapping[str, Any]) -> str:
    """Return the key under which a person is found: all names, folded, in the order of speech."""
    parts = (person.get(name) for name in ("given_name", "patronymic", "family_name"))
    return fold(" ".join(str(part) for part in parts if part))


def _newest(store: Store, run_id: str) -> Row:
    """Return a run that can be undone: nothing was built on it by a newer one of its source."""
    run = _standing(store, run_id)
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


def _standing(store: Store, run_id: str) -> Row:
    found = store.read(RUN, run=run_id)
    if not found:
        raise ThingNotFound(f"no import run {run_id!r}; `graphnet import runs` lists them")
    if found[0]["state"] == "undone":
        raise Conflict(f"run {found[0]['number']} is undone already")
    return found[0]


def _tagged(value: Any) -> Any:
    """JSON has no dates: keep them as {"date": ...} and {"time": ...}."""
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    # Neo4j's own types, of values that were read back.
    native = value.to_native()
    return _tagged(native)


def _untagged(value: Any) -> Any:
    if isinstance(value, dict) and "time" in value:
        return datetime.fromisoformat(value["time"])
    if isinstance(value, dict) and "date" in value:
        return date.fromisoformat(value["date"])
    return value

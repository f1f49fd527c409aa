"""Import runs: begun, advanced with every batch, finished; their lawful ground.

A run is one `:ImportRun` node. Its `progress` is changed in the transaction of every batch, and
only if it still is what this process believes: of two processes that import the same source at
once, one goes on and the other stops with a `Conflict`. A run that wrote nothing leaves no trace.

**A changed row** of a person makes a new `:Record`, which takes over the name (`origin`) of the one
before; that one keeps all it says and is called `#RUN:ORIGIN` from then on. A field of the person
is changed only if the row says something else than before and nobody has changed it since.

A run is undone by `ingest.undoing`.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, get_args

from graphnet import changes
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.model import new_id
from graphnet.names.folding import fold
from graphnet.store import Row, Store, Transaction
from ingest.steps import Makes

BATCH = 5_000
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
  ground: $ground, ground_by: $by, ground_at: $ground_at, imported_by: $importer})
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
  coalesce(r.imported_by, '') AS imported_by,
  r.ground_by AS ground_by, r.ground_at AS ground_at, coalesce(r.read, 0) AS read,
  coalesce(r.written, 0) AS written, coalesce(r.skipped, 0) AS skipped,
  coalesce(r.rejected, 0) AS rejected, r.report AS report
ORDER BY r.number DESC LIMIT $limit"""

# A condition without which no run waits for its ground.
STAFF_MAY = "EXISTS { (run:ImportRun) WHERE coalesce(run.ground, '') = '' }"

# One row: the run.
RUN = """MATCH (r:ImportRun {id: $run})
RETURN r.id AS id, r.number AS number, r.source AS source, r.state AS state,
  coalesce(r.read, -1) AS read, coalesce(r.imported_by, '') AS imported_by LIMIT 1"""

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


@dataclass(frozen=True)
class Begun:
    """A run that this process works on."""

    id: str
    number: int
    progress: str
    ground: str
    resumed: bool
    latest: str  # the newest run of the source before this one that stands, if there is one


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

    A source whose ground was named once keeps it. `by` is the account that imports.
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
            importer=by,
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


def came(run: Row) -> dict[str, tuple[int, int]]:
    """Return how many people, things and ties (by these words) a run has made, and has changed.

    Nothing of a run that is not finished, or whose report is of before they were told apart.
    """
    made, changed = Counter[str](), Counter[str]()
    for step in json.loads(run["report"])["steps"] if run["report"] else ():
        if "makes" in step:
            made[step["makes"]] += step["counts"]["made"]
            changed[step["makes"]] += step["counts"]["changed"]
    return {what: (made[what], changed[what]) for what in get_args(Makes)}


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
    source = standing(store, run_id)["source"]
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


def packed(values: dict[str, Any]) -> str:
    """Return the properties that a row gave to a person, as a Record keeps them."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=_tagged)


def unpacked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties as the graph takes them, out of what `packed` made."""
    return {name: _untagged(value) for name, value in values.items()}


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


def run_of(store: Store, run_id: str) -> Row:
    """Return a run by its id.

    Raises
    ------
    ThingNotFound
    """
    found = store.read(RUN, run=run_id)
    if not found:
        raise ThingNotFound(f"no import run {run_id!r}; `graphnet import runs` lists them")
    return found[0]


def standing(store: Store, run_id: str) -> Row:
    """Return a run that has not been undone.

    Raises
    ------
    ThingNotFound, Conflict
    """
    found = run_of(store, run_id)
    if found["state"] == "undone":
        raise Conflict(f"run {found['number']} is undone already")
    return found


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

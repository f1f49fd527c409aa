"""Writing the batches of an import: each in one transaction, together with how far it has come."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, LiteralString

from graphnet import delicate
from graphnet.errors import QueryTimeout
from graphnet.model import TIES, new_id
from graphnet.store import Store, Transaction
from ingest import runs
from ingest.node_steps import NodeStep
from ingest.queries import (
    ALUMNI,
    BEFORE,
    BY_NAME,
    CHANGED,
    DATED_TIE_QUERIES,
    JOINED,
    MAKE,
    PEOPLE,
    THERE,
    TIE_QUERIES,
)
from ingest.steps import Batch, Counts, Known, Step, shared_name
from ingest.tie_steps import TieStep
from ingest.words import KEYED, TIE_IDENTITY

# One row: the first of $n keys that nobody else gets.
RESERVE = """MERGE (c:Counter {name: $name}) ON CREATE SET c.next = 0
SET c.next = c.next + $n RETURN c.next - $n + 1 AS first"""

TOPIC_NAMES = ("name", "name_ru")

# Rows in a transaction below which a time limit is the server's trouble, not the batch's.
SMALLEST = 50

# A batch is 20,000 rows: it has a limit of its own, far above that of a visitor's query.
BATCH_SECONDS = 300.0


class Writer:
    """Writes the batches of one run."""

    def __init__(
        self,
        store: Store,
        source: str,
        run: runs.Begun,
        known: Known,
        joined: Mapping[str, int | str],
    ) -> None:
        self._store = store
        self._joined = joined
        self._source = source
        self._run = run
        self._progress = run.progress
        state = json.loads(run.progress)
        self._files: dict[str, str] = state["files"]
        self._resume: tuple[int, int] = (state["step"], state["row"])
        self._before = {int(n): Counts.of(counts) for n, counts in state["counts"].items()}
        self._done = dict(self._before)
        self.known = known

    def write(self, number: int, step: Step, batch: Batch) -> None:
        """Write a batch and how far the run has come, together or not at all."""
        if isinstance(step, TieStep) and (number, batch.last) <= self._resume:
            return  # it is in the graph, from before the interruption
        self._fit(number, step, batch)

    def _fit(self, number: int, step: Step, batch: Batch) -> None:
        """Write a batch; on a machine too busy to do it within the time limit, two halves of it."""
        try:
            self._write(number, step, batch)
        except QueryTimeout:
            middle = len(batch.rows) // 2
            if middle < SMALLEST:
                raise
            # Only after the second half are the rows of the file up to here done.
            state = json.loads(self._progress)
            last = state["row"] if state["step"] == number else 0
            self._fit(number, step, Batch(batch.rows[:middle], last))
            self._fit(number, step, Batch(batch.rows[middle:], batch.last))

    def _write(self, number: int, step: Step, batch: Batch) -> None:
        done = self._done.get(number, Counts())
        keys: dict[str, int] = {}

        def work(transaction: Transaction) -> tuple[str, Counts]:
            keys.clear()  # the driver may repeat this after a transient error
            counts = Counts(**asdict(done))
            runs.hold(transaction, self._run.id, progress=self._progress)
            if isinstance(step, TieStep):
                self._ties(transaction, step, batch, counts)
            elif isinstance(step, NodeStep) and step.spec.label == "Person":
                self._people(transaction, step, batch, counts, keys)
            elif isinstance(step, NodeStep):
                self._things(transaction, step, batch, counts)
            after = self._state(number, batch.last, counts)
            runs.advance(transaction, self._run.id, progress=after)
            return after, counts

        self._progress, self._done[number] = self._store.in_write(work, seconds=BATCH_SECONDS)
        self.known.people |= keys

    def leave(self, number: int, step: Step) -> None:
        """Put together what this process has counted and what was written before it."""
        before, done = self._before.get(number, Counts()), self._done.get(number, Counts())
        counts = step.counts
        if isinstance(step, NodeStep):
            # What was written before the interruption is unchanged by now.
            sent = before.made + before.changed + before.unchanged
            counts.unchanged = max(0, counts.unchanged - sent) + done.unchanged
        else:
            counts.unchanged, counts.repeated = done.unchanged, done.repeated
        counts.made, counts.changed = done.made, done.changed
        counts.kept, counts.emptied = done.kept, done.emptied

    def _state(self, number: int, row: int, counts: Counts) -> str:
        step, reached = max(self._resume, (number, row))
        everything = {str(n): asdict(c) for n, c in (self._done | {number: counts}).items()}
        state = {"files": self._files, "step": step, "row": reached, "counts": everything}
        return json.dumps(state, sort_keys=True)

    def _people(
        self,
        transaction: Transaction,
        step: NodeStep,
        batch: Batch,
        counts: Counts,
        keys: dict[str, int],
    ) -> None:
        new: list[list[Any]] = []
        changed: dict[str, dict[str, Any]] = {}
        joining: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
        places = [step.source.columns[name] for name in step.source.spec.place]
        now = datetime.now(UTC)
        for identity, row, cells, values, hash_ in batch.rows:
            origin = self.known.origin(step.kind, identity)
            given = {name: value for name, value in values.items() if value is not None}
            fields = {name: cells[i] for name, i in step.fields if cells[i]}
            record = {
                "id": new_id(),
                "origin": origin,
                "source": self._source,
                "file": step.source.spec.path,
                "row": row,
                "fields": json.dumps(fields, ensure_ascii=False),
                "mapped": runs.packed(given),
                "hash": hash_,
            }
            if places:
                record |= {"file": cells[places[0]], "row": int(cells[places[1]])}
            if origin in self.known.hashes:
                changed[origin] = record
                continue
            person = {
                "id": new_id(),
                "created_at": now,
                "visibility": "shown",
                "name_key": runs.name_key(given),
            } | given
            if not self._run.ground:
                person["quarantined"] = True
            if origin in self._joined:
                joining[origin] = (person, record)
            else:
                new.append([person, record])
        new += self._of_nobody(transaction, joining, {record["origin"] for _, record in new})
        if new:
            first = _reserve(transaction, "person", len(new))
            for key, (person, record) in enumerate(new, start=first):
                person["key"] = keys[record["origin"]] = key
            query = ALUMNI if step.spec.labels else PEOPLE
            counts.made += transaction.run(query, rows=new, run=self._run.id)[0]["n"]
        if joining:
            self._join(transaction, joining, counts, keys)
        if changed:
            rows = []
            for row in transaction.run(BEFORE, origins=list(changed)):
                record = changed[row["origin"]]
                merged = runs.merged(row["now"], row["mapped"], record["mapped"])
                counts.kept += merged.kept
                counts.emptied += merged.emptied
                retired = runs.retired(self._run.number, row["origin"])
                rows.append({"record": record, "retired": retired, "properties": merged.changed})
            counts.changed += transaction.run(CHANGED, rows=rows, run=self._run.id)[0]["n"]

    def _of_nobody(
        self,
        transaction: Transaction,
        joining: dict[str, tuple[dict[str, Any], dict[str, Any]]],
        made: set[str],
    ) -> list[list[Any]]:
        """Take out of `joining` whoever's person is gone since: they are new people after all."""
        owners = {origin: self._owner(origin) for origin in joining}
        wanted = sorted({key for key in owners.values() if key is not None})
        there = {row["key"] for row in transaction.run(THERE, keys=wanted)} if wanted else set()
        alone = [
            origin
            for origin, key in owners.items()
            if key not in there and self._joined[origin] not in made
        ]
        return [list(joining.pop(origin)) for origin in alone]

    def _owner(self, origin: str) -> int | None:
        owner = self._joined[origin]
        return owner if isinstance(owner, int) else self.known.people.get(owner)

    def _join(
        self,
        transaction: Transaction,
        joining: dict[str, tuple[dict[str, Any], dict[str, Any]]],
        counts: Counts,
        keys: dict[str, int],
    ) -> None:
        """Tie records to people who are there; what those do not say yet, the records give."""
        for origin in joining:
            owner = self._joined[origin]
            key = owner if isinstance(owner, int) else keys.get(owner) or self.known.people[owner]
            keys[origin] = int(key or 0)
        wanted = sorted({keys[origin] for origin in joining})
        there = {row["key"]: row["now"] for row in transaction.run(THERE, keys=wanted)}
        rows = []
        for origin, (_, record) in joining.items():
            now = there[keys[origin]]
            given = runs.merged(now, "{}", record["mapped"])
            counts.kept += given.kept
            gave = sorted(name for name in given.changed if now.get(name) is None)
            now |= given.changed
            rows.append(
                {
                    "key": keys[origin],
                    "properties": given.changed,
                    "record": record | {"gave": gave},
                }
            )
        counts.made += transaction.run(JOINED, rows=rows, run=self._run.id)[0]["n"]

    def _things(
        self, transaction: Transaction, step: NodeStep, batch: Batch, counts: Counts
    ) -> None:
        label, hashes = step.spec.label, self.known.hashes
        ids = self.known.ids[step.kind]
        found = self._found_by_name(transaction, step, batch) if step.spec.shared else {}
        rows = []
        for identity, _, _, values, hash_ in batch.rows:
            if label == "Organisation" and not values.get("name_key"):
                values = values | {"name_key": shared_name(label, str(values.get("name") or ""))}
            if label == "Topic" and (kind := delicate.kind_of(*map(values.get, TOPIC_NAMES))):
                values = values | {"delicate": kind}
            only_new = self._only_new(label)
            # What the mapping says goes before what a new thing gets by itself.
            values = {n: v for n, v in values.items() if v is not None or n not in only_new}
            if only_new.get("visibility") == "quarantined":
                values.pop("visibility", None)
            if identity in found:  # somebody else's: it is used, and left as it is
                ids[identity] = found[identity]
                values, only_new = {}, {}
            update = {} if step.spec.shared else values
            rows.append([ids[identity], only_new, values, update, hash_])
        if label in KEYED and (made := [row for row in rows if row[0] not in hashes]):
            for key, row in enumerate(made, start=_reserve(transaction, "thing", len(made))):
                row[1]["key"] = key
        answer, new = transaction.run_counted(MAKE[label], rows=rows, run=self._run.id)
        # Of shared things nothing is changed: they are found, and used.
        there = answer[0]["n"] - new.nodes
        counts.made += new.nodes
        counts.changed += 0 if step.spec.shared else there
        counts.unchanged += there if step.spec.shared else 0

    def _only_new(self, label: str) -> dict[str, Any]:
        """Return what a thing gets when it is made and the mapping does not say it."""
        if label not in KEYED:
            return {}
        visibility = "members" if self._run.ground else "quarantined"
        return {"visibility": visibility, "created_at": datetime.now(UTC)}

    def _found_by_name(
        self, transaction: Transaction, step: NodeStep, batch: Batch
    ) -> dict[str, str]:
        """Return the ids of things that are there already, made by somebody else."""
        label, ids = step.spec.label, self.known.ids[step.kind]
        wanted = {row[0]: shared_name(label, row[3]["name"]) for row in batch.rows}
        answer = transaction.run(BY_NAME[label], names=sorted(set(wanted.values())))
        there = {row["name"]: row["id"] for row in answer}
        return {
            identity: there[name]
            for identity, name in wanted.items()
            if name in there and there[name] != ids[identity]
        }

    def _ties(self, transaction: Transaction, step: TieStep, batch: Batch, counts: Counts) -> None:
        shape = (step.labels[0], step.spec.type, step.labels[1])
        names = TIE_IDENTITY.get(step.spec.type, ())
        dated, plain = [], []
        for row in batch.rows:
            identity = [row[2].get(name) for name in names]
            if identity and None not in identity:
                dated.append([*row, *identity])
            else:
                plain.append(row)
        shared = step.constants | {"run": self._run.number}
        if "source" in TIES[step.spec.type]:
            shared["source"] = self._source
        work: list[tuple[LiteralString | None, list[Any]]] = [
            (DATED_TIE_QUERIES.get(shape), dated),
            (TIE_QUERIES.get(shape), plain),
        ]
        for query, rows in work:
            if query is not None and rows:
                answer, made = transaction.run_counted(
                    query,
                    rows=rows,
                    shared=shared,
                    constants=step.constants,
                    names=list(step.constants),
                    source=self._source,
                    run=self._run.number,
                )
                # A row without a date may stand for several ties that have one.
                changed = min(answer[0]["changed"], len(rows))
                repeated = min(answer[0]["ours"], len(rows)) - made.ties
                counts.made += made.ties
                counts.changed += changed
                counts.repeated += repeated
                counts.unchanged += max(0, len(rows) - made.ties - changed - repeated)


def _reserve(transaction: Transaction, name: str, n: int) -> int:
    return int(transaction.run(RESERVE, name=name, n=n)[0]["first"])

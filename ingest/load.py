"""Files into the graph: each batch of rows is one transaction, together with how far it has come.

The next batch is read while Neo4j works on this one. Repeating an import changes nothing: people
and things whose row is as it was are not sent at all, ties are merged. An interrupted import goes
on where it stopped: rows are read and judged again, but not sent again.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from graphnet.errors import TooManyRejects
from graphnet.store import Store
from ingest import runs
from ingest.compiling import compiled
from ingest.judge import judge
from ingest.node_steps import NodeStep
from ingest.queries import (
    RECORDS,
    THINGS,
)
from ingest.report import FileReport, Rejects, Report, StepReport
from ingest.rows import Source, look, lookup_tables
from ingest.sections import Mapping as ImportMapping
from ingest.steps import Batch, Known, Step, shared_name
from ingest.writing import Writer

# What is called after each batch: rows done, rows in all, what is being read.
Progress = Callable[[int, int, str], None]


def import_folder(
    store: Store,
    mapping: ImportMapping,
    folder: Path,
    *,
    ground: str = "",
    by: str = "",
    rejects: Path | None = None,
    most_rejects: int | None = None,
    size: int = 20_000,
    progress: Progress | None = None,
    joined: Mapping[str, int | str] | None = None,
) -> Report:
    """Import a folder as a mapping says; repeat it at will.

    Parameters
    ----------
    ground
        The lawful ground of the source; without one, here or in the mapping or in an earlier run,
        people stay in quarantine.
    by
        Who names the ground.
    rejects
        Folder for the files of rejected rows; by default ``SOURCE-rejects`` in the current one.
    most_rejects
        How many rows may be rejected; if there are more, nothing is written. Any number by default.
    joined
        Of rows that are about somebody whom the base has, or whom an earlier row of the files
        makes: what the row's record is called, and that person's key or that row's name. Such a
        record is tied to that person, and fills only what they do not say yet.
    size
        Ties in a transaction; of people and things, a quarter of it.

    Raises
    ------
    BadFile, BadMapping
        If files or columns are missing; before anything is written.
    TooManyRejects
        If more rows than `most_rejects` would be rejected; before anything is written.
    Conflict
        If another process imports the same source.
    """
    began = time.monotonic()
    sources = look(mapping, folder)
    steps = compiled(mapping, sources, lookup_tables(mapping, sources))
    known = known_of(store, mapping.source)
    refused = Rejects(rejects or Path(f"{mapping.source}-rejects"), mapping)
    for step in steps:
        step.reject = refused.add
    try:
        judge(steps, known, everything=most_rejects is not None)
        if most_rejects is not None and refused.count > most_rejects:
            raise TooManyRejects(
                f"{refused.count:,} rows would be rejected and {most_rejects:,} may be: nothing "
                f"was written. They are in {refused.folder}, with the reasons:\n"
                + "\n".join(refused.reasons())
            )
        run = runs.begin(
            store,
            mapping.source,
            mapping=mapping.title or mapping.source,
            mapping_hash=mapping.digest,
            files={source.name: source.digest for source in sources.values()},
            ground=ground or mapping.ground,
            by=by,
        )
        writer = Writer(store, mapping.source, run, known, joined or {})
        rows_done, rows_in_all = 0, sum(step.source.lines for step in steps)
        for number, step in enumerate(steps):
            # A person is a record, too, and more to write than a tie.
            rows = max(1, size // 4) if isinstance(step, NodeStep) else size
            for batch in prefetched(step.batches(known, rows)):
                writer.write(number, step, batch)
                if progress is not None:
                    progress(rows_done + batch.last, rows_in_all, step.name)
            writer.leave(number, step)
            rows_done += step.source.lines
    finally:
        paths = refused.close()
    wrote = any(step.counts.written for step in steps)
    report = Report(
        source=mapping.source,
        run=run.id if wrote else "",
        number=run.number if wrote else 0,
        resumed=run.resumed,
        quarantined=not run.ground,
        seconds=round(time.monotonic() - began, 3),
        files=_files(steps, refused),
        steps=tuple(StepReport(s.source.spec.path, s.name, s.makes, s.counts) for s in steps),
        rejects=paths,
        reasons=tuple(refused.reasons()),
        unused={
            source.spec.path: unused
            for source in sources.values()
            if (unused := mapping.unused_columns(source.name, source.columns))
        },
        # Of a file that may be missing nobody knows what it would have said.
        absent=known.absent(mapping.labels_of_kinds) if len(sources) == len(mapping.files) else {},
        latest=run.id if wrote else run.latest,
    )
    runs.finish(store, run.id, report=report.as_dict(), wrote=wrote)
    return report


def known_of(store: Store, source: str) -> Known:
    """Return what the graph has from a source."""
    known = Known(source)
    for row in store.stream(RECORDS, source=source):
        known.people[row["origin"]] = row["key"]
        known.hashes[row["origin"]] = row["hash"]
    newest: dict[str, int] = {}
    for row in store.stream(THINGS, source=source):
        if row["name"]:
            known.named[row["label"], shared_name(row["label"], row["name"])] = row["id"]
        if newest.get(row["id"], -1) < row["number"]:
            newest[row["id"]] = row["number"]
            known.hashes[row["id"]] = row["hash"]
    return known


def prefetched(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Yield batches that a thread of its own reads, one ahead."""
    ready: queue.Queue[Batch | BaseException | None] = queue.Queue(maxsize=1)
    stopped = threading.Event()

    def put(item: Batch | BaseException | None) -> bool:
        while not stopped.is_set():
            try:
                ready.put(item, timeout=0.2)
            except queue.Full:
                continue
            return True
        return False

    def read() -> None:
        try:
            for batch in batches:
                if not put(batch):
                    return
        except BaseException as problem:  # handed over, and raised by the reader of the queue
            put(problem)
        else:
            put(None)

    thread = threading.Thread(target=read, name="import-rows", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
        thread.join()


def _files(steps: list[Step], refused: Rejects) -> tuple[FileReport, ...]:
    files: dict[str, FileReport] = {}
    for step in steps:
        source: Source = step.source
        rejected = len(refused.rows.get(source.name, ()))
        files[source.spec.path] = FileReport(source.spec.path, step.counts.read, rejected)
    return tuple(files.values())

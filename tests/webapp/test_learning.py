"""What the worker does of its own accord: it learns the order of people, it fills the ledger."""

from dataclasses import replace
from pathlib import Path

from graphnet import jobs
from graphnet.discovery import stored
from graphnet.settings import Settings
from graphnet.snapshot import current
from graphnet.store import Store
from graphnet.worker import FILL, LEARN, Watch, refresh
from tests.support.graphs import small_association


def test_what_is_learned_follows_the_snapshot(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    small_association(store)
    own = replace(settings, home=tmp_path)
    refresh(store, own.snapshots)
    folder = current(own.snapshots)
    assert folder is not None and not (folder / stored.FACTS).exists()
    watch = Watch(store, own)
    watch.ask()
    watch.ask()  # asked for once
    worker = jobs.Worker(store, {"snapshot": watch.build, LEARN: watch.learn})
    for _ in range(3):
        worker.step()
    facts = stored.read_facts(folder)
    assert facts.people == 8
    assert (folder / stored.FILE).stat().st_size < 5_000_000
    waiting = [row for row in store.read(jobs.COUNTS) if row["kind"] == LEARN]
    assert [(row["state"], row["n"]) for row in waiting] == [("done", 1)]


RUN = """MATCH (p:Person {id: 'anna'})
CREATE (:ImportRun {id: $id, number: 1, finished_at: datetime()})
CREATE (e:Event {id: 'came with ' + $id, key: 77, title: 'Meeting', visibility: 'public',
  starts_at: datetime('2026-03-01T18:00:00Z')})
CREATE (r:Registration {id: $id, state: 'yes', at: datetime('2026-02-01T10:00:00Z')})
CREATE (r)-[:FOR]->(e) CREATE (r)-[:BY]->(p)"""


def test_what_an_import_brought_is_entered_once_without_being_asked(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    small_association(store)
    own = replace(settings, home=tmp_path)
    refresh(store, own.snapshots)
    watch = Watch(store, own)
    worker = jobs.Worker(store, {FILL: watch.fill})
    entries = "MATCH (c:Contribution) RETURN count(c) AS n"
    watch.ask()
    worker.step()
    assert store.read(entries) == [{"n": 0}], "nothing has been imported"
    store.write(RUN, id="first")
    for _ in range(2):
        watch.ask()
        worker.step()
    Watch(store, own).ask()  # another worker
    worker.step()
    assert store.read(entries) == [{"n": 1}]
    asked = [row for row in store.read(jobs.COUNTS) if row["kind"] == FILL]
    assert [(row["state"], row["n"]) for row in asked] == [("done", 1)]

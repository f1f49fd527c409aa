"""The worker learns the order of people beside each snapshot, by a job of its own."""

from dataclasses import replace
from pathlib import Path

from graphnet import jobs
from graphnet.discovery import stored
from graphnet.settings import Settings
from graphnet.snapshot import current
from graphnet.store import Store
from tests.graphs import small_association
from webapp.worker import LEARN, Watch, refresh, snapshot_folder


def test_what_is_learned_follows_the_snapshot(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    small_association(store)
    own = replace(settings, home=tmp_path)
    refresh(store, snapshot_folder(own))
    folder = current(snapshot_folder(own))
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

"""What the worker does of its own accord: snapshots, the order of people, the ledger; its lanes."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graphnet import changes, computed, job_worker, jobs, worker
from graphnet.core import Core
from graphnet.discovery import stored
from graphnet.discovery import work as learning
from graphnet.engine import Engine
from graphnet.errors import ModelMissing, SnapshotError
from graphnet.ledger import work as filling
from graphnet.live import Live
from graphnet.recommendations import fitted
from graphnet.settings import Settings
from graphnet.snapshot import current, open_snapshot
from graphnet.store import Store
from tests.support.graphs import small_association


@pytest.fixture
def opened(store: Store, settings: Settings, tmp_path: Path) -> Engine:
    own = replace(settings, home=tmp_path, snapshot_changes=1)
    return Engine(own, store, Live(store, own.snapshots))


def done(engine: Engine) -> list[str]:
    """Do every duty once and then every job that waits, as one worker would."""
    for duty in engine.core.duties:
        duty.act(engine)
    kinds: list[str] = []
    for lane in jobs.LANES:
        tasks = worker.tasks(engine, lane)
        while job_worker.Worker(engine.store, tasks).step():
            kinds += [lane]
    return kinds


def states(store: Store, kind: str) -> list[tuple[str, int]]:
    return [(row["state"], row["n"]) for row in jobs.counts(store) if row["kind"] == kind]


def test_what_is_computed_and_learned_follows_the_graph(opened: Engine) -> None:
    small_association(opened.store)
    assert current(opened.settings.snapshots) is None
    computed.ask(opened)
    computed.ask(opened)  # asked for once
    assert states(opened.store, computed.KIND) == [("waiting", 1)]
    assert done(opened)
    folder = current(opened.settings.snapshots)
    assert folder is not None and not (folder / stored.FACTS).exists(), (
        "in use before it is learned"
    )
    learning.ask(opened)
    learning.ask(opened)
    assert done(opened)
    facts = stored.read_facts(folder)
    assert facts.people == 8
    assert (folder / stored.FILE).stat().st_size < 5_000_000
    assert states(opened.store, learning.KIND) == [("done", 1)]
    assert not fitted.due(opened.settings.models, open_snapshot(folder).version)


def test_a_snapshot_is_tried_as_long_as_it_is_due(opened: Engine) -> None:
    small_association(opened.store)
    opened.settings.snapshots.write_text("a file where the folder should be: nothing can be saved")
    tasks = worker.tasks(opened, "work")
    for _ in range(8):
        computed.ask(opened)
        assert job_worker.Worker(opened.store, tasks).step()
        opened.store.write("MATCH (j:Job) SET j.run_at = $now", now=datetime.now(UTC))
        opened.store.in_write(lambda t: changes.record(t, "changed", [1]))
    assert states(opened.store, computed.KIND) == [("waiting", 1)], "one job, not one a change"
    opened.settings.snapshots.unlink()
    assert job_worker.Worker(opened.store, tasks).step()
    assert not computed.due(opened)
    # Due anew, the same job is done anew.
    opened.store.in_write(lambda t: changes.record(t, "changed", [1]))
    opened.store.write(
        "MATCH (j:Job) SET j.finished_at = $then", then=datetime.now(UTC) - timedelta(seconds=9)
    )
    computed.ask(opened)
    assert job_worker.Worker(opened.store, tasks).step()
    assert states(opened.store, computed.KIND) == [("done", 1)]
    assert not computed.due(opened)


def test_what_is_damaged_is_not_served_and_made_anew(opened: Engine) -> None:
    small_association(opened.store)
    for _ in range(2):
        done(opened)
    folder = current(opened.settings.snapshots)
    models = fitted.current(opened.settings.models)
    assert folder is not None and stored.whole(folder)
    assert models is not None and fitted.damaged(opened.settings.models) == []
    live = Live(opened.store, opened.settings.snapshots)
    live.refresh()
    flags = live.view().snapshot.flags.copy()
    # In place, as a disk does it: whoever has it mapped reads it too.
    with (folder / "flags.npy").open("r+b") as file:
        file.seek(-flags.nbytes, 2)
        file.write(bytes(flags.nbytes))
    assert not live.view().snapshot.flags.any()
    with pytest.raises(SnapshotError, match="damaged"):
        Live(opened.store, opened.settings.snapshots).refresh()
    for path in (folder / stored.FILE, models / fitted.HABIT):
        path.write_bytes(b"garbage")
    with pytest.raises(ModelMissing, match="damaged"):
        fitted.load(models)
    opened.store.write(
        "MATCH (j:Job) SET j.finished_at = $then", then=datetime.now(UTC) - timedelta(minutes=5)
    )
    for _ in range(2):
        done(opened)
    live.refresh()
    assert (live.view().snapshot.flags == flags).all()
    assert stored.whole(folder)
    assert fitted.damaged(opened.settings.models) == []


RUN = """MATCH (p:Person {id: 'anna'})
CREATE (:ImportRun {id: $id, number: 1, finished_at: datetime()})
CREATE (e:Event {id: 'came with ' + $id, key: 77, title: 'Meeting', visibility: 'public',
  starts_at: datetime('2026-03-01T18:00:00Z')})
CREATE (r:Registration {id: $id, state: 'yes', at: datetime('2026-02-01T10:00:00Z')})
CREATE (r)-[:FOR]->(e) CREATE (r)-[:BY]->(p)"""


def test_what_an_import_brought_is_entered_once_without_being_asked(opened: Engine) -> None:
    small_association(opened.store)
    ledger = job_worker.Worker(opened.store, {filling.KIND: filling.filler(opened)})
    entries = "MATCH (c:Contribution) RETURN count(c) AS n"
    filling.ask(opened)
    ledger.step()
    assert opened.store.read(entries) == [{"n": 0}], "nothing has been imported"
    opened.store.write(RUN, id="first")
    for _ in range(3):
        filling.ask(opened)
        ledger.step()
    assert opened.store.read(entries) == [{"n": 1}]
    assert states(opened.store, filling.KIND) == [("done", 1)]


def test_every_job_that_waits_has_a_lane_and_a_way_to_end(opened: Engine) -> None:
    kinds = opened.core.jobs
    assert {"mail", "snapshot", "learn_people", "models", "fill_ledger", "ambassadors"} <= set(
        kinds
    )
    for kind in kinds.values():
        policy = kind.policy
        assert policy.lane in jobs.LANES and policy.crashes >= 1
    # In the lane of letters is what becomes a letter in a moment, and nothing that takes long.
    letters = {name for name, kind in kinds.items() if kind.policy.lane == "letters"}
    assert letters == {
        "accounts.letter",
        "claims.look",
        "event told",
        "week told",
        "mail",
        "community told",
        "reunion told",
    }
    assert kinds["models"].policy.lane != kinds["snapshot"].policy.lane


@pytest.fixture
def with_jobs(opened: Engine, monkeypatch: pytest.MonkeyPatch) -> Callable[[Core], Engine]:
    def make(core: Core) -> Engine:
        monkeypatch.setattr(Engine, "core", core)
        return opened

    return make


def test_a_letter_does_not_wait_for_a_model_nor_a_duty_for_a_job(
    with_jobs: Callable[[Core], Engine],
) -> None:
    begun, go, sent, duties = (threading.Event() for _ in range(4))
    core = Core()

    def fit(engine: Engine) -> jobs.Handler:
        def work(job: jobs.Job) -> None:
            begun.set()
            go.wait(60)

        return work

    core.job("fit", fit, policy=jobs.Policy(lane="models"))
    core.job("letter", lambda engine: lambda job: sent.set(), policy=jobs.Policy(lane="letters"))
    core.job("never", lambda engine: None)  # what this installation cannot do waits
    core.duty("broken", lambda engine: 1 / 0, every=timedelta(seconds=1))
    core.duty("noted", lambda engine: duties.set(), every=timedelta(seconds=1))
    engine = with_jobs(core)
    store = engine.store
    store.in_write(lambda t: jobs.enqueue(t, "fit"))
    store.in_write(lambda t: jobs.enqueue(t, "never"))
    stopped = threading.Event()
    running = threading.Thread(target=worker.run, args=(engine, stopped))
    running.start()
    try:
        assert begun.wait(20)
        store.in_write(lambda t: jobs.enqueue(t, "letter"))
        assert sent.wait(20), "it waits behind the model"
        assert duties.wait(20), "a duty that fails ends the others"
        assert not go.is_set()
        assert [beat["kind"] for beat in jobs.alive(store)] == ["worker"]
    finally:
        go.set()
        stopped.set()
        running.join(30)
    assert not running.is_alive()
    found = {row["kind"]: row["state"] for row in jobs.counts(store)}
    assert found == {"fit": "done", "letter": "done", "never": "waiting"}


def test_a_worker_of_one_lane_does_no_others(with_jobs: Callable[[Core], Engine]) -> None:
    core = Core()
    for lane in jobs.LANES:
        core.job(lane, lambda engine: lambda job: None, policy=jobs.Policy(lane=lane))
    acted: list[int] = []
    core.duty("noted", lambda engine: acted.append(1), every=timedelta(seconds=1))
    engine = with_jobs(core)
    for lane in jobs.LANES:
        engine.store.in_write(lambda t, lane=lane: jobs.enqueue(t, lane))
    stopped = threading.Event()
    running = threading.Thread(
        target=worker.run, args=(engine, stopped), kwargs={"lanes": ["letters"]}
    )
    running.start()
    until = time.monotonic() + 20
    while states(engine.store, "letters") != [("done", 1)] and time.monotonic() < until:
        time.sleep(0.05)
    stopped.set()
    running.join(30)
    found = {row["kind"]: row["state"] for row in jobs.counts(engine.store)}
    assert found == {"letters": "done", "work": "waiting", "models": "waiting"}
    assert not acted

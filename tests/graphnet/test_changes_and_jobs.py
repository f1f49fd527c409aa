"""The feed of changes and the jobs, several processes at once."""

import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graphnet import changes, jobs
from graphnet.store import Store

COUNT_CHANGES = "MATCH (c:Change) RETURN count(c) AS n"
COUNT_MARKS = "MATCH (t:Topic) RETURN count(t) AS n"


def test_changes_are_numbered_in_the_order_of_their_commits(store: Store) -> None:
    def act() -> None:
        for _ in range(10):
            store.in_write(lambda t: changes.record(t, "changed", [1]))

    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [change.number for change in changes.after(store, 0)]
    assert numbers == list(range(1, 41))
    assert changes.newest(store) == 40


def test_an_act_that_fails_leaves_no_change(store: Store) -> None:
    class Mistake(Exception):
        pass

    def act(transaction: object) -> None:
        changes.record(transaction, "changed", [1])  # type: ignore[arg-type]
        raise Mistake

    with pytest.raises(Mistake):
        store.in_write(act)
    assert changes.newest(store) == 0


def test_a_tail_hears_of_a_change_within_a_second(store: Store) -> None:
    heard: list[int] = []
    arrived = threading.Event()

    def hear(change: object) -> None:
        heard.append(change.number)  # type: ignore[attr-defined]
        arrived.set()

    tail = changes.Tail(store, hear, start=0, seconds=0.1)
    tail.start()
    try:
        store.in_write(lambda t: changes.record(t, "hidden", [7]))
        assert arrived.wait(5)
        assert heard == [1]
    finally:
        tail.stop()


def test_the_same_key_is_one_job(store: Store) -> None:
    for _ in range(3):
        store.in_write(lambda t: jobs.enqueue(t, "mark", key="once"))
    assert [(row["kind"], row["n"]) for row in jobs.counts(store)] == [("mark", 1)]


def test_two_workers_never_hold_one_job(store: Store) -> None:
    for _ in range(20):
        store.in_write(lambda t: jobs.enqueue(t, "mark"))
    held: list[str] = []

    def take(name: str) -> None:
        while job := jobs.lease(store, ["mark"], worker=name, seconds=60):
            held.append(job.id)
            assert jobs.finish(store, job, worker=name)

    threads = [threading.Thread(target=take, args=(f"w{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(held) == 20 == len(set(held))
    assert [(row["state"], row["n"]) for row in jobs.counts(store)] == [("done", 20)]


def test_a_failed_job_is_tried_again_later_and_at_last_given_up(store: Store) -> None:
    def fail(job: jobs.Job) -> None:
        raise ValueError("no luck")

    worker = jobs.Worker(store, {"mark": fail})
    store.in_write(lambda t: jobs.enqueue(t, "mark", key="bad"))
    for attempt in range(jobs.MAX_ATTEMPTS):
        assert worker.step(), attempt
        assert not worker.step(), "it waits before the next attempt"
        store.write("MATCH (j:Job) SET j.run_at = $now", now=datetime.now(UTC))
    assert jobs.counts(store)[0]["state"] == "failed"
    assert "no luck" in store.read("MATCH (j:Job) RETURN j.error AS error")[0]["error"]


def test_a_long_job_keeps_its_lease(store: Store) -> None:
    store.in_write(lambda t: jobs.enqueue(t, "mark"))
    other: list[jobs.Job | None] = []

    def long(job: jobs.Job) -> None:
        time.sleep(1.5)
        other.append(jobs.lease(store, ["mark"], worker="other", seconds=1))

    assert jobs.Worker(store, {"mark": long}, lease_seconds=0.6).step()
    assert other == [None]


KILLED = """
import sys, time
from graphnet import jobs
from graphnet.store import Store
uri, user, password = sys.argv[1:4]
store = Store(uri, user, password)
def work(job):
    print("began", flush=True)
    time.sleep(60)
jobs.Worker(store, {"mark": work}, lease_seconds=1).step()
"""


def test_a_job_of_a_killed_worker_is_done_once_by_the_next(
    store: Store, address: tuple[str, str, str], tmp_path: Path
) -> None:
    store.in_write(lambda t: jobs.enqueue(t, "mark", key="important"))
    first = subprocess.Popen(
        [sys.executable, "-c", KILLED, *address], stdout=subprocess.PIPE, text=True
    )
    assert first.stdout is not None and first.stdout.readline() == "began\n"
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stdout.close()

    def work(job: jobs.Job) -> None:
        # Safe to repeat, as every handler: the same key makes the same node.
        store.write("MERGE (:Topic {id: $key})", key=job.idempotency_key)

    second = jobs.Worker(store, {"mark": work}, lease_seconds=5)
    until = time.monotonic() + 20
    while not second.step() and time.monotonic() < until:
        time.sleep(0.1)
    assert store.read(COUNT_MARKS)[0]["n"] == 1
    assert jobs.counts(store)[0]["state"] == "done"
    assert not second.step()


def test_heartbeats_grow_old(store: Store) -> None:
    jobs.beat(store, "one", "worker")
    assert [beat["process"] for beat in jobs.alive(store)] == ["one"]
    store.write(
        "MATCH (h:Heartbeat) SET h.at = $then", then=datetime.now(UTC) - timedelta(minutes=5)
    )
    assert jobs.alive(store) == []

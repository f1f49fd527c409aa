"""The feed of changes and the jobs, several processes at once."""

import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graphnet import changes, job_worker, jobs
from graphnet.errors import Conflict, JobGivenUp, StoreUnavailable, ThingNotFound
from graphnet.live import SHARED_SECONDS, STALE_SECONDS, Live
from graphnet.store import Store, Transaction
from tests.support.refused import refused

COUNT_CHANGES = "MATCH (c:Change) RETURN count(c) AS n"
MARK = {"mark": jobs.STANDARD}
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
        while job := jobs.lease(store, MARK, worker=name, seconds=60):
            held.append(job.id)
            assert jobs.finish(store, job, worker=name) == "done"

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

    worker = job_worker.Worker(store, {"mark": fail})
    store.in_write(lambda t: jobs.enqueue(t, "mark", key="bad"))
    for attempt in range(5):
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
        other.append(jobs.lease(store, MARK, worker="other", seconds=1))

    assert job_worker.Worker(store, {"mark": long}, lease_seconds=0.6).step()
    assert other == [None]


KILLED = """
import sys, time
from graphnet import job_worker
from graphnet.store import Store
uri, user, password = sys.argv[1:4]
store = Store(uri, user, password)
def work(job):
    print("began", flush=True)
    time.sleep(60)
job_worker.Worker(store, {"mark": work}, lease_seconds=1).step()
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

    second = job_worker.Worker(store, {"mark": work}, lease_seconds=5)
    until = time.monotonic() + 20
    while not second.step() and time.monotonic() < until:
        time.sleep(0.1)
    assert store.read(COUNT_MARKS)[0]["n"] == 1
    assert jobs.counts(store)[0]["state"] == "done"
    assert not second.step()


POISON = """
import os, signal, sys
from graphnet import job_worker
from graphnet.store import Store
uri, user, password = sys.argv[1:4]
store = Store(uri, user, password)
def work(job):
    os.kill(os.getpid(), signal.SIGKILL)
worker = job_worker.Worker(store, {"poison": work}, lease_seconds=0.2)
while not worker.step():
    pass
"""


def test_a_job_that_kills_its_workers_is_given_up_and_the_next_one_is_done(
    store: Store, address: tuple[str, str, str]
) -> None:
    store.in_write(lambda t: jobs.enqueue(t, "poison", {"whom": "anna"}, key="poison:1"))
    for _ in range(jobs.STANDARD.crashes):
        died = subprocess.run([sys.executable, "-c", POISON, *address], timeout=60, check=False)
        assert died.returncode == -signal.SIGKILL
    store.in_write(lambda t: jobs.enqueue(t, "poison", key="poison:2", delay=timedelta(seconds=0)))
    done: list[str] = []
    told: list[tuple[str, str]] = []
    task = jobs.Task(
        lambda job: done.append(job.about),
        give_up=lambda job, error: told.append((job.about, error)),
    )
    worker = job_worker.Worker(store, {"poison": task}, lease_seconds=5)
    until = time.monotonic() + 20
    while not told and time.monotonic() < until:
        worker.step()
        time.sleep(0.05)
    assert done == ["2"]
    assert [(about, "poison" in error) for about, error in told] == [("1", True)]
    (row,) = jobs.listed(store, ["failed"])
    assert (row["kind"], row["state"], row["attempts"], row["crashes"]) == (
        "poison",
        "failed",
        3,
        3,
    )
    assert "poison" in row["error"] and row["code"] == "poison"
    assert not worker.step()


PAYLOADS = "MATCH (j:Job) RETURN j.payload AS payload ORDER BY j.idempotency_key LIMIT 9"


def test_what_a_job_was_given_goes_when_it_ends_and_not_before(store: Store) -> None:
    outcome: list[Exception | None] = [ValueError("later"), JobGivenUp("never"), None]

    def work(job: jobs.Job) -> None:
        assert job.payload == {"secret": "canary"}
        if problem := outcome[0]:
            raise problem

    worker = job_worker.Worker(store, {"mark": work})
    store.in_write(lambda t: jobs.enqueue(t, "mark", {"secret": "canary"}, key="mark:a"))
    assert worker.step()
    assert "canary" in store.read(PAYLOADS)[0]["payload"], "it will be tried again"
    outcome.pop(0)
    store.write("MATCH (j:Job) SET j.run_at = $now", now=datetime.now(UTC))
    assert worker.step()
    outcome.pop(0)
    store.in_write(lambda t: jobs.enqueue(t, "mark", {"secret": "canary"}, key="mark:b"))
    assert worker.step()
    assert store.read(PAYLOADS) == [{"payload": None}, {"payload": None}]
    assert [row["state"] for row in jobs.counts(store)] == ["done", "failed"]


def test_an_error_is_kept_without_the_addresses_in_it(store: Store) -> None:
    def work(job: jobs.Job) -> None:
        raise JobGivenUp("451 <anna.petrova@example.org>: mailbox full")

    store.in_write(lambda t: jobs.enqueue(t, "mark"))
    job_worker.Worker(store, {"mark": work}).step()
    (row,) = jobs.listed(store)
    assert "anna" not in row["error"] and "mailbox full" in row["error"]


def test_a_policy_ends_by_attempts_or_by_time() -> None:
    began = datetime(2026, 3, 1, tzinfo=UTC)
    short = jobs.Policy(attempts=2, pauses=(1.0, 10.0))
    assert not short.ends(1, began, began) and short.ends(2, began, began)
    week = jobs.Policy(attempts=None, pauses=(1.0, 10.0), lasts=timedelta(days=7))
    assert [week.pause(n).total_seconds() for n in (1, 2, 3, 50)] == [1.0, 10.0, 10.0, 10.0]
    assert not week.ends(500, began, began + timedelta(days=6, hours=23))
    assert week.ends(1, began, began + timedelta(days=7))


def test_what_failed_is_tried_again_by_hand_if_it_is_known_what_it_was(store: Store) -> None:
    def fail(job: jobs.Job) -> None:
        raise JobGivenUp("no")

    def act(transaction: Transaction) -> None:
        jobs.enqueue(transaction, "mark", key="mark:bare")
        jobs.enqueue(transaction, "mark", {"to": "anna"}, key="mark:given")

    store.in_write(act)
    worker = job_worker.Worker(store, {"mark": fail})
    while worker.step():
        pass
    rows = {row["whole"]: row["id"] for row in jobs.listed(store, ["failed"])}
    jobs.retry(store, rows[True])
    with refused(Conflict, "gone"):
        jobs.retry(store, rows[False])
    with pytest.raises(ThingNotFound):
        jobs.retry(store, "none")
    done: list[str] = []
    assert job_worker.Worker(store, {"mark": lambda job: done.append(job.about)}).step()
    assert done == ["bare"]
    with refused(Conflict, "state"):
        jobs.retry(store, rows[True])


def test_what_is_due_is_one_job_done_again_after_a_while(store: Store) -> None:
    def run(handler: jobs.Handler) -> int:
        worker, steps = job_worker.Worker(store, {"mark": handler}), 0
        while worker.step():
            steps += 1
        return steps

    def fail(job: jobs.Job) -> None:
        raise JobGivenUp("no")

    def earlier(**ago: float) -> None:
        store.write(
            "MATCH (j:Job) SET j.finished_at = $then", then=datetime.now(UTC) - timedelta(**ago)
        )

    for _ in range(3):
        jobs.ask(store, "mark", "due", again=timedelta(minutes=1))
    assert run(lambda job: None) == 1
    jobs.ask(store, "mark", "due", again=timedelta(minutes=1))
    assert run(lambda job: None) == 0
    earlier(minutes=2)
    jobs.ask(store, "mark", "due")
    assert run(lambda job: None) == 0, "done once, for ever"
    jobs.ask(store, "mark", "due", again=timedelta(minutes=1))
    assert run(fail) == 1
    jobs.ask(store, "mark", "due", again=timedelta(minutes=1))
    assert run(fail) == 0, "not at once"
    earlier(minutes=11)
    jobs.ask(store, "mark", "due", again=timedelta(minutes=1))
    assert run(lambda job: None) == 1
    assert [(row["state"], row["n"]) for row in jobs.counts(store)] == [("done", 1)]


def test_what_ended_is_kept_as_long_as_its_kind_says(store: Store) -> None:
    def act(transaction: Transaction) -> None:
        for kind in ("short", "long", "unknown"):
            jobs.enqueue(transaction, kind)

    store.in_write(act)
    worker = job_worker.Worker(store, dict.fromkeys(("short", "long", "unknown"), lambda job: None))
    while worker.step():
        pass
    store.write(
        "MATCH (j:Job) SET j.finished_at = $then", then=datetime.now(UTC) - timedelta(days=10)
    )
    policies = {"short": jobs.Policy(keep=timedelta(days=2)), "long": jobs.STANDARD}
    assert jobs.sweep(store, policies) == 1
    assert [row["kind"] for row in jobs.counts(store)] == ["long", "unknown"]


def test_heartbeats_grow_old(store: Store) -> None:
    jobs.beat(store, "one", "worker")
    assert [beat["process"] for beat in jobs.alive(store)] == ["one"]
    store.write(
        "MATCH (h:Heartbeat) SET h.at = $then", then=datetime.now(UTC) - timedelta(minutes=5)
    )
    assert jobs.alive(store) == []


def test_one_reader_counts_what_all_are_shown(store: Store, tmp_path: Path) -> None:
    live, begun, go_on = Live(store, tmp_path), threading.Event(), threading.Event()
    assert live.shared("n", lambda: 1) == 1
    live._heard += 1  # another process has changed something

    def slowly() -> int:
        begun.set()
        assert go_on.wait(10)
        return 2

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(live.shared, "n", slowly)
        assert begun.wait(10)
        assert live.shared("n", lambda: 3) == 1, "told what was known, at once"
        go_on.set()
        assert first.result() == 2
    assert live.shared("n", lambda: 4) == 2
    live.store.in_write(lambda t: changes.record(t, "dismissed", []))
    assert live.shared("n", lambda: 5) == 5, "what this process has changed counts at once"


def test_what_is_half_a_minute_old_is_counted_beside_who_asks(store: Store, tmp_path: Path) -> None:
    live, go_on = Live(store, tmp_path), threading.Event()

    def slowly() -> int:
        assert go_on.wait(10)
        return 2

    def failing() -> int:
        raise StoreUnavailable("Neo4j is away")

    def is_older(seconds: float) -> None:
        state, at, value = live._shared["n"]
        live._shared["n"] = state, at - seconds, value

    def is_counted() -> bool:
        with live._counting["n"]:
            return True

    assert live.shared("n", lambda: 1) == 1
    is_older(SHARED_SECONDS)
    assert live.shared("n", slowly) == 1, "nobody waits"
    assert live.shared("n", lambda: 3) == 1, "and one counts"
    go_on.set()
    assert is_counted()
    assert live.shared("n", lambda: 4) == 2
    is_older(SHARED_SECONDS)
    assert live.shared("n", failing) == 2
    assert is_counted()
    is_older(STALE_SECONDS)
    assert live.shared("n", lambda: 6) == 6, "what is older is counted for who asks"

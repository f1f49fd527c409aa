"""The worker: does the jobs and duties that features have registered, and says that it lives.

One thread a lane of jobs (`graphnet.jobs.LANES`), so that a letter with somebody's link never waits
behind a model that is fitted for minutes; one more for the duties. Threads of one process are
enough, because what computes for long does so in compiled loops that let other threads run; whoever
wants a model that eats the memory to take no letters with it runs `graphnet worker --lane letters`
beside `graphnet worker --lane work --lane models`. Several may run; each job is held by one.
`kill -9` loses nothing: an unfinished job's lease runs out and another worker, or the next one,
does it again.
"""

import logging
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from graphnet import job_worker, jobs
from graphnet.core import Duty
from graphnet.errors import StoreError
from graphnet.store import Store

if TYPE_CHECKING:
    from graphnet.engine import Engine

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
PAUSE_SECONDS = 0.5
SWEEP = timedelta(hours=1)


def run(engine: "Engine", stopped: threading.Event, *, lanes: Collection[str] = jobs.LANES) -> None:
    """Work until `stopped` is set: the jobs of these lanes; with 'work' among them, the duties."""
    threads = [
        threading.Thread(target=_work, args=(engine, lane, stopped), name=f"lane {lane}")
        for lane in lanes
    ]
    if "work" in lanes:
        threads.append(threading.Thread(target=_duties, args=(engine, stopped), name="duties"))
    for thread in threads:
        thread.start()
    # In this thread, so that a long job does not look like a dead worker.
    _beat(engine.store, job_worker.worker_name(), " ".join(lanes), stopped)
    for thread in threads:
        thread.join()


def tasks(engine: "Engine", lane: str) -> dict[str, jobs.Task]:
    """Return what a worker with that engine does in a lane, by kind of job."""
    kinds = (kind for kind in engine.core.jobs.values() if kind.policy.lane == lane)
    return {kind.kind: task for kind in kinds if (task := kind.task(engine)) is not None}


def _work(engine: "Engine", lane: str, stopped: threading.Event) -> None:
    worker = job_worker.Worker(engine.store, tasks(engine, lane))
    while not stopped.is_set():
        try:
            busy = worker.step()
        except StoreError as problem:
            log.warning("worker.waits lane=%s problem=%s", lane, problem)
            busy = False
            stopped.wait(2)
        if not busy:
            stopped.wait(PAUSE_SECONDS)


@dataclass
class Turn:
    """A duty, and when it is its turn."""

    duty: Duty
    at: float = 0.0

    def act(self, engine: "Engine") -> None:
        """Do the duty; what goes wrong is said, and does not end the others."""
        try:
            self.duty.act(engine)
        except StoreError as problem:
            log.warning("duty.waits name=%s problem=%s", self.duty.name, problem)
        except Exception:
            log.exception("duty.failed name=%s", self.duty.name)
        self.at = time.monotonic() + self.duty.every.total_seconds()


def _duties(engine: "Engine", stopped: threading.Event) -> None:
    turns = [Turn(duty) for duty in (*engine.core.duties, Duty("ended jobs", SWEEP, _sweep))]
    while not stopped.is_set():
        for turn in turns:
            if turn.at <= time.monotonic() and not stopped.is_set():
                turn.act(engine)
        stopped.wait(max(0.05, min(turn.at for turn in turns) - time.monotonic()))


def _sweep(engine: "Engine") -> None:
    policies = {kind.kind: kind.policy for kind in engine.core.jobs.values()}
    while jobs.sweep(engine.store, policies):
        pass


def _beat(store: Store, name: str, detail: str, stopped: threading.Event) -> None:
    while True:
        try:
            jobs.beat(store, name, "worker", detail=detail)
        except StoreError as problem:
            log.warning("worker.no_heartbeat problem=%s", problem)
        if stopped.wait(BEAT_SECONDS):
            return

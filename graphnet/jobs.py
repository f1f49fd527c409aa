"""What is to be done later: `:Job` nodes, written in the act's own transaction, leased by workers.

A worker takes a job for a while (a lease). If it dies, the lease runs out and another worker takes
the job again; its work must therefore be safe to repeat, for which it gets the idempotency key.
"""

import json
import logging
import os
import platform
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from graphnet.errors import GraphnetError
from graphnet.model import new_id
from graphnet.store import Store, Transaction

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 5

# One row: the job, new or there before.
ENQUEUE = """MERGE (j:Job {idempotency_key: $idempotency_key})
ON CREATE SET j.id = $id, j.kind = $kind, j.payload = $payload, j.state = 'waiting',
  j.run_at = $run_at, j.attempts = 0, j.created_at = $now
RETURN j.id AS id"""

# One row: the job that this worker now holds. Writing a key that never changes locks the node,
# after which the condition is looked at again, so that two workers never hold one job.
LEASE = """MATCH (j:Job)
WHERE j.kind IN $kinds AND (j.state = 'waiting' AND j.run_at <= $now
  OR j.state = 'running' AND j.lease_until < $now)
WITH j ORDER BY j.run_at, j.id LIMIT 1
SET j.idempotency_key = j.idempotency_key
WITH j WHERE j.state = 'waiting' AND j.run_at <= $now
  OR j.state = 'running' AND j.lease_until < $now
SET j.state = 'running', j.worker = $worker, j.lease_until = $until, j.attempts = j.attempts + 1
RETURN j.id AS id, j.kind AS kind, j.payload AS payload, j.attempts AS attempts,
  j.idempotency_key AS idempotency_key"""

# One row if the worker still held the job.
FINISH = """MATCH (j:Job {id: $id}) WHERE j.worker = $worker AND j.state = 'running'
SET j.state = $state, j.error = $error, j.run_at = $run_at, j.lease_until = null,
  j.finished_at = $finished_at
RETURN j.id AS id"""

# One row if the worker still held the job.
EXTEND = """MATCH (j:Job {id: $id}) WHERE j.worker = $worker AND j.state = 'running'
SET j.lease_until = $until RETURN j.id AS id"""

# One row: the process that is alive.
BEAT = """MERGE (h:Heartbeat {process: $process})
SET h.kind = $kind, h.at = $now, h.detail = $detail RETURN h.process AS process"""

# One row: a state and how many jobs are in it.
COUNTS = """MATCH (j:Job) RETURN j.state AS state, j.kind AS kind, count(*) AS n
ORDER BY kind, state LIMIT 1000"""

# One row: a process and when it last said that it lives.
BEATS = """MATCH (h:Heartbeat) WHERE h.at > $since
RETURN h.process AS process, h.kind AS kind, h.at AS at, h.detail AS detail
ORDER BY process LIMIT 1000"""

# One row: how many were removed.
SWEEP = """MATCH (j:Job) WHERE j.state = 'done' AND j.finished_at < $before
WITH j LIMIT 1000 DETACH DELETE j RETURN count(*) AS removed"""


@dataclass(frozen=True)
class Job:
    """A job that this worker holds."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    attempts: int
    idempotency_key: str


Handler = Callable[[Job], None]


def worker_name() -> str:
    """Return a name for this process that no other one has."""
    return f"{platform.node()}:{os.getpid()}:{new_id()[:6]}"


def enqueue(
    transaction: Transaction,
    kind: str,
    payload: Mapping[str, Any] | None = None,
    *,
    key: str = "",
    delay: timedelta = timedelta(0),
) -> str:
    """Write a job in the act's own transaction; the same `key` twice is one job. Returns its id."""
    now = datetime.now(UTC)
    rows = transaction.run(
        ENQUEUE,
        idempotency_key=key or new_id(),
        id=new_id(),
        kind=kind,
        payload=json.dumps(payload or {}, ensure_ascii=False, sort_keys=True),
        run_at=now + delay,
        now=now,
    )
    return str(rows[0]["id"])


def lease(store: Store, kinds: list[str], *, worker: str, seconds: float) -> Job | None:
    """Take the job that has waited longest, or whose worker has died; None if there is none."""
    now = datetime.now(UTC)
    rows = store.write(
        LEASE, kinds=kinds, worker=worker, now=now, until=now + timedelta(seconds=seconds)
    )
    if not rows:
        return None
    row = rows[0]
    return Job(
        row["id"], row["kind"], json.loads(row["payload"]), row["attempts"], row["idempotency_key"]
    )


def finish(store: Store, job: Job, *, worker: str, error: str = "") -> bool:
    """Record the outcome; a failed job is tried again after a growing pause, five times in all.

    Returns False if the lease had run out and somebody else holds the job.
    """
    now = datetime.now(UTC)
    if not error:
        state = "done"
    else:
        state = "failed" if job.attempts >= MAX_ATTEMPTS else "waiting"
    rows = store.write(
        FINISH,
        id=job.id,
        worker=worker,
        state=state,
        error=error or None,
        run_at=now + timedelta(seconds=4**job.attempts),
        finished_at=now if state != "waiting" else None,
    )
    return bool(rows)


def beat(store: Store, process: str, kind: str, *, detail: str = "") -> None:
    """Say that this process is alive."""
    store.write(BEAT, process=process, kind=kind, now=datetime.now(UTC), detail=detail)


def alive(store: Store, *, seconds: float = 30) -> list[dict[str, Any]]:
    """Return the processes that said within `seconds` that they are alive."""
    return store.read(BEATS, since=datetime.now(UTC) - timedelta(seconds=seconds))


def counts(store: Store) -> list[dict[str, Any]]:
    """Return how many jobs there are of each kind and state."""
    return store.read(COUNTS)


def sweep(store: Store, *, days: int = 30) -> int:
    """Remove jobs that were done longer ago than that; failed ones stay until someone looks."""
    before = datetime.now(UTC) - timedelta(days=days)
    return int(store.write(SWEEP, before=before)[0]["removed"])


class Worker:
    """Takes jobs one after another and extends the lease of a long one while it runs."""

    def __init__(
        self, store: Store, handlers: Mapping[str, Handler], *, lease_seconds: float = 30.0
    ) -> None:
        self.store = store
        self.handlers = dict(handlers)
        self.lease_seconds = lease_seconds
        self.name = worker_name()

    def step(self) -> bool:
        """Do one job if there is one; return whether there was."""
        job = lease(self.store, sorted(self.handlers), worker=self.name, seconds=self.lease_seconds)
        if job is None:
            return False
        log.info("job.begin kind=%s id=%s attempt=%d", job.kind, job.id, job.attempts)
        error = ""
        ended = threading.Event()
        extender = threading.Thread(target=self._extend, args=(job, ended), daemon=True)
        extender.start()
        try:
            self.handlers[job.kind](job)
        except GraphnetError as problem:
            error = str(problem)
        except Exception:  # a job's mistake must not end the worker; it is kept with the job
            error = traceback.format_exc(limit=6)
        finally:
            ended.set()
            extender.join()
        if error:
            log.error("job.failed kind=%s id=%s attempt=%d", job.kind, job.id, job.attempts)
        kept = finish(self.store, job, worker=self.name, error=error)
        log.info("job.end kind=%s id=%s kept=%s", job.kind, job.id, kept)
        return True

    def _extend(self, job: Job, ended: threading.Event) -> None:
        while not ended.wait(self.lease_seconds / 3):
            until = datetime.now(UTC) + timedelta(seconds=self.lease_seconds)
            try:
                self.store.write(EXTEND, id=job.id, worker=self.name, until=until)
            except GraphnetError as problem:
                log.warning("job.lease_not_extended id=%s problem=%s", job.id, problem)

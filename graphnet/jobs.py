"""What is to be done later: `:Job` nodes, written in the act's own transaction, leased by workers.

A worker takes a job for a while (a lease). If it dies, the lease runs out and another worker takes
the job again; its work must therefore be safe to repeat, for which it gets the idempotency key. A
job that has been the end of several workers is given up when the next one would take it.

Each kind has one `Policy`. What a job was given (its payload) goes when it ends, done or failed:
kind, key and error stay, so that it can be counted and is not done twice. What is to be tried again
after it failed says what it is about in its key.
"""

import json
import logging
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from graphnet.errors import Conflict, ThingNotFound
from graphnet.model import new_id
from graphnet.store import Row, Store, Transaction

log = logging.getLogger(__name__)

STATES = ("waiting", "running", "failed", "done")

# One row: the job, new or there before.
ENQUEUE = """MERGE (j:Job {idempotency_key: $idempotency_key})
ON CREATE SET j.id = $id, j.kind = $kind, j.payload = $payload, j.state = 'waiting',
  j.run_at = $run_at, j.attempts = 0, j.crashes = 0, j.created_at = $now
RETURN j.id AS id"""

# One row if that job was asked for already, and waits, runs, or has ended lately.
ASKED = """MATCH (j:Job {idempotency_key: $idempotency_key})
WHERE j.state IN ['waiting', 'running'] OR j.state = 'done' AND j.finished_at >= $done_before
  OR j.state = 'failed' AND j.finished_at >= $failed_before
RETURN j.id AS id LIMIT 1"""

# One row: the job that has ended, and is to be done again.
AGAIN = """MATCH (j:Job {idempotency_key: $idempotency_key}) SET j.id = j.id
WITH j WHERE j.state = 'done' AND j.finished_at < $done_before
  OR j.state = 'failed' AND j.finished_at < $failed_before
SET j.state = 'waiting', j.run_at = $now, j.attempts = 0, j.crashes = 0, j.created_at = $now,
  j.finished_at = null, j.error = null, j.error_code = null
RETURN j.id AS id"""

# One row: the job that this worker now holds, or, where `over`, that it has given up in the place
# of the workers that died of it. Writing a key that never changes locks the node, after which the
# condition is looked at again, so that two workers never hold one job.
LEASE = """MATCH (j:Job)
WHERE j.kind IN $kinds AND (j.state = 'waiting' AND j.run_at <= $now
  OR j.state = 'running' AND j.lease_until < $now)
WITH j ORDER BY j.run_at, j.id LIMIT 1
SET j.idempotency_key = j.idempotency_key
WITH j WHERE j.state = 'waiting' AND j.run_at <= $now
  OR j.state = 'running' AND j.lease_until < $now
SET j.crashes = coalesce(j.crashes, 0) + CASE j.state WHEN 'running' THEN 1 ELSE 0 END
WITH j, j.crashes >= $crashes[j.kind]
  OR coalesce(j.attempts >= $attempts[j.kind], false) AS over
SET j.state = CASE WHEN over THEN 'failed' ELSE 'running' END, j.worker = $worker,
  j.lease_until = CASE WHEN over THEN null ELSE $until END,
  j.attempts = j.attempts + CASE WHEN over THEN 0 ELSE 1 END,
  j.error = CASE WHEN over THEN $poison ELSE j.error END,
  j.error_code = CASE WHEN over THEN 'poison' ELSE j.error_code END,
  j.finished_at = CASE WHEN over THEN $now END,
  j.payload = CASE WHEN over AND j.payload <> '{}' THEN null ELSE j.payload END
RETURN j.id AS id, j.kind AS kind, j.payload AS payload, j.attempts AS attempts,
  j.idempotency_key AS idempotency_key, j.created_at AS created_at, over"""

# One row if the worker still held the job. Nothing to do something with stays of what has ended.
FINISH = """MATCH (j:Job {id: $id}) WHERE j.worker = $worker AND j.state = 'running'
SET j.state = $state, j.error = $error, j.error_code = $code, j.run_at = $run_at,
  j.lease_until = null, j.finished_at = $finished_at,
  j.payload = CASE WHEN $state = 'waiting' OR j.payload = '{}' THEN j.payload END
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

# One row: a job as administrators read it: what it was given is not shown.
LIST = """MATCH (j:Job) WHERE j.state IN $states AND ($kind = '' OR j.kind = $kind)
RETURN j.id AS id, j.kind AS kind, j.state AS state, j.attempts AS attempts,
  coalesce(j.crashes, 0) AS crashes, j.run_at AS run_at, j.created_at AS created_at,
  j.finished_at AS finished_at, coalesce(j.error, '') AS error,
  coalesce(j.error_code, '') AS code, j.payload IS NOT NULL AS whole
ORDER BY coalesce(j.finished_at, j.run_at) DESC, id SKIP $skip LIMIT $limit"""

# One row: the job, locked, and whether it can be tried.
STANDS = """MATCH (j:Job {id: $id}) SET j.id = j.id
RETURN j.state AS state, j.payload IS NOT NULL AS whole LIMIT 1"""

# One row: the job that is done as soon as a worker is free.
RETRY = """MATCH (j:Job {id: $id})
SET j.state = 'waiting', j.run_at = $now, j.attempts = 0, j.crashes = 0, j.finished_at = null
RETURN j.id AS id"""

# One row: when the job with that key will be done, if it waits.
WAITS = """MATCH (j:Job {idempotency_key: $idempotency_key}) WHERE j.state = 'waiting'
RETURN j.run_at AS run_at LIMIT 1"""

# One row: whether there was such a job to call off; one that runs is not called off any more.
CALL_OFF = """MATCH (j:Job {idempotency_key: $idempotency_key}) SET j.id = j.id
WITH j WHERE j.state <> 'running' WITH j, j.state = 'waiting' AS waited
DETACH DELETE j RETURN waited LIMIT 1"""

# One row: a process and when it last said that it lives.
BEATS = """MATCH (h:Heartbeat) WHERE h.at > $since
RETURN h.process AS process, h.kind AS kind, h.at AS at, h.detail AS detail
ORDER BY process LIMIT 1000"""

# One row: how many were removed.
SWEEP = """MATCH (j:Job) WHERE j.state IN ['done', 'failed']
  AND j.finished_at < coalesce($before[j.kind], $standard)
WITH j LIMIT 1000 DETACH DELETE j RETURN count(*) AS removed"""

# One row: how many were removed: processes that died long ago.
SWEEP_BEATS = """MATCH (h:Heartbeat) WHERE h.at < $before
WITH h LIMIT 1000 DELETE h RETURN count(*) AS removed"""

POISON = "poison: several workers ended while they did it"
_ADDRESS = re.compile(r"[^\s@<>'\"]+@[^\s@<>'\"]+")
LONGEST_ERROR = 4000
AFTER_FAILURE = timedelta(minutes=10)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Policy:
    """How one kind of job is done.

    Parameters
    ----------
    attempts
        After so many it has failed; None where only time ends it.
    pauses
        Seconds before the second attempt, the third, and so on; the last one again and again.
    lasts
        So long after it was asked for no new attempt begins; None for ever.
    crashes
        So many workers may end while they do it. After that it is the job's fault.
    keep
        So long one that has ended is still known: it is not done twice, and its error can be read.
    lane
        Jobs wait for those of their own lane only: a worker does one at a time of each.
    """

    attempts: int | None = 5
    pauses: tuple[float, ...] = (4.0, 16.0, 64.0, 256.0)
    lasts: timedelta | None = None
    crashes: int = 3
    keep: timedelta = timedelta(days=30)
    lane: str = "work"

    def pause(self, attempts: int) -> timedelta:
        """Return how long to wait after that many attempts."""
        return timedelta(seconds=self.pauses[min(attempts, len(self.pauses)) - 1])

    def ends(self, attempts: int, created_at: datetime, next_at: datetime) -> bool:
        """Whether a job that has just failed is not tried again."""
        return (self.attempts is not None and attempts >= self.attempts) or (
            self.lasts is not None and next_at >= created_at + self.lasts
        )


STANDARD = Policy()
LANES = ("letters", "work", "models")


@dataclass(frozen=True)
class Job:
    """A job that this worker holds."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    attempts: int
    idempotency_key: str
    created_at: datetime

    @property
    def about(self) -> str:
        """What the job is about, as its key says: what follows its kind."""
        return self.idempotency_key.partition(":")[2]


Handler = Callable[[Job], None]
# Told when a job has failed for good, with why: what waits for its end must not wait for ever.
GiveUp = Callable[[Job, str], None]


@dataclass(frozen=True)
class Task:
    """How a worker does one kind of job."""

    work: Handler
    policy: Policy = STANDARD
    give_up: GiveUp | None = None


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


def ask(store: Store, kind: str, about: str, *, again: timedelta | None = None) -> None:
    """Ask for something that is due, as often as one likes: it is one job, without a payload.

    Parameters
    ----------
    about
        What the job is for.
    again
        Once done, it is done again only if it is asked for longer than so after that; None for
        never. If it has failed, it is done again if it is asked for a while after that.
    """
    now = datetime.now(UTC)
    key = f"{kind}:{about}"
    before = {
        "done_before": _EVER if again is None else now - again,
        "failed_before": now - AFTER_FAILURE,
    }
    if store.read(ASKED, idempotency_key=key, **before):
        return

    def work(transaction: Transaction) -> None:
        enqueue(transaction, kind, key=key)
        transaction.run(AGAIN, idempotency_key=key, now=now, **before)

    store.in_write(work)


def lease(
    store: Store,
    policies: Mapping[str, Policy],
    *,
    worker: str,
    seconds: float,
    given_up: GiveUp | None = None,
) -> Job | None:
    """Take the job that has waited longest, or whose worker has died; None if there is none.

    A job that has been the end of too many workers is given up instead, and the next one taken.
    """
    while True:
        now = datetime.now(UTC)
        rows = store.write(
            LEASE,
            kinds=sorted(policies),
            attempts={kind: policy.attempts for kind, policy in policies.items()},
            crashes={kind: policy.crashes for kind, policy in policies.items()},
            poison=POISON,
            worker=worker,
            now=now,
            until=now + timedelta(seconds=seconds),
        )
        if not rows:
            return None
        row = rows[0]
        job = Job(
            row["id"],
            row["kind"],
            json.loads(row["payload"] or "{}"),
            row["attempts"],
            row["idempotency_key"],
            row["created_at"].to_native(),
        )
        if not row["over"]:
            return job
        log.error("job.poison kind=%s id=%s attempts=%d", job.kind, job.id, job.attempts)
        if given_up is not None:
            given_up(job, POISON)


def finish(
    store: Store,
    job: Job,
    *,
    worker: str,
    policy: Policy = STANDARD,
    error: str = "",
    code: str = "",
    hopeless: bool = False,
) -> str:
    """Record the outcome and return the job's state; a failed one is tried again after a pause.

    Returns '' if the lease had run out and somebody else holds the job.

    Parameters
    ----------
    error
        Kept with the job, without the e-mail addresses in it.
    code
        By which a page knows the error, to say it in its reader's language.
    hopeless
        Whether no further attempt would help.
    """
    now = datetime.now(UTC)
    next_at = now + policy.pause(job.attempts)
    if not error:
        state = "done"
    elif hopeless or policy.ends(job.attempts, job.created_at, next_at):
        state = "failed"
    else:
        state = "waiting"
    rows = store.write(
        FINISH,
        id=job.id,
        worker=worker,
        state=state,
        error=_ADDRESS.sub("(address)", error)[-LONGEST_ERROR:] or None,
        code=code or None,
        run_at=next_at,
        finished_at=now if state != "waiting" else None,
    )
    return state if rows else ""


def listed(
    store: Store,
    states: Collection[str] = ("waiting", "running", "failed"),
    *,
    kind: str = "",
    skip: int = 0,
    limit: int = 50,
) -> list[Row]:
    """Return jobs, those that ended or are due last first; what they were given is not read."""
    return store.read(LIST, states=sorted(states), kind=kind, skip=skip, limit=limit)


def retry(store: Store, job_id: str) -> None:
    """Have a job done as soon as a worker is free, with all its attempts before it again.

    Raises
    ------
    ThingNotFound
        If there is none with that id.
    Conflict
        'state', if it runs or is done; 'gone', if what it was given went when it failed: then the
        act that asked for it has to be done again.
    """

    def work(transaction: Transaction) -> None:
        rows = transaction.run(STANDS, id=job_id)
        if not rows:
            raise ThingNotFound("there is no such job")
        if rows[0]["state"] not in ("waiting", "failed"):
            raise Conflict(
                f"the job {job_id} runs, or is done: only one that waits or has failed is tried "
                "again",
                code="state",
            )
        if not rows[0]["whole"]:
            raise Conflict(
                f"what the job {job_id} was given went when it failed: do again what asked for it",
                code="gone",
            )
        transaction.run(RETRY, id=job_id, now=datetime.now(UTC))

    store.in_write(work)


def waits(store: Store, key: str) -> datetime | None:
    """Return when the job with that key will be done; None if none waits."""
    rows = store.read(WAITS, idempotency_key=key)
    return rows[0]["run_at"].to_native() if rows else None


def call_off(transaction: Transaction, key: str) -> bool:
    """Forget the job with that key, so that it can be asked for anew; return whether it waited."""
    rows = transaction.run(CALL_OFF, idempotency_key=key)
    return bool(rows and rows[0]["waited"])


def beat(store: Store, process: str, kind: str, *, detail: str = "") -> None:
    """Say that this process is alive."""
    store.write(BEAT, process=process, kind=kind, now=datetime.now(UTC), detail=detail)


def alive(store: Store, *, seconds: float = 30) -> list[dict[str, Any]]:
    """Return the processes that said within `seconds` that they are alive."""
    return store.read(BEATS, since=datetime.now(UTC) - timedelta(seconds=seconds))


def counts(store: Store) -> list[dict[str, Any]]:
    """Return how many jobs there are of each kind and state."""
    return store.read(COUNTS)


def sweep(store: Store, policies: Mapping[str, Policy]) -> int:
    """Remove jobs that ended longer ago than their kind is kept; return how many."""
    now = datetime.now(UTC)
    store.write(SWEEP_BEATS, before=now - STANDARD.keep)
    rows = store.write(
        SWEEP,
        before={kind: now - policy.keep for kind, policy in policies.items()},
        standard=now - STANDARD.keep,
    )
    return int(rows[0]["removed"])

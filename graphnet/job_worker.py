"""Who does the jobs of a lane: takes the next, keeps its lease while it lasts, gives up in time."""

import os
import platform
import threading
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from graphnet.errors import GraphnetError, JobGivenUp
from graphnet.jobs import EXTEND, Handler, Job, Task, finish, lease, log
from graphnet.model import new_id
from graphnet.store import Store


def worker_name() -> str:
    """Return a name for this process that no other one has."""
    return f"{platform.node()}:{os.getpid()}:{new_id()[:6]}"


class Worker:
    """Takes jobs one after another and extends the lease of a long one while it runs."""

    def __init__(
        self, store: Store, tasks: Mapping[str, Task | Handler], *, lease_seconds: float = 30.0
    ) -> None:
        self.store = store
        self.tasks = {
            kind: task if isinstance(task, Task) else Task(task) for kind, task in tasks.items()
        }
        self.policies = {kind: task.policy for kind, task in self.tasks.items()}
        self.lease_seconds = lease_seconds
        self.name = worker_name()

    def step(self) -> bool:
        """Do one job if there is one; return whether there was."""
        job = lease(
            self.store,
            self.policies,
            worker=self.name,
            seconds=self.lease_seconds,
            given_up=self._give_up,
        )
        if job is None:
            return False
        log.info("job.begin kind=%s id=%s attempt=%d", job.kind, job.id, job.attempts)
        error, code, hopeless = "", "", False
        ended = threading.Event()
        extender = threading.Thread(target=self._extend, args=(job, ended), daemon=True)
        extender.start()
        try:
            self.tasks[job.kind].work(job)
        except JobGivenUp as problem:
            error, code, hopeless = str(problem), problem.code, True
        except GraphnetError as problem:
            error, code = str(problem) or type(problem).__name__, problem.code
        except Exception:  # a job's mistake must not end the worker; it is kept with the job
            error = traceback.format_exc(limit=6)
        finally:
            ended.set()
            extender.join()
        if error:
            log.error("job.failed kind=%s id=%s attempt=%d", job.kind, job.id, job.attempts)
        state = finish(
            self.store,
            job,
            worker=self.name,
            policy=self.policies[job.kind],
            error=error,
            code=code,
            hopeless=hopeless,
        )
        if state == "failed":
            self._give_up(job, error)
        log.info("job.end kind=%s id=%s state=%s", job.kind, job.id, state or "lost")
        return True

    def _give_up(self, job: Job, error: str) -> None:
        give_up = self.tasks[job.kind].give_up
        if give_up is None:
            return
        try:
            give_up(job, error)
        except GraphnetError as problem:
            log.error("job.not_given_up kind=%s id=%s problem=%s", job.kind, job.id, problem)

    def _extend(self, job: Job, ended: threading.Event) -> None:
        while not ended.wait(self.lease_seconds / 3):
            until = datetime.now(UTC) + timedelta(seconds=self.lease_seconds)
            try:
                self.store.write(EXTEND, id=job.id, worker=self.name, until=until)
            except GraphnetError as problem:
                log.warning("job.lease_not_extended id=%s problem=%s", job.id, problem)

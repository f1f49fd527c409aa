"""What the worker does with files that were loaded up: reading large ones, bringing them in."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from graphnet import jobs
from graphnet.core import Core
from graphnet.errors import BadInput, Conflict, ThingNotFound
from graphnet.privacy import Viewer
from ingest import undoing_jobs
from ingest.undoing import undo_as
from ingest.uploads import kept, preview
from ingest.uploads.commit import commit
from ingest.uploads.scan import KIND, scan

if TYPE_CHECKING:
    from graphnet.engine import Engine

log = logging.getLogger(__name__)

POLICY = jobs.Policy(attempts=4, pauses=(4.0, 60.0, 300.0), lane="work")


def register(core: Core) -> None:
    """Bring the jobs, and the duty that forgets."""
    core.job(kept.READ, reader, policy=POLICY, give_up=_stopped)
    core.job(kept.COMMIT, committer, policy=POLICY, give_up=_stopped)
    core.job(KIND, scanner, policy=POLICY)
    core.job(undoing_jobs.KIND, undoer, policy=POLICY, give_up=_not_undone)
    core.duty(
        "old uploads",
        lambda engine: kept.forget_old(engine.settings, engine.store),
        every=timedelta(hours=1),
    )
    core.files("uploads", lambda engine, known: kept.forget(engine.settings, known))


def reader(engine: "Engine") -> jobs.Handler:
    """Return the handler that reads large files."""

    def work(upload_id: str, _: Viewer) -> None:
        preview.make(engine.settings, engine.store, upload_id)
        kept.move(engine.store, upload_id, "ready", before=["reading"])

    return _handler(engine, work)


def committer(engine: "Engine") -> jobs.Handler:
    """Return the handler that brings files into the base."""

    def work(upload_id: str, viewer: Viewer) -> None:
        commit(engine.settings, engine.store, viewer, upload_id)

    return _handler(engine, work)


def scanner(engine: "Engine") -> jobs.Handler:
    """Return the handler that looks through the whole base for doubles."""
    return lambda job: log.info("doubles.found pairs=%d", scan(engine.store))


def undoer(engine: "Engine") -> jobs.Handler:
    """Return the handler that undoes large imports."""

    def handle(job: jobs.Job) -> None:
        given = job.payload
        viewer = Viewer("staff", None, given["by"], frozenset({"staff"}), given["purpose"])
        try:
            undo_as(engine.store, viewer, given["run"])
        except (ThingNotFound, Conflict) as problem:
            # Undone by somebody else meanwhile, or a newer import of the source has come in.
            log.info("import.not_undone problem=%s", problem)
            undoing_jobs.leave(engine.store, given["run"])

    return handle


def _not_undone(engine: "Engine", job: jobs.Job, error: str) -> None:
    undoing_jobs.leave(engine.store, job.payload["run"])


def _handler(engine: "Engine", work: Callable[[str, Viewer], Any]) -> jobs.Handler:
    def handle(job: jobs.Job) -> None:
        given = job.payload
        viewer = Viewer("staff", None, given["by"], frozenset({"staff"}), given["purpose"])
        try:
            work(given["upload"], viewer)
        except ThingNotFound:
            log.info("upload.gone")  # thrown away since
        except (BadInput, Conflict) as problem:
            # Trying again would not help: whoever loaded it up has to do something.
            kept.move(
                engine.store,
                given["upload"],
                "failed",
                before=["reading", "committing"],
                problem=kept.stopped_by(problem),
            )

    return handle


def _stopped(engine: "Engine", job: jobs.Job, error: str) -> None:
    try:
        kept.move(
            engine.store,
            job.payload["upload"],
            "failed",
            before=["reading", "committing"],
            problem="unforeseen:",
        )
    except (Conflict, KeyError, TypeError):
        log.warning("upload.not_told")

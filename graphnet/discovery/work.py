"""The worker's part: learning the order of people from each snapshot, once it is in use."""

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from graphnet import jobs
from graphnet.core import Core
from graphnet.discovery import stored
from graphnet.snapshot import current, open_snapshot

if TYPE_CHECKING:
    from graphnet.engine import Engine

log = logging.getLogger(__name__)

KIND = "learn_people"
POLICY = jobs.Policy(lane="models")
AGAIN = timedelta(minutes=1)  # what was learned once is asked for again only where it was lost


def ask(engine: "Engine") -> None:
    """Ask for the learned order of people, where the current snapshot has none beside it.

    A job of its own: the snapshot is in use before anything is learned from it.
    """
    path = current(engine.settings.snapshots)
    if path is not None and not (path / stored.FACTS).exists():
        jobs.ask(engine.store, KIND, path.name, again=AGAIN)


def check(engine: "Engine") -> None:
    """Give up what was learned, if the disk does not give it back: it is learned anew."""
    path = current(engine.settings.snapshots)
    if path is not None and (path / stored.FACTS).exists() and not stored.whole(path):
        log.warning("people_model.damaged snapshot=%s", path.name)
        (path / stored.FACTS).unlink()


def learner(engine: "Engine") -> jobs.Handler:
    """Return the handler that learns from a snapshot, unless a newer one has taken its place."""
    folder = engine.settings.snapshots

    def learn(job: jobs.Job) -> None:
        path = current(folder)
        if path is None or path.name != job.about or (path / stored.FACTS).exists():
            return
        others = sorted(
            (p for p in folder.glob(f"*/{stored.FACTS}") if p.parent.resolve() != path),
            key=lambda p: p.stat().st_mtime,
        )
        facts = stored.learn(
            open_snapshot(path), path, before=others[-1].parent if others else None
        )
        log.info("people_model.learned seconds=%.1f ties=%d", facts.seconds, facts.ties)

    return learn


def register(core: Core) -> None:
    """Bring the job, and when it is due."""
    core.job(KIND, learner, policy=POLICY)
    core.duty("learn people", ask, every=timedelta(seconds=2))
    core.duty("damaged model of people", check, every=timedelta(minutes=1))

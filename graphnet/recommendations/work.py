"""The worker's part: fitting what recommends to each snapshot; forgetting what was shown."""

from datetime import timedelta
from typing import TYPE_CHECKING

from graphnet import jobs, live
from graphnet.core import Core
from graphnet.recommendations import fitted, impressions
from graphnet.snapshot import current, open_snapshot

if TYPE_CHECKING:
    from graphnet.engine import Engine

KIND = "models"
# As long as the snapshot: a disk that cannot be written to for a while is the same to both.
POLICY = jobs.Policy(attempts=None, pauses=(4.0, 16.0, 64.0, 256.0, 900.0), lane="models")


def ask(engine: "Engine") -> None:
    """Ask for what recommends to be fitted to the current snapshot, where it is not yet."""
    path = current(engine.settings.snapshots)
    if path is not None and fitted.due(engine.settings.models, int(path.name.partition("-")[0])):
        jobs.ask(engine.store, KIND, path.name, again=timedelta(hours=1))


def check(engine: "Engine") -> None:
    """Ask for models anew, if what the disk gives is not what was fitted."""
    path = current(engine.settings.snapshots)
    if path is not None and fitted.damaged(engine.settings.models):
        jobs.ask(engine.store, KIND, path.name, again=timedelta(minutes=1))


def fitter(engine: "Engine") -> jobs.Handler:
    """Return the handler that fits what recommends to the current snapshot."""

    def fit(job: jobs.Job) -> None:
        path = current(engine.settings.snapshots)
        if path is not None and live.usable(path):
            fitted.refit(engine.store, open_snapshot(path), engine.settings.models)

    return fit


def register(core: Core) -> None:
    """Bring the job, when it is due, and the sweep."""
    core.job(KIND, fitter, policy=POLICY)
    core.duty("fit models", ask, every=timedelta(seconds=2))
    core.duty("damaged models", check, every=timedelta(minutes=1))
    core.duty(
        "forget impressions",
        lambda engine: impressions.forget(engine.store),
        every=timedelta(hours=1),
    )

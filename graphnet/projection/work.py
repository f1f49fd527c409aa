"""The worker's part: filling the projection when an analyst has asked; forgetting who is erased."""

from datetime import timedelta
from typing import TYPE_CHECKING

from graphnet import jobs
from graphnet.core import Core
from graphnet.projection import place

if TYPE_CHECKING:
    from graphnet.engine import Engine
    from graphnet.store import Store

KIND = "projection"
POLICY = jobs.Policy(lane="models")


def filler(engine: "Engine") -> jobs.Handler:
    """Return the handler that fills the projection."""

    def fill_now(job: jobs.Job) -> None:
        from graphnet.projection.filling import fill  # it knows the engine, and loads polars

        fill(engine)

    return fill_now


def ask_to_fill(store: "Store") -> None:
    """Have the worker fill the projection; several who ask are one job."""
    jobs.ask(store, KIND, "due", again=timedelta(0))


def register_all(core: Core) -> None:
    """Bring the job, and that the projection goes when somebody is erased."""
    core.job(KIND, filler, policy=POLICY)
    core.files("projection", lambda engine, known: place.drop(engine.settings))

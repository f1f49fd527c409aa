"""The worker's part: entering into the ledger what an import has brought, once an import."""

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from graphnet import jobs
from graphnet.core import Core
from graphnet.ledger import backfill

if TYPE_CHECKING:
    from graphnet.engine import Engine

log = logging.getLogger(__name__)

KIND = "fill_ledger"


def ask(engine: "Engine") -> None:
    """Ask for the ledger to be filled with what the newest import brought."""
    if latest := backfill.latest_import(engine.store):
        jobs.ask(engine.store, KIND, latest)


def filler(engine: "Engine") -> jobs.Handler:
    """Return the handler that enters what the graph knows of and the ledger does not."""

    def fill(job: jobs.Job) -> None:
        new = backfill.backfill(engine.store)
        log.info("ledger.filled entries=%d", sum(new.values()))

    return fill


def register(core: Core) -> None:
    """Bring the job, and when it is due."""
    core.job(KIND, filler)
    core.duty("fill ledger", ask, every=timedelta(seconds=2))

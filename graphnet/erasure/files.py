"""What lies beside the graph is cleaned by a job that the erasure itself asks for.

So it is done if the erasure was committed, however the process ended. What the job is given (the
addresses and names to look for) goes with the job, when it ends.
"""

from typing import TYPE_CHECKING

from graphnet import jobs
from graphnet.erasure.holding import Gone, Known
from graphnet.erasure.remembered import remember
from graphnet.store import Transaction

if TYPE_CHECKING:
    from graphnet.engine import Engine

KIND = "erase_files"
# Tried until it is done: a disk that is full for an hour must not keep what ought to be gone.
POLICY = jobs.Policy(attempts=None, pauses=(4.0, 60.0, 600.0))


def ask_for_files(transaction: Transaction, gone: Gone) -> None:
    """Ask for the files to be cleaned, in the transaction of the erasure."""
    given = {"key": gone.key, "traces": sorted(gone.traces), "names": sorted(gone.names)}
    jobs.enqueue(transaction, KIND, given, key=f"{KIND}:{gone.key}:{gone.at:%Y%m%d%H%M%S}")


def cleaner(engine: "Engine") -> jobs.Handler:
    """Return the handler that takes an erased person out of every feature's files."""

    def clean(job: jobs.Job) -> None:
        given = job.payload
        known = Known(given["key"], frozenset(given["traces"]), frozenset(given["names"]))
        remember(engine.settings.home, [known.key])
        for forget in engine.core.beside.values():
            forget(engine, known)

    return clean

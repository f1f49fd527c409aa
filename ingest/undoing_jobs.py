"""A large import is undone by a worker: a page would wait for minutes, and a proxy give it up."""

from datetime import UTC, datetime

from graphnet import jobs
from graphnet.errors import Conflict
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction
from ingest.undoing import UNDONE, newest

KIND = "undo import"
SMALL = 2_000  # rows of an import that is undone while the page waits

# One row: how many workers have the run in hand, or will have.
IN_HAND = """MATCH (j:Job {kind: $kind}) WHERE j.state IN ['waiting', 'running']
  AND j.idempotency_key STARTS WITH $key RETURN count(j) AS n LIMIT 1"""


# No row: a run that is not being undone after all can be undone again; what is gone of it is gone.
LEAVE = """MATCH (r:ImportRun {id: $run}) WHERE r.state = 'undoing' SET r.state = 'finished'"""


def at_once(run: Row) -> bool:
    """Return whether an import, as `ingest.runs.run_of` has it, is undone while its page waits."""
    return bool(run["state"] in ("finished", "undoing") and 0 <= run["read"] <= SMALL)


def ask(store: Store, viewer: Viewer, run_id: str) -> None:
    """Have a worker undo a run: from now on it is being undone, and an import of it stops.

    Raises
    ------
    ThingNotFound, Conflict
        As `undo_run` does; or if a worker has it in hand already.
    """
    newest(store, run_id)
    key = f"{KIND}:{run_id}:"

    def work(transaction: Transaction) -> None:
        transaction.run(UNDONE, run=run_id, state="undoing", now=datetime.now(UTC))
        if transaction.run(IN_HAND, kind=KIND, key=key)[0]["n"]:
            raise Conflict("a worker undoes this run already", code="undoing")
        given = {"run": run_id, "by": viewer.account_id, "purpose": viewer.purpose}
        jobs.enqueue(transaction, KIND, given, key=key + new_id())

    store.in_write(work)


def leave(store: Store, run_id: str) -> None:
    """Say that a run is not being undone after all: it can be asked for again."""
    store.write(LEAVE, run=run_id)

"""Reminding the jurors who have not scored every candidate: one letter each, once a day at most."""

from datetime import datetime

from graphnet.contest import jury
from graphnet.contest.seasons import locked, need_phase, record, season
from graphnet.contest.told import tell_person
from graphnet.privacy import Viewer
from graphnet.store import Store, Transaction


def remind(store: Store, viewer: Viewer, name: str, *, now: datetime) -> int:
    """Have the jurors whose scores are missing written to; return how many these are.

    Raises
    ------
    Conflict
        If the jury does not read now.
    ThingNotFound, NotAllowed
    """
    viewer.require_staff()
    silent = jury.progress(store, viewer, season(store, viewer, name)).unfinished

    def work(transaction: Transaction) -> int:
        contest = locked(transaction, name)
        need_phase(contest, now, "jury")
        for key in silent:
            once = f"jury reminded {contest.id} {key} {now:%Y-%m-%d}"
            tell_person(transaction, name, key, "contest.reads", once=once)
        record(transaction, viewer, contest.id, "jurors reminded", detail=str(len(silent)))
        return len(silent)

    return store.in_write(work)

"""Reminding the jurors who have not scored every candidate: one letter each, once a day at most."""

from datetime import datetime

from graphnet import mail, notices
from graphnet.contest import jury
from graphnet.contest.seasons import locked, need_phase, record, season
from graphnet.privacy import Viewer
from graphnet.store import Store, Transaction


def remind(store: Store, viewer: Viewer, name: str, letter: mail.Letter, *, now: datetime) -> int:
    """Write to the jurors whose scores are missing; return how many can be written to.

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
        readers = [notices.reader(transaction, key) for key in silent]
        written = [one for one in readers if one is not None]
        for one in written:
            mail.enqueue(
                transaction,
                to=one["email"],
                subject=letter.subject,
                text=letter.text,
                key=f"juror:{contest.id}:{one['key']}:{now.date().isoformat()}",
                person=one["id"],
            )
        record(transaction, viewer, contest.id, "jurors reminded", detail=str(len(written)))
        return len(written)

    return store.in_write(work)

"""Before a request is due whoever has it is reminded; when it is late, all of staff are told.

The unit that has it hears of both, where it takes letters. A request that nobody has taken on for a
working day is told to all of staff too: nothing that was asked is dropped in silence.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from graphnet import mail
from graphnet.requests import hours, unit_letters
from graphnet.requests.desk import SOON
from graphnet.store import Transaction

if TYPE_CHECKING:
    from graphnet.engine import Engine

EVERY = timedelta(minutes=30)

# One row: a request that is due before $soon and whose owner has not been reminded of it.
DUE = """MATCH (r:Request) MATCH (a:Account {id: r.owner})
WHERE r.status IN ['new', 'open', 'in_work'] AND r.due_at < $soon AND r.due_at > $now
  AND r.reminded_at IS NULL AND a.disabled_at IS NULL
SET r.reminded_at = $now
RETURN r.id AS id, a.email AS email, coalesce(a.language, '') AS language, r.due_at AS due_at
ORDER BY id LIMIT 200"""

# One row: a request that is late, or that nobody has taken on since $untaken, and of which staff
# have not been told.
LATE = """MATCH (r:Request)
WHERE r.status IN ['new', 'open', 'in_work'] AND r.escalated_at IS NULL
  AND (r.due_at < $now
    OR (r.first_answered_at IS NULL AND r.first_due_at < $now)
    OR (r.at < $untaken AND NOT EXISTS { MATCH (a:Account {id: r.owner})
    WHERE a.disabled_at IS NULL AND 'staff' IN a.roles }))
SET r.escalated_at = $now
RETURN r.id AS id ORDER BY id LIMIT 200"""

# One row: an account of staff that works.
STAFF = """MATCH (a:Account) WHERE 'staff' IN a.roles AND a.disabled_at IS NULL
RETURN a.email AS email, coalesce(a.language, '') AS language ORDER BY email LIMIT 200"""


def remind(engine: "Engine", *, now: datetime | None = None) -> int:
    """Write what is due and what is late; return how many letters. Safe to repeat."""
    at = now or datetime.now(UTC)

    def work(transaction: Transaction) -> int:
        written = 0
        for row in transaction.run(DUE, now=at, soon=hours.after(at, SOON)):
            mail.enqueue_about(
                transaction,
                "requests.due",
                {"request": row["id"]},
                to=row["email"],
                language=row["language"],
                key=f"request-due:{row['id']}:{row['due_at'].iso_format()}",
            )
            written += 1
        written += unit_letters.remind(transaction, now=at, soon=hours.after(at, SOON))
        untaken = _working_day_before(at)
        late = [row["id"] for row in transaction.run(LATE, now=at, untaken=untaken)]
        if late:
            for row in transaction.run(STAFF):
                mail.enqueue_about(
                    transaction,
                    "requests.late",
                    {"requests": late},
                    to=row["email"],
                    language=row["language"],
                    key=f"request-late:{at.isoformat()}:{row['email']}",
                )
                written += 1
        return written

    return engine.store.in_write(work)


def _working_day_before(at: datetime) -> datetime:
    """Return a moment since which at least one working day has passed."""
    before = at - timedelta(days=1)
    while hours.between(before, at) < hours.DAY:
        before -= timedelta(days=1)
    return before

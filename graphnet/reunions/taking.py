"""What the desk does with a reunion that was asked for: takes it over, or declines, and says why.

The request is answered by that; from then on one works on the reunion's own page and the board.
"""

from datetime import UTC, datetime

from graphnet import changes, notices
from graphnet.errors import BadValue, Conflict
from graphnet.privacy import Viewer
from graphnet.requests.kinds import DECLINED, Closing, Kind, answered
from graphnet.reunions.reading import on
from graphnet.store import Row, Store, Transaction

# One row: the reunion that a request asks for, locked.
ASKED_FOR = """MATCH (:Request {id: $request})-[:FOR]->(r:Reunion) SET r.id = r.id
RETURN r.id AS id, r.state AS state LIMIT 1"""

# One row: the reunion that somebody of staff has taken over.
TAKE = """MATCH (r:Reunion {id: $id})
SET r.owner = $account, r.state = CASE r.state WHEN 'applied' THEN 'gathering' ELSE r.state END
RETURN r.id AS id"""

# One row: the reunion that there will not be.
DECLINE = """MATCH (r:Reunion {id: $id})
SET r.state = 'closed', r.outcome = 'declined', r.reason = $reason, r.closed_at = $now
RETURN r.id AS id"""

# One row: an account of staff that works, and whose it is.
COLLEAGUE = """MATCH (a:Account {id: $account})-[:OF]->(p:Person)
WHERE 'staff' IN a.roles AND a.disabled_at IS NULL RETURN a.id AS id, p.key AS key LIMIT 1"""


def close_request(transaction: Transaction, viewer: Viewer, request: Row, closing: Closing) -> str:
    """Take the reunion over that a request asks for, or decline it.

    A request of former times, which has no reunion of its own, is answered like any other.

    Raises
    ------
    BadValue
        ``answer``: whoever asked is told what comes of it.
    """
    outcome = answered(transaction, viewer, request, closing)
    for row in transaction.run(ASKED_FOR, request=request["id"]):
        if row["state"] == "closed":
            continue
        if outcome == DECLINED:
            transaction.run(DECLINE, id=row["id"], reason=closing.answer, now=closing.now)
        else:
            transaction.run(TAKE, id=row["id"], account=viewer.account_id)
            outcome = "taken"
        changes.record(transaction, "reunion", thing=row["id"])
    return outcome


KIND = Kind("reunion", working_days=5, close=close_request, form="reunions.new")


def hand_over(store: Store, viewer: Viewer, reunion_id: str, account: str) -> None:
    """Make a colleague, or oneself, the one who looks after a reunion; a colleague is told.

    Raises
    ------
    NotAllowed, ThingNotFound
    BadValue
        ``account``: nobody of staff.
    Conflict
        ``applied``: it is taken over by answering its request.
    """
    viewer.require_staff()

    def act(transaction: Transaction, row: Row, _now: datetime) -> None:
        if row["state"] == "applied":
            raise Conflict("first the Association takes the reunion over", code="applied")
        rows = transaction.run(COLLEAGUE, account=account)
        if not rows:
            raise BadValue("there is no such colleague: choose one who works here", code="account")
        transaction.run(TAKE, id=reunion_id, account=account)
        if account != viewer.account_id:
            once = f"reunion-handed:{reunion_id}:{account}:{datetime.now(UTC).date()}"
            notices.tell(
                transaction,
                rows[0]["key"],
                "reunions.handed",
                {"reunion": reunion_id},
                once=once,
            )

    on(store, viewer, reunion_id, act, did="hand reunion over", who="staff")

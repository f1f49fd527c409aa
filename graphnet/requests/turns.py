"""Whose turn it is to be asked next: after a no, or when somebody has not answered in time."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from graphnet.errors import BadValue, Conflict
from graphnet.privacy import Viewer
from graphnet.requests import work
from graphnet.requests.addressees import suggestions
from graphnet.requests.referrals import LOCKED, SET_STATE, ask_in, end, tell_settled
from graphnet.store import Row, Store, Transaction

if TYPE_CHECKING:
    from graphnet.engine import Engine


EVERY = timedelta(minutes=5)


PURPOSE = "ask the next who may know"


# One row: an asking that nobody has answered in time.
LAPSED = """MATCH (f:Referral {state: 'asked'})-[:OF]->(r:Request)
WHERE f.until < $now OR r.status = 'done'
RETURN f.id AS id, r.status = 'done' AS closed ORDER BY id LIMIT 200"""


# One row: an asking after which the next one is to be asked, and of whom nobody is asked now.
TURNS = """MATCH (f:Referral)-[:OF]->(r:Request)
WHERE f.state IN ['declined', 'lapsed'] AND f.passes AND f.passed_at IS NULL AND r.status <> 'done'
RETURN f.id AS id, r.id AS request, f.text AS text, f.by AS by,
  EXISTS { (:Referral {state: 'asked'})-[:OF]->(r) } AS busy ORDER BY f.answered_at, id LIMIT 50"""


# One row: the asking after which the next one had a turn.
PASSED = """MATCH (f:Referral {id: $referral}) WHERE f.passed_at IS NULL SET f.passed_at = $now
RETURN f.id AS id"""


def take_turns(engine: "Engine", *, now: datetime | None = None) -> int:
    """End what was not answered in time and ask the next in turn; return how many. Repeatable."""
    store, at = engine.store, now or datetime.now(UTC)
    done = 0
    for row in store.read(LAPSED, now=at):
        done += store.in_write(partial(_lapse, referral=row["id"], closed=row["closed"], at=at))
    for row in store.read(TURNS):
        if not row["busy"]:
            done += _next(store, row, at)
    return done


def _for(account: str) -> Viewer:
    """Return whoever of staff has wished that the next one is asked: it is done in their name."""
    return Viewer("staff", account_id=account, purpose=PURPOSE)


def _lapse(transaction: Transaction, referral: str, closed: bool, at: datetime) -> int:
    rows = transaction.run(LOCKED, referral=referral)
    if not rows or rows[0]["state"] != "asked":
        return 0
    request = work.locked(transaction, rows[0]["request"])
    if closed:
        transaction.run(SET_STATE, referral=referral, state="withdrawn", now=at)
        tell_settled(transaction, [referral])
    else:
        end(transaction, _for(rows[0]["by"]), request, rows[0], "lapsed", at)
    return 1


def _next(store: Store, turn: Row, at: datetime) -> int:
    """Ask the best who was not asked yet; where there is nobody, who has the request is told."""
    viewer = _for(turn["by"])
    people, _ = suggestions(store, viewer, turn["request"], most=1, now=at)

    def work_on(transaction: Transaction) -> int:
        request = work.locked(transaction, turn["request"])
        if request["status"] == "done" or not transaction.run(PASSED, referral=turn["id"], now=at):
            return 0
        if not people or people[0].person is None:
            work.tell_owner(transaction, request, f"request-nobody:{turn['id']}")
            return 0
        person = people[0].person.id
        try:
            ask_in(transaction, viewer, request, person, turn["text"], True, turn["by"], at)
        except (BadValue, Conflict):  # meanwhile they said no, or were asked
            return 0
        return 1

    return store.in_write(work_on)

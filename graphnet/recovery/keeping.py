"""What becomes of a plan as a whole: its name, that it is closed, that it is gone."""

from datetime import UTC, datetime
from typing import LiteralString

from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.privacy import Viewer
from graphnet.store import Store, Transaction

LONGEST = 120

# One row: the plan, locked, and how many of it were asked.
HELD = """MATCH (plan:RecoveryPlan {id: $id}) SET plan.id = plan.id
RETURN plan.id AS id, COUNT { (plan)-[:ASKS]->(a:Ask) WHERE a.sent_at IS NOT NULL } AS asked
LIMIT 1"""

# One row: the plan, which has that name now.
NAME = """MATCH (plan:RecoveryPlan {id: $id}) SET plan.name = $name RETURN plan.id AS id"""

# One row: the plan, which is closed now; nobody is called by it any more.
CLOSE = """MATCH (plan:RecoveryPlan {id: $id}) SET plan.closed_at = $now RETURN plan.id AS id"""

# One row: the plan, which is open again.
OPEN = """MATCH (plan:RecoveryPlan {id: $id}) SET plan.closed_at = null RETURN plan.id AS id"""

# One row: that the plan is gone, with whom it would have asked.
REMOVE = """MATCH (plan:RecoveryPlan {id: $id}) OPTIONAL MATCH (plan)-[:ASKS]->(a:Ask)
DETACH DELETE plan, a RETURN count(*) AS n"""

ACTS: dict[str, LiteralString] = {"rename": NAME, "close": CLOSE, "open": OPEN, "remove": REMOVE}


def keep(store: Store, viewer: Viewer, plan_id: str, act: str, *, name: str = "") -> None:
    """Name a plan, close it, open it again, or remove it while nobody of it was asked.

    Raises
    ------
    BadValue
        If there is no such act, or the name is too long.
    Conflict
        If it is to be removed and somebody was asked: what was asked and answered stays.
    ThingNotFound
    """
    viewer.require_staff()
    said = " ".join(name.split())
    if act not in ACTS or len(said) > LONGEST:
        raise BadValue(f"{act!r} is nothing that can be done with a plan, or its name is too long")

    def work(transaction: Transaction) -> None:
        held = transaction.run(HELD, id=plan_id)
        if not held:
            raise ThingNotFound("no such plan")
        if act == "remove" and held[0]["asked"]:
            raise Conflict("somebody of this plan was asked: close it instead")
        transaction.run(ACTS[act], id=plan_id, name=said or None, now=datetime.now(UTC))
        acted(transaction, viewer, f"recovery.{act}", plan_id, change="recovery")

    store.in_write(work)

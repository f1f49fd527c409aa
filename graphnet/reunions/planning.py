"""Where, for how much, and who does what until when: venue, budget, to-do list.

Amounts are whole numbers of the currency's smallest unit. A share is rounded up, so that the shares
of all cover the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from graphnet import notices
from graphnet.errors import BadValue, ThingNotFound
from graphnet.model import new_id
from graphnet.privacy import Viewer, alive, shown
from graphnet.reunions.reading import on
from graphnet.store import Row, Store, Transaction, native

CURRENCIES = ("RUB", "EUR", "USD", "KZT", "BYN")
PER = ("all", "person")
LONGEST_VENUE, LONGEST_WHAT = 300, 200
MOST_COSTS, MOST_TASKS, MOST_HEADS, MOST_AMOUNT = 40, 60, 2000, 10**11

# One row: the reunion with its place, and for how many it is reckoned.
PLACE = """MATCH (r:Reunion {id: $id}) SET r.venue = $venue, r.heads = $heads RETURN r.id AS id"""

# One row: a line of the budget.
COSTS = """MATCH (c:ReunionCost)-[:FOR]->(:Reunion {id: $id})
RETURN c.id AS id, c.what AS what, c.amount AS amount, c.currency AS currency, c.per AS per
ORDER BY currency, per, what, id LIMIT 100"""

# One row: the new line.
ADD_COST = """MATCH (r:Reunion {id: $id})
CREATE (c:ReunionCost {id: $cost, what: $what, amount: $amount, currency: $currency, per: $per})
  -[:FOR]->(r) RETURN c.id AS id"""

# One row: the line is gone.
DROP_COST = """MATCH (c:ReunionCost {id: $cost})-[:FOR]->(:Reunion {id: $id})
DETACH DELETE c RETURN $cost AS id"""

# One row: something to do, and whose it is.
TASKS = """MATCH (t:ReunionTask)-[:FOR]->(:Reunion {id: $id})
OPTIONAL MATCH (t)-[:OF]->(p:Person)
RETURN t.id AS id, t.what AS what, t.due_on AS due_on, t.done_at AS done_at, p.key AS key
ORDER BY t.done_at IS NOT NULL, t.due_on IS NULL, due_on, t.at, id LIMIT 100"""

# One row: the new task.
ADD_TASK = """MATCH (r:Reunion {id: $id})
CREATE (t:ReunionTask {id: $task, what: $what, due_on: $due_on, at: $now})-[:FOR]->(r)
RETURN t.id AS id"""

# One row: a task of that reunion, and whose it is.
TASK = """MATCH (t:ReunionTask {id: $task})-[:FOR]->(:Reunion {id: $id})
OPTIONAL MATCH (t)-[:OF]->(p:Person)
RETURN t.id AS id, t.done_at AS done_at, p.key AS key LIMIT 1"""

# One row: how many had it before.
FREE_TASK = """MATCH (t:ReunionTask {id: $task})-[o:OF]->(:Person) DELETE o RETURN count(o) AS n"""

# One row: whose it is now.
GIVE_TASK = """MATCH (t:ReunionTask {id: $task}) CALL (t) { MATCH (p:Person {key: $key}) RETURN p }
CREATE (t)-[:OF]->(p) RETURN p.key AS key"""

# One row: the task that is done, or with no time to be done again.
DO_TASK = """MATCH (t:ReunionTask {id: $task}) SET t.done_at = $at RETURN t.id AS id"""

# One row: the task is gone.
DROP_TASK = """MATCH (t:ReunionTask {id: $task})-[:FOR]->(:Reunion {id: $id})
DETACH DELETE t RETURN $task AS id"""

# One row: somebody who can be given a task: who makes the reunion, helps, or looks after it.
OWNERS = (
    """MATCH (r:Reunion {id: $id})
CALL (r) {
  MATCH (p:Person)-[:ORGANISES]->(r) RETURN p
  UNION MATCH (:Account {id: r.owner})-[:OF]->(p:Person) RETURN p
}
WITH DISTINCT p WHERE """
    + shown("p")
    + " AND "
    + alive("p")
    + """
RETURN p.id AS id, p.key AS key,
  trim(coalesce(p.given_name, '') + ' ' + coalesce(p.family_name, '')) AS name
ORDER BY name, id LIMIT 100"""
)


@dataclass(frozen=True)
class Task:
    """Something to do: whose it is, as the reader may see them, and whether it is late."""

    id: str
    what: str
    due_on: date | None
    done: bool
    owner: str
    mine: bool

    def late(self, today: date) -> bool:
        """Return whether it should be done by now."""
        return not self.done and self.due_on is not None and self.due_on < today


@dataclass(frozen=True)
class Share:
    """What one currency comes to: in all, and for each of so many."""

    currency: str
    whole: int
    each: int


def settle(store: Store, viewer: Viewer, reunion_id: str, venue: str, heads: int | None) -> None:
    """Write down where it is, and for how many it is reckoned.

    Raises
    ------
    ThingNotFound, NotAllowed, Conflict
    BadValue
        ``venue`` or ``heads``.
    """
    if len(venue) > LONGEST_VENUE:
        raise BadValue(
            f"the place may have at most {LONGEST_VENUE} characters", code="venue", field="venue"
        )
    if heads is not None and not 1 <= heads <= MOST_HEADS:
        raise BadValue(f"reckon with 1 to {MOST_HEADS:,} people", code="heads", field="heads")

    def act(transaction: Transaction, _row: Row, _now: datetime) -> None:
        transaction.run(PLACE, id=reunion_id, venue=venue.strip() or None, heads=heads)

    on(store, viewer, reunion_id, act, did="settle reunion")


def costs(store: Store, reunion: Row) -> list[Row]:
    """Return the lines of a reunion's budget."""
    return store.read(COSTS, id=reunion["id"])


def shares(lines: Sequence[Row], heads: int) -> list[Share]:
    """Return by currency what it comes to, and what each of `heads` people would pay."""
    found = []
    for currency in sorted({line["currency"] for line in lines}):
        together = sum(
            line["amount"] for line in lines if (line["currency"], line["per"]) == (currency, "all")
        )
        each = sum(
            line["amount"]
            for line in lines
            if (line["currency"], line["per"]) == (currency, "person")
        )
        found.append(Share(currency, together + each * heads, -(-together // heads) + each))
    return found


def add_cost(
    store: Store,
    viewer: Viewer,
    reunion_id: str,
    what: str,
    amount: int,
    currency: str,
    per: str,
) -> None:
    """Put a line into the budget: once for all, or for each person.

    Raises
    ------
    ThingNotFound, NotAllowed, Conflict
    BadValue
        ``what``, ``amount``, ``currency`` or ``per``.
    """
    said = what.strip()
    if not said or len(said) > LONGEST_WHAT:
        raise BadValue(
            f"say what it costs, in 1 to {LONGEST_WHAT} characters", code="what", field="what"
        )
    if not 0 < amount <= MOST_AMOUNT:
        raise BadValue(
            "write the sum as a number, like 12500 or 99.50", code="amount", field="amount"
        )
    if currency not in CURRENCIES:
        raise BadValue(
            f"a cost is in one of {', '.join(CURRENCIES)}", code="currency", field="currency"
        )
    if per not in PER:
        raise BadValue(f"a cost is for one of {', '.join(PER)}", code="per", field="per")

    def act(transaction: Transaction, _row: Row, _now: datetime) -> None:
        if len(transaction.run(COSTS, id=reunion_id)) >= MOST_COSTS:
            raise BadValue(
                f"there are {MOST_COSTS} costs already: take one away first",
                code="what",
                field="what",
            )
        transaction.run(
            ADD_COST,
            id=reunion_id,
            cost=new_id(),
            what=said,
            amount=amount,
            currency=currency,
            per=per,
        )

    on(store, viewer, reunion_id, act, did="add cost to reunion")


def drop_cost(store: Store, viewer: Viewer, reunion_id: str, cost: str) -> None:
    """Take a line out of the budget.

    Raises
    ------
    ThingNotFound, NotAllowed, Conflict
    """

    def act(transaction: Transaction, _row: Row, _now: datetime) -> None:
        if not transaction.run(DROP_COST, id=reunion_id, cost=cost):
            raise ThingNotFound("no such line")

    on(store, viewer, reunion_id, act, did="drop cost of reunion")


def owners(store: Store, reunion: Row) -> list[Row]:
    """Return who can be given a task: id, key and name. They have agreed to be named here."""
    return store.read(OWNERS, id=reunion["id"])


def tasks(store: Store, viewer: Viewer, reunion: Row) -> list[Task]:
    """Return what is to be done, what is open first, as it is due."""
    names = {row["key"]: row["name"] for row in owners(store, reunion)}
    return [
        Task(
            row["id"],
            row["what"],
            row["due_on"],
            row["done_at"] is not None,
            names.get(row["key"], ""),
            row["key"] is not None and row["key"] == viewer.person_key,
        )
        for row in map(native, store.read(TASKS, id=reunion["id"]))
    ]


def add_task(
    store: Store,
    viewer: Viewer,
    reunion_id: str,
    what: str,
    *,
    due_on: date | None = None,
    owner: str = "",
) -> None:
    """Write down what is to be done, until when, by whom; whoever gets it is told.

    Parameters
    ----------
    owner
        The id of one of `owners`; '' for nobody yet.

    Raises
    ------
    ThingNotFound, NotAllowed, Conflict
    BadValue
        ``what`` or ``owner``.
    """
    said = what.strip()
    if not said or len(said) > LONGEST_WHAT:
        raise BadValue(
            f"say what is to be done, in 1 to {LONGEST_WHAT} characters", code="what", field="what"
        )

    def act(transaction: Transaction, _row: Row, now: datetime) -> None:
        if len(transaction.run(TASKS, id=reunion_id)) >= MOST_TASKS:
            raise BadValue(
                f"there are {MOST_TASKS} tasks already: take one away first",
                code="what",
                field="what",
            )
        task = new_id()
        transaction.run(ADD_TASK, id=reunion_id, task=task, what=said, due_on=due_on, now=now)
        _give(transaction, viewer, reunion_id, task, owner)

    on(store, viewer, reunion_id, act, did="add task to reunion")


def _give(transaction: Transaction, viewer: Viewer, reunion_id: str, task: str, owner: str) -> None:
    transaction.run(FREE_TASK, task=task)
    if not owner:
        return
    rows = [row for row in transaction.run(OWNERS, id=reunion_id) if row["id"] == owner]
    if not rows:
        raise BadValue("choose one of those who organise or help", code="owner", field="owner")
    transaction.run(GIVE_TASK, task=task, key=rows[0]["key"])
    if rows[0]["key"] != viewer.person_key:
        notices.tell(
            transaction,
            rows[0]["key"],
            "reunions.task",
            {"reunion": reunion_id, "task": task},
            once=f"reunion-task:{task}:{owner}",
        )


def give_task(store: Store, viewer: Viewer, reunion_id: str, task: str, owner: str) -> None:
    """Give a task to one of `owners`, or with '' to nobody.

    Raises
    ------
    ThingNotFound, NotAllowed, Conflict, BadValue
    """

    def act(transaction: Transaction, _row: Row, _now: datetime) -> None:
        if not transaction.run(TASK, id=reunion_id, task=task):
            raise ThingNotFound("no such task")
        _give(transaction, viewer, reunion_id, task, owner)

    on(store, viewer, reunion_id, act, did="give task of reunion")


def do_task(store: Store, viewer: Viewer, reunion_id: str, task: str, *, done: bool = True) -> None:
    """Say that something is done, or is to be done again: its owner does, and the makers.

    Raises
    ------
    ThingNotFound, Conflict
    """

    def act(transaction: Transaction, row: Row, now: datetime) -> None:
        rows = transaction.run(TASK, id=reunion_id, task=task)
        if not rows or not (row["makes"] or rows[0]["key"] == viewer.person_key):
            raise ThingNotFound("no such task")
        transaction.run(DO_TASK, task=task, at=now if done else None)

    on(store, viewer, reunion_id, act, did="do task of reunion", who="anyone")


def drop_task(store: Store, viewer: Viewer, reunion_id: str, task: str) -> None:
    """Take a task off the list.

    Raises
    ------
    ThingNotFound, NotAllowed, Conflict
    """

    def act(transaction: Transaction, _row: Row, _now: datetime) -> None:
        if not transaction.run(DROP_TASK, id=reunion_id, task=task):
            raise ThingNotFound("no such task")

    on(store, viewer, reunion_id, act, did="drop task of reunion")


# One row: what a letter to the owner of a task says, while it is theirs and open.
FOR_LETTER = """MATCH (t:ReunionTask {id: $task})-[:OF]->(p:Person {id: $person})
WHERE t.done_at IS NULL RETURN t.what AS what, t.due_on AS due_on LIMIT 1"""


def for_letter(store: Store, task: str, person: str) -> Row | None:
    """Return what a letter to the owner of a task says; None if it is no longer theirs to do."""
    rows = store.read(FOR_LETTER, task=task, person=person)
    return native(rows[0]) if rows else None

"""Plans of ambassadors: a wish, the set chosen for it, who was asked and what they said, waves.

A plan keeps numbers and ties to people, no names and no lists of people: whoever is erased is gone
from it, and whoever withdraws consent is no longer shown in it.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from graphnet import changes
from graphnet.ambassadors.asks import conflicts
from graphnet.audit import acted
from graphnet.consent import newest
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.influence.wishes import Wish
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import Rules, Viewer, shown
from graphnet.store import Row, Store, Transaction

ASK_STATES = ("asked", "accepted", "declined")
KIND = "ambassadors"  # of jobs

# One row: the plan that was made, with its number of the wave.
MAKE = """CREATE (p:AmbassadorPlan {id: $id, name: $name, wish: $wish, state: 'waiting', step: '',
  share: 0.0, at: $now, by: $by, wave: $wave}) RETURN p.id AS id"""

# One row: somebody who must be in the plan.
FIX = """MATCH (p:AmbassadorPlan {id: $id})
CALL (p) {
  UNWIND $keys AS key MATCH (q:Person {key: key})
  CREATE (p)-[:FIXED]->(q) RETURN q.key AS key
}
RETURN key"""

# One row: somebody who must not.
BAR = """MATCH (p:AmbassadorPlan {id: $id})
CALL (p) {
  UNWIND $keys AS key MATCH (q:Person {key: key})
  CREATE (p)-[:BARRED]->(q) RETURN q.key AS key
}
RETURN key"""

# One row: the plan that this one goes on from.
FOLLOW = """MATCH (p:AmbassadorPlan {id: $id})
CALL (p) {
  MATCH (before:AmbassadorPlan {id: $before})
  CREATE (p)-[:FOLLOWS]->(before) RETURN before.id AS id
}
RETURN id"""

# One row: a plan, the newest first, with how many of its set were asked and what they said.
PLANS = """MATCH (p:AmbassadorPlan)
RETURN p.id AS id, p.name AS name, p.state AS state, p.at AS at, p.wave AS wave, p.wish AS wish,
  COUNT { (p)-[:CHOSE]->() } AS people,
  COUNT { (p)<-[:IN]-(a:AmbassadorAsk) } AS asked,
  COUNT { (p)<-[:IN]-(a:AmbassadorAsk {state: 'accepted'}) } AS accepted
ORDER BY at DESC, id SKIP $skip LIMIT $limit"""

# One row: the plan, whom it fixes and bars, what it goes on from and what goes on from it.
PLAN = """MATCH (p:AmbassadorPlan {id: $id})
RETURN p.id AS id, p.name AS name, p.wish AS wish, p.state AS state, p.step AS step,
  p.share AS share, p.result AS result, p.problem AS problem, p.at AS at, p.wave AS wave,
  COLLECT { MATCH (p)-[:FIXED]->(q:Person) RETURN q.key ORDER BY q.key } AS fixed,
  COLLECT { MATCH (p)-[:BARRED]->(q:Person) RETURN q.key ORDER BY q.key } AS barred,
  COLLECT { MATCH (p)-[:FOLLOWS]->(b:AmbassadorPlan) RETURN b.id ORDER BY b.id } AS before,
  COLLECT { MATCH (p)<-[:FOLLOWS]-(a:AmbassadorPlan) RETURN a.id ORDER BY a.at, a.id } AS after
LIMIT 1"""

# One row: a person of the set, in the order of choice; left out is who has no consent any more.
SET = (
    """MATCH (p:AmbassadorPlan {id: $id})-[c:CHOSE]->(q:Person)
WHERE """
    + newest("q", "profile")
    + """ = ['given']
RETURN q.key AS key, c.place AS place, c.alone AS alone, c.alone_error AS alone_error,
  c.cells AS cells, c.fixed AS fixed ORDER BY place, key LIMIT 1000"""
)

# One row: the latest ask of one of the people, in whichever plan.
ASKED = """UNWIND $keys AS wanted MATCH (q:Person {key: wanted})
WITH q, COLLECT { MATCH (q)-[:HAS]->(a:AmbassadorAsk)
  RETURN a {.id, .state, .at, .answered_at} ORDER BY a.at DESC, a.id LIMIT 1 } AS asks
WHERE size(asks) > 0
RETURN q.key AS key, asks[0].id AS id, asks[0].state AS state, asks[0].at AS at,
  asks[0].answered_at AS answered_at ORDER BY key LIMIT 10000"""

# One row: somebody who has said something of profiling since then, and does not agree to it now.
CHANGED_MIND = (
    """MATCH (q:Person)-[:GAVE]->(c:Consent {purpose: 'profile'})
WHERE c.at >= $since WITH DISTINCT q
WITH q, """
    + newest("q", "profile")
    + """ AS last
WHERE last <> ['given'] RETURN q.key AS key ORDER BY key LIMIT 1000000"""
)


# One row: the person and, if there is one, their ask in this plan.
ASK_OF = """MATCH (p:AmbassadorPlan {id: $plan})-[:CHOSE]->(q:Person {id: $person})
SET p.id = p.id
WITH p, q OPTIONAL MATCH (q)-[:HAS]->(a:AmbassadorAsk)-[:IN]->(p)
RETURN q.key AS key, a.id AS id, a.state AS state, q.died_on IS NOT NULL AS dead LIMIT 1"""

# One row: the ask that was noted.
ASK = """MATCH (p:AmbassadorPlan {id: $plan})
CALL (p) {
  MATCH (q:Person {key: $key})
  CREATE (q)-[:HAS]->(a:AmbassadorAsk {id: $id, state: 'asked', at: $now, by: $by})-[:IN]->(p)
  RETURN a.id AS id
}
RETURN id"""

# One row: the answer that was noted.
ANSWER = """MATCH (a:AmbassadorAsk {id: $id}) SET a.state = $state, a.answered_at = $now
RETURN a.id AS id"""

# One row: the ask that is as it was before an answer was noted.
UNANSWER = """MATCH (a:AmbassadorAsk {id: $id}) SET a.state = 'asked', a.answered_at = null
RETURN a.id AS id"""

# One row: the key of the person with that id, who is not hidden.
KEY_OF = (
    """MATCH (p:Person {id: $id}) WHERE """
    + shown("p")
    + """
RETURN p.key AS key LIMIT 1"""
)


@dataclass(frozen=True)
class Person:
    """One person of a plan, as staff see them there."""

    card: Card
    alone: float
    alone_error: float
    cells: tuple[tuple[int, int, float], ...]
    fixed: bool
    ask: Row | None
    conflicts: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """A plan with its set, if it has been chosen."""

    id: str
    name: str
    wish: Wish
    state: str
    step: str
    share: float
    problem: dict[str, Any] | None
    at: datetime
    wave: int
    before: str
    after: tuple[str, ...]
    result: dict[str, Any]
    people: tuple[Person, ...]
    gone: int  # of the set, people who are not shown any more


def make_plan(
    store: Store, viewer: Viewer, wish: Wish, *, name: str = "", before: str = "", wave: int = 1
) -> str:
    """Keep a wish and return the plan's id; the set is chosen by `run_plan`."""
    viewer.require_staff()
    plan = new_id()
    plain = asdict(replace(wish, fixed=(), barred=()))

    def work(transaction: Transaction) -> None:
        transaction.run(
            MAKE,
            id=plan,
            name=name.strip()[:120],
            wish=json.dumps(plain, ensure_ascii=False, sort_keys=True),
            now=datetime.now(UTC),
            by=viewer.account_id,
            wave=wave,
        )
        transaction.run(FIX, id=plan, keys=sorted(set(wish.fixed)))
        transaction.run(BAR, id=plan, keys=sorted(set(wish.barred)))
        if before:
            transaction.run(FOLLOW, id=plan, before=before)
        about = f"{wish.k} people, wave {wave}"
        acted(transaction, viewer, "plan ambassadors", plan, detail=about)

    store.in_write(work)
    return plan


def plans(store: Store, viewer: Viewer, *, skip: int = 0, limit: int = 20) -> list[Row]:
    """Return plans, the newest first."""
    viewer.require_staff()
    rows = store.read(PLANS, skip=skip, limit=limit)
    for row in rows:
        row["at"] = row["at"].to_native()
        row["wish"] = json.loads(row["wish"])
    return rows


def wish_of(row: Row) -> Wish:
    plain = json.loads(row["wish"])
    return Wish(**{**plain, "fixed": tuple(row["fixed"]), "barred": tuple(row["barred"])})


def row_of(store: Store, plan_id: str) -> Row:
    rows = store.read(PLAN, id=plan_id)
    if not rows:
        raise ThingNotFound("no such plan")
    return rows[0]


def plan(store: Store, viewer: Viewer, plan_id: str, *, rules: Rules) -> Plan:
    """Return a plan with its set.

    Raises
    ------
    ThingNotFound
    """
    viewer.require_staff()
    row = row_of(store, plan_id)
    chosen = store.read(SET, id=plan_id)
    keys = [one["key"] for one in chosen]
    asks = {one["key"]: one for one in store.read(ASKED, keys=keys)} if keys else {}
    for ask in asks.values():
        for moment in ("at", "answered_at"):
            ask[moment] = ask[moment].to_native() if ask[moment] is not None else None
    against = conflicts(store, viewer) if keys else {}
    shown = {card.key: card for card in cards(store, viewer, keys, rules=rules)}
    result = json.loads(row["result"]) if row["result"] else {}
    people = tuple(
        Person(
            shown[one["key"]],
            one["alone"],
            one["alone_error"],
            tuple((int(a), int(b), float(c)) for a, b, c in json.loads(one["cells"])),
            one["fixed"],
            asks.get(one["key"]),
            against.get(one["key"], ()),
        )
        for one in chosen
        if one["key"] in shown and shown[one["key"]].died_on is None
    )
    return Plan(
        id=row["id"],
        name=row["name"] or "",
        wish=wish_of(row),
        state=row["state"],
        step=row["step"] or "",
        share=row["share"] or 0.0,
        problem=json.loads(row["problem"]) if row["problem"] else None,
        at=row["at"].to_native(),
        wave=row["wave"],
        before=row["before"][0] if row["before"] else "",
        after=tuple(row["after"]),
        result=result,
        people=people,
        gone=int(result.get("size", len(people))) - len(people),
    )


def mark(store: Store, viewer: Viewer, plan_id: str, person_id: str, state: str) -> None:
    """Note that a person of the set was asked, and later what they answered.

    Noting 'asked' of who has answered takes the answer back.

    Raises
    ------
    ThingNotFound
        If the person is not in the set.
    Conflict
        If they have been asked already, or nobody has asked them yet.
    """
    viewer.require_staff()
    if state not in ASK_STATES:
        raise BadValue(f"{state!r} is none of {', '.join(ASK_STATES)}")
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> None:
        rows = transaction.run(ASK_OF, plan=plan_id, person=person_id)
        if not rows or rows[0]["dead"]:
            raise ThingNotFound("no such person in this set")
        key, ask = rows[0]["key"], rows[0]["id"]
        if state == "asked":
            if ask is not None and rows[0]["state"] == "asked":
                raise Conflict("this person has been asked already")
            if ask is not None:  # an answer that was noted by mistake is taken back
                transaction.run(UNANSWER, id=ask)
            else:
                transaction.run(
                    ASK, plan=plan_id, key=key, id=new_id(), now=now, by=viewer.account_id
                )
        elif ask is None:
            raise Conflict("this person has not been asked yet")
        else:
            transaction.run(ANSWER, id=ask, state=state, now=now)
        acted(transaction, viewer, f"ambassador {state}", plan_id, keys=[key])
        changes.record(transaction, "ambassador", [], thing=plan_id)

    store.in_write(work)


def next_wave(store: Store, viewer: Viewer, plan_id: str, *, rules: Rules) -> str:
    """Make the plan of the next wave: who accepted, or has not answered yet, stays; who declined
    makes room. The set is chosen anew around those who stay.

    Raises
    ------
    Conflict
        If nobody of the set has been asked.
    """
    now = plan(store, viewer, plan_id, rules=rules)
    states = {one.card.key: one.ask["state"] for one in now.people if one.ask}
    if not states:
        raise Conflict("nobody of this set has been asked yet: there is nothing to plan from")
    stay = {key for key, state in states.items() if state in ("asked", "accepted")}
    declined = {key for key, state in states.items() if state == "declined"}
    wish = replace(
        now.wish,
        fixed=tuple(sorted(stay | (set(now.wish.fixed) - declined))),
        barred=tuple(sorted((set(now.wish.barred) | declined) - stay)),
    )
    return make_plan(store, viewer, wish, name=now.name, before=plan_id, wave=now.wave + 1)


def keys_of(store: Store, ids: Iterable[str]) -> list[int]:
    """Return the keys behind ids that staff wrote.

    Raises
    ------
    BadValue
        Naming an id that is nobody's.
    """
    found = []
    for one in ids:
        rows = store.read(KEY_OF, id=one)
        if not rows:
            raise BadValue(f"there is no person with the id {one!r}")
        found.append(int(rows[0]["key"]))
    return found

"""What somebody who has just come in may want to do first, and what of it is done.

A step is done when the graph says so, or when they have put it away; after two months, or when all
are done, nobody speaks of them any more.
"""

from dataclasses import dataclass
from datetime import timedelta

from graphnet.consent import newest
from graphnet.errors import BadValue, ThingNotFound
from graphnet.privacy import Viewer
from graphnet.store import Store

STEPS = ("classmates", "page", "seen", "interests", "letters")
NEW_FOR = timedelta(days=60)  # after these nobody has just come in

# One row: which steps were put away, and which the graph says are done.
STATE = (
    """MATCH (a:Account {id: $account})-[:OF]->(p:Person {key: $me})
RETURN coalesce(a.first_steps, []) AS put_away,
  EXISTS { (p)-[:ASKED]->(:ContactRequest) } AS classmates,
  EXISTS { (:Correction {role: 'self'})-[:OF]->(p) } OR EXISTS { (:StatedStudy)-[:OF]->(p) }
    OR EXISTS { (:Photo)-[:OF]->(p) } AS page,
  size(coalesce(p.audiences, [])) > 0 AS seen,
  EXISTS { (p)-[t:INTERESTED_IN|OFFERS|NEEDS]->(:Topic) WHERE t.source = 'stated' } AS interests,
  size("""
    + newest("p", "digest")
    + """) > 0 AS letters LIMIT 1"""
)

# One row: the account whose owner has put these steps away.
PUT_AWAY = """MATCH (a:Account {id: $account})-[:OF]->(:Person {key: $me})
SET a.first_steps = coalesce(a.first_steps, [])
  + [one IN $steps WHERE NOT one IN coalesce(a.first_steps, [])]
RETURN a.id AS id"""


@dataclass(frozen=True)
class Step:
    """One of `STEPS`, and whether it is done or put away."""

    name: str
    done: bool


def steps(store: Store, viewer: Viewer) -> tuple[Step, ...]:
    """Return the steps of whoever has just come in; none when all are done."""
    rows = store.read(STATE, account=viewer.account_id, me=viewer.me())
    if not rows:
        return ()
    found = tuple(Step(name, name in rows[0]["put_away"] or rows[0][name]) for name in STEPS)
    return () if all(step.done for step in found) else found


def put_away(store: Store, viewer: Viewer, *names: str) -> None:
    """Speak of these steps no more, or of none at all if no name is given; repeatable.

    Raises
    ------
    BadValue
        If there is no such step.
    NotAllowed, ThingNotFound
    """
    if set(names) - set(STEPS):
        raise BadValue(f"steps are {', '.join(STEPS)}", code="unknown", field="step")
    wanted = list(names or STEPS)
    if not store.write(PUT_AWAY, account=viewer.account_id, me=viewer.me(), steps=wanted):
        raise ThingNotFound("no such account")

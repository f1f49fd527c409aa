"""Who makes a reunion: the applicant, other organisers, helpers; coming and going among them."""

from dataclasses import dataclass
from datetime import datetime

from graphnet import notices
from graphnet.errors import BadValue, Conflict, NotAllowed
from graphnet.people import Card, cards
from graphnet.privacy import Rules, Viewer, alive, shown
from graphnet.reunions.reading import on
from graphnet.store import Row, Store, Transaction

ROLES = ("applicant", "organiser", "helper")
MAKERS = ("applicant", "organiser")
MOST = 30

# One row: somebody who makes a reunion or helps, and as what.
TEAM = (
    """MATCH (p:Person)-[t:ORGANISES]->(:Reunion {id: $id}) WHERE """
    + shown("p")
    + " AND "
    + alive("p")
    + """
RETURN p.key AS key, p.id AS id, t.role AS role, t.thanked_at AS thanked_at
ORDER BY CASE role WHEN 'applicant' THEN 0 WHEN 'organiser' THEN 1 ELSE 2 END,
  t.at, key LIMIT 100"""
)

# One row: whoever helps from now on.
HELP = """MATCH (r:Reunion {id: $id}) CALL (r) { MATCH (p:Person {key: $key}) RETURN p }
MERGE (p)-[t:ORGANISES]->(r) ON CREATE SET t.role = 'helper', t.at = $now
RETURN t.role AS role"""

# One row: the one whose part is another now.
APPOINT = """MATCH (p:Person {id: $person})-[t:ORGANISES]->(:Reunion {id: $id})
SET t.role = $role RETURN p.key AS key"""

# One row: the one who makes it no longer; what they had to do is nobody's then.
LEAVE = """MATCH (p:Person {key: $key})-[t:ORGANISES]->(r:Reunion {id: $id})
OPTIONAL MATCH (p)<-[o:OF]-(:ReunionTask)-[:FOR]->(r)
WITH t, collect(o) AS mine FOREACH (one IN mine | DELETE one) DELETE t
RETURN size(mine) AS n"""


@dataclass(frozen=True)
class Maker:
    """One of those who make a reunion, as the reader may see them."""

    card: Card
    role: str
    thanked: bool


def team(store: Store, viewer: Viewer, reunion: Row, *, rules: Rules) -> list[Maker]:
    """Return who makes a reunion, the applicant first, as far as the reader may see them."""
    rows = store.read(TEAM, id=reunion["id"])
    seen = {
        card.key: card
        for card in cards(store, viewer, [row["key"] for row in rows], rules=rules, brief=True)
    }
    return [
        Maker(seen[row["key"]], row["role"], row["thanked_at"] is not None)
        for row in rows
        if row["key"] in seen
    ]


def help_with(store: Store, viewer: Viewer, reunion_id: str) -> None:
    """Offer one's help: one is named on the page from then on, and its organisers are told.

    Raises
    ------
    ThingNotFound, NotAllowed, Conflict
    """
    key = viewer.own_key()

    def act(transaction: Transaction, row: Row, now: datetime) -> None:
        if not (row["gathered"] or row["invited"]):
            raise NotAllowed("it is not your group's")
        team = transaction.run(TEAM, id=reunion_id)
        if row["role"]:
            return
        if len(team) >= MOST:
            raise Conflict(
                f"there are {MOST} who organise or help already: that is enough for now",
                code="many",
            )
        transaction.run(HELP, id=reunion_id, key=key, now=now)
        for maker in team:
            if maker["role"] in MAKERS:
                notices.tell(
                    transaction,
                    maker["key"],
                    "reunions.help",
                    {"reunion": reunion_id, "by": key},
                    once=f"reunion-help:{reunion_id}:{key}:{maker['key']}:{now.date()}",
                )

    on(store, viewer, reunion_id, act, did="help with reunion", who="anyone")


def appoint(store: Store, viewer: Viewer, reunion_id: str, person: str, role: str) -> None:
    """Make a helper an organiser, or an organiser a helper; whoever becomes one is told.

    Raises
    ------
    ThingNotFound, NotAllowed, Conflict
    BadValue
        ``person``: nobody who helps, or whoever has asked for it; ``role``.
    """
    if role not in ("organiser", "helper"):
        raise BadValue("somebody organises or helps", code="role")

    def act(transaction: Transaction, _row: Row, now: datetime) -> None:
        team = {row["id"]: row for row in transaction.run(TEAM, id=reunion_id)}
        if person not in team or team[person]["role"] in ("applicant", role):
            raise BadValue(
                "choose one of those who help, in another role than they have", code="person"
            )
        key = transaction.run(APPOINT, id=reunion_id, person=person, role=role)[0]["key"]
        if role == "organiser" and key != viewer.person_key:
            notices.tell(
                transaction,
                key,
                "reunions.appointed",
                {"reunion": reunion_id},
                once=f"reunion-organiser:{reunion_id}:{key}:{now.date()}",
            )

    on(store, viewer, reunion_id, act, did="appoint for reunion")


def step_back(store: Store, viewer: Viewer, reunion_id: str) -> None:
    """Make or help with a reunion no longer.

    Raises
    ------
    ThingNotFound
    Conflict
        ``last``: somebody else becomes an organiser first, or it is called off. ``none``: one has
        no part in it.
    """
    key = viewer.own_key()

    def act(transaction: Transaction, row: Row, _now: datetime) -> None:
        if not row["role"]:
            raise Conflict("you have no part in organising this reunion", code="none")
        others = [
            one
            for one in transaction.run(TEAM, id=reunion_id)
            if one["role"] in MAKERS and one["key"] != key
        ]
        if row["role"] in MAKERS and not others:
            raise Conflict(
                "you are the only organiser: name another one first, or call it off", code="last"
            )
        transaction.run(LEAVE, id=reunion_id, key=key)
        if row["role"] == "applicant":
            transaction.run(APPOINT, id=reunion_id, person=others[0]["id"], role="applicant")

    on(store, viewer, reunion_id, act, did="leave reunion", who="anyone", closed=True)

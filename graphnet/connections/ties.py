"""The tie itself: two who know each other, as both have said; my contacts, and whom I do not want.

An imported tie counts like one of here. Removing it removes it for both, and tells nobody.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet import changes, people
from graphnet.audit import acted
from graphnet.errors import BadValue, PersonNotFound
from graphnet.people import Card, cards
from graphnet.people.lookup import key_of
from graphnet.privacy import STANDARD, Level, Rules, Viewer
from graphnet.store import Store, Transaction

HERE = ("contact", "pass-on")  # sources of ties that both have made here

# One row: two people who now know each other.
CONNECT = """MATCH (a:Person {key: $one})
CALL (a) { MATCH (b:Person {key: $other}) RETURN b }
MERGE (a)-[t:KNOWS]-(b)
ON CREATE SET t.source = $source, t.observed_at = $now, t.strength = 0.6, t.since = $year
RETURN a.key AS key"""

# One row: somebody who was known until now.
REMOVE = """MATCH (:Person {key: $me})-[t:KNOWS]-(p:Person {key: $other})
DELETE t RETURN DISTINCT p.key AS key"""

# One row: somebody whom $me knows, since when, and whether both have said so here.
MINE = """MATCH (:Person {key: $me})-[t:KNOWS]-(p:Person)
RETURN p.key AS key, min(t.since) AS since, max(t.source) AS source
ORDER BY key LIMIT 5000"""

# One row: somebody whom $me does not want.
BLOCK = """MATCH (me:Person {key: $me})
CALL (me) { MATCH (p:Person {key: $other}) RETURN p }
MERGE (me)-[b:BLOCKED]->(p) ON CREATE SET b.at = $now RETURN p.key AS key"""

# One row: how many askings between the two ended by that.
END_ASKINGS = """MATCH (me:Person {key: $me})
MATCH (me)-[:ASKED|TO]-(r:ContactRequest {state: 'waiting'})-[:ASKED|TO]-(:Person {key: $other})
WITH DISTINCT r SET r.state = 'declined', r.answered_at = $now RETURN count(r) AS n"""

# One row: somebody who was not wanted until now.
UNBLOCK = """MATCH (:Person {key: $me})-[b:BLOCKED]->(p:Person {id: $id})
DELETE b RETURN p.key AS key"""

# One row: somebody whom $me does not want, by the name that they go by.
BLOCKED = """MATCH (:Person {key: $me})-[b:BLOCKED]->(p:Person)
RETURN p.id AS id, p.key AS key, b.at AS at ORDER BY at DESC, id LIMIT 500"""

# One row: what stands between $me and a person: whether one has asked or blocked them.
STANDING = """MATCH (me:Person {key: $me})
CALL (me) { MATCH (p:Person {key: $other}) RETURN p }
RETURN EXISTS { (me)-[:BLOCKED]->(p) } AS blocked, EXISTS { (p)-[:BLOCKED]->(me) } AS unwanted,
  EXISTS { (me)-[:KNOWS]-(p) } AS connected,
  EXISTS { (me)-[:ASKED]->(r:ContactRequest)-[:TO]->(p) WHERE r.at > $rest } AS asked,
  EXISTS { (p)-[:ASKED]->(r:ContactRequest {state: 'waiting'})-[:TO]->(me)
           WHERE r.at > $since AND r.withdrawn_at IS NULL } AS asks,
  p.audiences AS audiences LIMIT 1"""


@dataclass(frozen=True)
class Contact:
    """Somebody whom I know, and the addresses and numbers that they show me."""

    card: Card
    since: int | None
    mutual: bool  # both have said so here; else a list says it
    points: tuple[tuple[str, str], ...] = ()  # (kind, value)


def connect(transaction: Transaction, one: int, other: int, *, source: str, now: datetime) -> None:
    """Let two people know each other from now on; who already does stays as they were.

    Parameters
    ----------
    source
        How it is known.
    """
    transaction.run(CONNECT, one=one, other=other, source=source, now=now, year=now.year)
    changes.record(transaction, "connected", [one, other])


def mine(
    store: Store, viewer: Viewer, *, rules: Rules = STANDARD, points: bool = False
) -> list[Contact]:
    """Return whom I know, of those whom I may see, by family name.

    Parameters
    ----------
    points
        Whether to read the addresses that they show me, for a file.
    """
    rows = {row["key"]: row for row in store.read(MINE, me=viewer.me())}
    shown = [
        card
        for card in cards(store, viewer, rows, rules=rules)
        if card.level >= Level.ON_FILE and card.state != "deceased"
    ]
    of_person = people.points(store, shown) if points else {}
    found = [
        Contact(
            card,
            rows[card.key]["since"],
            rows[card.key]["source"] in HERE,
            of_person.get(card.key, ()),
        )
        for card in shown
    ]
    return sorted(found, key=lambda one: (one.card.name.family, one.card.name.given, one.card.key))


def remove(store: Store, viewer: Viewer, person_id: str) -> None:
    """Know somebody no longer, on both sides; nobody is told.

    Raises
    ------
    PersonNotFound
        If they are none of my contacts.
    """
    me, other = viewer.me(), key_of(store, person_id)

    def work(transaction: Transaction) -> None:
        if not transaction.run(REMOVE, me=me, other=other):
            raise PersonNotFound("no such person")
        acted(transaction, viewer, "connection.remove", keys=[me])
        changes.record(transaction, "connected", [me, other])

    store.in_write(work)


def block(store: Store, viewer: Viewer, person_id: str) -> None:
    """Be out of somebody's reach: no contact, no asking, no message, in either direction.

    Raises
    ------
    PersonNotFound
        If the viewer sees no such person.
    BadValue
        If it is the viewer.
    """
    me, other = viewer.me(), key_of(store, person_id)
    if me == other:
        raise BadValue("nobody blocks themselves", code="self")
    if not cards(store, viewer, [other], brief=True):
        raise PersonNotFound("no such person")

    def work(transaction: Transaction) -> None:
        now = datetime.now(UTC)
        transaction.run(BLOCK, me=me, other=other, now=now)
        transaction.run(END_ASKINGS, me=me, other=other, now=now)
        if transaction.run(REMOVE, me=me, other=other):
            changes.record(transaction, "connected", [me, other])
        acted(transaction, viewer, "connection.block", keys=[me])

    store.in_write(work)


def unblock(store: Store, viewer: Viewer, person_id: str) -> None:
    """Undo `block`; who was a contact before is none by that.

    Raises
    ------
    PersonNotFound
        If they are not blocked.
    """
    me = viewer.me()

    def work(transaction: Transaction) -> None:
        if not transaction.run(UNBLOCK, me=me, id=person_id):
            raise PersonNotFound("no such person")
        acted(transaction, viewer, "connection.unblock", keys=[me])

    store.in_write(work)


def blocked(store: Store, viewer: Viewer, *, rules: Rules = STANDARD) -> list[tuple[str, Card]]:
    """Return id and card of whom I have blocked, the latest first; who may be seen still."""
    rows = store.read(BLOCKED, me=viewer.me())
    shown = cards(store, viewer, [row["key"] for row in rows], rules=rules, brief=True)
    by_key = {card.key: card for card in shown}
    return [(row["id"], by_key[row["key"]]) for row in rows if row["key"] in by_key]

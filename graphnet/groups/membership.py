"""Becoming a member and ceasing to be one: by oneself, by asking, by invitation.

Of an open community everybody becomes a member by themselves; of one "by request" its organisers
decide; of a closed one they invite (`graphnet.groups.organising`). Who studied in a study group or
an intake needs nobody's leave for its community. Who was put out asks, whatever the community is
otherwise. Organisers are told that somebody asks.
"""

from datetime import UTC, datetime
from typing import Any

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound, TooMany
from graphnet.groups import telling
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import (
    Viewer,
    community_shown,
    of_viewer,
    studied_with,
)
from graphnet.store import Row, Store, Transaction, native

LONGEST = 500
MOST_ASKED = 10  # requests of one person that wait at one time

# One row: the community, locked, and how the viewer stands to it.
STAND = (
    """MATCH (g:Group {id: $id}) OPTIONAL MATCH (me:Person {key: $me})
WITH g, me WHERE """
    + community_shown("g", "me")
    + """
SET g.id = g.id
RETURN coalesce(g.entry, 'open') AS entry, coalesce(g.visibility, 'members') AS visibility,
  head([(g)<-[m:MEMBER_OF]-(me) | coalesce(m.role, 'member')]) AS role,
  COUNT { (g)<-[:MEMBER_OF {role: 'organiser'}]-(:Person) } AS organisers,
  COLLECT { MATCH (g)<-[:TO]-(q:MembershipRequest {state: 'waiting'})-[:BY]->(me)
    RETURN [q.id, q.kind] ORDER BY q.at DESC LIMIT 1 } AS waiting,
  COUNT { (me)<-[:BY]-(:MembershipRequest {state: 'waiting', kind: 'asked'}) } AS asked,
  EXISTS { MATCH (g)<-[:TO]-(q:MembershipRequest {kind: 'removed', state: 'closed'})-[:BY]->(me) }
    AS put_out, """
    + studied_with("g", "me")
    + " AS studied LIMIT 1"
)

# One row: the membership, new or there before.
JOIN = """MATCH (g:Group {id: $id}) CALL (g) { MATCH (p:Person {key: $key}) RETURN p }
MERGE (p)-[m:MEMBER_OF]->(g) ON CREATE SET m.since = date($today), m.role = 'member'
RETURN g.id AS id"""

# One row: the community that was left.
LEAVE = """MATCH (:Person {key: $key})-[m:MEMBER_OF]->(g:Group {id: $id})
DELETE m RETURN g.id AS id"""

# One row: the request, of whoever asks or is invited.
ASK = """MATCH (g:Group {id: $id}) CALL (g) { MATCH (p:Person {key: $key}) RETURN p }
CREATE (q:MembershipRequest {id: $request, kind: $kind, state: $state, text: $text, at: $now})
CREATE (q)-[:BY]->(p) CREATE (q)-[:TO]->(g) RETURN q.id AS id"""

# One row: the request as it was settled, with whose it is.
SETTLE = """MATCH (g:Group {id: $id})<-[:TO]-(q:MembershipRequest {id: $request})-[:BY]->(p:Person)
WHERE q.state = 'waiting' AND q.kind = $kind
SET q.state = $state, q.answer = $answer, q.decided_at = $now
RETURN p.key AS key LIMIT 1"""

# One row: how many notes that somebody was put out have lost their force: they are let in again.
FORGIVE = """MATCH (:Group {id: $id})<-[:TO]-(q:MembershipRequest {kind: 'removed'})
WHERE q.state = 'closed' AND EXISTS { (q)-[:BY]->(:Person {key: $key}) }
SET q.state = 'ended' RETURN count(q) AS n"""

# One row: what of communities waits for somebody: a request to one that they organise, or an
# invitation to them.
WAITING = """MATCH (me:Person {key: $me})
CALL (me) {
  MATCH (me)-[:MEMBER_OF {role: 'organiser'}]->(g:Group)
  MATCH (g)<-[:TO]-(q:MembershipRequest {state: 'waiting', kind: 'asked'})-[:BY]->(p:Person)
  RETURN g, q, p
  UNION MATCH (me)<-[:BY]-(q:MembershipRequest {state: 'waiting', kind: 'invited'})-[:TO]->(g:Group)
  RETURN g, q, me AS p
}
WITH g, q, p WHERE NOT coalesce(g.visibility, 'members') IN ['draft', 'archived', 'quarantined']
RETURN q.id AS id, q.kind AS kind, q.text AS text, q.at AS at, p.key AS key, g.id AS group,
  g.name AS name, coalesce(g.name_ru, g.name) AS name_ru ORDER BY at, id LIMIT 50"""

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = """EXISTS { (me)<-[:BY]-(:MembershipRequest {state: 'waiting'}) }
  OR EXISTS { (me)-[:MEMBER_OF {role: 'organiser'}]->(:Group) }"""

# Conditions without which nothing of a community waits for staff: that somebody would found one,
# that somebody asks to join one.
FOUNDING_MAY = "EXISTS { (:Group {state: 'proposed'}) }"
JOINING_MAY = "EXISTS { (:MembershipRequest {state: 'waiting', kind: 'asked'}) }"


def _now() -> datetime:
    return datetime.now(UTC)


def checked_words(text: str) -> str:
    """Return what somebody says to a person, without blanks around it; `BadValue` if too long."""
    said = text.replace("\r\n", "\n").strip()
    if len(said) > LONGEST:
        raise BadValue(f"at most {LONGEST} characters", code="long", field="text")
    return said


def _stand(transaction: Transaction, viewer: Viewer, group_id: str) -> Row:
    rows = transaction.run(STAND, id=group_id, **(of_viewer(viewer) | {"me": viewer.own_key()}))
    if not rows:
        raise ThingNotFound("no such community")
    if rows[0]["visibility"] in ("draft", "archived"):
        raise Conflict(
            f"the community {group_id} is a draft or put aside: nobody enters it now",
            code="archived",
        )
    return rows[0]


def enter_member(transaction: Transaction, group_id: str, key: int) -> None:
    """Make somebody a member in the transaction of the act that lets them in."""
    transaction.run(JOIN, id=group_id, key=key, today=_now().date().isoformat())
    transaction.run(FORGIVE, id=group_id, key=key)
    changes.record(transaction, "member", [key], thing=group_id)


def join(store: Store, viewer: Viewer, group_id: str) -> None:
    """Become a member of an open community, or of one's own study group's; twice is once.

    Raises
    ------
    ThingNotFound
    Conflict
        ``ask`` where one has to ask, ``closed`` where its organisers invite.
    """
    key = viewer.own_key()

    def work(transaction: Transaction) -> None:
        stand = _stand(transaction, viewer, group_id)
        if stand["role"]:
            return
        if stand["put_out"]:
            raise Conflict(
                f"organisers have put you out of the community {group_id}: ask them to let you "
                "in again",
                code="ask",
            )
        if not stand["studied"] and stand["entry"] != "open":
            raise _not_open(stand)
        enter_member(transaction, group_id, key)

    store.in_write(work)


def _not_open(stand: Row) -> Conflict:
    if stand["entry"] == "request":
        return Conflict("one asks to be let into this community", code="ask")
    return Conflict("the organisers of this community invite its members", code="closed")


def ask(store: Store, viewer: Viewer, group_id: str, text: str) -> None:
    """Ask its organisers to become a member; asking twice is once.

    Raises
    ------
    ThingNotFound, BadValue
    Conflict
        ``closed`` if its organisers invite.
    TooMany
    """
    key, said = viewer.own_key(), checked_words(text)

    def work(transaction: Transaction) -> None:
        stand = _stand(transaction, viewer, group_id)
        if stand["role"]:
            return
        if stand["waiting"]:
            if stand["waiting"][0][1] == "invited":
                settle(transaction, group_id, stand["waiting"][0][0], "invited", "accepted")
                enter_member(transaction, group_id, key)
            return
        if stand["entry"] == "closed" and not stand["put_out"]:
            raise Conflict(
                f"the organisers of the community {group_id} invite its members: one cannot ask",
                code="closed",
            )
        if stand["asked"] >= MOST_ASKED:
            raise TooMany(f"{MOST_ASKED} of your requests wait already", code="asked")
        made = note_request(transaction, group_id, key, "asked", said)
        acted(transaction, viewer, "ask to join community", group_id, keys=[key])
        telling.organisers(transaction, "asked", group_id, once=made, request=made)

    store.in_write(work)


def note_request(
    transaction: Transaction,
    group_id: str,
    key: int,
    kind: str,
    text: str,
    state: str = "waiting",
) -> str:
    """Write down that somebody asks, is invited or was put out; return the id of it."""
    values: dict[str, Any] = {"kind": kind, "state": state, "text": text, "now": _now()}
    made = transaction.run(ASK, id=group_id, key=key, request=new_id(), **values)
    return str(made[0]["id"])


def settle(
    transaction: Transaction,
    group_id: str,
    request: str,
    kind: str,
    state: str,
    text: str = "",
) -> int:
    """Settle what waits, and return whose it is; `Conflict` ``settled`` where nothing waits."""
    rows = transaction.run(
        SETTLE, id=group_id, request=request, kind=kind, state=state, answer=text, now=_now()
    )
    if not rows:
        raise Conflict(
            f"nothing like that waits in the community {group_id}: it was settled meanwhile",
            code="settled",
        )
    return int(rows[0]["key"])


def withdraw(store: Store, viewer: Viewer, group_id: str) -> None:
    """Take one's own request back, before it is answered.

    Raises
    ------
    ThingNotFound
    """

    def work(transaction: Transaction) -> None:
        stand = _stand(transaction, viewer, group_id)
        if stand["waiting"] and stand["waiting"][0][1] == "asked":
            settle(transaction, group_id, stand["waiting"][0][0], "asked", "withdrawn")

    store.in_write(work)


def answer_invitation(store: Store, viewer: Viewer, group_id: str, *, take: bool) -> None:
    """Take an invitation, or say no to it; the organisers see it in their list.

    Raises
    ------
    ThingNotFound
    Conflict
        If there is none any more.
    """

    def work(transaction: Transaction) -> None:
        stand = _invited(transaction, viewer, group_id)
        settle(transaction, group_id, stand, "invited", "accepted" if take else "declined")
        if take:
            enter_member(transaction, group_id, viewer.own_key())
        acted(transaction, viewer, "answer invitation to community", group_id)

    store.in_write(work)


# One row: the invitation of somebody to a community that waits.
INVITED = """MATCH (g:Group {id: $id})<-[:TO]-(q:MembershipRequest {state: 'waiting'})
WHERE q.kind = 'invited' AND EXISTS { (q)-[:BY]->(:Person {key: $me}) }
  AND NOT coalesce(g.visibility, 'members') IN ['draft', 'archived', 'quarantined']
SET q.id = q.id RETURN q.id AS id LIMIT 1"""


def _invited(transaction: Transaction, viewer: Viewer, group_id: str) -> str:
    rows = transaction.run(INVITED, id=group_id, me=viewer.own_key())
    if not rows:
        raise Conflict(
            f"nothing like that waits in the community {group_id}: it was settled meanwhile",
            code="settled",
        )
    return str(rows[0]["id"])


def leave(store: Store, viewer: Viewer, group_id: str) -> bool:
    """Stop being a member; return whether nobody organises it now, of which staff are told."""
    key = viewer.own_key()

    def work(transaction: Transaction) -> bool:
        stand = transaction.run(STAND, id=group_id, **(of_viewer(viewer) | {"me": key}))
        if not transaction.run(LEAVE, id=group_id, key=key):
            return False
        changes.record(transaction, "member", [key], thing=group_id)
        return bool(stand and stand[0]["role"] == "organiser" and stand[0]["organisers"] == 1)

    return store.in_write(work)


def waiting(store: Store, viewer: Viewer) -> list[tuple[Row, Card]]:
    """Return what of communities waits for the viewer, with whom it is about."""
    rows = [native(row) for row in store.read(WAITING, me=viewer.own_key())]
    keys = [row["key"] for row in rows]
    seen = {card.key: card for card in cards(store, viewer, keys, brief=True)}
    return [(row, seen[row["key"]]) for row in rows if row["key"] in seen]

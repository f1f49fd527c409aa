"""Becoming a member and ceasing to be one: by oneself, by asking, by invitation; and who organises.

Of an open community everybody becomes a member by themselves; of one "by request" its organisers
decide; of a closed one they invite. Who studied in a study group or an intake needs nobody's leave
for its community. Who was put out asks, whatever the community is otherwise. Each who is concerned
is told: organisers that somebody asks, the asker what was decided, who is invited by whom.
"""

from datetime import UTC, datetime
from typing import Any

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, PersonNotFound, ThingNotFound, TooMany
from graphnet.groups import telling
from graphnet.groups.editing import Editable, editable, locked
from graphnet.live import Live
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.people.lookup import key_of
from graphnet.privacy import (
    Viewer,
    among_members,
    community_shown,
    of_viewer,
    studied_with,
    unblocked,
)
from graphnet.store import Row, Store, Transaction, native

LONGEST = 500
MOST_ASKED = 10  # requests of one person that wait at one time
MOST_INVITED = 100  # invitations of one community that wait at one time

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

# One row: the member's role now.
ROLE = """MATCH (:Person {key: $key})-[m:MEMBER_OF]->(:Group {id: $id})
SET m.role = $role RETURN m.role AS role"""

# One row: a request to a community that waits: for its organisers, or for who is invited.
REQUESTS = """MATCH (:Group {id: $id})<-[:TO]-(q:MembershipRequest {state: 'waiting'})-[:BY]->(p)
RETURN q.id AS id, q.kind AS kind, q.text AS text, q.at AS at, p.key AS key
ORDER BY at, id LIMIT 500"""

# One row: somebody may be invited, and is not one of them; the community has so many invitations.
INVITABLE = (
    """MATCH (g:Group {id: $id}) CALL (g) { MATCH (p:Person {key: $key}) RETURN p }
OPTIONAL MATCH (me:Person {key: $me})
WITH g, p, me WHERE """
    + among_members("p")
    + " AND (me IS NULL OR "
    + unblocked("me", "p")
    + """)
RETURN EXISTS { (p)-[:MEMBER_OF]->(g) } AS there,
  EXISTS { MATCH (p)<-[:BY]-(q:MembershipRequest {state: 'waiting'})-[:TO]->(g) } AS asked,
  EXISTS { MATCH (p)<-[:BY]-(q:MembershipRequest {kind: 'invited', state: 'declined'})-[:TO]->(g)
    WHERE q.decided_at > $since } AS declined,
  COUNT { (g)<-[:TO]-(:MembershipRequest {kind: 'invited', state: 'waiting'}) } AS invited
LIMIT 1"""
)

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

DECLINED_FOR = 180  # days in which somebody who declined is not invited again

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = """EXISTS { (me)<-[:BY]-(:MembershipRequest {state: 'waiting'}) }
  OR EXISTS { (me)-[:MEMBER_OF {role: 'organiser'}]->(:Group) }"""


def _now() -> datetime:
    return datetime.now(UTC)


def _said(text: str) -> str:
    said = text.replace("\r\n", "\n").strip()
    if len(said) > LONGEST:
        raise BadValue(f"at most {LONGEST} characters")
    return said


def _stand(transaction: Transaction, viewer: Viewer, group_id: str) -> Row:
    rows = transaction.run(STAND, id=group_id, **(of_viewer(viewer) | {"me": viewer.own_key()}))
    if not rows:
        raise ThingNotFound("no such community")
    if rows[0]["visibility"] in ("draft", "archived"):
        raise Conflict("archived")
    return rows[0]


def _joined(transaction: Transaction, group_id: str, key: int) -> None:
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
            raise Conflict("ask")
        if not stand["studied"] and stand["entry"] != "open":
            raise Conflict("ask" if stand["entry"] == "request" else "closed")
        _joined(transaction, group_id, key)

    store.in_write(work)


def ask(store: Store, viewer: Viewer, group_id: str, text: str) -> None:
    """Ask its organisers to become a member; asking twice is once.

    Raises
    ------
    ThingNotFound, BadValue
    Conflict
        ``closed`` if its organisers invite.
    TooMany
    """
    key, said = viewer.own_key(), _said(text)

    def work(transaction: Transaction) -> None:
        stand = _stand(transaction, viewer, group_id)
        if stand["role"]:
            return
        if stand["waiting"]:
            if stand["waiting"][0][1] == "invited":
                _settle(transaction, group_id, stand["waiting"][0][0], "invited", "accepted")
                _joined(transaction, group_id, key)
            return
        if stand["entry"] == "closed" and not stand["put_out"]:
            raise Conflict("closed")
        if stand["asked"] >= MOST_ASKED:
            raise TooMany(f"{MOST_ASKED} of your requests wait already")
        made = _ask(transaction, group_id, key, "asked", said)
        acted(transaction, viewer, "ask to join community", group_id, keys=[key])
        telling.organisers(transaction, "asked", group_id, once=made, request=made)

    store.in_write(work)


def _ask(
    transaction: Transaction,
    group_id: str,
    key: int,
    kind: str,
    text: str,
    state: str = "waiting",
) -> str:
    values: dict[str, Any] = {"kind": kind, "state": state, "text": text, "now": _now()}
    made = transaction.run(ASK, id=group_id, key=key, request=new_id(), **values)
    return str(made[0]["id"])


def _settle(
    transaction: Transaction,
    group_id: str,
    request: str,
    kind: str,
    state: str,
    text: str = "",
) -> int:
    rows = transaction.run(
        SETTLE, id=group_id, request=request, kind=kind, state=state, answer=text, now=_now()
    )
    if not rows:
        raise Conflict("settled")
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
            _settle(transaction, group_id, stand["waiting"][0][0], "asked", "withdrawn")

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
        _settle(transaction, group_id, stand, "invited", "accepted" if take else "declined")
        if take:
            _joined(transaction, group_id, viewer.own_key())
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
        raise Conflict("settled")
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


def requests(live: Live, viewer: Viewer, group_id: str) -> list[tuple[Row, Card]]:
    """Return what waits for a community that the viewer runs: a request or an invitation each.

    Raises
    ------
    ThingNotFound
    """
    editable(live.store, viewer, group_id)
    rows = [native(row) for row in live.store.read(REQUESTS, id=group_id)]
    seen = {card.key: card for card in cards(live.store, viewer, [row["key"] for row in rows])}
    return [(row, seen[row["key"]]) for row in rows if row["key"] in seen]


def decide(
    store: Store, viewer: Viewer, group_id: str, request: str, *, accept: bool, text: str = ""
) -> None:
    """Let somebody in who asked, or not, with a word to them; they get a letter.

    Raises
    ------
    ThingNotFound, BadValue
    Conflict
        If it is settled already.
    """
    said = _said(text)

    def work(transaction: Transaction) -> None:
        _on(locked(transaction, viewer, group_id))
        state = "accepted" if accept else "declined"
        key = _settle(transaction, group_id, request, "asked", state, said)
        if not cards(store, viewer, [key], brief=True):
            raise Conflict("settled")  # who has hidden since has taken the request along
        if accept:
            _joined(transaction, group_id, key)
        what = "let into community" if accept else "refuse membership of community"
        acted(transaction, viewer, what, group_id, keys=[key])
        telling.person(
            transaction,
            "accepted" if accept else "refused",
            group_id,
            key,
            once=request,
            request=request,
        )

    store.in_write(work)


def _on(held: Editable) -> None:
    if held.visibility in ("draft", "archived"):
        raise Conflict("archived")


def invite(live: Live, viewer: Viewer, group_id: str, person_id: str, text: str = "") -> None:
    """Invite somebody whom one may see as a member of the network; they get a letter.

    Raises
    ------
    ThingNotFound, BadValue
    PersonNotFound
        If the viewer sees no such person, or they cannot be invited.
    Conflict
        ``there``: a member; ``invited``: already; ``declined``: within half a year.
    TooMany
    """
    said, store = _said(text), live.store
    key = key_of(store, person_id)
    if not cards(store, viewer, [key], rules=live.rules, brief=True):
        raise PersonNotFound("no such person")
    now = _now()

    def work(transaction: Transaction) -> None:
        _on(locked(transaction, viewer, group_id))
        since = now.timestamp() - DECLINED_FOR * 86_400
        rows = transaction.run(
            INVITABLE, id=group_id, key=key, me=viewer.person_key or 0,
            since=datetime.fromtimestamp(since, UTC),
        )  # fmt: skip
        if not rows:
            raise PersonNotFound("no such person")
        if rows[0]["there"]:
            raise Conflict("there")
        if rows[0]["asked"]:
            raise Conflict("invited")
        if rows[0]["declined"]:
            raise Conflict("declined")
        if rows[0]["invited"] >= MOST_INVITED:
            raise TooMany(f"{MOST_INVITED} invitations wait already")
        made = _ask(transaction, group_id, key, "invited", said)
        acted(transaction, viewer, "invite to community", group_id, keys=[key])
        telling.person(transaction, "invited", group_id, key, once=made, request=made)

    store.in_write(work)


def remove(store: Store, viewer: Viewer, group_id: str, person_id: str, reason: str) -> None:
    """Put a member out, with a reason that they read; coming back they have to ask.

    Raises
    ------
    ThingNotFound, PersonNotFound
    BadValue
        Without a reason.
    Conflict
        ``self``: one leaves by oneself; ``organiser``: of organisers staff alone put out.
    """
    said, key = _said(reason), key_of(store, person_id)
    if not said:
        raise BadValue("reason: needed")

    def work(transaction: Transaction) -> None:
        locked(transaction, viewer, group_id)
        if key == viewer.person_key and not viewer.is_staff:
            raise Conflict("self")
        if telling.role(store, person_id, group_id) == "organiser" and not viewer.is_staff:
            raise Conflict("organiser")
        if not transaction.run(LEAVE, id=group_id, key=key):
            raise PersonNotFound("no such person")
        made = _ask(transaction, group_id, key, "removed", said, "closed")
        changes.record(transaction, "member", [key], thing=group_id)
        acted(transaction, viewer, "remove from community", group_id, keys=[key])
        telling.person(transaction, "removed", group_id, key, once=made, request=made)

    store.in_write(work)


def appoint(
    store: Store, viewer: Viewer, group_id: str, person_id: str, *, organiser: bool
) -> None:
    """Make a member one of the organisers, or a member again; they get a letter.

    Raises
    ------
    ThingNotFound, PersonNotFound
    Conflict
        ``last``: nobody would organise it; ``organiser``: of others staff alone take it back.
    """
    key, role = key_of(store, person_id), "organiser" if organiser else "member"

    def work(transaction: Transaction) -> None:
        locked(transaction, viewer, group_id)
        own = key == viewer.person_key
        if not organiser and not own and not viewer.is_staff:
            raise Conflict("organiser")
        rows = transaction.run(telling.ORGANISERS_OF, id=group_id)
        if not organiser and [row["key"] for row in rows] == [key] and not viewer.is_staff:
            raise Conflict("last")
        if not transaction.run(ROLE, id=group_id, key=key, role=role):
            raise PersonNotFound("no such person")
        acted(transaction, viewer, f"make {role} of community", group_id, keys=[key])
        if not own:
            once = f"{role}:{_now().isoformat()}"
            telling.person(transaction, f"made_{role}", group_id, key, once=once)

    store.in_write(work)


def waiting(store: Store, viewer: Viewer) -> list[tuple[Row, Card]]:
    """Return what of communities waits for the viewer, with whom it is about."""
    rows = [native(row) for row in store.read(WAITING, me=viewer.own_key())]
    keys = [row["key"] for row in rows]
    seen = {card.key: card for card in cards(store, viewer, keys, brief=True)}
    return [(row, seen[row["key"]]) for row in rows if row["key"] in seen]

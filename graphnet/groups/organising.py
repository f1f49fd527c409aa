"""What organisers of a community do about its members: decide, invite, put out, appoint.

Each who is concerned is told: the asker what was decided, who is invited by whom, who was put out
and why, who organises it from now on.
"""

from datetime import UTC, datetime

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, PersonNotFound, TooMany
from graphnet.groups import telling
from graphnet.groups.editing import Editable, editable, locked
from graphnet.groups.membership import LEAVE, checked_words, enter_member, note_request, settle
from graphnet.live import Live
from graphnet.people import Card, cards
from graphnet.people.lookup import key_of
from graphnet.privacy import (
    Viewer,
    among_members,
    unblocked,
)
from graphnet.store import Row, Store, Transaction, native

MOST_INVITED = 100  # invitations of one community that wait at one time

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

DECLINED_FOR = 180  # days in which somebody who declined is not invited again


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
    said = checked_words(text)

    def work(transaction: Transaction) -> None:
        _on(locked(transaction, viewer, group_id))
        state = "accepted" if accept else "declined"
        key = settle(transaction, group_id, request, "asked", state, said)
        if not cards(store, viewer, [key], brief=True):
            raise Conflict(
                f"nothing like that waits in the community {group_id}: it was settled meanwhile",
                code="settled",
            )  # who has hidden since has taken the request along
        if accept:
            enter_member(transaction, group_id, key)
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
        raise Conflict(
            f"the community {held.id} is a draft or put aside: nobody enters it now",
            code="archived",
        )


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
    said, store = checked_words(text), live.store
    key = key_of(store, person_id)
    if not cards(store, viewer, [key], rules=live.rules, brief=True):
        raise PersonNotFound("no such person")
    now = datetime.now(UTC)

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
            raise Conflict(f"they are a member of the community {group_id} already", code="there")
        if rows[0]["asked"]:
            raise Conflict(
                f"they are invited to the community {group_id}, or have asked, already",
                code="invited",
            )
        if rows[0]["declined"]:
            raise Conflict(
                "they have said no within half a year: do not invite them again yet",
                code="declined",
            )
        if rows[0]["invited"] >= MOST_INVITED:
            raise TooMany(f"{MOST_INVITED} invitations wait already", code="invited")
        made = note_request(transaction, group_id, key, "invited", said)
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
    said, key = checked_words(reason), key_of(store, person_id)
    if not said:
        raise BadValue("say why somebody is put out: they read it", code="needed", field="reason")

    def work(transaction: Transaction) -> None:
        locked(transaction, viewer, group_id)
        if key == viewer.person_key and not viewer.is_staff:
            raise Conflict("nobody puts themselves out: leave the community instead", code="self")
        if telling.role(store, person_id, group_id) == "organiser" and not viewer.is_staff:
            raise Conflict(
                f"they organise the community {group_id}, too: only staff can put them out",
                code="organiser",
            )
        if not transaction.run(LEAVE, id=group_id, key=key):
            raise PersonNotFound("no such person")
        made = note_request(transaction, group_id, key, "removed", said, "closed")
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
            raise Conflict(
                f"they organise the community {group_id}, too: only staff can make them a member "
                "again",
                code="organiser",
            )
        rows = transaction.run(telling.ORGANISERS_OF, id=group_id)
        if not organiser and [row["key"] for row in rows] == [key] and not viewer.is_staff:
            raise Conflict(
                f"they are the last organiser of the community {group_id}: appoint another one "
                "first",
                code="last",
            )
        if not transaction.run(ROLE, id=group_id, key=key, role=role):
            raise PersonNotFound("no such person")
        acted(transaction, viewer, f"make {role} of community", group_id, keys=[key])
        if not own:
            once = f"{role}:{datetime.now(UTC).isoformat()}"
            telling.person(transaction, f"made_{role}", group_id, key, once=once)

    store.in_write(work)

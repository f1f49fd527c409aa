"""Two communities become one: what both have is joined, and the one that goes leads to the other.

Members stay members from the earlier day, organisers stay organisers, events are held by the one
that stays, what was said is said there. It cannot be taken apart again: staff do it, after a second
look with the numbers.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import Conflict, ThingNotFound
from graphnet.groups import telling
from graphnet.groups.editing import SAVE, Editable, locked
from graphnet.privacy import Viewer
from graphnet.store import Store, Transaction

# One row: what would come of it: members of both, of one alone, events and posts that move.
WOULD = """MATCH (g:Group {id: $id}) CALL (g) { MATCH (h:Group {id: $into}) RETURN h }
RETURN COUNT { (g)<-[:MEMBER_OF]-(:Person) } AS members,
  COUNT { (g)<-[:MEMBER_OF]-(:Person)-[:MEMBER_OF]->(h) } AS both,
  COUNT { (g)<-[:HELD_BY]-() } AS held, COUNT { (g)<-[:IN]-(:Post) } AS posts LIMIT 1"""

# One row: how many memberships there are now in the one that stays.
MEMBERS = """MATCH (g:Group {id: $id})<-[m:MEMBER_OF]-(p:Person)
CALL (p) { MATCH (h:Group {id: $into}) RETURN h }
MERGE (p)-[n:MEMBER_OF]->(h) ON CREATE SET n.since = m.since, n.role = m.role, n.seen = m.seen
SET n.role = CASE WHEN 'organiser' IN [m.role, n.role] THEN 'organiser'
    ELSE coalesce(n.role, 'member') END,
  n.since = CASE WHEN m.since < n.since OR n.since IS NULL THEN m.since ELSE n.since END
DELETE m RETURN count(n) AS n"""

# One row: how many things are held by the one that stays, instead of the other.
HELD = """MATCH (g:Group {id: $id})<-[t:HELD_BY]-(e)
CALL (e) { MATCH (h:Group {id: $into}) RETURN h }
MERGE (e)-[:HELD_BY]->(h) DELETE t RETURN count(e) AS n"""

# One row: how many events are for its members.
INVITED = """MATCH (g:Group {id: $id})<-[t:INVITES]-(e:Event)
CALL (e) { MATCH (h:Group {id: $into}) RETURN h }
MERGE (e)-[:INVITES]->(h) DELETE t RETURN count(e) AS n"""

# One row: how many posts are said in the one that stays.
POSTS = """MATCH (g:Group {id: $id})<-[t:IN]-(q:Post)
CALL (q) { MATCH (h:Group {id: $into}) RETURN h }
MERGE (q)-[:IN]->(h) DELETE t RETURN count(q) AS n"""

# One row: how many topics it is about, too.
TOPICS = """MATCH (g:Group {id: $id})-[:ABOUT]->(t:Topic)
CALL (t) { MATCH (h:Group {id: $into}) RETURN h }
MERGE (h)-[:ABOUT]->(t) RETURN count(t) AS n"""

# One row: how many requests that waited are closed: their askers are told with the rest.
REQUESTS = """MATCH (:Group {id: $id})<-[:TO]-(q:MembershipRequest {state: 'waiting'})
SET q.state = 'ended', q.decided_at = $now RETURN count(q) AS n"""

# One row: the one that goes leads to the one that stays.
BECAME = """MATCH (g:Group {id: $id}) CALL (g) { MATCH (h:Group {id: $into}) RETURN h }
MERGE (g)-[:BECAME]->(h) RETURN h.id AS id"""


@dataclass(frozen=True)
class Union:
    """What joining two would do: how many members come over, of them in both, and what moves."""

    goes: Editable
    stays: Editable
    members: int
    both: int
    held: int
    posts: int


def _two(
    transaction: Transaction, viewer: Viewer, group_id: str, into: str
) -> tuple[Editable, Editable]:
    viewer.require_staff()
    if group_id == into:
        raise Conflict("a community cannot be joined into itself: choose another one", code="one")
    held = {one: locked(transaction, viewer, one) for one in sorted((group_id, into))}
    goes, stays = held[group_id], held[into]
    if {goes.visibility, stays.visibility} - {"members", "public"}:
        raise Conflict(
            "only two communities that are on can be joined, and none of a class", code="not_on"
        )
    return goes, stays


def foreseen(store: Store, viewer: Viewer, group_id: str, into: str) -> Union:
    """Return what joining a community into another would do.

    Raises
    ------
    NotAllowed, ThingNotFound
    Conflict
        ``one`` if both are the same, ``not on`` if one is none that is on, or is of a class.
    """

    def work(transaction: Transaction) -> Union:
        goes, stays = _two(transaction, viewer, group_id, into)
        rows = transaction.run(WOULD, id=group_id, into=into)
        if not rows:
            raise ThingNotFound("no such community")
        return Union(goes, stays, **rows[0])

    return store.in_write(work)


def unite(store: Store, viewer: Viewer, group_id: str, into: str) -> int:
    """Join a community into another; return how many come over. Its members get a letter.

    Raises
    ------
    NotAllowed, ThingNotFound, Conflict
    """

    def work(transaction: Transaction) -> int:
        goes, stays = _two(transaction, viewer, group_id, into)
        now = datetime.now(UTC)
        telling.now(transaction, "united", group_id, once=str(goes.version))
        moved = int(transaction.run(MEMBERS, id=group_id, into=into)[0]["n"])
        for query in (HELD, INVITED, POSTS, TOPICS, BECAME):
            transaction.run(query, id=group_id, into=into)
        transaction.run(REQUESTS, id=group_id, now=now)
        values = {
            "visibility": "archived", "state": "joined", "archived_at": now,
            "version": goes.version + 1,
        }  # fmt: skip
        transaction.run(SAVE, id=group_id, values=values)
        transaction.run(SAVE, id=into, values={"version": stays.version + 1, "changed_at": now})
        acted(
            transaction, viewer, "unite communities", group_id, detail=into,
            change=changes.ANNOUNCED,
        )  # fmt: skip
        return moved

    return store.in_write(work)

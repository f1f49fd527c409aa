"""Communities: clubs, regional clubs, interest groups; joining and leaving them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet import changes
from graphnet.errors import ThingNotFound
from graphnet.live import Live
from graphnet.people import Card, cards
from graphnet.privacy import Viewer, visibilities
from graphnet.store import Row, Store, Transaction

# One row: a community with its size, the largest first, and my role in it if I am a member.
ALL = """MATCH (g:Group) WHERE coalesce(g.visibility, 'members') IN $visibilities
  AND ($kind = '' OR g.kind = $kind)
  AND ($topic = '' OR EXISTS { (g)-[:ABOUT]->(:Topic {id: $topic}) })
RETURN g.id AS id, g.name AS name, coalesce(g.name_ru, g.name) AS name_ru, g.kind AS kind,
  g.description AS description, coalesce(g.description_ru, g.description) AS description_ru,
  COUNT { (g)<-[:MEMBER_OF]-(:Person) } AS members,
  EXISTS { (g)<-[:MEMBER_OF]-(:Person {key: $me}) } AS mine,
  [(g)-[:ABOUT]->(t:Topic) | {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name)}]
    AS topics
ORDER BY members DESC, id SKIP $skip LIMIT $limit"""

# One row: how many communities ALL would give without a limit.
ALL_COUNT = """MATCH (g:Group) WHERE coalesce(g.visibility, 'members') IN $visibilities
  AND ($kind = '' OR g.kind = $kind)
  AND ($topic = '' OR EXISTS { (g)-[:ABOUT]->(:Topic {id: $topic}) })
RETURN count(g) AS n LIMIT 1"""

# One row: the community.
ONE = """MATCH (g:Group {id: $id}) WHERE coalesce(g.visibility, 'members') IN $visibilities
RETURN g.id AS id, g.name AS name, coalesce(g.name_ru, g.name) AS name_ru, g.kind AS kind,
  g.description AS description, coalesce(g.description_ru, g.description) AS description_ru,
  COUNT { (g)<-[:MEMBER_OF]-(:Person) } AS members,
  EXISTS { (g)<-[:MEMBER_OF]-(:Person {key: $me}) } AS mine,
  [(g)-[:ABOUT]->(t:Topic) | {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name)}]
    AS topics LIMIT 1"""

# One row: a member.
MEMBERS = """MATCH (:Group {id: $id})<-[m:MEMBER_OF]-(p:Person)
RETURN p.key AS key, m.role AS role ORDER BY m.since, key LIMIT 1000"""

# One row: an event of the community that is coming, or running.
EVENTS = """MATCH (g:Group {id: $id})<-[:HELD_BY]-(e:Event)
WHERE coalesce(e.ends_at, e.starts_at) >= $now AND e.cancelled_at IS NULL
  AND coalesce(e.visibility, 'members') IN $visibilities
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, e.time_zone AS time_zone, e.venue AS venue
ORDER BY starts_at, id LIMIT 20"""

# One row: the membership, new or there before.
JOIN = """MATCH (g:Group {id: $id}) WHERE coalesce(g.visibility, 'members') IN $visibilities
CALL (g) { MATCH (p:Person {key: $me}) RETURN p }
MERGE (p)-[m:MEMBER_OF]->(g) ON CREATE SET m.since = date($today), m.role = 'member'
RETURN g.id AS id"""

# One row: the community that was left.
LEAVE = """MATCH (:Person {key: $me})-[m:MEMBER_OF]->(g:Group {id: $id})
DELETE m RETURN g.id AS id"""


@dataclass(frozen=True)
class GroupPage:
    """One community, those of its members whom the viewer may see, and what is on."""

    group: Row
    members: tuple[Card, ...]
    events: tuple[Row, ...]


def groups(
    store: Store, viewer: Viewer, *, kind: str = "", topic: str = "", skip: int = 0, limit: int = 50
) -> tuple[list[Row], int]:
    """Return communities, the largest first, and how many there are in all."""
    seen = visibilities(viewer)
    rows = store.read(
        ALL,
        me=viewer.person_key or 0,
        visibilities=seen,
        kind=kind,
        topic=topic,
        skip=skip,
        limit=limit,
    )
    return rows, int(store.read(ALL_COUNT, visibilities=seen, kind=kind, topic=topic)[0]["n"])


def group_page(live: Live, viewer: Viewer, group_id: str) -> GroupPage:
    """Return one community as the viewer may see it.

    Raises
    ------
    ThingNotFound
        If there is none.
    """
    rows = live.store.read(
        ONE, id=group_id, me=viewer.person_key or 0, visibilities=visibilities(viewer)
    )
    if not rows:
        raise ThingNotFound("no such community")
    keys = [row["key"] for row in live.store.read(MEMBERS, id=group_id)]
    shown = [c for c in cards(live.store, viewer, keys, rules=live.rules) if "groups" in c.fields]
    events = live.store.read(
        EVENTS, id=group_id, now=datetime.now(UTC), visibilities=visibilities(viewer)
    )
    for event in events:
        event["starts_at"] = event["starts_at"].to_native()
    return GroupPage(rows[0], tuple(shown), tuple(events))


def join(store: Store, viewer: Viewer, group_id: str) -> None:
    """Become a member; joining twice is once."""
    _act(store, viewer, group_id, joining=True)


def leave(store: Store, viewer: Viewer, group_id: str) -> None:
    """Stop being a member."""
    _act(store, viewer, group_id, joining=False)


def _act(store: Store, viewer: Viewer, group_id: str, *, joining: bool) -> None:
    key = viewer.own_key()

    def work(transaction: Transaction) -> None:
        if joining:
            today = datetime.now(UTC).date().isoformat()
            rows = transaction.run(
                JOIN, id=group_id, me=key, today=today, visibilities=visibilities(viewer)
            )
        else:
            rows = transaction.run(LEAVE, id=group_id, me=key)
        if not rows and joining:
            raise ThingNotFound("no such community")
        if rows:
            changes.record(transaction, "member", [key], thing=group_id)

    store.in_write(work)

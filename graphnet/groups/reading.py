"""Communities as their readers find them: the list, one of them, its members and what is on."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import LiteralString

from graphnet.errors import ThingNotFound
from graphnet.live import Live
from graphnet.people import Card, cards
from graphnet.privacy import Viewer, community_shown, of_viewer, studied_with, visibilities
from graphnet.store import Row, Store, native

_SAID: LiteralString = """g.id AS id, g.name AS name, coalesce(g.name_ru, g.name) AS name_ru,
  g.kind AS kind, g.description AS description,
  coalesce(g.description_ru, g.description) AS description_ru,
  coalesce(g.entry, 'open') AS entry, coalesce(g.visibility, 'members') AS visibility,
  COUNT { (g)<-[:MEMBER_OF]-(:Person) } AS members,
  EXISTS { (g)<-[:MEMBER_OF]-(:Person {key: $me}) } AS mine,
  [(g)-[:ABOUT]->(t:Topic) | {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name)}]
    AS topics"""
_LISTED: LiteralString = (
    """MATCH (g:Group) OPTIONAL MATCH (me:Person {key: $me})
WITH g, me WHERE coalesce(g.visibility, 'members') <> 'archived' AND """
    + community_shown("g", "me")
    + """
  AND ($kind = '' OR g.kind = $kind)
  AND ($topic = '' OR EXISTS { (g)-[:ABOUT]->(:Topic {id: $topic}) })
  AND ($mine = false OR EXISTS { (g)<-[:MEMBER_OF]-(me) })
"""
)

# One row: a community with its size: mine first, then the largest.
ALL = (
    _LISTED
    + "RETURN "
    + _SAID
    + """,
  CASE WHEN EXISTS { (g)<-[:MEMBER_OF]-(:Person {key: $me}) } THEN 0 ELSE 1 END AS far
ORDER BY far, members DESC, id SKIP $skip LIMIT $limit"""
)

# One row: how many communities ALL would give without a limit.
ALL_COUNT = _LISTED + "RETURN count(g) AS n LIMIT 1"

# One row: the community; what only members get, and how the viewer stands to it.
ONE = (
    """MATCH (g:Group {id: $id}) OPTIONAL MATCH (me:Person {key: $me})
WITH g, me WHERE """
    + community_shown("g", "me")
    + """
WITH g, me, $all OR EXISTS { (g)<-[:MEMBER_OF]-(me) } AS within
RETURN """
    + _SAID
    + """,
  CASE WHEN within THEN g.chat_url END AS chat_url, CASE WHEN within THEN g.links END AS links,
  head([(g)<-[m:MEMBER_OF]-(me) | m.role]) AS role,
  """
    + studied_with("g", "me")
    + """ AS studied,
  coalesce(g.state, 'published') AS state, coalesce(g.version, 0) AS version,
  g.notice AS notice, g.archived_at AS archived_at,
  [(g)-[:BECAME]->(h:Group) WHERE coalesce(h.visibility, 'members') IN $visibilities
    | {id: h.id, name: h.name, name_ru: coalesce(h.name_ru, h.name)}] AS became,
  COLLECT { MATCH (g)<-[:TO]-(q:MembershipRequest)-[:BY]->(me)
    WHERE q.state = 'waiting' RETURN q.kind ORDER BY q.at DESC LIMIT 1 } AS waiting,
  EXISTS { MATCH (g)<-[:TO]-(q:MembershipRequest {kind: 'removed'})-[:BY]->(me)
    WHERE q.state = 'closed' } AS put_out LIMIT 1"""
)

# One row: a member.
MEMBERS = """MATCH (:Group {id: $id})<-[m:MEMBER_OF]-(p:Person)
RETURN p.key AS key, m.role AS role ORDER BY m.since, key LIMIT 1000"""

# One row: an event of the community that is coming, or running, and that the viewer finds.
EVENTS = """MATCH (g:Group {id: $id})<-[:HELD_BY]-(e:Event)
WHERE coalesce(e.ends_at, e.starts_at) >= $now AND e.cancelled_at IS NULL
  AND (coalesce(e.visibility, 'members') IN $visibilities OR e.visibility = 'invited'
    AND EXISTS { (e)-[:INVITES]->(g)<-[:MEMBER_OF]-(:Person {key: $me}) })
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, e.time_zone AS time_zone, e.venue AS venue, e.venue_ru AS venue_ru
ORDER BY starts_at, id LIMIT 20"""

# One row: a community that waits for staff: proposed, or without anybody who organises it.
IN_HAND = """MATCH (g:Group) WHERE NOT coalesce(g.visibility, 'members') IN ['quarantined', 'class']
  AND CASE $what
    WHEN 'proposed' THEN g.state = 'proposed'
    WHEN 'archived' THEN g.visibility = 'archived'
    WHEN 'alone' THEN g.visibility IS NULL OR g.visibility IN ['members', 'public']
      AND NOT EXISTS { (g)<-[:MEMBER_OF {role: 'organiser'}]-(:Person) }
    ELSE g.visibility IS NULL OR g.visibility IN ['members', 'public'] END
RETURN g.id AS id, g.name AS name, coalesce(g.name_ru, g.name) AS name_ru, g.kind AS kind,
  coalesce(g.entry, 'open') AS entry, coalesce(g.version, 0) AS version,
  g.changed_at AS changed_at, COUNT { (g)<-[:MEMBER_OF]-(:Person) } AS members,
  COUNT { (g)<-[:MEMBER_OF {role: 'organiser'}]-(:Person) } AS organisers,
  COUNT { (g)<-[:TO]-(:MembershipRequest {state: 'waiting', kind: 'asked'}) } AS asking
ORDER BY name, id SKIP $skip LIMIT $limit"""


@dataclass(frozen=True)
class Member:
    """Somebody in a community whom the viewer may see, and what they are in it."""

    card: Card
    organiser: bool


@dataclass(frozen=True)
class GroupPage:
    """One community, those of its members whom the viewer may see, and what is on."""

    group: Row
    members: tuple[Member, ...]
    events: tuple[Row, ...]

    @property
    def within(self) -> bool:
        """Whether the viewer is one of them."""
        return bool(self.group["mine"])

    @property
    def published(self) -> bool:
        """Whether it is neither a draft nor put aside."""
        return self.group["visibility"] not in ("draft", "archived")


def groups(
    store: Store,
    viewer: Viewer,
    *,
    kind: str = "",
    topic: str = "",
    mine: bool = False,
    skip: int = 0,
    limit: int = 50,
) -> tuple[list[Row], int]:
    """Return communities, one's own first, then the largest; and how many there are in all."""
    asked = of_viewer(viewer) | {"kind": kind, "topic": topic, "mine": mine}
    rows = store.read(ALL, skip=skip, limit=limit, **asked) if limit else []
    return rows, int(store.read(ALL_COUNT, **asked)[0]["n"])


def one(store: Store, viewer: Viewer, group_id: str) -> Row:
    """Return what a community says to the viewer.

    Raises
    ------
    ThingNotFound
        If they find none.
    """
    rows = store.read(ONE, id=group_id, **of_viewer(viewer))
    if not rows:
        raise ThingNotFound("no such community")
    return native(rows[0])


def group_page(live: Live, viewer: Viewer, group_id: str) -> GroupPage:
    """Return one community as the viewer may see it.

    Raises
    ------
    ThingNotFound
        If there is none.
    """
    group = one(live.store, viewer, group_id)
    rows = live.store.read(MEMBERS, id=group_id)
    roles = {row["key"]: row["role"] for row in rows}
    runs = viewer.is_staff or group["role"] == "organiser"  # who lets in also sees whom
    seen = cards(live.store, viewer, list(roles), rules=live.rules)
    members = [
        Member(card, roles[card.key] == "organiser")
        for card in seen
        if runs or "groups" in card.fields or card.key == viewer.person_key
    ]
    events = live.store.read(
        EVENTS,
        id=group_id,
        now=datetime.now(UTC),
        me=viewer.person_key or 0,
        visibilities=visibilities(viewer),
    )
    ordered = sorted(members, key=lambda member: not member.organiser)
    return GroupPage(group, tuple(ordered), tuple(native(event) for event in events))


def in_hand(
    store: Store, viewer: Viewer, what: str = "", *, skip: int = 0, limit: int = 50
) -> list[Row]:
    """Return communities as staff see them: 'proposed', 'alone' (nobody organises it), 'archived',
    or those that are there.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    return [native(row) for row in store.read(IN_HAND, what=what, skip=skip, limit=limit)]

"""Founding and changing communities: by members, who propose theirs, by their organisers, by staff.

A draft is seen by its founder and by staff. Members propose theirs and staff publish it; after that
its organisers go on changing it. Two who edit at once lose nothing: who saves second is given what
stands there now. One that is over is put aside: its members still read it, and it can come back.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.groups import telling
from graphnet.groups.content import Content, content_of
from graphnet.model import new_id
from graphnet.numbering import next_key
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction, native
from graphnet.versions import Meanwhile, differences

LONGEST_NOTICE = 500
MOST_PROPOSED = 3  # of one founder, until staff have looked at them

_MAY: LiteralString = """WITH g WHERE coalesce(g.visibility, 'members') <> 'quarantined'
  AND ($all OR EXISTS { (g)<-[:MEMBER_OF {role: 'organiser'}]-(:Person {key: $me}) })
RETURN g.id AS id, coalesce(g.name, '') AS name, coalesce(g.name_ru, '') AS name_ru, g.kind AS kind,
  g.description AS description, g.description_ru AS description_ru,
  coalesce(g.entry, 'open') AS entry, coalesce(g.audience, g.visibility, 'members') AS audience,
  g.chat_url AS chat_url, g.links AS links, [(g)-[:ABOUT]->(t:Topic) | t.id] AS topics,
  coalesce(g.state, 'published') AS state, coalesce(g.visibility, 'members') AS visibility,
  coalesce(g.version, 0) AS version, g.notice AS notice,
  EXISTS { (g)-[:GATHERS]->() } AS of_class,
  COUNT { (g)<-[:MEMBER_OF]-(:Person) } AS members LIMIT 1"""

# One row: a community that the viewer may change.
WHOLE = "MATCH (g:Group {id: $id}) " + _MAY

# One row: the same, locked until the change is committed.
LOCKED = "MATCH (g:Group {id: $id}) SET g.id = g.id " + _MAY

# One row: how many communities of the founder's wait for staff; the founder is locked.
PROPOSED_BY = """MATCH (p:Person {key: $me}) SET p.key = p.key
RETURN COUNT { MATCH (p)-[:MEMBER_OF {role: 'organiser'}]->(g:Group)
  WHERE g.state IN ['draft', 'proposed'] } AS n LIMIT 1"""

# One row: the new community.
CREATE = """CREATE (g:Group {id: $id, key: $key, state: $state, visibility: 'draft', version: 0,
  created_at: $now}) RETURN g.id AS id"""

# One row: its founder organises it.
FOUNDED = """MATCH (p:Person {key: $me}) CALL (p) { MATCH (g:Group {id: $id}) RETURN g }
MERGE (p)-[m:MEMBER_OF]->(g)
ON CREATE SET m.since = date($today)
SET m.role = 'organiser' RETURN g.id AS id"""

# One row: the community as it is now.
SAVE = """MATCH (g:Group {id: $id}) SET g += $values RETURN g.version AS version"""

# One row: how many topics it is about now.
TOPICS = """MATCH (g:Group {id: $id})
CALL (g) { OPTIONAL MATCH (g)-[old:ABOUT]->(:Topic) DELETE old }
CALL (g) { UNWIND $topics AS topic MATCH (t:Topic {id: topic}) MERGE (g)-[:ABOUT]->(t)
  RETURN count(t) AS n }
RETURN n LIMIT 1"""

# One row: the draft is gone: nobody but its founder ever saw it.
THROW_AWAY = """MATCH (g:Group {id: $id}) WHERE g.state IN ['draft', 'proposed']
DETACH DELETE g RETURN $id AS id"""


@dataclass(frozen=True)
class Editable:
    """A community as its organisers see it; `of_class` is one of a study group or an intake."""

    id: str
    content: Content
    version: int
    state: str
    visibility: str
    members: int
    of_class: bool

    @property
    def title(self) -> str:
        """What the trail and its letters call it."""
        return self.content.name or self.content.name_ru


def who(viewer: Viewer) -> dict[str, Any]:
    """Return the parameters by which `LOCKED` knows who asks.

    Raises
    ------
    NotAllowed
    """
    if viewer.is_staff:
        viewer.require_staff()
        return {"me": viewer.person_key or 0, "all": True}
    return {"me": viewer.me(), "all": False}


def locked(transaction: Transaction, viewer: Viewer, group_id: str) -> Editable:
    """Return a community that the viewer may change, locked until the act is committed.

    Raises
    ------
    ThingNotFound
        If there is none, or it is not theirs.
    """
    return _editable(transaction.run(LOCKED, id=group_id, **who(viewer)))


def editable(store: Store, viewer: Viewer, group_id: str) -> Editable:
    """Return a community that the viewer may change.

    Raises
    ------
    ThingNotFound
    """
    return _editable(store.read(WHOLE, id=group_id, **who(viewer)))


def _editable(rows: list[Row]) -> Editable:
    if not rows:
        raise ThingNotFound("no such community")
    row = native(rows[0])
    return Editable(
        row["id"], content_of(row), row["version"], row["state"], row["visibility"],
        row["members"], row["of_class"],
    )  # fmt: skip


def found(store: Store, viewer: Viewer, content: Content) -> tuple[str, str]:
    """Found a community, and return its id and its state.

    What staff enter is published; what a member enters is proposed to them, and the member is its
    organiser.

    Raises
    ------
    BadValue
    Conflict
        If enough of the member's wait for staff already.
    """
    content.check()
    staff, now = viewer.is_staff, datetime.now(UTC)
    if staff:
        viewer.require_staff()
    me = 0 if staff else viewer.me()

    def work(transaction: Transaction) -> str:
        if not staff and int(transaction.run(PROPOSED_BY, me=me)[0]["n"]) >= MOST_PROPOSED:
            raise Conflict(
                f"{MOST_PROPOSED} communities of yours wait for the Association already: wait "
                "for its answer",
                code="proposed",
            )
        values = {"id": new_id(), "key": next_key(transaction), "state": "draft", "now": now}
        made = str(transaction.run(CREATE, **values)[0]["id"])
        if not staff:
            transaction.run(FOUNDED, me=me, id=made, today=now.date().isoformat())
        state = {"state": "published" if staff else "proposed"}
        seen = {"visibility": content.audience} if staff else {}
        write(transaction, made, content, {"version": 1, "changed_at": now} | state | seen)
        announced = changes.ANNOUNCED if staff else ""
        acted(transaction, viewer, "found community", made, change=announced)
        return made

    return store.in_write(work), "published" if staff else "proposed"


def write(
    transaction: Transaction, group_id: str, content: Content, values: dict[str, Any]
) -> None:
    """Write what a community says, in the transaction of an act.

    Raises
    ------
    BadValue
        If a topic is none.
    """
    plain = {
        # What is entered in one language is the name in both: every list reads the first.
        "name": content.name or content.name_ru,
        "name_ru": content.name_ru or None,
        "kind": content.kind,
        "description": content.description or None,
        "description_ru": content.description_ru or None,
        "entry": content.entry,
        "audience": content.audience,
        "chat_url": content.chat_url or None,
        "links": [" ".join(link) for link in content.links] or None,
    }
    transaction.run(SAVE, id=group_id, values=plain | values)
    tied = transaction.run(TOPICS, id=group_id, topics=list(content.topics))[0]["n"]
    if tied != len(content.topics):
        raise BadValue(
            "one of these topics is not in the catalogue: choose from it",
            code="unknown",
            field="topics",
        )


def change(
    store: Store, viewer: Viewer, group_id: str, content: Content, *, version: int
) -> dict[str, tuple[object, object]]:
    """Change a community that was read in that version; return what differs, by field.

    Raises
    ------
    ThingNotFound, BadValue
    Meanwhile
        If somebody has changed it since.
    Conflict
        If it is put aside.
    """

    def work(transaction: Transaction) -> dict[str, tuple[object, object]]:
        held = locked(transaction, viewer, group_id)
        content.check()
        if held.version != version:
            raise Meanwhile(held.content, held.version)
        if held.visibility == "archived":
            raise Conflict(
                f"the community {group_id} is put aside: take it up again before you change it",
                code="archived",
            )
        different = differences(held.content, content)
        if not different:
            return {}
        values: dict[str, Any] = {"version": version + 1, "changed_at": datetime.now(UTC)}
        if held.visibility in ("members", "public"):
            values["visibility"] = content.audience
        write(transaction, group_id, content, values)
        public = held.visibility != "draft"
        acted(
            transaction,
            viewer,
            "change community",
            group_id,
            detail=", ".join(sorted(different)),
            change=changes.ANNOUNCED if public else "",
        )
        return different

    return store.in_write(work)


def publish(store: Store, viewer: Viewer, group_id: str, *, version: int) -> str:
    """Publish a draft: staff do, its founder proposes it to them. Returns the state it is in now.

    Raises
    ------
    ThingNotFound, Meanwhile
    Conflict
        If it is published, or put aside.
    """

    def work(transaction: Transaction) -> str:
        held = locked(transaction, viewer, group_id)
        if held.version != version:
            raise Meanwhile(held.content, held.version)
        if held.state == "published" or held.visibility != "draft":
            raise Conflict(
                f"the community {group_id} is published or put aside: only a draft can be "
                "proposed or published",
                code="published",
            )
        state = "published" if viewer.is_staff else "proposed"
        values: dict[str, Any] = {"state": state, "version": version + 1, "notice": None}
        if state == "published":
            values["visibility"] = held.content.audience
        transaction.run(SAVE, id=group_id, values=values | {"changed_at": datetime.now(UTC)})
        what = "publish community" if state == "published" else "propose community"
        acted(transaction, viewer, what, group_id, change=changes.ANNOUNCED)
        if state == "published":
            telling.organisers(transaction, "published", group_id, once=str(version))
        return state

    return store.in_write(work)


def _noted(notice: str) -> str:
    said = notice.strip()
    if not said or len(said) > LONGEST_NOTICE:
        raise BadValue(
            f"say why in 1 to {LONGEST_NOTICE} characters: those whom it concerns read it",
            code="needed",
            field="notice",
        )
    return said


def send_back(store: Store, viewer: Viewer, group_id: str, notice: str) -> None:
    """Give a proposed community back to its founder, with what is to be changed or why not.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue, Conflict
    """
    viewer.require_staff()
    said = _noted(notice)

    def work(transaction: Transaction) -> None:
        held = locked(transaction, viewer, group_id)
        if held.state != "proposed":
            raise Conflict(
                f"the community {group_id} is not proposed: only what is proposed can be sent back",
                code="not_proposed",
            )
        values = {"state": "draft", "version": held.version + 1, "notice": said}
        transaction.run(SAVE, id=group_id, values=values)
        acted(transaction, viewer, "send community back", group_id)
        telling.organisers(transaction, "sent_back", group_id, once=str(held.version))

    store.in_write(work)


def archive(store: Store, viewer: Viewer, group_id: str, notice: str) -> int:
    """Put a community aside; its members still read it. Return how many they are.

    Raises
    ------
    ThingNotFound
    BadValue
        If no reason is given: its members read it.
    Conflict
        If it is none that is on.
    """
    said = _noted(notice)

    def work(transaction: Transaction) -> int:
        held = locked(transaction, viewer, group_id)
        if held.visibility in ("draft", "archived"):
            raise Conflict(
                f"the community {group_id} is not on: only one that is on can be put aside",
                code="off",
            )
        now = datetime.now(UTC)
        values = {
            "visibility": "archived", "archived_at": now, "notice": said,
            "version": held.version + 1,
        }  # fmt: skip
        transaction.run(SAVE, id=group_id, values=values)
        acted(transaction, viewer, "archive community", group_id, change=changes.ANNOUNCED)
        telling.members(transaction, "archived", group_id, once=str(held.version))
        return held.members

    return store.in_write(work)


def reopen(store: Store, viewer: Viewer, group_id: str) -> None:
    """Take a community up again that was put aside.

    Raises
    ------
    ThingNotFound
    Conflict
        If it is none, or has become another.
    """

    def work(transaction: Transaction) -> None:
        held = locked(transaction, viewer, group_id)
        if held.visibility != "archived" or held.state == "joined":
            raise Conflict(
                f"the community {group_id} is not put aside: there is nothing to take up again",
                code="not_archived",
            )
        seen = "class" if held.of_class else held.content.audience
        values = {
            "visibility": seen, "archived_at": None, "notice": None, "version": held.version + 1,
        }  # fmt: skip
        transaction.run(SAVE, id=group_id, values=values)
        acted(transaction, viewer, "reopen community", group_id, change=changes.ANNOUNCED)
        telling.organisers(transaction, "reopened", group_id, once=str(held.version))

    store.in_write(work)


def throw_away(store: Store, viewer: Viewer, group_id: str) -> None:
    """Remove a draft that nobody but its founder saw.

    Raises
    ------
    ThingNotFound, Conflict
    NotAllowed
        If it is another's: staff send it back with a reason instead.
    """

    def work(transaction: Transaction) -> None:
        held = locked(transaction, viewer, group_id)
        if viewer.is_staff and held.members:
            raise NotAllowed("send it back with a reason: its founder reads it", code="founder")
        if not transaction.run(THROW_AWAY, id=group_id):
            raise Conflict(
                f"the community {group_id} is no draft any more: put it aside instead of "
                "throwing it away",
                code="published",
            )
        acted(transaction, viewer, "throw community away", group_id)

    store.in_write(work)

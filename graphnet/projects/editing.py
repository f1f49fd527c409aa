"""Making and changing projects: by members who lead one, and by staff.

A member drafts one and proposes it; staff open it or send it back with a reason. Who leads it and
staff go on changing it. Two who edit at once lose nothing: who saves second is given what stands
there now.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound, TooMany
from graphnet.model import new_id
from graphnet.numbering import next_key
from graphnet.people.topics import all_topics
from graphnet.privacy import Viewer
from graphnet.projects.content import Content, content_of
from graphnet.store import Row, Store, Transaction, native
from graphnet.versions import Meanwhile, differences


def leads(project: LiteralString, person: LiteralString) -> LiteralString:
    """Return the condition that somebody leads a project."""
    return "EXISTS { (" + project + ")<-[:WORKS_ON {role: 'lead'}]-(" + person + ") }"


MOST_DRAFTS = 5  # that one member has in hand at once
PUBLIC_STATES = ("open", "finished")

_ALL = """
RETURN j.id AS id, coalesce(j.name, '') AS name, coalesce(j.name_ru, '') AS name_ru,
  j.description AS description, j.description_ru AS description_ru, j.kind AS kind,
  j.origin AS origin, j.goal AS goal, j.currency AS currency,
  CASE WHEN j.visibility IN ['public', 'members'] THEN j.visibility
    ELSE coalesce(j.audience, 'members') END AS audience,
  coalesce(j.visibility, 'members') AS visibility, coalesce(j.state, 'open') AS state,
  coalesce(j.version, 0) AS version, coalesce(j.notice, '') AS notice,
  j.books_closed_at AS books_closed_at,
  head([(j)-[:HELD_BY]->(g:Group) | g.id]) AS group,
  [(j)-[:ABOUT]->(t:Topic) | t.id] AS topics,
  EXISTS { (j)<-[:FOR]-(:MoneyAccount|Receipt|Pledge) } AS money LIMIT 1"""

# One row: a project that the viewer may change, all that its makers entered.
WHOLE = (
    """MATCH (j:Project {id: $id})
OPTIONAL MATCH (me:Person {key: $me})
WITH j, me WHERE $all OR """
    + leads("j", "me")
    + _ALL
)

# One row: the same, locked until the change is committed.
WHOLE_LOCKED = (
    """MATCH (j:Project {id: $id}) SET j.id = j.id
WITH j OPTIONAL MATCH (me:Person {key: $me})
WITH j, me WHERE $all OR """
    + leads("j", "me")
    + _ALL
)

# One row: the new project.
CREATE = """CREATE (j:Project {id: $id, key: $key, state: 'draft', visibility: 'draft', version: 0,
  created_at: $now}) RETURN j.id AS id"""

# One row: who leads it from now on, and how many drafts they have in hand with it.
LEAD = """MATCH (p:Person {key: $me}) CALL (p) { MATCH (j:Project {id: $id}) RETURN j }
MERGE (p)-[w:WORKS_ON]->(j) SET w.role = 'lead', w.since = $now
RETURN COUNT { (p)-[:WORKS_ON {role: 'lead'}]->(x:Project)
  WHERE x.state IN ['draft', 'proposed'] } AS drafts LIMIT 1"""

# One row: the project as it is now.
SAVE = """MATCH (j:Project {id: $id}) SET j += $values RETURN j.version AS version"""

# One row: the project, without what it was tied to.
UNTIE = """MATCH (j:Project {id: $id})
OPTIONAL MATCH (j)-[t:HELD_BY]->(:Group) DELETE t
WITH DISTINCT j OPTIONAL MATCH (j)-[t:ABOUT]->(:Topic) DELETE t
RETURN DISTINCT j.id AS id"""

# One row: how many of these are there: who holds it, what about.
TIE = """MATCH (j:Project {id: $id})
CALL (j) { MATCH (g:Group {id: $group}) MERGE (j)-[:HELD_BY]->(g) RETURN count(g) AS groups }
CALL (j) { UNWIND $topics AS topic MATCH (t:Topic {id: topic}) MERGE (j)-[:ABOUT]->(t)
  RETURN count(t) AS topics }
RETURN groups, topics LIMIT 1"""

# One row: a community that the viewer may name: staff any, members one of their own.
GROUPS = """MATCH (g:Group) WHERE coalesce(g.visibility, 'members') IN ['public', 'members']
  AND ($all OR EXISTS { (g)<-[:MEMBER_OF]-(:Person {key: $me}) })
RETURN g.id AS id, g.name AS name, coalesce(g.name_ru, g.name) AS name_ru
ORDER BY name, id LIMIT 1000"""


@dataclass(frozen=True)
class Editable:
    """A project as its makers see it; `money` says whether any was promised or given."""

    id: str
    content: Content
    version: int
    state: str
    notice: str
    money: bool
    books_closed: bool


@dataclass(frozen=True)
class Choices:
    """What its makers choose from."""

    groups: tuple[Row, ...]
    topics: tuple[Row, ...]


def choices(store: Store, viewer: Viewer) -> Choices:
    """Return what may be chosen: members name a community of their own."""
    given = who(viewer)
    return Choices(tuple(store.read(GROUPS, **given)), tuple(all_topics(store)))


def who(viewer: Viewer) -> dict[str, Any]:
    """Return the parameters by which `WHOLE` knows who asks."""
    if viewer.is_staff:
        viewer.require_staff()
        return {"me": viewer.person_key or 0, "all": True}
    return {"me": viewer.me(), "all": False}


def may_change(store: Store, viewer: Viewer, project_id: str) -> bool:
    """Whether the viewer may change a project; nobody signed in may not."""
    if not (viewer.is_staff or (viewer.is_alumnus and viewer.person_key is not None)):
        return False
    rows = store.read(WHOLE, id=project_id, **who(viewer))
    return bool(rows) and rows[0]["visibility"] != "quarantined"


def one(store: Store, viewer: Viewer, project_id: str) -> Editable:
    """Return a project that the viewer may change.

    Raises
    ------
    ThingNotFound
        If there is none, or it is not theirs.
    """
    return editable(store.read(WHOLE, id=project_id, **who(viewer)))


def locked(transaction: Transaction, viewer: Viewer, project_id: str) -> Editable:
    """Return a project that the viewer may change, locked until the act is committed.

    Raises
    ------
    ThingNotFound
    """
    return editable(transaction.run(WHOLE_LOCKED, id=project_id, **who(viewer)))


def editable(rows: list[Row]) -> Editable:
    """Return what `WHOLE` found.

    Raises
    ------
    ThingNotFound
    """
    if not rows or rows[0]["visibility"] == "quarantined":
        raise ThingNotFound("no such project")
    row = native(rows[0])
    return Editable(
        row["id"],
        content_of(row),
        row["version"],
        row["state"],
        row["notice"],
        row["money"],
        row["books_closed_at"] is not None,
    )


def on(
    store: Store,
    viewer: Viewer,
    project_id: str,
    did: str,
    act: Callable[[Transaction, Editable], None],
    *,
    change: str = "",
) -> None:
    """Do something to a project that the viewer may change: locked, and noted by what was done.

    Raises
    ------
    ThingNotFound
        And whatever the act does.
    """

    def work(transaction: Transaction) -> None:
        act(transaction, locked(transaction, viewer, project_id))
        acted(transaction, viewer, did, project_id, change=change)

    store.in_write(work)


def both_languages(text: str, text_ru: str, *, longest: int, lines: bool = False) -> dict[str, Any]:
    """Return what was written in one of the languages at least, as it is kept.

    What is there in one language only stands for both: every list reads the first.

    Raises
    ------
    BadValue
        ``text: needed`` if there is nothing, or too much.
    """
    english, russian = (
        one.replace("\r\n", "\n").strip() if lines else " ".join(one.split())
        for one in (text, text_ru)
    )
    if not (english or russian) or max(len(english), len(russian)) > longest:
        raise BadValue(
            f"write 1 to {longest:,} characters, in English or in Russian",
            code="needed",
            field="text",
        )
    return {"text": english or russian, "text_ru": russian or None}


def create(store: Store, viewer: Viewer, content: Content) -> str:
    """Draft a project, and return its id: a member's is led by them, staff's by nobody yet.

    Raises
    ------
    NotAllowed, BadValue
    TooMany
        If a member has `MOST_DRAFTS` in hand already.
    """
    content = _allowed(store, viewer, content)

    def work(transaction: Transaction) -> str:
        now = datetime.now(UTC)
        key = next_key(transaction)
        project_id = str(transaction.run(CREATE, id=new_id(), key=key, now=now)[0]["id"])
        _write(transaction, project_id, content, {"version": 1, "changed_at": now})
        if not viewer.is_staff:
            rows = transaction.run(LEAD, me=viewer.me(), id=project_id, now=now)
            if not rows:
                raise NotAllowed("sign in first", code="visitor")
            if rows[0]["drafts"] > MOST_DRAFTS:
                raise TooMany(
                    f"{MOST_DRAFTS} proposals are in hand: finish one of them first", code="drafts"
                )
        acted(transaction, viewer, "draft project", project_id)
        return project_id

    return store.in_write(work)


def _allowed(store: Store, viewer: Viewer, content: Content) -> Content:
    """Return what may be entered by that viewer; whose project it is, staff say.

    Raises
    ------
    BadValue
    """
    content.check()
    may = choices(store, viewer)
    if content.group and content.group not in {row["id"] for row in may.groups}:
        raise BadValue(
            f"the community {content.group} is none of those that one organises: choose another "
            "one",
            code="unknown",
            field="group",
        )
    if set(content.topics) - {row["id"] for row in may.topics}:
        raise BadValue(
            "one of these topics is not in the catalogue: choose from it",
            code="unknown",
            field="topics",
        )
    return content


def change(
    store: Store, viewer: Viewer, project_id: str, content: Content, *, version: int
) -> dict[str, tuple[object, object]]:
    """Change a project that was read in that version; return what differs, by the field's name.

    Raises
    ------
    ThingNotFound, BadValue
        ``currency: money``: not any more once something was promised or given.
    Meanwhile
        If somebody has changed it since.
    Conflict
        If it is finished.
    """
    held = one(store, viewer, project_id)  # of a project that is not theirs they learn nothing
    if content.group == held.content.group:  # what staff have entered may stand
        content.check()
    else:
        _allowed(store, viewer, content)

    def work(transaction: Transaction) -> dict[str, tuple[object, object]]:
        found = locked(transaction, viewer, project_id)
        if found.version != version:
            raise Meanwhile(found.content, found.version)
        if found.state == "finished":
            raise Conflict(
                f"the project {project_id} is finished: nothing of it can be changed any more",
                code="finished",
            )
        different = differences(found.content, content)
        if not different:
            return {}
        if "currency" in different and found.money:
            raise BadValue(
                f"money was promised or given to the project {project_id}: its currency stays",
                code="money",
                field="currency",
            )
        public = found.state in PUBLIC_STATES
        values: dict[str, Any] = {"version": version + 1, "changed_at": datetime.now(UTC)}
        if public:
            values["visibility"] = content.audience
        _write(transaction, project_id, content, values)
        acted(
            transaction,
            viewer,
            "change project",
            project_id,
            detail=", ".join(sorted(different)),
            change=changes.ANNOUNCED if public else "",
        )
        return different

    return store.in_write(work)


def _write(
    transaction: Transaction, project_id: str, content: Content, values: dict[str, Any]
) -> None:
    plain = {
        # What is entered in one language is the name in both: every list reads the first.
        "name": content.name or content.name_ru,
        "name_ru": content.name_ru or None,
        "description": content.description or content.description_ru,
        "description_ru": content.description_ru or None,
        "kind": content.kind or None,
        "origin": content.origin,
        "goal": content.goal,
        "currency": content.currency,
        "audience": content.audience,
    }
    transaction.run(SAVE, id=project_id, values=plain | values)
    transaction.run(UNTIE, id=project_id)
    topics = list(content.topics)
    tied = transaction.run(TIE, id=project_id, group=content.group, topics=topics)[0]
    if tied["topics"] != len(topics):
        raise BadValue(
            "one of these topics is not in the catalogue: choose from it",
            code="unknown",
            field="topics",
        )

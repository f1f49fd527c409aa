"""Projects: what alumni work on and give to, who runs them, and their open books.

Sums count everybody's gifts; what one person gave is told to nobody, nor a count or sum of fewer
than three. A supporter is named only after saying so on the project's own page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphnet import changes
from graphnet.errors import ThingNotFound
from graphnet.live import Live
from graphnet.people import Card, cards
from graphnet.privacy import SMALLEST_COUNT_IN_REASON, Viewer, visibilities
from graphnet.store import Row, Store, Transaction, native

LEAD = "lead"

# One row: a project, by name; every one of $words stands somewhere in its texts.
ALL = """MATCH (j:Project) WHERE coalesce(j.visibility, 'members') IN $visibilities
  AND ($kind = '' OR j.kind = $kind)
  AND ($topic = '' OR EXISTS { (j)-[:ABOUT]->(:Topic {id: $topic}) })
  AND all(word IN $words WHERE toLower(j.name + ' ' + coalesce(j.name_ru, '') + ' '
    + coalesce(j.description, '') + ' ' + coalesce(j.description_ru, '')) CONTAINS word)
RETURN j.id AS id, j.name AS name, coalesce(j.name_ru, j.name) AS name_ru, j.kind AS kind,
  j.description AS description, coalesce(j.description_ru, j.description) AS description_ru,
  j.goal AS goal, j.currency AS currency,
  [(j)-[:ABOUT]->(t:Topic) | {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name)}]
    AS topics
ORDER BY name, id SKIP $skip LIMIT $limit"""

# One row: how many projects ALL would give without a limit.
ALL_COUNT = """MATCH (j:Project) WHERE coalesce(j.visibility, 'members') IN $visibilities
  AND ($kind = '' OR j.kind = $kind)
  AND ($topic = '' OR EXISTS { (j)-[:ABOUT]->(:Topic {id: $topic}) })
  AND all(word IN $words WHERE toLower(j.name + ' ' + coalesce(j.name_ru, '') + ' '
    + coalesce(j.description, '') + ' ' + coalesce(j.description_ru, '')) CONTAINS word)
RETURN count(j) AS n LIMIT 1"""

# One row: a kind of project that there is.
KINDS = """MATCH (j:Project) WHERE coalesce(j.visibility, 'members') IN $visibilities
  AND j.kind IS NOT NULL
RETURN DISTINCT j.kind AS kind ORDER BY kind LIMIT 100"""

# One row: the project, and what the viewer has to do with it.
ONE = """MATCH (j:Project {id: $id}) WHERE coalesce(j.visibility, 'members') IN $visibilities
RETURN j.id AS id, j.name AS name, coalesce(j.name_ru, j.name) AS name_ru, j.kind AS kind,
  j.description AS description, coalesce(j.description_ru, j.description) AS description_ru,
  j.goal AS goal, j.currency AS currency, j.created_at AS created_at,
  EXISTS { (j)<-[:WORKS_ON]-(:Person {key: $me}) } AS works,
  EXISTS { (j)<-[:FOR]-(v:Pledge)-[:BY]->(:Person {key: $me})
           WHERE v.state <> 'withdrawn' } AS supports,
  EXISTS { (j)<-[:FOR]-(v:Pledge {named: true})-[:BY]->(:Person {key: $me})
           WHERE v.state <> 'withdrawn' } AS named,
  [(j)-[:HELD_BY]->(g:Group) WHERE coalesce(g.visibility, 'members') IN $visibilities
    | {id: g.id, name: g.name, name_ru: coalesce(g.name_ru, g.name)}] AS groups,
  [(j)-[:ABOUT]->(t:Topic) | {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name)}]
    AS topics LIMIT 1"""

# One row: somebody who works on the project, who leads it first.
TEAM = """MATCH (:Project {id: $id})<-[w:WORKS_ON]-(p:Person)
RETURN p.key AS key, w.role AS role
ORDER BY CASE w.role WHEN 'lead' THEN 0 ELSE 1 END, w.since, key LIMIT 200"""

# One row: somebody who supports the project and lets it be told.
NAMED = """MATCH (:Project {id: $id})<-[:FOR]-(v:Pledge {named: true})-[:BY]->(p:Person)
WHERE v.state <> 'withdrawn'
RETURN DISTINCT p.key AS key ORDER BY key LIMIT 500"""

# One row: the books of a project: how many people stand behind each sum, and the sums.
BOOKS = """UNWIND $ids AS wanted MATCH (j:Project {id: wanted})
CALL (j) {
  OPTIONAL MATCH (j)<-[:FOR]-(v:Pledge|Receipt) WHERE v:Receipt OR v.state <> 'withdrawn'
  OPTIONAL MATCH (v)-[:BY]->(p:Person)
  WITH DISTINCT v, p
  RETURN count(DISTINCT p) AS supporters, count(DISTINCT CASE WHEN v:Receipt THEN p END) AS givers,
    count(DISTINCT CASE WHEN v:Pledge AND v.state = 'open' THEN p END) AS promising,
    sum(CASE WHEN v:Receipt THEN v.amount ELSE 0 END) AS received,
    sum(CASE WHEN v:Pledge AND v.state = 'open' THEN v.amount ELSE 0 END) AS promised
}
CALL (j) { OPTIONAL MATCH (j)<-[:FOR]-(r:Refund) RETURN sum(r.amount) AS returned }
CALL (j) { OPTIONAL MATCH (j)<-[:FOR]-(x:Expense) RETURN sum(x.amount) AS spent }
RETURN wanted AS id, supporters, givers, promising, received - returned AS received, promised, spent
ORDER BY id LIMIT 1000"""

# One row: what money was spent on, the latest first.
EXPENSES = """MATCH (:Project {id: $id})<-[:FOR]-(x:Expense)
RETURN x.amount AS amount, x.at AS at, x.note AS note ORDER BY at DESC, x.id LIMIT 200"""

# One row: a pledge of the person to that project, with what they said about being named.
NAME = """MATCH (:Person {key: $me})<-[:BY]-(v:Pledge)-[:FOR]->(j:Project {id: $id})
WHERE v.state <> 'withdrawn' AND coalesce(j.visibility, 'members') IN $visibilities
SET v.named = $named RETURN v.id AS id"""


@dataclass(frozen=True)
class Books:
    """What is recorded of a project's money; None where fewer than three people stand behind it.

    Attributes
    ----------
    supporters
        How many people have promised or given.
    received
        What came in, less what was given back.
    promised
        What has been promised and has not come yet.
    """

    supporters: int | None
    received: int | None
    promised: int | None
    spent: int


@dataclass(frozen=True)
class ProjectPage:
    """One project as a viewer may see it."""

    project: Row
    leads: tuple[Card, ...]
    helpers: tuple[Card, ...]
    supporters: tuple[Card, ...]
    books: Books
    expenses: tuple[Row, ...]


def projects(
    store: Store, viewer: Viewer, *, text: str = "", kind: str = "", topic: str = "",
    skip: int = 0, limit: int = 50,
) -> list[Row]:  # fmt: skip
    """Return projects by name, each with its books."""
    rows = store.read(ALL, skip=skip, limit=limit, **_chosen(viewer, text, kind, topic))
    found = _books(store, [row["id"] for row in rows])
    for row in rows:
        row["books"] = found[row["id"]]
    return rows


def how_many(
    store: Store, viewer: Viewer, *, text: str = "", kind: str = "", topic: str = ""
) -> int:
    """Return how many projects `projects` would give without a limit."""
    return int(store.read(ALL_COUNT, **_chosen(viewer, text, kind, topic))[0]["n"])


def _chosen(viewer: Viewer, text: str, kind: str, topic: str) -> dict[str, Any]:
    return {
        "visibilities": visibilities(viewer),
        "kind": kind,
        "topic": topic,
        "words": text.lower().split()[:10],
    }


def kinds(store: Store, viewer: Viewer) -> list[str]:
    """Return the kinds of projects that there are."""
    return [row["kind"] for row in store.read(KINDS, visibilities=visibilities(viewer))]


def project_page(live: Live, viewer: Viewer, project_id: str) -> ProjectPage:
    """Return one project, with those people of it who show themselves to the viewer.

    Raises
    ------
    ThingNotFound
        If there is none for this viewer.
    """
    store = live.store
    rows = store.read(
        ONE, id=project_id, me=viewer.person_key or 0, visibilities=visibilities(viewer)
    )
    if not rows:
        raise ThingNotFound("no such project")
    project = native(rows[0])
    team = {row["key"]: row["role"] for row in store.read(TEAM, id=project_id)}
    named = [row["key"] for row in store.read(NAMED, id=project_id)]
    shown = {c.key: c for c in cards(store, viewer, [*team, *named], rules=live.rules)}
    at_work = [shown[key] for key in team if key in shown and "groups" in shown[key].fields]
    supporters = [shown[key] for key in named if key in shown and "name" in shown[key].fields]
    return ProjectPage(
        project,
        tuple(card for card in at_work if team[card.key] == LEAD),
        tuple(card for card in at_work if team[card.key] != LEAD),
        tuple(sorted(supporters, key=lambda card: (card.name.family, card.name.given, card.key))),
        _books(store, [project_id])[project_id],
        tuple(native(row) for row in store.read(EXPENSES, id=project_id)),
    )


def name_me(store: Store, viewer: Viewer, project_id: str, *, named: bool) -> None:
    """Let oneself be named as a supporter of a project, or no longer.

    Raises
    ------
    NotAllowed, ThingNotFound
        If nobody is signed in, or the viewer does not support that project.
    """
    key = viewer.own_key()

    def work(transaction: Transaction) -> None:
        rows = transaction.run(
            NAME, id=project_id, me=key, named=named, visibilities=visibilities(viewer)
        )
        if not rows:
            raise ThingNotFound("no such project among those that you support")
        changes.record(transaction, "supporter", [key], thing=project_id)

    store.in_write(work)


def _books(store: Store, ids: Sequence[str]) -> dict[str, Books]:
    def told(value: int, people: int) -> int | None:
        return value if people >= SMALLEST_COUNT_IN_REASON else None

    return {
        row["id"]: Books(
            told(row["supporters"], row["supporters"]),
            told(row["received"], row["givers"]),
            told(row["promised"], row["promising"]),
            row["spent"],
        )
        for row in (store.read(BOOKS, ids=list(ids)) if ids else [])
    }

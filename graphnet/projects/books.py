"""Projects: what alumni work on and give to, who runs them, and what their books come to.

Sums are in the smallest unit of the project's own currency. They count everybody's gifts; what one
person gave is told to nobody, nor a count or sum of fewer than three. A supporter is named only
after saying so on the project's own page. The books line by line: `graphnet.money.open_books`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphnet import changes
from graphnet.errors import ThingNotFound
from graphnet.live import Live
from graphnet.money.amounts import PARTS
from graphnet.people import Card, cards
from graphnet.privacy import (
    SMALLEST_COUNT_IN_REASON,
    Viewer,
    of_viewer,
    project_shown,
    visibilities,
)
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
  j.goal AS goal, coalesce(j.currency, 'RUB') AS currency, coalesce(j.state, 'open') AS state,
  EXISTS { (j)<-[:FOR]-(n:ProjectNeed) WHERE n.met_at IS NULL } AS needs,
  j.books_closed_at AS books_closed_at,
  [(j)-[:ABOUT]->(t:Topic) | {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name)}]
    AS topics
ORDER BY state = 'finished', name, id SKIP $skip LIMIT $limit"""

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
ONE = (
    """MATCH (j:Project {id: $id}) OPTIONAL MATCH (me:Person {key: $me})
WITH j, me WHERE """
    + project_shown("j", "me")
    + """
RETURN j.id AS id, j.name AS name, coalesce(j.name_ru, j.name) AS name_ru, j.kind AS kind,
  j.description AS description, coalesce(j.description_ru, j.description) AS description_ru,
  j.goal AS goal, coalesce(j.currency, 'RUB') AS currency, j.created_at AS created_at,
  coalesce(j.state, 'open') AS state, coalesce(j.visibility, 'members') AS visibility,
  coalesce(j.version, 0) AS version, coalesce(j.notice, '') AS notice, j.ended_at AS ended_at,
  coalesce(j.origin, '') AS origin, j.books_closed_at AS books_closed_at,
  coalesce(j.books_notice, '') AS books_notice,
  EXISTS { (j)<-[:WORKS_ON]-(me) } AS works,
  EXISTS { (j)<-[:WORKS_ON {role: 'lead'}]-(me) } AS leads,
  EXISTS { (j)<-[:FOR]-(v:Pledge)-[:BY]->(me) WHERE v.state <> 'withdrawn' } AS supports,
  EXISTS { (j)<-[:FOR]-(v:Pledge {named: true})-[:BY]->(me)
           WHERE v.state <> 'withdrawn' } AS named,
  coalesce(head([(j)<-[k:KEEPS_BOOKS]-(me) WHERE k.ended_at IS NULL | k.role]), '') AS keeps,
  [(j)-[:HELD_BY]->(g:Group) WHERE coalesce(g.visibility, 'members') IN $visibilities
    | {id: g.id, name: g.name, name_ru: coalesce(g.name_ru, g.name)}] AS groups,
  [(j)-[:ABOUT]->(t:Topic) | {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name)}]
    AS topics LIMIT 1"""
)

# One row: somebody who works on the project, who leads it first.
TEAM = """MATCH (:Project {id: $id})<-[w:WORKS_ON]-(p:Person)
RETURN p.key AS key, w.role AS role
ORDER BY CASE w.role WHEN 'lead' THEN 0 ELSE 1 END, w.since, key LIMIT 200"""

# One row: somebody who supports the project and lets it be told.
NAMED = """MATCH (:Project {id: $id})<-[:FOR]-(v:Pledge {named: true})-[:BY]->(p:Person)
WHERE v.state <> 'withdrawn'
RETURN DISTINCT p.key AS key ORDER BY key LIMIT 500"""

# One row: the books of a project in its own currency: how many people stand behind each sum, and
# the sums, in the smallest unit. Of what is told to everybody without a name, `givers` are counted.
BOOKS = """UNWIND $ids AS wanted MATCH (j:Project {id: wanted})
WITH j, coalesce(j.currency, 'RUB') AS own
CALL (j, own) {
  OPTIONAL MATCH (j)<-[:FOR]-(v:Pledge)-[:BY]->(p:Person)
    WHERE v.state <> 'withdrawn' AND coalesce(v.currency, own) = own
  WITH DISTINCT v, p
  CALL (v) { OPTIONAL MATCH (t:Transfer {pledge: v.id}) WHERE NOT t.pending
    RETURN sum(CASE t.kind WHEN 'gift' THEN t.amount ELSE -t.amount END) AS got }
  WITH p, v.state = 'open' AS waits,
    coalesce(v.minor, toInteger(round(v.amount * $parts))) - coalesce(got, 0) AS left
  RETURN collect(DISTINCT p.key) AS promisers,
    count(DISTINCT CASE WHEN waits THEN p END) AS promising,
    sum(CASE WHEN waits AND left > 0 THEN left ELSE 0 END) AS promised
}
CALL (j, own) {
  OPTIONAL MATCH (j)<-[:FOR]-(r:Receipt)
  OPTIONAL MATCH (r)-[:BY]->(p:Person)
  WITH DISTINCT r, p
  RETURN collect(DISTINCT p.key) AS before,
    collect(DISTINCT CASE WHEN r IS NULL THEN null ELSE coalesce(toString(p.key), '') END) AS known,
    sum(coalesce(r.amount, 0)) AS brought
}
CALL (j) { OPTIONAL MATCH (j)<-[:FOR]-(r:Refund) RETURN sum(r.amount) AS returned }
CALL (j) { OPTIONAL MATCH (j)<-[:FOR]-(x:Expense) RETURN sum(x.amount) AS bought }
CALL (j, own) {
  OPTIONAL MATCH (j)<-[:FOR]-(a:MoneyAccount {kind: 'fund', currency: own})<-[:INTO]-(t:Transfer)
    WHERE NOT t.pending
  OPTIONAL MATCH (t)-[:BY]->(p:Person)
  WITH DISTINCT t, p
  RETURN collect(DISTINCT CASE WHEN t.kind = 'gift' THEN p.key END) AS gave,
    collect(DISTINCT CASE WHEN t.kind = 'gift' AND NOT (t.party_shown AND t.party <> '')
      THEN coalesce(toString(p.key), toLower(t.party), '') END) AS unnamed,
    sum(CASE t.kind WHEN 'gift' THEN t.amount ELSE 0 END) AS gifts,
    sum(CASE t.kind WHEN 'returned' THEN t.amount ELSE 0 END) AS back,
    sum(CASE t.kind WHEN 'moved' THEN t.amount ELSE 0 END) AS moved_in
}
CALL (j, own) {
  OPTIONAL MATCH (j)<-[:FOR]-(a:MoneyAccount {kind: 'fund', currency: own})<-[:OUT_OF]-(t:Transfer)
    WHERE NOT t.pending
  RETURN sum(CASE t.kind WHEN 'refund' THEN t.amount ELSE 0 END) AS refunds,
    sum(CASE WHEN t.kind IN ['expense', 'fee'] THEN t.amount ELSE 0 END) AS paid,
    sum(CASE t.kind WHEN 'moved' THEN t.amount ELSE 0 END) AS moved_out
}
RETURN j.id AS id, promisers + before + gave AS supporters, known + unnamed AS givers, promising,
  promised, toInteger(round((brought - returned) * $parts)) + gifts - refunds AS received,
  toInteger(round(bought * $parts)) + paid - back AS spent, moved_in - moved_out AS moved,
  j.books_closed_at IS NOT NULL AS closed
ORDER BY id LIMIT 1000"""

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
        What is intended and has not come yet.
    moved
        What came from other projects, less what went to them.
    balance
        What is there: received + moved - spent.
    closed
        Whether its books are closed; then no sum is told.
    """

    supporters: int | None
    received: int | None
    promised: int | None
    spent: int
    moved: int = 0
    closed: bool = False

    @property
    def balance(self) -> int | None:
        """What is there; None while what was received is not told."""
        return None if self.received is None else self.received + self.moved - self.spent


@dataclass(frozen=True)
class ProjectPage:
    """One project as a viewer may see it."""

    project: Row
    leads: tuple[Card, ...]
    helpers: tuple[Card, ...]
    supporters: tuple[Card, ...]
    books: Books


def projects(
    store: Store, viewer: Viewer, *, text: str = "", kind: str = "", topic: str = "",
    skip: int = 0, limit: int = 50,
) -> list[Row]:  # fmt: skip
    """Return projects by name, each with its books."""
    chosen = _chosen(viewer, text, kind, topic)
    rows = [native(row) for row in store.read(ALL, skip=skip, limit=limit, **chosen)]
    found = _books(store, [row["id"] for row in rows])
    for row in rows:
        row["books"] = found[row["id"]]
        row["goal"] = round((row["goal"] or 0) * PARTS)
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
    rows = store.read(ONE, id=project_id, **of_viewer(viewer))
    if not rows:
        raise ThingNotFound("no such project")
    project = native(rows[0])
    project["goal"] = round((project["goal"] or 0) * PARTS)
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
    found = {}
    for row in store.read(BOOKS, ids=list(ids), parts=PARTS) if ids else []:
        supporters = len(set(row["supporters"]))
        givers = len(set(row["givers"]))
        few = 0 < givers < SMALLEST_COUNT_IN_REASON
        found[row["id"]] = Books(
            supporters if _enough(supporters) else None,
            None if few or row["closed"] else row["received"],
            row["promised"] if _enough(row["promising"]) and not row["closed"] else None,
            0 if row["closed"] else row["spent"],
            row["moved"],
            row["closed"],
        )
    return found


def _enough(people: int) -> bool:
    """Whether a count or a sum is of three people at least."""
    return people >= SMALLEST_COUNT_IN_REASON

"""A project's milestones, done or to come, and its news."""

from datetime import UTC, date, datetime

from graphnet import changes
from graphnet.errors import BadValue, ThingNotFound, TooMany
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.projects.editing import PUBLIC_STATES, Editable, both_languages, on
from graphnet.store import Row, Store, Transaction, native

LONGEST_LINE, LONGEST_NEWS = 300, 4_000
MOST = 40
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)

# One row: a milestone, in the order of days.
MILESTONES = """MATCH (:Project {id: $id})<-[:FOR]-(m:Milestone)
RETURN m.id AS id, m.text AS text, coalesce(m.text_ru, m.text) AS text_ru, m.due_on AS due_on,
  m.done_at AS done_at
ORDER BY due_on, m.at, id LIMIT 100"""

# One row: a piece of a project's news, the newest first.
NEWS = """MATCH (:Project {id: $id})<-[:FOR]-(n:ProjectNews)
RETURN n.id AS id, n.text AS text, coalesce(n.text_ru, n.text) AS text_ru, n.at AS at
ORDER BY at DESC, id LIMIT 50"""

# One row: how many milestones a project has.
COUNT = """MATCH (j:Project {id: $id}) RETURN COUNT { (j)<-[:FOR]-(:Milestone) } AS n LIMIT 1"""

# One row: the new milestone.
ADD = """MATCH (j:Project {id: $id})
CREATE (m:Milestone {id: $new, text: $text, text_ru: $text_ru, due_on: $due_on, at: $now})
  -[:FOR]->(j)
RETURN m.id AS id"""

# One row: the milestone, done or not any more.
DONE = """MATCH (m:Milestone {id: $step})-[:FOR]->(:Project {id: $id})
SET m.done_at = $at RETURN m.id AS id"""

# One row: the milestone or the piece of news that is gone.
REMOVE = """MATCH (n:Milestone|ProjectNews {id: $step})-[:FOR]->(:Project {id: $id})
DETACH DELETE n RETURN $step AS id"""

# One row: the new piece.
WRITE = """MATCH (j:Project {id: $id})
CREATE (n:ProjectNews {id: $new, text: $text, text_ru: $text_ru, at: $now})-[:FOR]->(j)
RETURN n.id AS id"""


def milestones(store: Store, project_id: str) -> list[Row]:
    """Return a project's milestones, for whoever may see the project."""
    return [native(row) for row in store.read(MILESTONES, id=project_id)]


def news(store: Store, project_id: str) -> list[Row]:
    """Return a project's news, the newest first, for whoever may see the project."""
    return [native(row) for row in store.read(NEWS, id=project_id)]


def add(
    store: Store, viewer: Viewer, project_id: str, text: str, due_on: date | None, text_ru: str = ""
) -> None:
    """Set a milestone, in one of the languages at least.

    Raises
    ------
    ThingNotFound, BadValue, TooMany
    """
    said = both_languages(text, text_ru, longest=LONGEST_LINE)
    if due_on is None or not EARLIEST <= due_on <= LATEST:
        raise BadValue(
            f"choose a day between {EARLIEST:%Y} and {LATEST:%Y}", code="needed", field="due_on"
        )

    def act(transaction: Transaction, _found: Editable) -> None:
        if transaction.run(COUNT, id=project_id)[0]["n"] >= MOST:
            raise TooMany(f"{MOST} milestones are enough for a project", code="milestones")
        given = said | {"due_on": due_on, "now": datetime.now(UTC)}
        transaction.run(ADD, id=project_id, new=new_id(), **given)

    on(store, viewer, project_id, "add milestone", act)


def done(store: Store, viewer: Viewer, project_id: str, step: str, *, is_done: bool) -> None:
    """Say that a milestone is reached, or that it is not any more.

    Raises
    ------
    ThingNotFound
    """

    def act(transaction: Transaction, _found: Editable) -> None:
        at = datetime.now(UTC) if is_done else None
        if not transaction.run(DONE, id=project_id, step=step, at=at):
            raise ThingNotFound("no such milestone")

    on(store, viewer, project_id, "milestone", act)


def write(store: Store, viewer: Viewer, project_id: str, text: str, text_ru: str) -> None:
    """Write a piece of news, in one of the languages at least.

    Raises
    ------
    ThingNotFound, BadValue
    """
    said = both_languages(text, text_ru, longest=LONGEST_NEWS, lines=True)

    def act(transaction: Transaction, found: Editable) -> None:
        transaction.run(WRITE, id=project_id, new=new_id(), now=datetime.now(UTC), **said)
        if found.state in PUBLIC_STATES:
            changes.record(transaction, changes.ANNOUNCED, thing=project_id)

    on(store, viewer, project_id, "project news", act)


def remove(store: Store, viewer: Viewer, project_id: str, step: str) -> None:
    """Take a milestone or a piece of news away.

    Raises
    ------
    ThingNotFound
    """

    def act(transaction: Transaction, _found: Editable) -> None:
        if not transaction.run(REMOVE, id=project_id, step=step):
            raise ThingNotFound("no such step")

    on(store, viewer, project_id, "remove from project", act)

"""A project's team: somebody is asked by name, and is in it once they have agreed."""

from datetime import UTC, datetime

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound, TooMany
from graphnet.live import Live
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import Viewer, alive, registered, shown
from graphnet.projects.editing import locked
from graphnet.projects.telling import tell, tell_leads
from graphnet.store import Row, Store, Transaction, native

ANSWERS = ("yes", "no")
LONGEST_WORDS = 500
MOST_ASKED = 30  # of one project at once

# One row: somebody who can be asked, and whether they work on it or are asked already.
CAN_BE_ASKED = (
    """MATCH (j:Project {id: $id}) CALL (j) { MATCH (p:Person {key: $key}) RETURN p }
WITH j, p WHERE """
    + alive("p")
    + " AND "
    + shown("p")
    + """ AND NOT EXISTS { (p)-[:BLOCKED]-(:Person {key: $me}) }
RETURN """
    + registered("p")
    + """ AS registered, EXISTS { (p)-[:WORKS_ON]->(j) } AS works,
  EXISTS { (j)<-[:FOR]-(:TeamInvitation {state: 'asked'})-[:TO]->(p) } AS asked,
  COUNT { (j)<-[:FOR]-(:TeamInvitation {state: 'asked'}) } AS open LIMIT 1"""
)

# One row: the question that was put.
ASK = """MATCH (j:Project {id: $id}) CALL (j) { MATCH (p:Person {key: $key}) RETURN p }
CREATE (j)<-[:FOR]-(i:TeamInvitation {id: $new, state: 'asked', words: $words, at: $now})-[:TO]->(p)
RETURN i.id AS id"""

# One row: a question to the viewer that waits, locked.
MINE_LOCKED = """MATCH (i:TeamInvitation {id: $id})-[:TO]->(:Person {key: $me})
SET i.id = i.id WITH i MATCH (i)-[:FOR]->(j:Project)
RETURN i.state AS state, j.id AS project LIMIT 1"""

# One row: the question as it was answered.
ANSWER = """MATCH (i:TeamInvitation {id: $id}) SET i.state = $state, i.answered_at = $now
RETURN i.id AS id"""

# One row: whoever works on it from now on.
JOIN = """MATCH (p:Person {key: $me}) CALL (p) { MATCH (j:Project {id: $id}) RETURN j }
MERGE (p)-[w:WORKS_ON]->(j) ON CREATE SET w.role = 'helper', w.since = $now
RETURN w.role AS role"""

# One row: who works on it no longer; the last who leads it stays.
LEAVE = """MATCH (p:Person {key: $key})-[w:WORKS_ON]->(j:Project {id: $id})
WHERE w.role <> 'lead' OR EXISTS { MATCH (o:Person)-[:WORKS_ON {role: 'lead'}]->(j) WHERE o <> p }
DELETE w RETURN p.key AS key"""

# One row: the one whose part is another now.
APPOINT = """MATCH (p:Person {key: $key})-[w:WORKS_ON]->(:Project {id: $id})
SET w.role = $role RETURN p.key AS key"""

# One row: how many lead it.
LEADS_LEFT = """MATCH (j:Project {id: $id})
RETURN COUNT { (j)<-[:WORKS_ON {role: 'lead'}]-(:Person) } AS n LIMIT 1"""

# One row: a question that waits for the viewer's answer.
WAITING = """MATCH (:Person {key: $me})<-[:TO]-(i:TeamInvitation {state: 'asked'})
MATCH (i)-[:FOR]->(j:Project) WHERE coalesce(j.visibility, 'members') <> 'quarantined'
RETURN i.id AS id, i.words AS words, i.at AS at, j.id AS project, j.name AS name,
  coalesce(j.name_ru, j.name) AS name_ru ORDER BY at, id LIMIT 50"""

# One row: somebody who was asked into a project, and what became of it, the last first.
ASKED = """MATCH (:Project {id: $id})<-[:FOR]-(i:TeamInvitation)-[:TO]->(p:Person)
RETURN i.id AS id, i.state AS state, i.at AS at, p.key AS key ORDER BY at DESC, id LIMIT 100"""

# One row: the question that is taken back.
TAKE_BACK = """MATCH (i:TeamInvitation {id: $invitation})-[:FOR]->(:Project {id: $id})
WHERE i.state = 'asked' DETACH DELETE i RETURN $invitation AS id"""


def ask(store: Store, viewer: Viewer, project_id: str, key: int, words: str) -> str:
    """Ask somebody into a project's team; they get a letter and decide. Returns the question's id.

    Raises
    ------
    ThingNotFound, BadValue
    Conflict
        ``there``: they are in it. ``asked``: they are asked. ``nowhere``: they have no account.
    TooMany
    """
    said = words.replace("\r\n", "\n").strip()
    if len(said) > LONGEST_WORDS:
        raise BadValue(
            f"a word to somebody has at most {LONGEST_WORDS} characters", code="long", field="words"
        )

    def work(transaction: Transaction) -> str:
        locked(transaction, viewer, project_id)
        rows = transaction.run(CAN_BE_ASKED, id=project_id, key=key, me=viewer.person_key or 0)
        if not rows:
            raise BadValue(
                "this person cannot be asked: choose somebody else", code="unknown", field="person"
            )
        found = rows[0]
        for name, wrong, said_why in (
            ("works", "there", "this person is in the team already"),
            ("asked", "asked", "this person is asked already and has not answered yet"),
        ):
            if found[name]:
                raise Conflict(said_why, code=wrong)
        if not found["registered"]:
            raise Conflict("this person has no account here and could not answer", code="nowhere")
        if found["open"] >= MOST_ASKED:
            raise TooMany(
                f"{MOST_ASKED} people of one project are asked at once: wait for answers",
                code="asked",
            )
        made = new_id()
        given = {"id": project_id, "key": key, "now": datetime.now(UTC)}
        transaction.run(ASK, new=made, words=said, **given)
        acted(transaction, viewer, "ask into project", project_id, keys=[key])
        tell(transaction, key, "invited", {"project": project_id, "invitation": made}, once=made)
        return made

    return store.in_write(work)


def take_back(store: Store, viewer: Viewer, project_id: str, invitation: str) -> None:
    """Take back a question that was not answered yet.

    Raises
    ------
    ThingNotFound, Conflict
    """

    def work(transaction: Transaction) -> None:
        locked(transaction, viewer, project_id)
        if not transaction.run(TAKE_BACK, id=project_id, invitation=invitation):
            raise Conflict("this was answered meanwhile", code="answered")
        acted(transaction, viewer, "take invitation back", project_id)

    store.in_write(work)


def answer(store: Store, viewer: Viewer, invitation: str, said: str) -> str:
    """Say yes or no to being in a team, and return the project's id; who leads it is told.

    Raises
    ------
    ThingNotFound, BadValue, Conflict
    """
    key = viewer.own_key()
    if said not in ANSWERS:
        raise BadValue(
            f"an invitation into a team is answered by one of {', '.join(ANSWERS)}",
            code="unknown",
            field="answer",
        )

    def work(transaction: Transaction) -> str:
        rows = transaction.run(MINE_LOCKED, id=invitation, me=key)
        if not rows:
            raise ThingNotFound("no such question")
        if rows[0]["state"] != "asked":
            raise Conflict("this was answered meanwhile", code="answered")
        now, project_id = datetime.now(UTC), str(rows[0]["project"])
        transaction.run(ANSWER, id=invitation, state=said, now=now)
        if said == "yes":
            transaction.run(JOIN, id=project_id, me=key, now=now)
        values = {"invitation": invitation}
        tell_leads(transaction, project_id, "answered", values, once=invitation)
        acted(transaction, viewer, "answer team", project_id, change="changed", keys=[key])
        return project_id

    return store.in_write(work)


def leave(store: Store, viewer: Viewer, project_id: str) -> None:
    """Work on a project no longer; who leads it is told.

    Raises
    ------
    NotAllowed
    Conflict
        If one leads it alone, or has no part in it.
    """
    key = viewer.own_key()

    def work(transaction: Transaction) -> None:
        if not transaction.run(LEAVE, id=project_id, key=key):
            raise Conflict(
                f"somebody has to lead the project {project_id}: first make another one the lead",
                code="last",
            )
        once = f"{project_id}:{datetime.now(UTC).date()}:{key}"
        tell_leads(transaction, project_id, "left", {"by": key}, once=once)
        changes.record(transaction, "changed", [key], thing=project_id)

    store.in_write(work)


def appoint(store: Store, viewer: Viewer, project_id: str, key: int, role: str) -> None:
    """Make somebody of the team one who leads it, or again one who helps; they are told.

    Raises
    ------
    ThingNotFound, BadValue
    Conflict
        If nobody would lead it.
    """
    if role not in ("lead", "helper"):
        raise BadValue("in a team one is a lead or a helper", code="unknown", field="role")

    def work(transaction: Transaction) -> None:
        locked(transaction, viewer, project_id)
        if not transaction.run(APPOINT, id=project_id, key=key, role=role):
            raise BadValue(
                "this person is not in the team: ask them first", code="unknown", field="person"
            )
        if not transaction.run(LEADS_LEFT, id=project_id)[0]["n"]:
            raise Conflict(
                f"somebody has to lead the project {project_id}: first make another one the lead",
                code="last",
            )
        acted(transaction, viewer, "appoint in project", project_id, detail=role, keys=[key])
        if role == "lead" and key != viewer.person_key:
            once = f"{project_id}:{datetime.now(UTC).date()}"
            tell(transaction, key, "appointed", {"project": project_id}, once=once)

    store.in_write(work)


def waiting(store: Store, viewer: Viewer) -> list[Row]:
    """Return the questions that wait for the viewer's answer."""
    return [native(row) for row in store.read(WAITING, me=viewer.me())]


def mine(store: Store, viewer: Viewer, project_id: str) -> Row | None:
    """Return the question to the viewer about that project, if one waits."""
    if not viewer.is_alumnus or viewer.person_key is None:
        return None
    return next((row for row in waiting(store, viewer) if row["project"] == project_id), None)


def asked(live: Live, viewer: Viewer, project_id: str) -> list[tuple[Row, Card]]:
    """Return who was asked and what they said, for who leads it, as they may see them."""
    rows = [native(row) for row in live.store.read(ASKED, id=project_id)]
    found = cards(live.store, viewer, [row["key"] for row in rows], rules=live.rules, brief=True)
    seen = {card.key: card for card in found}
    return [(row, seen[row["key"]]) for row in rows if row["key"] in seen]


# One row: a question, to whom and what they said, for a letter.
FOR_LETTER = """MATCH (i:TeamInvitation {id: $id})-[:TO]->(p:Person)
RETURN i.state AS state, coalesce(i.words, '') AS words, p.key AS key LIMIT 1"""


def for_letter(store: Store, invitation: str) -> Row | None:
    """Return a question for a letter; None if there is none any more."""
    rows = store.read(FOR_LETTER, id=invitation)
    return rows[0] if rows else None

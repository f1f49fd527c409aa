"""Who keeps or audits the books of one project, besides staff who do it for all of them.

::

    (:Person)-[:KEEPS_BOOKS {role, since, by, ended_at}]->(:Project)

A treasurer of a project enters what came and went, pays what was approved or gives it up, puts
right, and reads who stands behind a sum; its auditor reads the same and enters nothing. Nobody is
both, and nobody audits what they work on. They are named by those of staff who keep all books.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.live import Live
from graphnet.people import Card, cards
from graphnet.privacy import Viewer, alive, registered, shown
from graphnet.projects.telling import tell
from graphnet.store import Row, Store, Transaction, native

TREASURER, AUDITOR = "treasurer", "auditor"
ROLES = (TREASURER, AUDITOR)

# One row: for what of a project's books somebody is named now.
ROLE = """MATCH (:Person {key: $key})-[k:KEEPS_BOOKS]->(:Project {id: $id})
WHERE k.ended_at IS NULL RETURN k.role AS role LIMIT 1"""

# One row: somebody who can be named, and what they have to do with the project, which is locked.
CAN_BE_NAMED = (
    """MATCH (j:Project {id: $id}) SET j.id = j.id
WITH j CALL (j) { MATCH (p:Person {key: $key}) RETURN p }
WITH j, p WHERE """
    + alive("p")
    + " AND "
    + shown("p")
    + """
RETURN """
    + registered("p")
    + """ AS registered, EXISTS { (p)-[:WORKS_ON]->(j) } AS works,
  coalesce(head([(p)-[k:KEEPS_BOOKS]->(j) WHERE k.ended_at IS NULL | k.role]), '') AS role
LIMIT 1"""
)

# One row: the one who is named, and for what.
NAME = """MATCH (j:Project {id: $id}) CALL (j) { MATCH (p:Person {key: $key}) RETURN p }
MERGE (p)-[k:KEEPS_BOOKS]->(j)
SET k.role = $role, k.since = $now, k.by = $by, k.ended_at = null
RETURN k.role AS role"""

# One row: what somebody was named for, and is no longer.
END = """MATCH (:Person {key: $key})-[k:KEEPS_BOOKS]->(:Project {id: $id})
WHERE k.ended_at IS NULL SET k.ended_at = $now, k.by = $by RETURN k.role AS role"""

# One row: somebody who is named for a project's books.
OF_PROJECT = """MATCH (p:Person)-[k:KEEPS_BOOKS]->(:Project {id: $id}) WHERE k.ended_at IS NULL
RETURN p.key AS key, k.role AS role, k.since AS since
ORDER BY role DESC, since, key LIMIT 100"""

# One row: a project whose books are kept or audited by this person.
MINE = """MATCH (:Person {key: $me})-[k:KEEPS_BOOKS]->(j:Project)
WHERE k.ended_at IS NULL AND coalesce(j.visibility, 'members') IN ['public', 'members']
RETURN j.id AS id, j.name AS name, coalesce(j.name_ru, j.name) AS name_ru, k.role AS role,
  k.since AS since ORDER BY name, id LIMIT 100"""

# One row: books for which somebody was named lately by another, or no longer is.
LATELY = """MATCH (:Person {key: $me})-[k:KEEPS_BOOKS]->(j:Project)
WHERE coalesce(k.ended_at, k.since) > $since AND coalesce(k.by, '') <> $account
  AND coalesce(j.visibility, 'members') IN ['public', 'members']
RETURN j.id AS id, j.name AS name, coalesce(j.name_ru, j.name) AS name_ru, k.role AS role,
  k.ended_at AS ended_at ORDER BY name, id LIMIT 20"""

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = "EXISTS { (me)-[:KEEPS_BOOKS]->(:Project) }"


@dataclass(frozen=True)
class Rights:
    """What somebody may do with one project's books.

    Attributes
    ----------
    enters
        Enter, pay, give up, put right.
    told
        Read who gave and who was paid, where the open books do not tell it.
    names
        Say who else keeps or audits these books.
    """

    enters: bool
    told: bool
    names: bool

    @property
    def reads(self) -> bool:
        """Whether they may read the journal at all."""
        return self.enters or self.told


def rights(store: Store, viewer: Viewer, project_id: str) -> Rights:
    """Return what the viewer may do with a project's books."""
    return store.in_read(lambda read: rights_in(read, viewer, project_id))


def rights_in(read: Transaction, viewer: Viewer, project_id: str) -> Rights:
    """Return the same in a transaction: of all books for staff, of these for who is named."""
    role = ""
    if viewer.within and viewer.person_key is not None:
        rows = read.run(ROLE, key=viewer.person_key, id=project_id)
        role = str(rows[0]["role"]) if rows else ""
    return Rights(
        enters=viewer.has_task or role == TREASURER,
        told=viewer.keeps_books(or_audits=True) or role in ROLES,
        names=viewer.keeps_books(),
    )


def require(store: Store, viewer: Viewer, project_id: str) -> Rights:
    """Let only those go on who may read a project's journal; return what they may do.

    Raises
    ------
    NotAllowed
    """
    found = rights(store, viewer, project_id)
    if not found.reads:
        raise NotAllowed("this is for who keeps or audits these books", code="books")
    return found


def require_entering(transaction: Transaction, viewer: Viewer, project_id: str) -> None:
    """Let only those go on who may enter something into a project's books.

    Raises
    ------
    NotAllowed
    """
    if not rights_in(transaction, viewer, project_id).enters:
        raise NotAllowed("this is for treasurers", code="treasurer")


def name(store: Store, viewer: Viewer, project_id: str, key: int, role: str) -> bool:
    """Name who keeps or audits a project's books; they are told. Return whether it is new.

    Raises
    ------
    NotAllowed
    BadValue
        ``role: unknown``; ``person: unknown``: nobody of that key can be named.
    Conflict
        ``nowhere``: they have no account. ``own``: they work on what they would audit.
    """
    if not viewer.keeps_books():
        raise NotAllowed("this is for treasurers", code="treasurer")
    if role not in ROLES:
        raise BadValue(
            f"somebody is named for one of {', '.join(ROLES)}", code="unknown", field="role"
        )

    def work(transaction: Transaction) -> bool:
        rows = transaction.run(CAN_BE_NAMED, id=project_id, key=key)
        if not rows:
            raise BadValue(
                "this person cannot be named: choose somebody else", code="unknown", field="person"
            )
        found = rows[0]
        if not found["registered"]:
            raise Conflict(
                "this person has no account here: they have to register first", code="nowhere"
            )
        if role == AUDITOR and found["works"]:
            raise Conflict(
                "whoever works on the project cannot audit it: choose somebody else", code="own"
            )
        if found["role"] == role:
            return False
        now = datetime.now(UTC)
        by = viewer.account_id
        transaction.run(NAME, id=project_id, key=key, role=role, now=now, by=by)
        acted(transaction, viewer, "name for books", project_id, detail=role, keys=[key])
        changes.record(transaction, "changed", [key], thing=project_id)
        if key != viewer.person_key:
            values = {"project": project_id, "role": role}
            tell(transaction, key, "books", values, once=f"{project_id}:{role}:{now.isoformat()}")
        return True

    return store.in_write(work)


def end(store: Store, viewer: Viewer, project_id: str, key: int) -> None:
    """End it: whoever names people may, and who was named themselves; they are told.

    Raises
    ------
    NotAllowed
    ThingNotFound
        If they are not named, or not any more.
    """
    own = viewer.within and key == viewer.person_key
    if not (own or viewer.keeps_books()):
        raise NotAllowed("this is for treasurers", code="treasurer")

    def work(transaction: Transaction) -> None:
        now = datetime.now(UTC)
        rows = transaction.run(END, id=project_id, key=key, now=now, by=viewer.account_id)
        if not rows:
            raise ThingNotFound("nobody of that key is named for these books")
        role = rows[0]["role"]
        acted(transaction, viewer, "end for books", project_id, detail=role, keys=[key])
        changes.record(transaction, "changed", [key], thing=project_id)
        if not own:
            values = {"project": project_id, "role": role}
            once = f"{project_id}:{role}:{now.isoformat()}"
            tell(transaction, key, "books_ended", values, once=once)

    store.in_write(work)


def of_project(live: Live, viewer: Viewer, project_id: str) -> list[tuple[Row, Card]]:
    """Return who keeps or audits a project's books by name, as far as the viewer may see them."""
    rows = [native(row) for row in live.store.read(OF_PROJECT, id=project_id)]
    found = cards(live.store, viewer, [row["key"] for row in rows], rules=live.rules, brief=True)
    seen = {card.key: card for card in found}
    return [(row, seen[row["key"]]) for row in rows if row["key"] in seen]


def mine(store: Store, viewer: Viewer) -> list[Row]:
    """Return the projects whose books the viewer keeps or audits by name."""
    return [native(row) for row in store.read(MINE, me=viewer.own_key())]


def lately(store: Store, viewer: Viewer, *, since: datetime) -> list[Row]:
    """Return for which books somebody named the viewer since then, or ended it."""
    given = {"me": viewer.own_key(), "account": viewer.account_id, "since": since}
    return [native(row) for row in store.read(LATELY, **given)]


def role_of(store: Store, project_id: str, key: int) -> str:
    """Return for what of a project's books somebody is named now, for a letter; '' if nothing."""
    rows = store.read(ROLE, id=project_id, key=key)
    return str(rows[0]["role"]) if rows else ""

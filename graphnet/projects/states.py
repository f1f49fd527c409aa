"""From a draft to an open project, and to its end; and how open books are closed."""

from datetime import UTC, datetime
from typing import Any

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict
from graphnet.money.journal import LOCK
from graphnet.privacy import Viewer
from graphnet.projects import telling
from graphnet.projects.content import LONGEST_NOTICE
from graphnet.projects.editing import SAVE, Editable, leads, locked, on, who
from graphnet.store import Row, Store, Transaction, native
from graphnet.versions import Meanwhile

# One row: the project is gone; only a draft to which nobody else has said anything ever is.
THROW_AWAY = """MATCH (j:Project {id: $id}) WHERE j.state IN ['draft', 'declined']
  AND NOT EXISTS { (j)<-[:FOR]-(:MoneyAccount|Pledge|Receipt|Refund|Expense) }
OPTIONAL MATCH (j)<-[:FOR]-(n:ProjectNeed|Milestone|ProjectNews|TeamInvitation)
OPTIONAL MATCH (n)<-[:FOR]-(o:HelpOffer)
DETACH DELETE o, n, j RETURN DISTINCT $id AS id"""

# One row: whether anything was ever given to it.
GIVEN = """MATCH (j:Project {id: $id})
RETURN EXISTS { (j)<-[:FOR]-(:Receipt) } OR EXISTS { (j)<-[:FOR]-(:MoneyAccount {kind: 'fund'}) }
  AS given LIMIT 1"""

# One row: a project that waits for staff.
PROPOSED = """MATCH (j:Project {state: 'proposed'})
RETURN j.id AS id, j.name AS name, coalesce(j.name_ru, j.name) AS name_ru,
  j.changed_at AS changed_at ORDER BY changed_at, id LIMIT 50"""

# A condition without which none waits for staff.
STAFF_MAY = "EXISTS { (:Project {state: 'proposed'}) }"

# One row: a project in hand.
IN_HAND = (
    """MATCH (j:Project)
OPTIONAL MATCH (me:Person {key: $me})
WITH j, me WHERE ($all OR """
    + leads("j", "me")
    + """) AND coalesce(j.visibility, 'members') <> 'quarantined'
  AND ($state = '' OR coalesce(j.state, 'open') = $state)
RETURN j.id AS id, j.name AS name, coalesce(j.name_ru, j.name) AS name_ru,
  coalesce(j.state, 'open') AS state, coalesce(j.notice, '') AS notice,
  coalesce(j.changed_at, j.created_at) AS changed_at,
  COUNT { (j)<-[:FOR]-(:ProjectNeed)<-[:FOR]-(:HelpOffer {state: 'open'}) } AS offers,
  EXISTS { (j)<-[:WORKS_ON {role: 'lead'}]-(:Person) } AS led
ORDER BY changed_at DESC, id SKIP $skip LIMIT $limit"""
)


def proposed(store: Store, viewer: Viewer) -> list[Row]:
    """Return what members have proposed and staff are to decide."""
    viewer.require_staff()
    return [native(row) for row in store.read(PROPOSED)]


def in_hand(
    store: Store, viewer: Viewer, state: str = "", *, skip: int = 0, limit: int = 50
) -> list[Row]:
    """Return projects that the viewer may change, of a state or of all, the last changed first."""
    rows = store.read(IN_HAND, state=state, skip=skip, limit=limit, **who(viewer))
    return [native(row) for row in rows]


def publish(store: Store, viewer: Viewer, project_id: str, *, version: int) -> str:
    """Open a project: staff do, who leads it proposes it to them. Returns its state from now on.

    Raises
    ------
    ThingNotFound, Meanwhile
    Conflict
        If it is open, or proposed already by who leads it.
    """

    def work(transaction: Transaction) -> str:
        found = locked(transaction, viewer, project_id)
        if found.version != version:
            raise Meanwhile(found.content, found.version)
        state = "open" if viewer.is_staff else "proposed"
        if found.state not in ("draft", "declined", "proposed") or found.state == state:
            raise Conflict(
                f"the project {project_id} is {found.state}: only a draft or a proposal can "
                f"become {state}",
                code="state",
            )
        values: dict[str, Any] = {"state": state, "version": version + 1, "changed_at": _now()}
        if state == "open":
            values |= {"visibility": found.content.audience, "notice": None}
        transaction.run(SAVE, id=project_id, values=values)
        act = "open project" if state == "open" else "propose project"
        acted(transaction, viewer, act, project_id, change=changes.ANNOUNCED)
        letter = "opened" if state == "open" else "proposed"
        telling.tell_leads(transaction, project_id, letter, {}, once=f"{project_id}:{version + 1}")
        return state

    return store.in_write(work)


def decline(store: Store, viewer: Viewer, project_id: str, notice: str) -> None:
    """Give a proposed project back to who leads it, with the reason.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue, Conflict
    """
    viewer.require_staff()
    said = _said(notice)

    def act(transaction: Transaction, found: Editable) -> None:
        if found.state != "proposed":
            raise Conflict(
                f"the project {project_id} is {found.state}: only a proposal can be declined",
                code="state",
            )
        values = {"state": "declined", "notice": said, "version": found.version + 1}
        transaction.run(SAVE, id=project_id, values=values | {"changed_at": _now()})
        once = f"{project_id}:{found.version + 1}"
        telling.tell_leads(transaction, project_id, "declined", {}, once=once)

    on(store, viewer, project_id, "decline project", act)


def finish(store: Store, viewer: Viewer, project_id: str, notice: str) -> None:
    """Finish an open project, with a word on what came of it; its team is told. It stays readable.

    Raises
    ------
    ThingNotFound, BadValue, Conflict
    """
    said = _said(notice)

    def act(transaction: Transaction, found: Editable) -> None:
        if found.state != "open":
            raise Conflict(
                f"the project {project_id} is {found.state}: only an open one can be finished",
                code="state",
            )
        values = {
            "state": "finished", "notice": said, "version": found.version + 1,
            "ended_at": _now(), "changed_at": _now(),
        }  # fmt: skip
        transaction.run(SAVE, id=project_id, values=values)
        telling.tell_team(transaction, project_id, "finished", once=project_id)

    on(store, viewer, project_id, "finish project", act, change=changes.ANNOUNCED)


def throw_away(store: Store, viewer: Viewer, project_id: str) -> None:
    """Remove a draft that was never open.

    Raises
    ------
    ThingNotFound, Conflict
    """

    def act(transaction: Transaction, _found: Editable) -> None:
        if not transaction.run(THROW_AWAY, id=project_id):
            raise Conflict(
                f"the project {project_id} is no draft any more, or money was promised to it: it "
                "stays",
                code="state",
            )

    on(store, viewer, project_id, "throw project away", act)


def close_books(store: Store, viewer: Viewer, project_id: str, notice: str) -> None:
    """Close open books from now on; after the first gift only with a notice that stays, dated.

    What they told until that day they go on telling. Nobody opens them again without a word: see
    `open_books`.

    Raises
    ------
    NotAllowed, ThingNotFound, Conflict
    BadValue
        ``notice: needed`` once something was given.
    """
    viewer.require_staff()

    def act(transaction: Transaction, found: Editable) -> None:
        transaction.run(LOCK)  # no gift comes between the question and the answer
        if found.books_closed:
            raise Conflict(
                f"the books of the project {project_id} are closed already", code="closed"
            )
        given = bool(transaction.run(GIVEN, id=project_id)[0]["given"])
        said = _said(notice) if given or notice.strip() else ""
        values = {"books_closed_at": _now(), "books_notice": said or None}
        transaction.run(SAVE, id=project_id, values=values | {"version": found.version + 1})

    on(store, viewer, project_id, "close books", act, change=changes.ANNOUNCED)


def open_books(store: Store, viewer: Viewer, project_id: str) -> None:
    """Open books again that were closed: all that was not told meanwhile is told.

    Raises
    ------
    NotAllowed, ThingNotFound, Conflict
    """
    viewer.require_staff()

    def act(transaction: Transaction, found: Editable) -> None:
        if not found.books_closed:
            raise Conflict(f"the books of the project {project_id} are open", code="open")
        values = {"books_closed_at": None, "books_notice": None, "version": found.version + 1}
        transaction.run(SAVE, id=project_id, values=values)

    on(store, viewer, project_id, "open books", act, change=changes.ANNOUNCED)


def _now() -> datetime:
    return datetime.now(UTC)


def _said(notice: str) -> str:
    said = notice.replace("\r\n", "\n").strip()
    if not said or len(said) > LONGEST_NOTICE:
        raise BadValue(
            f"say it in 1 to {LONGEST_NOTICE:,} characters: those whom it concerns read it",
            code="needed",
            field="notice",
        )
    return said

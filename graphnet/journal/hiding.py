"""Hiding somebody who has asked staff for it, and letting them be found again: they are told."""

from graphnet import mail, people
from graphnet.errors import NotAllowed, PersonNotFound
from graphnet.people.leaving import LOCKED
from graphnet.privacy import Viewer, shown
from graphnet.store import Store, Transaction

PURPOSE = "correct"

# One row: whether somebody is found by others.
FOUND = "MATCH (p:Person {key: $key}) RETURN " + shown("p") + " AS found LIMIT 1"


# One row: a number that grows with every such act, so that each has a letter of its own.
HIDDEN_NOW = "MATCH (c:Counter {name: 'change'}) RETURN c.next AS number LIMIT 1"


def is_found(store: Store, viewer: Viewer, key: int) -> bool:
    """Return whether others find somebody.

    Raises
    ------
    NotAllowed, PersonNotFound
    """
    _may(viewer)
    rows = store.read(FOUND, key=key)
    if not rows:
        raise PersonNotFound("no such person")
    return bool(rows[0]["found"])


def hide(store: Store, viewer: Viewer, key: int, *, why: str) -> None:
    """Take somebody out of every answer at their own wish; a letter tells them.

    Raises
    ------
    NotAllowed, PersonNotFound
    """
    _set(store, viewer, key, why=why, found=False)


def show(store: Store, viewer: Viewer, key: int, *, why: str) -> None:
    """Let somebody be found again at their own wish; a letter tells them.

    Raises
    ------
    NotAllowed, PersonNotFound
    """
    _set(store, viewer, key, why=why, found=True)


def _set(store: Store, viewer: Viewer, key: int, *, why: str, found: bool) -> None:
    _may(viewer)

    def work(transaction: Transaction) -> None:
        rows = transaction.run(LOCKED, key=key)
        if not rows:
            raise PersonNotFound("no such person")
        if transaction.run(FOUND, key=key)[0]["found"] == found:
            return
        act = people.show if found else people.hide
        act(transaction, viewer, key, why=why)
        for address, language in rows[0]["addresses"][:1]:
            made = transaction.run(HIDDEN_NOW, key=key)[0]["number"]
            mail.enqueue_about(
                transaction,
                "journal.found" if found else "journal.hidden",
                {},
                to=address,
                key=f"hidden:{key}:{made}",
                language=language,
                person=rows[0]["id"],
            )

    store.in_write(work)


def _may(viewer: Viewer) -> None:
    viewer.require_staff()
    if viewer.purpose != PURPOSE:
        raise NotAllowed("staff hide somebody for the purpose 'correct' only", code="purpose")

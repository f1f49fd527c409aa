"""Whether a person is found at all: the one place that writes it, with who did it and why."""

from graphnet.audit import acted
from graphnet.errors import PersonNotFound
from graphnet.privacy import Viewer
from graphnet.store import Transaction

# One row: the person, who is found by nobody from now on.
HIDE = """MATCH (p:Person {key: $key}) SET p.visibility = 'hidden' RETURN p.key AS key"""

# One row: the same, the other way.
SHOW = """MATCH (p:Person {key: $key}) SET p.visibility = 'shown' RETURN p.key AS key"""


def hide(transaction: Transaction, viewer: Viewer, key: int, *, why: str) -> None:
    """Take a person out of every answer, for everyone, at once.

    Raises
    ------
    PersonNotFound
    NotAllowed
        If it is neither the person, nor staff for a purpose, nor a link that speaks for the person.
    """
    _may(viewer, key)
    if not transaction.run(HIDE, key=key):
        raise PersonNotFound("no such person")
    acted(transaction, viewer, "hide", detail=why, keys=[key], change="hidden")


def show(transaction: Transaction, viewer: Viewer, key: int, *, why: str) -> None:
    """Undo `hide`.

    Raises
    ------
    PersonNotFound, NotAllowed
    """
    _may(viewer, key)
    if not transaction.run(SHOW, key=key):
        raise PersonNotFound("no such person")
    acted(transaction, viewer, "show", detail=why, keys=[key], change="shown")


def _may(viewer: Viewer, key: int) -> None:
    if viewer.person_key != key and not viewer.is_engine:
        viewer.require_staff()

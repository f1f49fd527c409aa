"""What somebody did is there on their next page, whichever server of a cluster answers it.

Each write leaves a mark; who brings the marks of an earlier write waits, where needed, until the
server that answers has caught up with it. Neo4j calls them bookmarks. A single server needs none.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

MOST = 8  # marks that travel; a later one of the same database includes the earlier ones


class Seen:
    """The marks of one reader: those that were brought, then those of their own writes."""

    def __init__(self, marks: Iterable[str] = ()) -> None:
        self.marks = frozenset(marks)
        self.wrote = False

    def note(self, marks: Iterable[str]) -> None:
        """Take the marks that a write has left; they include those that it was given."""
        self.marks = frozenset(sorted(marks)[-MOST:])
        self.wrote = True

    def forget(self) -> None:
        """Let go of marks that no server knows, as after a restore."""
        self.marks = frozenset()
        self.wrote = True


_seen: ContextVar[Seen | None] = ContextVar("seen", default=None)


def seen() -> Seen | None:
    """Return whose marks hold now; None if nobody's."""
    return _seen.get()


def begin(marks: Iterable[str]) -> Seen:
    """Have these marks hold from now on, in this thread, until `end`."""
    found = Seen(marks)
    _seen.set(found)
    return found


def end() -> None:
    """Have no marks hold any more."""
    _seen.set(None)


@contextmanager
def following(marks: Iterable[str] = ()) -> Iterator[Seen]:
    """Have these marks hold within; what is returned has those of the writes within, too."""
    token = _seen.set(Seen(marks))
    found = _seen.get()
    assert found is not None
    try:
        yield found
    finally:
        _seen.reset(token)

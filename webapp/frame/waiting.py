"""What waits for the reader: each feature says what of its own does, pages show it together.

A feature that has such things brings a function ``waiting(viewer) -> list[Waiting]`` by
``core.waits``. /home asks them for an alumnus, /staff for staff. Nothing is stored here: an item is
gone when its cause is.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app

from graphnet.privacy import Viewer


@dataclass(frozen=True)
class Act:
    """A button that answers on the spot: a form of one field, posted to the feature's own page.

    The page it is posted to goes back by `respond.back_or`, so that one stays where one is.
    """

    action: str
    label: str
    field: str
    value: str


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for the reader's answer: a link in words, and what it is about.

    `acts` are answers that need no more words than the row has; the first is the usual one.
    """

    href: str
    title: str
    about: str = ""
    late: bool = False
    acts: tuple[Act, ...] = ()


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return everything that waits for this reader, what is late first."""
    asks: list[Callable[[Viewer], list[Waiting]]] = current_app.extensions["waiting"]
    found = [item for ask in asks for item in ask(viewer)]
    return sorted(found, key=lambda item: not item.late)

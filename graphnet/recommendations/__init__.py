"""What is recommended to one person, by one way for every list, each item with its evidence.

    candidates -> remove -> score -> diversify -> explore -> explain

`Shelf` holds what a process shares (the things that may be recommended, who goes where, learned
models); `Shelf.of` reads one person live from Neo4j; `ForPerson.best` answers one list.
"""

from graphnet.core import Core
from graphnet.recommendations.feedback import act, mark_off, mark_on, undo
from graphnet.recommendations.items import LISTS, Item, Reason
from graphnet.recommendations.lists import ForPerson
from graphnet.recommendations.recommender import Shelf

__all__ = [
    "LISTS",
    "ForPerson",
    "Item",
    "Reason",
    "Shelf",
    "act",
    "mark_off",
    "mark_on",
    "register",
    "undo",
]


def register(core: Core) -> None:
    """Bring the worker's part."""
    from graphnet.recommendations import personal

    personal.register(core)
    from graphnet.recommendations import (
        work,  # the numeric part loads slowly, and not everybody needs it
    )

    work.register(core)

"""Telling of an event person by person: whom it would suit and why, one letter each, "not this".

(:EventLetter)-[:TO]->(:Person)         somebody is told, or was left out by who looked
(:EventLetter)-[:FOR]->(:Event)
(:EventTelling)-[:FOR]->(:Event)        one act of telling, with its figures
(:EventLetterRefusal)-[:OF]->(:Person)  wants no such letters
"""

from functools import partial

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person, and the end of its letters."""
    from graphnet import own_accord
    from graphnet.told import personal
    from graphnet.told.sending import SERIES

    personal.register(core)
    core.series(SERIES, partial(own_accord.refuse, kind=own_accord.EVENTS))

"""What events hold of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding
from graphnet.events.registrations import give_seats_on


def register(core: Core) -> None:
    """Bring what events hold of a person."""
    core.personal(
        Holding(
            "Registration", "BY", what="events", act=give_seats_on,
            shows=("state", "at", "position", "attended_at"),
        ),
        Holding("Registration", "NAMES", what="events", fate="untied", secret=True),
    )  # fmt: skip
    core.nobodys("Event", "Festival", why="what is held for everybody, in the Association's words")

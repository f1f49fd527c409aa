"""What telling of events holds of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring it: of what they were told and why, that they want no more of it."""
    core.personal(
        Holding(
            "EventLetter",
            "TO",
            what="events",
            shows=("at", "state", "sent_at", "reasons", "said", "said_at"),
        ),
        Holding("EventLetterRefusal", "OF", what="events", shows=("at", "ended_at")),
    )
    core.nobodys("EventTelling", why="when staff told of an event, and how many: figures alone")

"""What events hold of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding
from graphnet.events.offers import give_on


def register(core: Core) -> None:
    """Bring what events hold of a person."""
    core.personal(
        Holding(
            "Registration",
            "BY",
            what="events",
            act=give_on,
            shows=(
                "state",
                "at",
                "position",
                "attended_at",
                "guests",
                "answers",
                "remind",
                "entered_at",
            ),
        ),
        Holding("Registration", "NAMES", what="events", fate="untied", secret=True),
        Holding("CalendarFeed", "OF", what="events", shows=("created_at",)),
        Holding("DoorLink", "BY", what="events", shows=("created_at", "until")),
        Holding("EventChange", "BY", what="events", shows=("state", "at")),
        Holding("EventRole", "OF", what="events", shows=("role", "about", "state", "at")),
        Holding("Feedback", "BY", what="events", shows=("stars", "words", "at")),
    )
    core.nobodys(
        "Event",
        "Festival",
        "FestivalVersion",
        why="what is held for everybody, in the Association's words",
    )

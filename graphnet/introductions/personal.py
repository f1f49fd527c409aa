"""What introductions hold of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring what requests to be passed on hold of a person: those by them and those about them."""
    core.personal(
        Holding(
            "Handing", "OF", through="-[:ASKED]->(:PassOn)", what="introductions",
            shows=("act", "at", "done_at"),
        ),
        Holding(
            "PassOn", "ASKED", what="introductions",
            shows=("state", "text", "at", "closes_at", "answer", "answered_at"),
        ),
        Holding("Handing", "OF", through="<-[:ABOUT]-(:PassOn)", what="introductions", secret=True),
        Holding("PassOn", "ABOUT", what="introductions", shows=("state", "at", "answer")),
        Holding("Handing", "TO", what="introductions", shows=("act", "at", "done_at")),
        Holding("Handing", "BY", what="introductions", shows=("act", "at", "done_at")),
    )  # fmt: skip

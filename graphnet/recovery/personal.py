"""What winning a class back holds of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring what winning a class back holds of a person."""
    core.personal(
        Holding("Ask", "OF", what="recovery", shows=("sent_at", "channel", "answered_at", "said")),
        # Who named them in an answer is that other person's secret, and so is what they wrote.
        Holding(
            "Ask", "NAMED", what="recovery", fate="emptied", empties=("said", "note"),
            anothers=True, secret=True,
        ),
        Holding("NeverAsk", "GAVE", what="recovery", shows=("reason", "at", "ended_at")),
    )  # fmt: skip
    core.nobodys("RecoveryPlan", why="numbers and wishes of staff; whom it asks is a tie that goes")

"""What asking ambassadors hold of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring what this feature holds of a person."""
    core.personal(
        Holding("AmbassadorAsk", "HAS", what="ambassadors", shows=("state", "at", "answered_at")),
        Holding("AmbassadorPlan", "CHOSE", what="ambassadors", fate="untied"),
        Holding("AmbassadorPlan", "FIXED", what="ambassadors", fate="untied"),
        Holding("AmbassadorPlan", "BARRED", what="ambassadors", fate="untied"),
    )
    core.nobodys(
        "AmbassadorPlan", why="numbers and wishes of staff; whom it chose is a tie that goes"
    )

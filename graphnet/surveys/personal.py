"""What surveys hold of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring it: that they were asked, what they said, that they want no more of it."""
    core.personal(
        Holding("SurveyAsk", "TO", what="surveys", shows=("at",)),
        Holding("SurveyAnswer", "BY", what="surveys", shows=("told", "at", "changed_at")),
        Holding("SurveyRefusal", "OF", what="surveys", shows=("at", "ended_at")),
    )
    core.nobodys("Survey", why="what is asked, and figures of five and more")

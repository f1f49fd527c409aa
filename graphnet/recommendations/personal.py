"""What recommending holds of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring what recommending holds of a person."""
    topic = ("id", "name")
    core.personal(
        Holding("Dismissal", "DISMISSED", what="suggestions", loose=True,
                shows=("list", "item", "at", "how")),
        Holding(
            "Dismissal", what="suggestions", found="MATCH (n:Dismissal {item: $id})", secret=True,
            loose=True,
        ),
        Holding("Impression", "SAW", what="suggestions", loose=True,
                shows=("list", "item", "day", "times", "clicked_at")),
        Holding(
            "Impression", what="suggestions", found="MATCH (n:Impression {item: $id})", secret=True,
            loose=True,
        ),
        Holding("Digest", "HAS", what="suggestions",
                shows=("frequency", "lists", "topics", "created_at")),
        Holding("Topic", "INTERESTED_IN", what="interests", fate="untied", shows=topic),
        Holding("Topic", "NOT_INTERESTED_IN", what="interests", fate="untied", shows=topic),
        Holding("Topic", "OFFERS", what="interests", fate="untied", shows=topic),
        Holding("Topic", "NEEDS", what="interests", fate="untied", shows=topic),
        Holding("Request", "OFFERED_HELP", what="requests", fate="untied", shows=("id", "at")),
    )  # fmt: skip
    core.nobodys("Topic", "Service", why="the Association's own words, to everybody")
    core.nobodys("ShownDay", why="sums over everybody who was shown a list on one day")

"""What messages hold of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring it: what somebody wrote goes with them, what others wrote to them stays the others'."""
    words = ("conversation", "number", "at", "text")
    core.personal(
        Holding(
            "Message",
            "IN",
            what="messages",
            fate="untied",
            anothers=True,
            shows=words,
            through="-[part:TAKES_PART]->(:Conversation)",
            narrowed="n.number > part.since AND (part.until IS NULL OR n.number <= part.until) "
            "AND NOT EXISTS { (n)-[:BY]->(p) }",
        ),
        Holding("Message", "BY", what="messages", shows=words, loose=True),
        Holding(
            "Conversation", "TAKES_PART", what="messages", fate="untied", shows=("id", "title")
        ),
    )
    core.nobodys(
        "Conversation", why="a conversation is of all who take part; what each wrote is a message"
    )

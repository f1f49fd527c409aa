"""What contacts hold of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring it. How somebody took my asking is theirs to know, and who has blocked me too."""
    core.personal(
        Holding("ContactRequest", "ASKED", what="connections", shows=("text", "at")),
        Holding(
            "ContactRequest",
            "TO",
            what="connections",
            shows=("state", "text", "at", "answered_at"),
        ),
        Holding(
            "Person", "BLOCKED", what="connections", fate="untied", narrowed="startNode(t) = p"
        ),
    )

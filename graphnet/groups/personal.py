"""What communities hold of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring what communities hold of a person."""
    core.personal(
        Holding("Group", "MEMBER_OF", what="communities", fate="untied", shows=("id", "name")),
        Holding(
            "MembershipRequest",
            "BY",
            what="communities",
            shows=("kind", "state", "text", "answer", "at", "decided_at"),
        ),
        Holding(
            "Post",
            "BY",
            what="communities",
            shows=("text", "at", "edited_at", "removed_at", "reason"),
        ),
    )
    core.nobodys(
        "Group", why="a community is its members' together, and so is what it says of itself"
    )

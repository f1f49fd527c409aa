"""What requests hold of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring what requests hold of a person."""
    words = ("kind", "status", "at", "due_at", "subject", "text", "answer", "contact",
             "closed_at")  # fmt: skip
    core.personal(
        Holding(
            "RequestEntry",
            "IN",
            through="-[:ASKED]->(:Request)",
            what="requests",
            narrowed="n.kind <> 'note'",
            shows=("kind", "text", "by", "at"),
        ),
        Holding(
            "RequestEntry",
            "IN",
            through="-[:ASKED]->(:Request)",
            what="requests",
            secret=True,
        ),
        Holding(
            "RequestEntry",
            "IN",
            through="<-[:FOR]-(:Request)",
            what="requests",
            fate="emptied",
            anothers=True,
            empties=("text",),
            shows=("kind", "at"),
        ),
        Holding(
            "RequestEntry",
            "BY",
            what="requests",
            fate="untied",
            shows=("kind", "at"),
        ),
        Holding("Request", "ASKED", what="requests", shows=words),
        Holding(
            "Request",
            "FOR",
            what="requests",
            fate="emptied",
            anothers=True,
            empties=("subject", "text", "answer", "contact"),
            shows=("kind", "at"),
        ),
    )

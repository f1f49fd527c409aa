"""What businesses hold of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring it: the business goes with whose it is, and before it its parts in events."""
    core.personal(
        Holding(
            "EventRole",
            "OF",
            through="<-[:OF]-(:Business)",
            what="businesses",
            shows=("role", "about", "state", "at"),
        ),
        Holding(
            "Business",
            "OF",
            what="businesses",
            shows=("name", "name_ru", "about", "about_ru", "url", "state", "at"),
        ),
    )

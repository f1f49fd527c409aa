"""What the journal holds of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring it: everything that was ever written down about them, earlier versions too."""
    core.personal(
        Holding(
            "JournalEntry",
            "OF",
            what="journal",
            shows=(
                "kind", "outcome", "text", "happened_at", "at", "next_step", "due_on", "done_at",
                "withdrawn_at",
            ),
        ),
    )  # fmt: skip

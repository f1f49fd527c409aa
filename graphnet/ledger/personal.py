"""What the ledger holds of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring what the ledger holds of a person: the key behind their pseudonym, and evidence."""
    core.personal(
        Holding("PseudonymKey", "OF", what="contributions", secret=True),
        Holding("Evidence", "OF", what="contributions", shows=("act_id", "facts")),
        Holding("Evidence", "ABOUT", what="contributions", shows=("act_id",)),
    )
    core.nobodys(
        "Contribution", why="a pseudonym and a hash: the key that turns them into a person is gone"
    )

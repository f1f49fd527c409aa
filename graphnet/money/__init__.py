"""Money that moved: an append-only journal of transfers, and what of it everybody may read."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring what it holds of a person: a transfer stays with its sum, and not whose it was."""
    core.personal(
        Holding(
            "Transfer", "BY", what="gifts", fate="emptied",
            empties=("party", "what", "document", "reference"),
            keeps=(
                "id", "number", "kind", "amount", "currency", "happened_on", "booked_at",
                "pending", "resolves", "outcome", "corrects", "linked", "party_shown", "pledge",
                "entered_by",
            ),
            why="open books add up: what came and went, and not whose it was",
            shows=("kind", "amount", "currency", "happened_on", "what"),
        ),
    )  # fmt: skip
    core.nobodys("MoneyAccount", why="the accounts of a project's books, not of a person")

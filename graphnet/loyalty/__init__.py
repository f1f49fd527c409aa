"""The loyalty programme: official membership and its tiers, the card, partners' perks, badges."""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person."""
    from graphnet.loyalty import personal

    personal.register(core)

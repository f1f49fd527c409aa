"""Events: what is coming, one event, saying yes or no to it."""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person."""
    from graphnet.events import personal

    personal.register(core)

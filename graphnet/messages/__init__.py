"""Words between people: conversations of two and of groups, and who may write to whom."""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person."""
    from graphnet.messages import personal

    personal.register(core)

"""Introductions: ways to a person, asking to be passed on, relays and answers."""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person."""
    from graphnet.introductions import personal

    personal.register(core)

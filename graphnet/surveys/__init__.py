"""Surveys of needs: a short form, sent to some by their consent, answered once, told in figures."""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person."""
    from graphnet.surveys import personal

    personal.register(core)

"""Requests: what somebody asks of the Association, who answers, whether it is late."""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person."""
    from graphnet.requests import personal

    personal.register(core)

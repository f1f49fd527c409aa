"""Requests: what somebody asks of the Association, who answers, whether it is late.

There is one way to open a request (`opening`) and one to close it (`closing`). What is special of a
kind is its own: a feature brings a `kinds.Kind` with the rule by which its requests are closed.
"""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person."""
    from graphnet.requests import personal

    personal.register(core)

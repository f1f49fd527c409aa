"""Communities: clubs, regional clubs, interest groups; joining and leaving them."""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person."""
    from graphnet.groups import personal

    personal.register(core)

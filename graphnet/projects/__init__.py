"""Projects: what alumni work on and give to, with open books."""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person."""
    from graphnet.projects import personal

    personal.register(core)

"""Communities: clubs, regional clubs, circles of interest, classes: founded, joined, talked in."""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person, and its jobs."""
    from graphnet.groups import personal, telling

    personal.register(core)
    core.job(telling.TOLD, telling.teller, policy=telling.POLICY)

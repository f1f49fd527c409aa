"""The ledger of contributions, and everything that is read from it: scores, standings, archives."""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring the worker's part."""
    from graphnet.ledger import personal

    personal.register(core)
    from graphnet.ledger import work  # the numeric part loads slowly, and not everybody needs it

    work.register(core)

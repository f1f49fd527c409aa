"""Ambassadors: sets chosen and defended, who was asked and what they said, the worker's part."""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring the worker's part."""
    from graphnet.ambassadors import personal

    personal.register(core)
    from graphnet.ambassadors import (
        work,  # the numeric part loads slowly, and not everybody needs it
    )

    work.register(core)

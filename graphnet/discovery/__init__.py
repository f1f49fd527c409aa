"""Finding people: search, classmates, suggestions, ways to reach someone, winning a class back.

The numeric part takes ties as compressed sparse rows (`indptr`, `indices`, `weight`, both
directions stored, neighbours ascending) and attributes as int32[n, a] codes (0 unknown), and
returns arrays of positions and scores; ids, names and what may be shown go on at the edge.
"""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring the worker's part."""
    from graphnet.discovery import work  # the numeric part loads slowly, and not everybody needs it

    work.register(core)

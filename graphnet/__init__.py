"""The engine: knows people, ties and graphs; knows nothing of files, HTTP or HTML.

For analysts and notebooks the names of `__all__` are the public interface, stable from release to
release (what is to go is named in the changelog a release before). They are loaded when they are
first asked for, so that importing the package costs nothing.

Examples
--------
>>> import graphnet
>>> with graphnet.synthetic(alumni=400) as association:
...     knows = association.graph("knows")
...     found = knows.communities()
>>> found.modularity > found.random_modularity
True
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphnet.analysis.association import KINDS, LAYERS, Association
    from graphnet.analysis.choice import AmbassadorChoice
    from graphnet.analysis.graph import Communities, Graph, Spread
    from graphnet.analysis.made import synthetic
    from graphnet.analysis.opening import open_installation, open_snapshot
    from graphnet.errors import BadValue, GraphnetError, NotAllowed, ThingNotFound
    from graphnet.influence.structure import Mixing

__version__ = "0.1.0"

# Public name: the module that has it.
_HOME = {
    "AmbassadorChoice": "graphnet.analysis.choice",
    "Association": "graphnet.analysis.association",
    "BadValue": "graphnet.errors",
    "Communities": "graphnet.analysis.graph",
    "Graph": "graphnet.analysis.graph",
    "GraphnetError": "graphnet.errors",
    "KINDS": "graphnet.analysis.association",
    "LAYERS": "graphnet.analysis.association",
    "Mixing": "graphnet.influence.structure",
    "NotAllowed": "graphnet.errors",
    "Spread": "graphnet.analysis.graph",
    "ThingNotFound": "graphnet.errors",
    "open_installation": "graphnet.analysis.opening",
    "open_snapshot": "graphnet.analysis.opening",
    "synthetic": "graphnet.analysis.made",
}

__all__ = [
    "KINDS",
    "LAYERS",
    "AmbassadorChoice",
    "Association",
    "BadValue",
    "Communities",
    "Graph",
    "GraphnetError",
    "Mixing",
    "NotAllowed",
    "Spread",
    "ThingNotFound",
    "__version__",
    "open_installation",
    "open_snapshot",
    "synthetic",
]


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for."""
    if name in _HOME:
        value = getattr(importlib.import_module(_HOME[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Name what there is, loaded or not."""
    return sorted({*globals(), *__all__})

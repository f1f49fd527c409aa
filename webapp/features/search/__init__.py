"""The feature `search`."""

from graphnet.core import Core
from webapp.features.search.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)

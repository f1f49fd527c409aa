"""The feature `suggestions`: people I may know, each with its reasons."""

from graphnet.core import Core
from webapp.features.suggestions.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)

"""/docs: the pages of ``docs/`` on the site itself, in its own look."""

from graphnet.core import Core
from webapp.features.documentation.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)

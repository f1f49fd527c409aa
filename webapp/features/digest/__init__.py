"""/me/digest: letters of one's own lists, for those who ask for them."""

from graphnet.core import Core
from webapp.features.digest.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)

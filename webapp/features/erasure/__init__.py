"""The feature `erasure`: being erased at one's own wish, or by staff for whoever has asked them."""

from graphnet.core import Core
from webapp.features.erasure.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)

"""The feature `erasure`: being erased at one's own wish, or by staff for whoever has asked them."""

from graphnet.core import Core
from webapp.features.erasure import parts
from webapp.features.erasure.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.part("person", "parts/link.html", parts.theirs, order=90)
    core.part("me.links", "parts/link.html", parts.mine, order=90)

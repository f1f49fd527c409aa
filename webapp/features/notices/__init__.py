"""/me/notices: how often one is told by mail; /letters/stop ends letters at one click."""

from graphnet.core import Core
from webapp.features.notices import parts
from webapp.features.notices.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.part("me.links", "parts/link.html", parts.mine, order=45)

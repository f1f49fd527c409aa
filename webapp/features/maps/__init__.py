"""The feature `maps`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.maps.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link("analyst", "maps.index", lazy_gettext("Maps"), order=10)

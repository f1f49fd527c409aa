"""The feature `maps`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.maps import parts
from webapp.features.maps.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link("alumnus", "maps.mine", lazy_gettext("My surroundings"), order=28, section="people")
    core.part("me.links", "parts/link.html", parts.mine, order=11)
    core.part("person", "parts/link.html", parts.theirs, order=85)
    core.link("analyst", "maps.index", lazy_gettext("Maps"), order=10, section="maps")

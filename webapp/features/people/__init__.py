"""The feature `people`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.people.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link("alumnus", "people.index", lazy_gettext("People"), order=20)

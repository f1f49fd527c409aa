"""The feature `events`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.events.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link("alumnus", "events.index", lazy_gettext("Events"), order=40)
    core.link("public", "events.index", lazy_gettext("Events"), order=20)

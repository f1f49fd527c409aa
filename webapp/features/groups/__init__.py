"""The feature `groups`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.groups.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link("alumnus", "groups.index", lazy_gettext("Communities"), order=50, section="together")

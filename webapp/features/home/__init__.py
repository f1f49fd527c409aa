"""The feature `home`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.home.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link("alumnus", "home.home", lazy_gettext("Home"), order=10, section="home")

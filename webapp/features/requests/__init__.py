"""The feature `requests`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.requests.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link("staff", "requests.index", lazy_gettext("Requests"), order=80)

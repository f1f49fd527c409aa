"""The feature `staff`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.staff.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link("staff", "staff.today", lazy_gettext("Today"), order=10, section="today")

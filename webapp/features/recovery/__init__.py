"""The feature `recovery`: plans of whom to ask for a lost class, their letters, calls, answers."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.recovery.demo import furnish
from webapp.features.recovery.routes import blueprint
from webapp.features.recovery.waiting import waiting


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link("staff", "/staff/recovery", lazy_gettext("Recovery"), order=30)
    core.waits(waiting)
    core.furnish("recovery", furnish, order=30)

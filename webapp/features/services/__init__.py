"""The feature `services`: the catalogue that everybody reads and staff write."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.services.demo import furnish
from webapp.features.services.routes import blueprint
from webapp.features.services.words import REASONS


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    core.link("public", "services.index", lazy_gettext("Services"), order=45, section="desk")
    core.link("alumnus", "services.index", lazy_gettext("Services"), order=91, section="me")
    core.link("staff", "services.desk", lazy_gettext("Services"), order=86, section="desk")
    core.furnish("services", furnish, order=91)

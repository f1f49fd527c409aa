"""The feature `ambassadors`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.ambassadors import parts
from webapp.features.ambassadors.demo import furnish
from webapp.features.ambassadors.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link(
        "staff", "ambassadors.index", lazy_gettext("Ambassadors"), order=60, section="recognition"
    )
    core.part("me.links", "parts/link.html", parts.mine, order=20)
    core.furnish("ambassadors", furnish, order=80)

"""/me/interests: what the lists believe about their reader, and how to correct it."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.interests import parts, staff_routes
from webapp.features.interests.routes import blueprint

# Its routes stand on the same blueprint.
__all__ = ["register", "staff_routes"]


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link("alumnus", "interests.mine", lazy_gettext("My interests"), order=82, section="me")
    core.link(
        "staff", "interests.topics", lazy_gettext("Delicate topics"), order=76, section="base"
    )
    core.part("me.links", "parts/link.html", parts.mine, order=30)

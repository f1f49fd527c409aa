"""/me/interests: what the lists believe about their reader, and how to correct it."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.interests import parts
from webapp.features.interests.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link("alumnus", "interests.mine", lazy_gettext("My interests"), order=82, section="me")
    core.part("me.links", "parts/link.html", parts.mine, order=30)

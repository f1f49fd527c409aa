"""What anyone sees first; 'don't look for me'; the choice of language."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.front.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link("public", "front.front", lazy_gettext("Welcome"), order=10, section="home")

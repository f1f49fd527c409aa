"""What is recommended: the whole lists, acts on them, services; staff see how it goes."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.recommendations import desk
from webapp.features.recommendations.demo import furnish
from webapp.features.recommendations.routes import blueprint

# Their routes stand on the same blueprint.
__all__ = ["desk", "register"]


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link(
        "staff",
        "recommendations.desk",
        lazy_gettext("Recommendations"),
        order=65,
        section="programmes",
    )
    core.furnish("recommendations", furnish, order=70)

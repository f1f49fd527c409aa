"""The feature `suggestions`: people I may know, each with its reasons."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.suggestions.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link(
        "alumnus",
        "suggestions.suggested",
        lazy_gettext("Whom I may know"),
        order=34,
        section="people",
    )

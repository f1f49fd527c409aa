"""The feature `projects`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.projects.demo import furnish
from webapp.features.projects.routes import KIND, blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.request_kind(KIND, lazy_gettext("help with a project"))
    core.link("alumnus", "projects.index", lazy_gettext("Projects"), order=60, section="together")
    core.link("public", "projects.index", lazy_gettext("Projects"), order=30)
    core.furnish("projects", furnish, order=60)

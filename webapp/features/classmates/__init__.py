"""The feature `classmates`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.classmates.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link(
        "alumnus",
        "classmates.classmates",
        lazy_gettext("My classmates"),
        order=20,
        section="people",
    )

"""The feature `events`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.events import making, post
from webapp.features.events.routes import blueprint
from webapp.features.events.waiting import waiting


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    post.register(core)
    core.waits(waiting)
    core.link("alumnus", "events.index", lazy_gettext("Events"), order=40, section="events")
    core.link("public", "events.index", lazy_gettext("Events"), order=20)
    core.link(
        "staff", f"events.{making.staff_index.__name__}", lazy_gettext("Events"), order=45,
        section="programmes",
    )  # fmt: skip

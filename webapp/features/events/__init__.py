"""The feature `events`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from graphnet.events.registrations import SEAT_GIVEN
from webapp.features.events import work
from webapp.features.events.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.job(SEAT_GIVEN, work.handler, policy=work.POLICY)
    core.link("alumnus", "events.index", lazy_gettext("Events"), order=40, section="events")
    core.link("public", "events.index", lazy_gettext("Events"), order=20)

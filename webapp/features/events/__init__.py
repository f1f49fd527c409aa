"""The feature `events`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from graphnet.events import offers, roles, roster
from webapp.features.events import calendar_pages, door_pages, making, parts, parts_pages, post
from webapp.features.events.demo import furnish
from webapp.features.events.routes import blueprint
from webapp.features.events.waiting import waiting
from webapp.features.events.words import REASONS


def register(core: Core) -> None:
    """Bring the feature."""
    # Their pages are the blueprint's by being imported.
    for pages in (calendar_pages, door_pages, making, parts_pages):
        assert pages.blueprint is blueprint
    core.pages(blueprint, reasons=REASONS)
    post.register(core)
    may_wait = offers.MAY_WAIT + " OR " + roles.MAY_WAIT
    core.waits(waiting, only_if=may_wait, staff_if=roster.STAFF_MAY)
    core.part("home", "events/_mine.html", parts.mine, order=20)
    core.part("me.links", "parts/link.html", parts.link, order=40)
    core.furnish("events", furnish, order=40)
    core.link("alumnus", "events.index", lazy_gettext("Events"), order=40, section="events")
    core.link("public", "events.index", lazy_gettext("Events"), order=20, section="events")
    core.link(
        "staff",
        f"events.{making.staff_index.__name__}",
        lazy_gettext("Events"),
        order=45,
        section="programmes",
    )

"""Telling of an event person by person: staff look at the list, each gets a letter of their own."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from graphnet.told import answering
from graphnet.told.asking import KIND
from webapp.features.told import parts, post, staff_routes
from webapp.features.told.demo import furnish
from webapp.features.told.routes import blueprint
from webapp.features.told.waiting import waiting
from webapp.features.told.words import REASONS

# Staff's routes stand on the same blueprint.
__all__ = ["register", "staff_routes"]


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    core.waits(waiting, only_if=answering.MAY_WAIT)
    core.request_kind(KIND, lazy_gettext("letters about an event"), form="told/_request.html")
    core.part("event.makers", "parts/link.html", parts.makers, order=10)
    core.part("me.links", "parts/link.html", parts.mine, order=47)
    post.register(core)
    core.furnish("told", furnish, order=75)

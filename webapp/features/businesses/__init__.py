"""Businesses of alumni: found by members, written by whose they are, published by staff."""

from flask_babel import lazy_gettext

from graphnet.businesses import reading
from graphnet.core import Core
from webapp.features.businesses import post
from webapp.features.businesses.demo import furnish
from webapp.features.businesses.parts import link
from webapp.features.businesses.routes import blueprint
from webapp.features.businesses.waiting import waiting
from webapp.features.businesses.words import REASONS


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    core.link(
        "alumnus", "businesses.index", lazy_gettext("Businesses"), order=75, section="together"
    )
    core.link(
        "staff", "businesses.desk", lazy_gettext("Businesses"), order=49, section="programmes"
    )
    core.part("me.links", "parts/link.html", link, order=52)
    core.waits(waiting, only_if=reading.MAY_WAIT, staff_if=reading.STAFF_MAY)
    post.register(core)
    core.furnish("businesses", furnish, order=93)

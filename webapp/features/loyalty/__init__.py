"""The loyalty programme: membership and tiers, the card, partners' perks, badges."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from graphnet.loyalty import memberships
from webapp.features.loyalty import (
    badge_pages,
    partner_pages,
    parts,
    perk_pages,
    post,
    staff_routes,
)
from webapp.features.loyalty.demo import furnish
from webapp.features.loyalty.routes import blueprint
from webapp.features.loyalty.waiting import waiting
from webapp.features.loyalty.words import REASONS


def register(core: Core) -> None:
    """Bring the feature."""
    # Their pages are the blueprint's by being imported.
    for pages in (badge_pages, partner_pages, perk_pages, staff_routes):
        assert pages.blueprint is blueprint
    core.pages(blueprint, reasons=REASONS)
    core.link("alumnus", "loyalty.mine", lazy_gettext("Membership"), order=84, section="me")
    core.link("alumnus", "loyalty.perks", lazy_gettext("Perks"), order=65, section="together")
    core.link(
        "staff", "loyalty.staff_index", lazy_gettext("Membership"), order=56, section="recognition"
    )
    core.link(
        "staff", "loyalty.partners", lazy_gettext("Partners"), order=57, section="recognition"
    )
    core.part("me.links", "parts/link.html", parts.mine, order=12)
    core.part("person", "parts/link.html", parts.theirs, order=82)
    core.waits(waiting, only_if=memberships.MAY_WAIT)
    post.register(core)
    core.furnish("loyalty", furnish, order=70)

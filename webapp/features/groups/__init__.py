"""The feature `groups`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from graphnet.groups import membership
from webapp.features.groups import making, members, parts, post, talking
from webapp.features.groups.demo import furnish
from webapp.features.groups.routes import blueprint
from webapp.features.groups.waiting import alone, proposed, waiting
from webapp.features.groups.words import REASONS


def register(core: Core) -> None:
    """Bring the feature."""
    # Their pages are the blueprint's by being imported.
    for pages in (making, members, talking):
        assert pages.blueprint is blueprint
    core.pages(blueprint, reasons=REASONS)
    post.register(core)
    core.waits(waiting, only_if=membership.MAY_WAIT)
    core.waits(proposed, staff_if=membership.FOUNDING_MAY)
    core.waits(alone, staff_if=membership.JOINING_MAY)
    core.part("home", "groups/_new.html", parts.new, order=25)
    core.furnish("communities", furnish, order=42)
    core.link("alumnus", "groups.index", lazy_gettext("Communities"), order=50, section="together")
    core.link(
        "staff",
        f"groups.{making.staff_index.__name__}",
        lazy_gettext("Communities"),
        order=46,
        section="programmes",
    )

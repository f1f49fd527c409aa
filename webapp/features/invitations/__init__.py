"""The feature `invitations`: a group's link, claims that come by it, groupmates who are missing."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from graphnet.onboarding import claims, claims_desk, missing_groupmates
from webapp.features.invitations import desk, post
from webapp.features.invitations.demo import furnish
from webapp.features.invitations.routes import blueprint
from webapp.features.invitations.waiting import waiting
from webapp.features.invitations.words import REASONS

# Their routes stand on the same blueprint.
__all__ = ["desk", "register"]


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    core.request_kind(missing_groupmates.KIND, lazy_gettext("a groupmate who is missing"))
    core.link(
        "staff", "invitations.claims_index", lazy_gettext("Claims"), order=28, section="people"
    )
    core.waits(waiting, only_if=claims.MAY_WAIT, staff_if=claims_desk.STAFF_MAY)
    post.register(core)
    core.furnish("invitations", furnish, order=10)

"""Surveys of needs: made by staff, sent by letter, answered on a page, shown in safe figures."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from graphnet.surveys import answering
from webapp.features.surveys import parts, post, staff_routes
from webapp.features.surveys.demo import furnish
from webapp.features.surveys.routes import blueprint
from webapp.features.surveys.waiting import waiting
from webapp.features.surveys.words import REASONS

# Staff's routes stand on the same blueprint.
__all__ = ["register", "staff_routes"]


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    core.waits(waiting, only_if=answering.MAY_WAIT)
    core.part("me.links", "parts/link.html", parts.mine, order=46)
    core.link("staff", "surveys.index", lazy_gettext("Surveys"), order=60, section="programmes")
    post.register(core)
    core.furnish("surveys", furnish, order=70)

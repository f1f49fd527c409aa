"""The feature `recovery`: plans of whom to ask for a lost class, their letters, calls, answers."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from graphnet.recovery import answers, outreach
from webapp.features.recovery import answer_routes, post
from webapp.features.recovery.demo import furnish
from webapp.features.recovery.routes import blueprint
from webapp.features.recovery.waiting import waiting

# Their routes stand on the same blueprint.
__all__ = ["answer_routes", "register"]


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link("staff", "recovery.index", lazy_gettext("Recovery"), order=24, section="people")
    core.waits(waiting, only_if=answers.MAY_WAIT, staff_if=outreach.STAFF_MAY)
    post.register(core)
    core.furnish("recovery", furnish, order=30)

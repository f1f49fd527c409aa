"""Signing in and out, one's own account, one-time links."""

from flask_babel import lazy_gettext

from graphnet.accounts import second_factor
from graphnet.core import Core
from webapp.features.auth import factor, keys, post
from webapp.features.auth.routes import blueprint
from webapp.features.auth.waiting import waiting
from webapp.features.auth.words import REASONS

# Their routes stand on the same blueprint.
__all__ = ["factor", "keys", "register"]


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    core.link("alumnus", "auth.account", lazy_gettext("Account"), order=95, section="me")
    post.register(core)
    core.waits(waiting, staff_if=second_factor.STAFF_MAY)

"""Signing in and out, one's own account, one-time links."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.auth import post
from webapp.features.auth.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link("alumnus", "auth.account", lazy_gettext("Account"), order=95, section="me")
    post.register(core)

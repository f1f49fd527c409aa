"""Signing in and out, one's own account, one-time links."""

from graphnet.core import Core
from webapp.features.auth.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)

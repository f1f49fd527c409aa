"""Introductions: ways to people, and asking somebody to pass a message on."""

from graphnet.core import Core
from webapp.features.introductions.demo import furnish
from webapp.features.introductions.routes import blueprint
from webapp.features.introductions.waiting import waiting


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.waits(waiting)
    core.furnish("introductions", furnish, order=20)

"""The feature `joining`: find my group, for whoever has no account and no invitation."""

from graphnet.core import Core
from webapp.features.joining import post
from webapp.features.joining.demo import furnish
from webapp.features.joining.routes import blueprint
from webapp.features.joining.words import REASONS


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    post.register(core)
    core.furnish("joining", furnish, order=11)

"""What a newcomer may want to do first, on /home until it is done or put away."""

from graphnet.core import Core
from webapp.features.first_steps import parts
from webapp.features.first_steps.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.part("home", "first_steps/_steps.html", parts.first_steps, order=5)

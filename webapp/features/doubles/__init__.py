"""The feature `doubles`: two people who may be one, decided by staff; merges and their undoing."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from graphnet.merging import doubles
from webapp.features.doubles import cluster_routes
from webapp.features.doubles.routes import blueprint
from webapp.features.doubles.waiting import waiting
from webapp.features.doubles.words import REASONS

# Their routes stand on the same blueprint.
__all__ = ["cluster_routes", "register"]


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    core.link("staff", "doubles.queue", lazy_gettext("Doubles"), order=72, section="base")
    core.waits(waiting, staff_if=doubles.STAFF_MAY)

"""A person's file for staff, with the journal of all there was; what is due of it on Today."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.journal import acts, parts, post
from webapp.features.journal.demo import furnish
from webapp.features.journal.routes import blueprint
from webapp.features.journal.waiting import waiting
from webapp.features.journal.words import REASONS

# Its routes stand on the same blueprint.
__all__ = ["acts", "register"]


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    core.waits(waiting)
    core.part("person.acts", "parts/link.html", parts.theirs, order=10)
    core.part("search.row", "parts/link.html", parts.found, order=10)
    core.link("staff", "journal.index", lazy_gettext("Card file"), order=22, section="people")
    post.register(core)
    core.furnish("journal", furnish, order=60)

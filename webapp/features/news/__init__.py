"""News and achievements: the list, one piece, and the desk where staff write them."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.news import parts, staff
from webapp.features.news.demo import furnish
from webapp.features.news.routes import blueprint
from webapp.features.news.words import REASONS

# Its routes stand on the same blueprint.
__all__ = ["register", "staff"]


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    core.link("alumnus", "news.index", lazy_gettext("News"), order=65, section="events")
    core.link("public", "news.index", lazy_gettext("News"), order=35, section="news")
    core.link("staff", "news.staff_index", lazy_gettext("News"), order=46, section="programmes")
    core.part("front", "news/_front.html", parts.newest, order=10)
    core.furnish("news", furnish, order=32)

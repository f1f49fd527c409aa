"""Alumni Weeks: the programme, my way through it, what has changed; and how staff plan it."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.weeks import (
    frame_routes,
    parts,
    post,
    sheet_routes,
    speaker_routes,
    staff_routes,
)
from webapp.features.weeks.demo import furnish
from webapp.features.weeks.routes import blueprint
from webapp.features.weeks.words import REASONS

# Their routes stand on the same blueprint.
__all__ = ["frame_routes", "register", "sheet_routes", "speaker_routes", "staff_routes"]


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    post.register(core)
    core.link("alumnus", "weeks.now", lazy_gettext("Alumni Week"), order=42, section="events")
    core.link("public", "weeks.now", lazy_gettext("Alumni Week"), order=22, section="events")
    core.link("staff", "weeks.index", lazy_gettext("Alumni Weeks"), order=46, section="programmes")
    core.part("home", "weeks/_home.html", parts.coming, order=15)
    core.part("front", "weeks/_front.html", parts.announced, order=5)
    core.furnish("weeks", furnish, order=97)

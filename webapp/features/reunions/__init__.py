"""Turn-key reunions: asked for by a graduate, held with the Association, from here to thanks."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from graphnet.reunions import reading
from graphnet.reunions.taking import KIND
from webapp.features.reunions import answer_routes, parts, post, staff_routes
from webapp.features.reunions.demo import furnish
from webapp.features.reunions.routes import blueprint
from webapp.features.reunions.waiting import waiting
from webapp.features.reunions.words import REASONS

# Their routes stand on the same blueprint.
__all__ = ["answer_routes", "register", "staff_routes"]


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    core.link("alumnus", "reunions.index", lazy_gettext("Reunions"), order=46, section="events")
    core.link("staff", "reunions.board", lazy_gettext("Reunions"), order=47, section="programmes")
    core.request_kind(
        KIND,
        lazy_gettext("reunion"),
        form="reunions/_request.html",
        offer=lazy_gettext("The Association helps your group to meet: people, place, date."),
    )
    core.waits(waiting, only_if=reading.MAY_WAIT, staff_if=reading.STAFF_MAY)
    core.part("file.acts", "parts/act.html", parts.of_file, order=10)
    core.part("study_group", "reunions/_group.html", parts.of_group, order=10)
    core.part("home", "reunions/_mine.html", parts.mine, order=25)
    post.register(core)
    core.furnish("reunions", furnish, order=95)

"""The feature `projects`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from graphnet.projects import bank, bookkeepers, needs, states
from webapp.features.projects import (
    bank_pages,
    helping,
    making,
    money_pages,
    parts,
    post,
    receipt_pages,
    report_pages,
    treasury_pages,
)
from webapp.features.projects.demo import furnish
from webapp.features.projects.routes import KIND, blueprint
from webapp.features.projects.waiting import of_bank, of_books, proposed, waiting
from webapp.features.projects.words import REASONS


def register(core: Core) -> None:
    """Bring the feature."""
    # Their pages are the blueprint's by being imported.
    for pages in (
        bank_pages,
        helping,
        making,
        money_pages,
        receipt_pages,
        report_pages,
        treasury_pages,
    ):
        assert pages.blueprint is blueprint
    core.pages(blueprint, reasons=REASONS)
    core.request_kind(KIND, lazy_gettext("help with a project"))
    post.register(core)
    core.waits(waiting, only_if=needs.MAY_WAIT)
    core.waits(of_bank, staff_if=bank.STAFF_MAY)
    core.waits(of_books, only_if=bookkeepers.MAY_WAIT, staff_if=bookkeepers.MAY_WAIT)
    core.waits(proposed, staff_if=states.STAFF_MAY)
    core.part("me.links", "parts/link.html", parts.link, order=45)
    core.part("me.links", "parts/link.html", parts.gifts, order=46)
    core.link("alumnus", "projects.index", lazy_gettext("Projects"), order=60, section="together")
    core.link("public", "projects.index", lazy_gettext("Projects"), order=30, section="together")
    core.link(
        "staff", "projects.staff_index", lazy_gettext("Projects"), order=47, section="programmes"
    )
    core.furnish("projects", furnish, order=60)

"""Correcting a person's record: staff on a person's page, two for a death; new addresses."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from graphnet.records import corrections, deaths, studies
from webapp.features.people.words import REASONS
from webapp.features.records import parts, post
from webapp.features.records.demo import furnish
from webapp.features.records.routes import blueprint
from webapp.features.records.waiting import died, stated, waiting


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    core.waits(waiting, only_if=corrections.MAY_WAIT)
    core.waits(died, staff_if=deaths.STAFF_MAY)
    core.waits(stated, staff_if=studies.STAFF_MAY)
    core.part("person.acts", "parts/link.html", parts.correct, order=20)
    core.link("staff", "records.index", lazy_gettext("Corrections"), order=25, section="people")
    post.register(core)
    core.furnish("records", furnish, order=30)

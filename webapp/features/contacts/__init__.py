"""/contacts: whom I know, who asks me, whom I asked; blocking and reporting somebody."""

from flask_babel import lazy_gettext

from graphnet.connections import asking, reports
from graphnet.core import Core
from webapp.features.contacts import parts, post
from webapp.features.contacts.demo import furnish
from webapp.features.contacts.routes import blueprint
from webapp.features.contacts.waiting import waiting
from webapp.features.contacts.words import REASONS


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    core.link("alumnus", "contacts.index", lazy_gettext("My contacts"), order=26, section="people")
    core.request_kind(reports.KIND, lazy_gettext("a report"))
    core.waits(waiting, only_if=asking.MAY_WAIT)
    core.part("person.acts", "parts/link.html", parts.ask, order=20)
    core.part("person.acts", "parts/link.html", parts.manage, order=90)
    core.part("person.row", "contacts/_row.html", parts.row, order=20)
    core.part("me.links", "parts/link.html", parts.mine, order=10)
    core.letter("contacts.asked", post.asked)
    core.letter("contacts.accepted", post.accepted)
    core.furnish("contacts", furnish, order=30)

"""/messages: conversations of two and of groups; letters that say who has written."""

from datetime import timedelta

from flask_babel import lazy_gettext

from graphnet.core import Core
from graphnet.messages import letters
from webapp.features.messages import parts, post
from webapp.features.messages.demo import furnish
from webapp.features.messages.routes import blueprint
from webapp.features.messages.waiting import waiting
from webapp.features.messages.words import REASONS


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    core.link("alumnus", "messages.index", lazy_gettext("Messages"), order=24, section="people")
    core.waits(waiting, only_if=letters.MAY_WAIT)
    core.part("person.acts", "parts/link.html", parts.write, order=10)
    core.part("contact.row", "messages/_row.html", parts.row, order=10)
    core.part("header", "messages/_sign.html", parts.sign, order=10)
    core.letter(letters.LETTER, post.new)
    core.letter(letters.DAILY, post.daily)
    core.duty("letters of the day", post.write_due, every=timedelta(hours=1))
    core.furnish("messages", furnish, order=40)

"""The feature `requests`: the desk where everything that is asked has an owner and a deadline."""

from datetime import timedelta

from flask_babel import lazy_gettext

from graphnet.core import Core
from graphnet.requests import hiding, referrals, reminders, replies, turns, visitors
from graphnet.requests.kinds import Kind
from webapp.features.requests import (
    desks,
    joins,
    kind_pages,
    post,
    referred,
    staff,
    visiting,
)
from webapp.features.requests.demo import furnish
from webapp.features.requests.routes import blueprint
from webapp.features.requests.waiting import waiting
from webapp.features.requests.words import REASONS

# Their routes stand on the same blueprint.
__all__ = ["desks", "joins", "kind_pages", "referred", "register", "staff", "visiting"]


def register(core: Core) -> None:
    """Bring the feature, the wish not to be found, and kinds that are simply answered."""
    core.pages(blueprint, reasons=REASONS)
    core.link("staff", "requests.index", lazy_gettext("Requests"), order=80, section="desk")
    core.link("staff", "requests.figures", lazy_gettext("In figures"), order=84, section="desk")
    core.link("staff", "requests.kinds", lazy_gettext("Kinds of request"), order=85, section="desk")
    core.link("alumnus", "requests.mine", lazy_gettext("My requests"), order=90, section="me")
    core.waits(waiting, only_if=referrals.MAY_WAIT)
    core.duty("reminders of requests", reminders.remind, every=reminders.EVERY)
    core.duty("who is asked in turn", turns.take_turns, every=turns.EVERY)
    core.link("public", "requests.ask_here", lazy_gettext("Ask us"), order=50, section="desk")
    core.duty(
        "forget visitors",
        lambda engine: visitors.forget(engine.store),
        every=timedelta(hours=1),
    )
    core.duty(
        "forget letters that came in",
        lambda engine: replies.forget(engine.store),
        every=timedelta(days=1),
    )
    post.register(core)
    core.furnish("requests", furnish, order=90)
    core.request_kind(hiding.KIND, lazy_gettext("“don’t look for me”"), form="requests/_hide.html")
    for kind, words, offer in (
        (
            Kind("commercialisation"),
            lazy_gettext("bringing a project to market"),
            lazy_gettext("Advice, partners and money for a project of yours."),
        ),
        (
            Kind("laboratory", for_members=True),
            lazy_gettext("use of a laboratory"),
            lazy_gettext("Equipment, measurements, a laboratory of the university."),
        ),
        (
            Kind("lecture", for_members=True),
            lazy_gettext("lecture"),
            lazy_gettext("You would like to speak to students or alumni."),
        ),
        (
            Kind("partnership", for_members=True),
            lazy_gettext("partnership"),
            lazy_gettext("Your company and the university or the Association."),
        ),
        (
            Kind("mentor", for_members=True),
            lazy_gettext("mentoring"),
            lazy_gettext("You look for a mentor, or offer to be one."),
        ),
        (
            Kind("document", for_members=True),
            lazy_gettext("document"),
            lazy_gettext("A certificate, a copy of a diploma, a record from the archive."),
        ),
        (
            Kind("pass", working_days=3),
            lazy_gettext("pass to the university"),
            lazy_gettext("You would like to come into a building of the university."),
        ),
        (
            Kind("contact", working_days=5),
            lazy_gettext("correction of data"),
            lazy_gettext("Something that is on file of you or of a groupmate is wrong."),
        ),
        (
            Kind("question", for_members=True),
            lazy_gettext("question"),
            lazy_gettext("Anything else: we find who can answer it."),
        ),
    ):
        core.request_kind(kind, words, offer=offer)
    core.request_kind(Kind("room", for_members=True), lazy_gettext("room"))
    core.request_kind(Kind("museum", for_members=True), lazy_gettext("museum"))

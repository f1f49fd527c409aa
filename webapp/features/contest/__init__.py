"""The feature `contest`: pages for the public, nominees, jurors, voters and staff."""

from flask_babel import lazy_gettext

from graphnet.contest import appeals, jurors
from graphnet.core import Core
from webapp.features.contest import drafting, jury, nominations, post, public, staff, voting
from webapp.features.contest.blueprint import blueprint
from webapp.features.contest.demo import furnish, publish
from webapp.features.contest.waiting import waiting
from webapp.features.contest.words import REASONS

# Their routes stand on the same blueprint.
__all__ = ["drafting", "jury", "nominations", "public", "register", "staff", "voting"]


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    core.request_kind(appeals.KIND, lazy_gettext("appeal"), form="contest/_appeal.html")
    core.link("alumnus", "contest.index", lazy_gettext("Contest"), order=70, section="together")
    core.link(
        "staff", "contest.staff_index", lazy_gettext("Contest"), order=50, section="recognition"
    )
    core.link("public", "contest.index", lazy_gettext("Contest"), order=40, section="together")
    core.waits(waiting, only_if=jurors.MAY_WAIT, staff_if=jurors.STAFF_MAY)
    for name, write in post.LETTERS.items():
        core.letter(name, write)
    core.furnish("contest", furnish, order=35)
    core.furnish("the contest's end", publish, order=55)

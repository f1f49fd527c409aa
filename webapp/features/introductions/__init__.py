"""Introductions: ways to people, and asking somebody to pass a message on."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from graphnet.introductions import answers, requests
from webapp.features.introductions import parts, post
from webapp.features.introductions.demo import furnish
from webapp.features.introductions.routes import KIND, blueprint
from webapp.features.introductions.waiting import waiting


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link(
        "alumnus", "introductions.picker", lazy_gettext("Ways to reach"), order=36, section="people"
    )
    core.link(
        "staff", "introductions.picker", lazy_gettext("Ways to reach"), order=26, section="people"
    )
    core.request_kind(KIND, lazy_gettext("pass on to somebody"))
    core.waits(waiting, only_if=requests.MAY_WAIT)
    core.letter(requests.ASKED, post.asked)
    core.letter(requests.ANSWERED, post.answered)
    core.letter(answers.HIDE, post.hide)
    core.part("person.acts", "parts/link.html", parts.ways, order=50)
    core.furnish("introductions", furnish, order=20)

"""The feature `reach`: ways to people, and asking somebody to pass a message on."""

from flask_babel import gettext

from graphnet.community import handing, passing
from graphnet.privacy import Viewer
from webapp.context import graphnet, live
from webapp.i18n import in_language
from webapp.reach.routes import blueprint as blueprint
from webapp.waiting import Waiting


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return what somebody asks this alumnus to pass on, and the answers not seen yet."""
    if viewer.kind != "alumnus" or viewer.person_key is None:
        return []
    asked = [
        Waiting(
            f"/pass-on/{one.id}",
            gettext("%(name)s is looking for you", name=one.asker.name.full)
            if one.is_for_me
            else gettext("%(name)s asks you to pass something on", name=one.asker.name.full),
            one.text,
        )
        for one in handing.all_held(live(), viewer)
    ]
    answers = [
        Waiting(
            "/pass-ons",
            gettext(
                "An answer to your request: %(name)s",
                name=one.sought.name.full if one.sought else in_language(one.label, one.label_ru),
            ),
            one.answer,
        )
        for one in passing.mine(graphnet().store, viewer, rules=live().rules)
        if not one.seen
    ]
    return asked + answers

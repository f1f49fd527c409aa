"""What of introductions waits for the reader: requests to pass on, answers."""

from flask import url_for
from flask_babel import gettext

from graphnet.introductions import relays, requests
from graphnet.privacy import Viewer
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language
from webapp.frame.waiting import Waiting


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return what somebody asks this alumnus to pass on, and the answers not seen yet."""
    if not viewer.is_alumnus or viewer.person_key is None:
        return []
    asked = [
        Waiting(
            url_for("introductions.held", pass_on_id=one.id),
            gettext("%(name)s is looking for you", name=one.asker.name.full)
            if one.is_for_me
            else gettext("%(name)s asks you to pass something on", name=one.asker.name.full),
            one.text,
        )
        for one in relays.all_held(live(), viewer)
    ]
    answers = [
        Waiting(
            url_for("introductions.mine"),
            gettext(
                "An answer to your request: %(name)s",
                name=one.sought.name.full if one.sought else in_language(one.label, one.label_ru),
            ),
            one.answer,
        )
        for one in requests.mine(graphnet().store, viewer, rules=live().rules)
        if not one.seen
    ]
    return asked + answers

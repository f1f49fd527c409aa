"""What of contacts waits for the reader: who asks."""

from flask import url_for
from flask_babel import gettext

from graphnet.connections import asking
from graphnet.privacy import Viewer
from webapp.frame.context import graphnet, live
from webapp.frame.waiting import Waiting


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return who asks this alumnus to be a contact."""
    if not viewer.is_alumnus or viewer.person_key is None:
        return []
    return [
        Waiting(
            url_for("contacts.index") + "#of-me",
            gettext("%(name)s asks to be your contact", name=one.card.name.full),
            one.text,
        )
        for one in asking.asked_of_me(graphnet().store, viewer, rules=live().rules)
    ]

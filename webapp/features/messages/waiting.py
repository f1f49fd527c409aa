"""What of messages waits for the reader: conversations with something new, and who wrote."""

from flask import url_for
from flask_babel import gettext

from graphnet.messages import letters
from graphnet.privacy import Viewer
from webapp.frame.context import graphnet, live
from webapp.frame.waiting import Waiting

MOST = 5


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return who has written to this alumnus since they looked."""
    if not viewer.is_alumnus or viewer.person_key is None:
        return []
    found = letters.unseen(graphnet().store, viewer, rules=live().rules)
    return [
        Waiting(
            url_for("messages.thread", conversation_id=one.id),
            gettext("%(name)s has written to you", name=one.author.name.full),
            one.title,
        )
        for one in found[:MOST]
    ]

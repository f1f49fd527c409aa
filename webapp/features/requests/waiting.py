"""What of requests waits for the reader: for who asked, a question back or an answer to read."""

from flask import url_for
from flask_babel import gettext, ngettext

from graphnet.privacy import Viewer
from graphnet.requests import desk
from webapp.frame.context import graphnet
from webapp.frame.waiting import Waiting


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return one's own requests that wait for one's words; for staff, those that are nobody's."""
    store = graphnet().store
    if viewer.is_staff:
        n = desk.untaken(store)
        title = ngettext("%(num)s request is nobody’s", "%(num)s requests are nobody’s", n)
        return [Waiting(url_for("requests.index", show="nobodys"), title)] if n else []
    if not viewer.is_alumnus or viewer.person_key is None:
        return []
    return [
        Waiting(
            url_for("requests.thread", request_id=row["id"]),
            gettext("The Association asks you something about your request"),
            row["subject"],
        )
        for row in desk.awaited(store, viewer)
    ]

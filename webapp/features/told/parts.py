"""What telling of events adds: a link for an event's makers, and one on one's own page."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from graphnet.people import Profile
from graphnet.privacy import Viewer
from graphnet.store import Row


def makers(viewer: Viewer, event: Row) -> Mapping[str, Any] | None:
    """Return the way to whom the event would suit, once it is published."""
    if event["state"] != "published" or event["visibility"] == "draft":
        return None
    if viewer.is_staff:
        href = url_for("told.tell", event_id=event["id"])
        return {"href": href, "label": gettext("Tell those whom it would suit")}
    href = url_for("told.figures", event_id=event["id"])
    return {"href": href, "label": gettext("Whom it would suit, and who was told")}


def mine(_viewer: Viewer, _profile: Profile) -> Mapping[str, Any]:
    """Return the link on one's own page."""
    return {"href": url_for("told.mine"), "label": gettext("Events I was told of")}

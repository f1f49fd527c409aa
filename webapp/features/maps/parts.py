"""What maps add to other features' pages."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from graphnet.people import Profile
from graphnet.privacy import Level, Viewer


def mine(viewer: Viewer, profile: Profile) -> Mapping[str, Any] | None:
    """Return the way to my own surroundings."""
    if not viewer.is_alumnus:
        return None
    return {"href": url_for("maps.mine"), "label": gettext("My surroundings on a map"), "act": ""}


def theirs(viewer: Viewer, profile: Profile) -> Mapping[str, Any] | None:
    """Return the way to the surroundings of somebody on file, for staff."""
    card = profile.card
    if not viewer.has_task or card.level != Level.TASK or card.state == "deceased":
        return None
    return {
        "href": url_for("maps.network", kind="around", thing_id=card.id),
        "label": gettext("Their surroundings on a map"),
        "act": "",
    }

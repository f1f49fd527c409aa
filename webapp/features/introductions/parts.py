"""What introductions add to other features' pages."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from graphnet.people import Profile
from graphnet.privacy import Viewer


def ways(viewer: Viewer, profile: Profile) -> Mapping[str, Any] | None:
    """Return the ways to somebody whom the reader cannot write to."""
    card = profile.card
    reached = profile.contacts or card.connected or card.state == "deceased"
    if reached or not (viewer.is_alumnus or viewer.is_staff):
        return None
    return {
        "href": url_for("introductions.person", person_id=card.id, name=card.name.full),
        "label": gettext("Ways to reach"),
        "act": "first",
    }

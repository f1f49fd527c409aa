"""What correcting adds to a person's page."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from graphnet.people import Profile
from graphnet.privacy import Level, Viewer


def correct(_viewer: Viewer, profile: Profile) -> Mapping[str, Any] | None:
    """Return the way to correct somebody, for whoever has the task."""
    if profile.card.level is not Level.TASK:
        return None
    return {
        "href": url_for("records.correct", person_id=profile.card.id),
        "label": gettext("Correct …"),
        "act": "second",
    }

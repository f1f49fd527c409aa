"""What the erasure adds to other features' pages."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from graphnet.people import Profile
from graphnet.privacy import Level, Viewer


def theirs(_viewer: Viewer, profile: Profile) -> Mapping[str, Any] | None:
    """Return the way to erase somebody, for whoever has the task."""
    if profile.card.level is not Level.TASK:
        return None
    return {
        "href": url_for("erasure.theirs", person_id=profile.card.id),
        "label": gettext("Erase this person …"),
    }


def mine(_viewer: Viewer, _profile: Profile) -> Mapping[str, Any]:
    """Return the way to be erased oneself."""
    return {"href": url_for("erasure.mine"), "label": gettext("Erase me …")}

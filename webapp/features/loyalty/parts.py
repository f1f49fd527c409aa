"""What the loyalty programme adds to other features' pages."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from graphnet.people import Profile
from graphnet.privacy import Level, Viewer


def mine(_viewer: Viewer, _profile: Profile) -> Mapping[str, Any]:
    """Return the way to one's own membership."""
    return {"href": url_for("loyalty.mine"), "label": gettext("My membership, card and badges")}


def theirs(_viewer: Viewer, profile: Profile) -> Mapping[str, Any] | None:
    """Return the way to somebody's membership, for whoever has the task."""
    if profile.card.level is not Level.TASK:
        return None
    return {
        "href": url_for("loyalty.membership", person_id=profile.card.id),
        "label": gettext("Their membership and badges"),
    }

"""What the ledger adds to other features' pages."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from graphnet.people import Profile
from graphnet.privacy import Level, Viewer


def theirs(_viewer: Viewer, profile: Profile) -> Mapping[str, Any] | None:
    """Return the way to somebody's contributions, for whoever has the task."""
    if profile.card.level is not Level.TASK:
        return None
    return {
        "href": url_for("contributions.dossier", person_id=profile.card.id),
        "label": gettext("Their contributions, point by point"),
    }


def mine(_viewer: Viewer, _profile: Profile) -> Mapping[str, Any]:
    """Return the way to one's own contributions."""
    return {
        "href": url_for("contributions.mine"),
        "label": gettext("My contribution, point by point"),
    }

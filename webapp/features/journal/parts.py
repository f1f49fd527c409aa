"""The one click that leads to somebody's file: from their page, and from what staff find."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from graphnet.people import Card, Profile
from graphnet.privacy import Level, Viewer


def theirs(viewer: Viewer, profile: Profile) -> Mapping[str, Any] | None:
    """Return the way from somebody's page to their file, for staff."""
    own = profile.card.level is Level.SELF
    if "staff" not in viewer.roles or own or not profile.card.id:
        return None
    return {
        "href": url_for("journal.theirs", person_id=profile.card.id),
        "label": gettext("Their file"),
        "act": "first" if viewer.is_staff else "second",
    }


def found(viewer: Viewer, card: Card) -> Mapping[str, Any] | None:
    """Return the way from a row of the search to the file, for staff."""
    if "staff" not in viewer.roles or not card.id:
        return None
    return {
        "href": url_for("journal.theirs", person_id=card.id),
        "label": gettext("Their file"),
    }

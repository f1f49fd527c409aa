"""What events add to other features' pages: my next ones on /home, the way to all of mine."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext

from graphnet.events import listing
from graphnet.privacy import Viewer
from webapp.frame.context import graphnet

SHOWN = 3


def mine(viewer: Viewer, _about: None) -> Mapping[str, Any] | None:
    """Return what the reader is registered for, soonest first."""
    if not viewer.is_alumnus or viewer.person_key is None:
        return None
    rows = listing.mine(graphnet().store, viewer, start=datetime.now(UTC))
    return {"rows": rows[:SHOWN], "more": len(rows) > SHOWN} if rows else None


def link(_viewer: Viewer, _profile: object) -> Mapping[str, Any]:
    """Return the link on one's own page."""
    return {"href": url_for("events.mine"), "label": gettext("My events")}

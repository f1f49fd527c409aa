"""What surveys add to one's own page."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from graphnet.people import Profile
from graphnet.privacy import Viewer


def mine(_viewer: Viewer, _profile: Profile) -> Mapping[str, Any]:
    """Return the link on one's own page."""
    return {"href": url_for("surveys.mine"), "label": gettext("Surveys and my answers")}

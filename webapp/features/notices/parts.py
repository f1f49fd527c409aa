"""What the feature `notices` adds to other features' pages."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from graphnet.people import Profile
from graphnet.privacy import Viewer


def mine(_viewer: Viewer, _profile: Profile) -> Mapping[str, Any]:
    """Return the link on one's own page."""
    return {"href": url_for("notices.mine"), "label": gettext("Notices by mail")}

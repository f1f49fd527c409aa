"""What businesses add to other pages: the way to one's own."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from graphnet.privacy import Viewer


def link(_viewer: Viewer, _profile: object) -> Mapping[str, Any]:
    """Return the link on one's own page."""
    return {"href": url_for("businesses.mine"), "label": gettext("My businesses")}

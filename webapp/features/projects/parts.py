"""What projects add to other features' pages: the ways to one's own."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext


def link(_viewer: object, _profile: object) -> Mapping[str, Any]:
    """Return the link on one's own page."""
    return {"href": url_for("projects.mine"), "label": gettext("My projects")}


def gifts(_viewer: object, _profile: object) -> Mapping[str, Any]:
    """Return the link to what one gave."""
    return {"href": url_for("projects.gifts"), "label": gettext("My gifts")}

"""What communities add to other pages: where something new is said, on the first one."""

from collections.abc import Mapping
from typing import Any

from graphnet.groups import talk
from graphnet.privacy import Viewer
from webapp.frame.context import graphnet


def new(viewer: Viewer, _about: None) -> Mapping[str, Any] | None:
    """Return my communities in which something was said since I last looked."""
    if not viewer.is_alumnus or viewer.person_key is None:
        return None
    rows = talk.new(graphnet().store, viewer)
    return {"communities": rows} if rows else None

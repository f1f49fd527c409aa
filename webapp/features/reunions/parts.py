"""What reunions add to other pages: the way to ask for one, the reunions of my groups on /home."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from graphnet.discovery.classmates import MyGroup
from graphnet.privacy import Viewer
from graphnet.reunions import reading
from webapp.features.reunions import words
from webapp.frame.context import graphnet

SHOWN = 3


def of_group(viewer: Viewer, group: MyGroup) -> Mapping[str, Any] | None:
    """Return the button on one of my groups."""
    if not viewer.is_alumnus:
        return None
    return {"href": url_for("reunions.new", group=group.id)}


def mine(viewer: Viewer, _about: None) -> Mapping[str, Any] | None:
    """Return the reunions of my groups that are not over."""
    if not viewer.is_alumnus or viewer.person_key is None:
        return None
    rows = [
        row
        for row in reading.mine(graphnet().store, viewer)
        if row["stage"] not in ("held", "closed") and row["invited"] not in ("no", "never")
    ]
    return {"rows": rows[:SHOWN], "words": words} if rows else None

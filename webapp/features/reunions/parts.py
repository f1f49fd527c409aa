"""What reunions add to other pages: the way to ask for one, the reunions of my groups on /home."""

from collections.abc import Mapping
from typing import Any

from flask import g, url_for
from flask_babel import gettext

from graphnet.discovery.classmates import MyGroup
from graphnet.people import Card
from graphnet.privacy import Viewer
from graphnet.reunions import reading
from graphnet.store import Row
from webapp.features.reunions import words
from webapp.frame.context import graphnet

SHOWN = 3


def of_group(viewer: Viewer, group: MyGroup) -> Mapping[str, Any] | None:
    """Return the button on one of my groups."""
    if not viewer.is_alumnus:
        return None
    return {"href": url_for("reunions.new", group=group.id)}


def of_file(_viewer: Viewer, card: Card) -> Mapping[str, Any] | None:
    """Return the way to ask for a reunion for somebody who telephoned, on their file."""
    if card.state == "deceased":
        return None
    return {
        "href": url_for("reunions.new_for", person_id=card.id),
        "label": gettext("Ask for a reunion for them"),
    }


def own(viewer: Viewer) -> list[Row]:
    """Return the reader's reunions: read once, however many parts of a page ask for them."""
    if "own_reunions" not in g:
        g.own_reunions = reading.mine(graphnet().store, viewer)
    return list(g.own_reunions)


def mine(viewer: Viewer, _about: None) -> Mapping[str, Any] | None:
    """Return the reunions of my groups that are not over."""
    if not viewer.is_alumnus or viewer.person_key is None:
        return None
    rows = [
        row
        for row in own(viewer)
        if row["stage"] not in ("held", "closed") and row["invited"] not in ("no", "never")
    ]
    return {"rows": rows[:SHOWN], "words": words} if rows else None

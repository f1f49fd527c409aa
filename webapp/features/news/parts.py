"""What other pages show of the news."""

from collections.abc import Mapping
from typing import Any

from graphnet.news import reading
from graphnet.privacy import ANYONE, Viewer
from webapp.frame.context import graphnet, shared

SHOWN = 3


def newest(viewer: Viewer, about: Any) -> Mapping[str, Any] | None:
    """Return the newest that everybody may read, for the front page; None if there is none."""
    rows, _ = shared("news", lambda: reading.pieces(graphnet().store, ANYONE, limit=SHOWN))
    return {"pieces": rows} if rows else None

"""How many conversations hold something new: one small query, for the header."""

from graphnet.messages import conversations
from graphnet.privacy import Viewer
from webapp.frame.context import graphnet


def unread(viewer: Viewer) -> int:
    """Return in how many conversations there is something new for the reader; 0 for nobody."""
    return conversations.unread(graphnet().store, viewer)

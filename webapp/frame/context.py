"""What every request can reach: the store, the settings and the engines of this process."""

from dataclasses import dataclass

from flask import current_app

from graphnet.errors import SnapshotError
from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store


@dataclass
class Graphnet:
    """Lives in ``app.extensions["graphnet"]``; `engines` is None until the process has them."""

    store: Store
    settings: Settings
    engines: Live | None = None


def live() -> Live:
    """Return the snapshot, the name index and the latest changes that this process follows.

    Raises
    ------
    SnapshotError
        If this process follows none; the visitor is told to come back in a minute.
    """
    found = graphnet().engines
    if found is None:
        raise SnapshotError("this process follows no snapshot of the network")
    assert isinstance(found, Live)
    return found


def graphnet() -> Graphnet:
    """Return what this process has to answer with."""
    found = current_app.extensions["graphnet"]
    assert isinstance(found, Graphnet)
    return found

"""What people do about themselves: erase, export, hide, show; as their pages do it."""

from typing import Any

from graphnet import erasure, people
from graphnet.features import registered
from graphnet.privacy import Viewer
from graphnet.store import Store


def erase(store: Store, viewer: Viewer, key: int) -> None:
    erasure.erase(store, viewer, key, registered().holdings)


def export(store: Store, viewer: Viewer, key: int) -> dict[str, Any]:
    return erasure.export(store, viewer, key, registered().holdings)


def hide(store: Store, key: int) -> None:
    """Hide somebody as they would themselves."""
    me = Viewer("alumnus", key)
    store.in_write(lambda t: people.hide(t, me, key, why="a test"))


def show(store: Store, key: int) -> None:
    me = Viewer("alumnus", key)
    store.in_write(lambda t: people.show(t, me, key, why="a test"))

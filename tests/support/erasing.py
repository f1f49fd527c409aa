"""Erasing and exporting people by all that the features have registered."""

from typing import Any

from graphnet import erasure
from graphnet.features import registered
from graphnet.privacy import Viewer
from graphnet.store import Store


def erase(store: Store, viewer: Viewer, key: int) -> None:
    erasure.erase(store, viewer, key, registered().holdings)


def export(store: Store, viewer: Viewer, key: int) -> dict[str, Any]:
    return erasure.export(store, viewer, key, registered().holdings)

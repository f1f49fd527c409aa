"""What every request can reach: the store, the settings and the engines of this process."""

from dataclasses import dataclass
from typing import Any

from flask import current_app

from graphnet.settings import Settings
from graphnet.store import Store


@dataclass
class Graphnet:
    """Lives in ``app.extensions["graphnet"]``; `engines` is None until the process has them."""

    store: Store
    settings: Settings
    engines: Any = None


def graphnet() -> Graphnet:
    """Return what this process has to answer with."""
    found = current_app.extensions["graphnet"]
    assert isinstance(found, Graphnet)
    return found

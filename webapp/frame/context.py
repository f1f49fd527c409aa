"""What every request can reach: the store, the settings and the engines of this process."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint, current_app

from graphnet.errors import SnapshotError
from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store

Value = TypeVar("Value")


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


def shared(name: str, ask: Callable[[], Value]) -> Value:
    """Return what many readers are shown alike, counted once: see `graphnet.live.Live.shared`."""
    engines = graphnet().engines
    return ask() if engines is None else engines.shared(name, ask)


def graphnet() -> Graphnet:
    """Return what this process has to answer with."""
    found = current_app.extensions["graphnet"]
    assert isinstance(found, Graphnet)
    return found


def in_every_template(blueprint: Blueprint, **named: Any) -> None:
    """Give every template of the site some names: mostly a feature's words.

    They hold for the whole process, unlike what a context processor gives, so that pieces which
    are imported by templates are made ready once instead of once for each page that takes them.
    """
    blueprint.record_once(lambda state: state.app.jinja_env.globals.update(named))

"""What people do about themselves: erase, export, hide, show, change; as their pages do it."""

from collections.abc import Mapping
from typing import Any

from graphnet import changes, erasure, people
from graphnet.features import registered
from graphnet.model import Name
from graphnet.privacy import DEFAULT_AUDIENCES, Viewer
from graphnet.records import edits
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


def rename(store: Store, key: int, name: Name) -> None:
    """Give somebody another name, without a former one."""
    query = "MATCH (p:Person {key: $key}) RETURN coalesce(p.gender, '') AS gender LIMIT 1"
    names = {
        "given_name": name.given,
        "patronymic": name.patronymic,
        "family_name": name.family,
        "gender": store.read(query, key=key)[0]["gender"],
    }
    edits.rename(store, Viewer("alumnus", key), key, names, misspelt=True)


def set_audiences(store: Store, key: int, chosen: Mapping[str, str]) -> None:
    """Choose who sees which field; the rest is as it is for everybody."""
    edits.show_to(store, Viewer("alumnus", key), DEFAULT_AUDIENCES | dict(chosen))


def changed(store: Store, key: int) -> None:
    """Let everybody follow what a test has written about somebody."""
    store.in_write(lambda t: changes.record(t, "changed", [key]))

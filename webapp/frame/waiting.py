"""What waits for the reader: each feature says what of its own does, pages show it together.

A feature that has such things brings a function ``waiting(viewer) -> list[Waiting]`` by
``core.waits``. /home asks them for an alumnus, /staff for staff. Nothing is stored here: an item is
gone when its cause is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext

from graphnet.conditions import may_wait
from graphnet.core import Waits
from graphnet.privacy import Viewer
from webapp.frame.context import graphnet


@dataclass(frozen=True)
class Act:
    """A button that answers on the spot: a form of one field, posted to the feature's own page.

    The page it is posted to goes back by `respond.back_or`, so that one stays where one is.
    """

    action: str
    label: str
    field: str
    value: str


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for the reader's answer: a link in words, and what it is about.

    `acts` are answers that need no more words than the row has; the first is the usual one.

    Staff's work has an owner: the account whose it is ('' while it is nobody's), their name, by
    when it is due, and of what kind it is, in words.
    """

    href: str
    title: str
    about: str = ""
    late: bool = False
    acts: tuple[Act, ...] = ()
    owner: str = ""
    owner_name: str = ""
    due: date | datetime | None = None
    of: Any = ""
    card: Any = None  # of whom it is, where one may want their page


OFFICE = ZoneInfo("Europe/Moscow")


def _when(item: Waiting) -> datetime:
    """Return by when something is due, for the order; what has no day comes after what has one."""
    if isinstance(item.due, datetime):
        return item.due.astimezone(OFFICE)
    return datetime.combine(item.due or date.max, time(23, 59), OFFICE)


@dataclass(frozen=True)
class Group:
    """A part of the list of today: whose it is, and what is in it."""

    name: str
    title: str
    items: tuple[Waiting, ...]


def by_owner(items: Iterable[Waiting], me: str) -> list[Group]:
    """Return what waits in the order of whose it is: mine, nobody's, the colleagues'.

    In each the late come first, then as they are due. An empty part is left out.

    Parameters
    ----------
    me
        The reader's account.
    """
    ordered = sorted(items, key=lambda item: (not item.late, _when(item)))
    titles = {"mine": gettext("Mine"), "nobodys": gettext("Nobody’s yet"),
              "others": gettext("My colleagues’")}  # fmt: skip
    parts: dict[str, list[Waiting]] = {name: [] for name in titles}
    for item in ordered:
        whose = "nobodys" if not item.owner else "mine" if item.owner == me else "others"
        parts[whose].append(item)
    return [Group(name, titles[name], tuple(some)) for name, some in parts.items() if some]


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return everything that waits for this reader, what is late first."""
    asks: list[Waits] = current_app.extensions["waiting"]
    may = dict(zip(asks, may_wait(graphnet().store, viewer, asks), strict=True))
    found = [item for waits in asks if may[waits] for item in waits.ask(viewer)]
    return sorted(found, key=lambda item: not item.late)

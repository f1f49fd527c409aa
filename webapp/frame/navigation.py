"""What stands in the header: areas by role, and the links of the area one is in.

The links are the features' own: see `graphnet.core.Core.link`.
"""

from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask_babel import lazy_gettext

from graphnet.core import Link
from webapp.frame.security import current_account


@dataclass(frozen=True)
class Entry:
    """One link of the header."""

    path: str
    label: Any
    current: bool = False


# Role: the name of its area. The links come from the features; the first is where the area begins.
AREAS: dict[str, Any] = {
    "alumnus": lazy_gettext("Alumni"),
    "staff": lazy_gettext("Staff"),
    "analyst": lazy_gettext("Analysis"),
    "admin": lazy_gettext("Administration"),
}


def _links(area: str) -> tuple[tuple[str, Any], ...]:
    links: list[Link] = current_app.extensions["links"]
    return tuple((url_for(link.endpoint), link.label) for link in links if link.area == area)


def _within(path: str) -> bool:
    return request.path == path or (path != "/" and request.path.startswith(path + "/"))


def _entries(links: tuple[tuple[str, Any], ...]) -> list[Entry]:
    # /staff/recovery lies within /staff too: the longest path that fits is where one is.
    here = max((path for path, _ in links if _within(path)), key=len, default="")
    return [Entry(path, label, path == here) for path, label in links]


@dataclass(frozen=True)
class Navigation:
    """The header of this page: areas where there are several, links of the present one."""

    areas: list[Entry]
    links: list[Entry]


def navigation() -> Navigation:
    """Return the header's links for this reader on this page."""
    account = current_account()
    roles = account.roles if account is not None else ()
    mine = {role: links for role in AREAS if role in roles and (links := _links(role))}
    if not mine:
        return Navigation([], _entries(_links("public")))
    area = _area_of_page(mine)
    areas = [Entry(links[0][0], AREAS[role], role == area) for role, links in mine.items()]
    return Navigation(areas if len(areas) > 1 else [], _entries(mine[area]))


def _area_of_page(mine: dict[str, tuple[tuple[str, Any], ...]]) -> str:
    fits = [(len(path), role) for role, links in mine.items() for path, _ in links if _within(path)]
    return max(fits)[1] if fits else next(iter(mine))


def landing(roles: tuple[str, ...]) -> str:
    """Return where somebody with these roles begins after signing in."""
    begun = (_links(role) for role in AREAS if role in roles)
    return next((links[0][0] for links in begun if links), "/")

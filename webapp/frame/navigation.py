"""What stands in the header: areas by role, and the links of the area one is in.

A link is shown as soon as some feature answers at its path, so that none leads nowhere.
"""

from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from flask_babel import lazy_gettext
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from webapp.frame.security import current_account


@dataclass(frozen=True)
class Entry:
    """One link of the header."""

    path: str
    label: Any
    current: bool = False


# Role: the name of its area and its links; the first is where the area begins.
AREAS: dict[str, tuple[Any, tuple[tuple[str, Any], ...]]] = {
    "alumnus": (
        lazy_gettext("Alumni"),
        (
            ("/home", lazy_gettext("Home")),
            ("/people", lazy_gettext("People")),
            ("/classmates", lazy_gettext("Classmates")),
            ("/events", lazy_gettext("Events")),
            ("/groups", lazy_gettext("Communities")),
            ("/projects", lazy_gettext("Projects")),
            ("/contest", lazy_gettext("Contest")),
        ),
    ),
    "staff": (
        lazy_gettext("Staff"),
        (
            ("/staff", lazy_gettext("Today")),
            ("/staff/ambassadors", lazy_gettext("Ambassadors")),
            ("/staff/recovery", lazy_gettext("Recovery")),
            ("/staff/contributions", lazy_gettext("Contributions")),
            ("/staff/contest", lazy_gettext("Contest")),
            ("/staff/recommendations", lazy_gettext("Recommendations")),
            ("/staff/imports", lazy_gettext("Imports")),
            ("/staff/requests", lazy_gettext("Requests")),
            ("/staff/claims", lazy_gettext("Claims")),
        ),
    ),
    "analyst": (
        lazy_gettext("Analysis"),
        (("/maps", lazy_gettext("Maps")), ("/statistics", lazy_gettext("Statistics"))),
    ),
    "admin": (
        lazy_gettext("Administration"),
        (("/admin", lazy_gettext("Accounts")), ("/admin/audit", lazy_gettext("Audit trail"))),
    ),
}
PUBLIC = (
    ("/", lazy_gettext("Welcome")),
    ("/events", lazy_gettext("Events")),
    ("/projects", lazy_gettext("Projects")),
    ("/contest", lazy_gettext("Contest")),
)


def answers(path: str) -> bool:
    """Return whether some feature answers at this path."""
    adapter = current_app.url_map.bind("localhost")
    try:
        adapter.match(path, method="GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True


def _within(path: str) -> bool:
    return request.path == path or (path != "/" and request.path.startswith(path + "/"))


def _entries(links: tuple[tuple[str, Any], ...]) -> list[Entry]:
    shown = [(path, label) for path, label in links if answers(path)]
    # /staff/recovery lies within /staff too: the longest path that fits is where one is.
    here = max((path for path, _ in shown if _within(path)), key=len, default="")
    return [Entry(path, label, path == here) for path, label in shown]


@dataclass(frozen=True)
class Navigation:
    """The header of this page: areas where there are several, links of the present one."""

    areas: list[Entry]
    links: list[Entry]


def navigation() -> Navigation:
    """Return the header's links for this reader on this page."""
    account = current_account()
    roles = account.roles if account is not None else ()
    mine = {role: AREAS[role] for role in AREAS if role in roles}
    if not mine:
        public = _entries(PUBLIC)
        return Navigation([], public if len(public) > 1 else [])
    area = _area_of_page(mine)
    areas = []
    for role, (label, links) in mine.items():
        start = next((path for path, _ in links if answers(path)), "")
        if start:
            areas.append(Entry(start, label, role == area))
    return Navigation(areas if len(areas) > 1 else [], _entries(mine[area][1]))


def _area_of_page(mine: dict[str, tuple[Any, tuple[tuple[str, Any], ...]]]) -> str:
    fits = [
        (len(path), role) for role, (_, links) in mine.items() for path, _ in links if _within(path)
    ]
    if fits:
        return max(fits)[1]
    begun = (role for role, (_, links) in mine.items() if any(answers(path) for path, _ in links))
    return next(begun, next(iter(mine)))


def landing(roles: tuple[str, ...]) -> str:
    """Return where somebody with these roles begins after signing in."""
    for role in AREAS:
        if role in roles:
            for path, _ in AREAS[role][1]:
                if answers(path):
                    return path
    return "/"

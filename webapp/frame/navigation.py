"""What stands in the header: areas by role, the sections of an area, and the links of a section.

The links are the features' own: see `graphnet.core.Core.link`. An area has few sections, so that
nobody has to read a list to find a door; what a section holds unfolds when one is in it.
"""

from dataclasses import dataclass
from typing import Any

from flask import current_app, request, session, url_for
from flask_babel import lazy_gettext

from graphnet.core import Link
from graphnet.errors import BadValue
from webapp.frame.security import current_account


@dataclass(frozen=True)
class Entry:
    """One entry of the header; `icon` is a name in the macro `icon`."""

    path: str
    label: Any
    current: bool = False
    icon: str = ""


# Role: the name of its area. The links come from the features; the first is where the area begins.
AREAS: dict[str, Any] = {
    "alumnus": lazy_gettext("Alumni"),
    "staff": lazy_gettext("Staff"),
    "analyst": lazy_gettext("Analysis"),
    "admin": lazy_gettext("Administration"),
}

# Area: its sections, in their order, at most six, which is what a phone's bar has room for.
SECTIONS: dict[str, dict[str, Any]] = {
    "alumnus": {
        "home": lazy_gettext("Home"),
        "people": lazy_gettext("People"),
        "events": lazy_gettext("Events"),
        "together": lazy_gettext("Together"),
        "me": lazy_gettext("Me"),
    },
    "staff": {
        "today": lazy_gettext("Today"),
        "people": lazy_gettext("People"),
        "base": lazy_gettext("Files"),
        "programmes": lazy_gettext("Programmes"),
        "recognition": lazy_gettext("Recognition"),
        "desk": lazy_gettext("Requests"),
    },
    "analyst": {
        "maps": lazy_gettext("Maps"),
        "figures": lazy_gettext("Statistics"),
        "queries": lazy_gettext("Queries"),
    },
    # Whoever is not signed in.
    "public": {
        "home": lazy_gettext("Welcome"),
        "events": lazy_gettext("Events"),
        "together": lazy_gettext("Together"),
        "news": lazy_gettext("News"),
        "desk": lazy_gettext("Services"),
    },
}

MOST_LINKS = 9  # of one section: what fits the row of a desktop

# Where an area without sections has links, each stands alone with this picture.
ICONS = {"admin": "desk"}


def check(links: list[Link]) -> None:
    """Refuse links of sections that do not exist, when the site starts.

    Raises
    ------
    BadValue
        With the link and the sections of its area.
    """
    for link in links:
        if link.section not in SECTIONS.get(link.area, {"": ""}):
            known = ", ".join(SECTIONS.get(link.area, {})) or "none"
            raise BadValue(
                f"the link to {link.endpoint} names the section {link.section!r} of the area"
                f" {link.area!r}; its sections: {known}"
            )


def _links(area: str) -> list[Link]:
    links: list[Link] = current_app.extensions["links"]
    return [link for link in links if link.area == area]


def _path(link: Link) -> str:
    # Asked for some seventy times a page: the same wherever the site is mounted alike.
    known: dict[tuple[str, str], str] = current_app.extensions["paths"]
    asked = request.root_path, link.endpoint
    if asked not in known:
        known[asked] = url_for(link.endpoint)
    return known[asked]


def _within(path: str) -> bool:
    return request.path == path or (path != "/" and request.path.startswith(path + "/"))


def _here(links: list[Link]) -> Link | None:
    # /staff/recovery lies within /staff too: the longest path that fits is where one is.
    fits = [link for link in links if _within(_path(link))]
    return max(fits, key=lambda link: len(_path(link)), default=None)


@dataclass(frozen=True)
class Navigation:
    """The header of this page: areas where there are several, sections, links of the present."""

    areas: list[Entry]
    sections: list[Entry]
    links: list[Entry]
    area: str = "public"


def navigation() -> Navigation:
    """Return the header's entries for this reader on this page."""
    account = current_account()
    roles = account.roles if account is not None else ()
    mine = {role: links for role in AREAS if role in roles and (links := _links(role))}
    area = _area_of_page(mine) if mine else "public"
    links = mine.get(area) or _links("public")
    here = _here(links)
    areas = [Entry(_path(known[0]), AREAS[role], role == area) for role, known in mine.items()]
    return Navigation(
        areas if len(areas) > 1 else [],
        _sections(area, links, here),
        _second_row(links, here),
        area,
    )


def _sections(area: str, links: list[Link], here: Link | None) -> list[Entry]:
    if area not in SECTIONS:
        return [Entry(_path(k), k.label, k is here, ICONS.get(area, "")) for k in links]
    entries = []
    for name, label in SECTIONS[area].items():
        own = [link for link in links if link.section == name]
        if own:
            current = here is not None and here.section == name
            entries.append(Entry(_path(own[0]), label, current, name))
    return entries


def _second_row(links: list[Link], here: Link | None) -> list[Entry]:
    if here is None or not here.section:
        return []
    own = [link for link in links if link.section == here.section]
    return [Entry(_path(k), k.label, k is here) for k in own] if len(own) > 1 else []


def _area_of_page(mine: dict[str, list[Link]]) -> str:
    """Return the area of a page; of one that is in several, the area that one came from."""
    fits = {role: len(_path(here)) for role, links in mine.items() if (here := _here(links))}
    before = session.get("area")
    if not fits:
        return before if before in mine else next(iter(mine))
    longest = max(fits.values())
    best = [role for role, length in fits.items() if length == longest]
    area = before if before in best else best[0]
    if len(mine) > 1 and area != before:
        session["area"] = area
    return str(area)


def landing(roles: tuple[str, ...]) -> str:
    """Return where somebody with these roles begins after signing in."""
    begun = (_links(role) for role in AREAS if role in roles)
    return next((_path(links[0]) for links in begun if links), "/")

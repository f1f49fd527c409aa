"""The shelf of this process, which every page with recommendations asks."""

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from graphnet.community.recommendations import ForPerson, Item, Shelf
from graphnet.privacy import Viewer
from webapp.context import graphnet, live

# Where a thing of each list has its page; requests have none of their own.
PAGES = {
    "events": "/events/{}",
    "groups": "/groups/{}",
    "projects": "/projects/{}",
    "meet": "/people/{}",
    "news": "/news/{}",
    "services": "/services/{}",
}


def shelf() -> Shelf:
    """Return what this process recommends from."""
    found = current_app.extensions.get("shelf")
    if found is None:
        found = Shelf(live(), graphnet().settings.home / "models")
        current_app.extensions["shelf"] = found
    assert isinstance(found, Shelf)
    return found


def for_reader(viewer: Viewer) -> ForPerson:
    """Return what answers the reader's lists."""
    return shelf().of(viewer)


def address(item: Item) -> str:
    """Return where an item has its page, empty where there is none (yet)."""
    path = PAGES.get(item.list, "").format(item.id)
    if not path:
        return ""
    adapter = current_app.url_map.bind(request.host)
    try:
        adapter.match(path, method="GET")
    except HTTPException:
        return ""
    return path

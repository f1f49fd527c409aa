"""The shelf of this process, which every page with recommendations asks."""

import logging
from collections.abc import Iterable
from typing import Any

from flask import Flask, current_app, request, url_for

from graphnet.errors import StoreError
from graphnet.privacy import Viewer
from graphnet.recommendations import LISTS, ForPerson, Item, Shelf
from graphnet.recommendations.impressions import Impressions
from webapp.frame.context import graphnet, live
from webapp.frame.security import current_account

log = logging.getLogger(__name__)

# Where a thing of each list has its page; requests have none of their own.
PAGES = {
    "events": ("events.event", "event_id"),
    "groups": ("groups.group", "group_id"),
    "projects": ("projects.project", "project_id"),
    "meet": ("people.person", "person_id"),
    "news": ("news.piece", "news_id"),
    "services": ("services.service", "service_id"),
    "businesses": ("businesses.business", "business_id"),
}


def shelf() -> Shelf:
    """Return what this process recommends from."""
    found = current_app.extensions.get("shelf")
    if found is None:
        found = Shelf(live(), graphnet().settings.models)
        current_app.extensions["shelf"] = found
    assert isinstance(found, Shelf)
    return found


def keep_warm(app: Flask) -> None:
    """Let a process that serves pages bring its shelf up to date before a reader asks."""
    with app.app_context():
        shelf().keep_warm()


def for_reader(viewer: Viewer) -> ForPerson:
    """Return what answers the reader's lists."""
    return shelf().of(viewer)


def address(item: Item) -> str:
    """Return where an item has its page; requests have none of their own."""
    if item.list not in PAGES:
        return ""
    endpoint, name = PAGES[item.list]
    given: dict[str, Any] = {name: item.id}
    return url_for(endpoint, **given)


def impressions() -> Impressions:
    """Return what gathers what this process has shown."""
    found = current_app.extensions.get("impressions")
    if found is None:
        found = Impressions(graphnet().store)
        current_app.extensions["impressions"] = found
    assert isinstance(found, Impressions)
    return found


def note_shown(reader: ForPerson, items: Iterable[Item]) -> None:
    """Note what a page shows, of a reader who lets the site learn; no page fails for it."""
    person = reader.person
    if not person.viewer.is_alumnus or not person.mine.learns:
        return
    try:
        impressions().shown(person.mine.key, reader.model, items)
    except StoreError as problem:
        log.warning("impressions.lost problem=%s", problem)


def note_click() -> None:
    """Note that a reader came to this page from one of their lists: ``?via=LIST``.

    Only from a page of this site: a link or a picture elsewhere would click for them.
    """
    via = request.args.get("via", "")
    if request.method != "GET" or via not in LISTS:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return
    account = current_account()
    if account is None or account.person_key is None:
        return
    try:
        impressions().clicked(account.person_key, via, request.path.rpartition("/")[2][:64])
    except StoreError as problem:
        log.warning("impressions.click_lost problem=%s", problem)

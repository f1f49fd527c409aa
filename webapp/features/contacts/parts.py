"""What contacts add to other features' pages."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from graphnet.connections import asking
from graphnet.people import Card, Profile
from graphnet.privacy import Level, Viewer
from webapp.frame.context import graphnet


def _somebody(viewer: Viewer, card: Card) -> bool:
    """Whether the reader is an alumnus, and looks at another who is alive."""
    return viewer.is_alumnus and card.level >= Level.ON_FILE and card.key != viewer.person_key


def ask(viewer: Viewer, profile: Profile) -> Mapping[str, Any] | None:
    """Return the way to ask somebody to be a contact, or to answer them."""
    card = profile.card
    if not _somebody(viewer, card):
        return None
    state = asking.standing(graphnet().store, viewer, card)
    if state == "asks":
        return {
            "href": url_for("contacts.index") + "#of-me",
            "label": gettext("Answer: contact?"),
            "act": "first",
        }
    if state == "asked":
        return {
            "href": url_for("contacts.index") + "#by-me",
            "label": gettext("Asked already"),
            "act": "",
        }
    if state != "free":
        return None
    return {
        "href": url_for("contacts.ask", person_id=card.id),
        "label": gettext("Ask to be a contact"),
        "act": "second",
    }


def manage(viewer: Viewer, profile: Profile) -> Mapping[str, Any] | None:
    """Return the way to remove, block or report somebody."""
    if not _somebody(viewer, profile.card):
        return None
    return {
        "href": url_for("contacts.manage", person_id=profile.card.id),
        "label": gettext("Block or report"),
        "act": "",
    }


def row(viewer: Viewer, card: Card) -> Mapping[str, Any] | None:
    """Return the act on a row: nothing is asked of the database for it."""
    if not _somebody(viewer, card) or card.connected or card.state != "registered":
        return None
    return {"card": card}


def mine(_viewer: Viewer, _profile: Profile) -> Mapping[str, Any]:
    """Return the link on one's own page."""
    return {"href": url_for("contacts.index"), "label": gettext("My contacts")}

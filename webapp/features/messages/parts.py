"""What messages add to other features' pages."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from graphnet.messages import posting, reach
from graphnet.people import Card, Profile
from graphnet.privacy import Viewer
from webapp.features.messages.unread import unread
from webapp.frame.context import graphnet, live


def write(viewer: Viewer, profile: Profile) -> Mapping[str, Any] | None:
    """Return the way to write to somebody, or to the conversation that there is."""
    card, store = profile.card, graphnet().store
    if not viewer.is_alumnus or card.key == viewer.person_key or card.state != "registered":
        return None
    known = posting.existing(store, viewer, card.id, rules=live().rules)
    if not known and not reach.open_to(store, viewer, [card.key], rules=live().rules):
        return None
    return {
        "href": url_for("messages.with_person", person_id=card.id),
        "label": gettext("Write"),
        "act": "first",
    }


def row(viewer: Viewer, card: Card) -> Mapping[str, Any] | None:
    """Return the way to write on a row: whether one may is asked when one goes there."""
    return {"card": card} if viewer.is_alumnus and card.state == "registered" else None


def sign(viewer: Viewer, _: Any) -> Mapping[str, Any] | None:
    """Return the sign beside the account's menu: the way to one's messages, and what is new."""
    return {"unread": unread(viewer)} if viewer.is_alumnus else None

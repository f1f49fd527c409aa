"""Parts of a page that other features bring by `graphnet.core.Core.part`."""

from collections.abc import Iterable
from typing import Any

from flask import current_app
from markupsafe import Markup

from graphnet.core import Part
from webapp.frame.security import current_viewer


def by_place(brought: Iterable[Part]) -> dict[str, list[Part]]:
    """Return the parts of each place, in their order."""
    places: dict[str, list[Part]] = {}
    for part in sorted(brought, key=lambda part: part.order):
        places.setdefault(part.place, []).append(part)
    return places


def parts(place: str, about: Any = None) -> list[Markup]:
    """Return what the features add to this place of the page, for this reader, in their order."""
    brought: dict[str, list[Part]] = current_app.extensions["parts"]
    if place not in brought:
        return []
    viewer = current_viewer()
    asked = ((part, part.ask(viewer, about)) for part in brought[place])
    # By the environment itself: a list of people has a part in each row, and Flask's own way asks
    # for each what it has asked for the page.
    pieces = current_app.jinja_env
    return [
        Markup(pieces.get_template(part.template).render(shown))  # noqa: S704 (escaped by then)
        for part, shown in asked
        if shown is not None
    ]

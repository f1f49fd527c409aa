"""Parts of a page that other features bring by `graphnet.core.Core.part`."""

from typing import Any

from flask import current_app, render_template
from markupsafe import Markup

from graphnet.core import Part
from webapp.frame.security import current_viewer


def parts(place: str, about: Any = None) -> list[Markup]:
    """Return what the features add to this place of the page, for this reader, in their order."""
    brought: list[Part] = current_app.extensions["parts"]
    viewer = current_viewer()
    asked = ((part, part.ask(viewer, about)) for part in brought if part.place == place)
    return [
        Markup(render_template(part.template, **shown))  # noqa: S704 (a template has escaped it)
        for part, shown in asked
        if shown is not None
    ]

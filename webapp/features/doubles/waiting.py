"""How many pairs wait for an answer."""

from dataclasses import replace

from flask import url_for
from flask_babel import gettext, ngettext

from graphnet.merging import doubles
from graphnet.privacy import Viewer
from webapp.frame.context import graphnet
from webapp.frame.waiting import Waiting


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return one line for staff, if anything waits."""
    if not viewer.is_staff:
        return []
    count = len(doubles.queue(graphnet().store, replace(viewer, purpose="correct")).waiting)
    if not count:
        return []
    told = ngettext("%(num)s pair may be one person", "%(num)s pairs may be one person each", count)
    return [Waiting(url_for("doubles.following"), told, of=gettext("Doubles"))]

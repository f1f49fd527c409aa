"""Imports in quarantine: alumni see nobody from them until their lawful ground is named."""

from flask import url_for
from flask_babel import gettext

from graphnet.privacy import Viewer
from ingest.runs import runs
from webapp.frame.context import graphnet
from webapp.frame.waiting import Waiting


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return the imports whose ground staff have yet to name."""
    if not viewer.is_staff:
        return []
    return [
        Waiting(
            url_for("imports.index", _anchor=run["id"]),
            gettext("Name the lawful ground of the source %(source)s", source=run["source"]),
            gettext("Alumni see nobody from it until then."),
            of=gettext("Import"),
        )
        for run in runs(graphnet().store, limit=20)
        if not run["ground"] and run["state"] != "undone"
    ]

"""The feature `imports`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from ingest import runs
from ingest.report import forget
from webapp.features.imports import upload_routes, work
from webapp.features.imports.demo import furnish
from webapp.features.imports.routes import blueprint
from webapp.features.imports.waiting import waiting
from webapp.features.imports.words import REASONS

# Their routes stand on the same blueprint.
__all__ = ["register", "upload_routes"]


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    core.waits(waiting, staff_if=runs.STAFF_MAY)
    work.register(core)
    core.furnish("uploads", furnish, order=80)
    core.nobodys("Upload", why="names of files and columns; the files themselves lie beside")
    core.nobodys("Recipe", why="what a sender's columns are called")
    core.files("rejects", lambda engine, known: forget(engine.settings.rejects, known))
    core.link("staff", "imports.index", lazy_gettext("Imports"), order=30, section="base")

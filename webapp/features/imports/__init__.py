"""The feature `imports`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from ingest.report import forget
from webapp.features.imports.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.files("rejects", lambda engine, known: forget(engine.settings.rejects, known))
    core.link("staff", "imports.index", lazy_gettext("Imports"), order=30, section="base")

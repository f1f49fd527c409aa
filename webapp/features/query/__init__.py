"""The feature `query`: Cypher for analysts."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.query.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link("analyst", "query.index", lazy_gettext("Queries"), order=40, section="queries")

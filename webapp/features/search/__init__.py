"""The feature `search`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.search.routes import KIND, blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.request_kind(
        KIND,
        lazy_gettext("find a person"),
        offer=lazy_gettext("Somebody whom the search does not find, or whom nobody can reach."),
    )

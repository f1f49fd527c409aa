"""The feature `statistics`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.statistics import engagement
from webapp.features.statistics.routes import blueprint

# Its page stands on the same blueprint.
__all__ = ["engagement", "register"]


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link("analyst", "statistics.index", lazy_gettext("Statistics"), order=20)
    core.link("analyst", "statistics.report", lazy_gettext("One-page report"), order=25)
    core.link(
        "staff", "statistics.report", lazy_gettext("One-page report"), order=28, section="today"
    )
    core.link("analyst", "statistics.engagement", lazy_gettext("Engagement"), order=27)
    core.link(
        "staff", "statistics.engagement", lazy_gettext("Engagement"), order=29, section="today"
    )

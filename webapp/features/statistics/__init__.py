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
    own = "figures"
    core.link("analyst", "statistics.index", lazy_gettext("Statistics"), order=20, section=own)
    core.link(
        "analyst",
        "statistics.network",
        lazy_gettext("The network in figures"),
        order=22,
        section=own,
    )
    report, engaged = lazy_gettext("One-page report"), lazy_gettext("Engagement")
    core.link("analyst", "statistics.report", report, order=25, section=own)
    core.link("staff", "statistics.report", report, order=28, section="today")
    core.link("analyst", "statistics.engagement", engaged, order=27, section=own)
    core.link("staff", "statistics.engagement", engaged, order=29, section="today")

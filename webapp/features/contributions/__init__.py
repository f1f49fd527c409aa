"""The ledger's pages: one's own contributions, staff's ledger, who came to an event."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.contributions import parts, staff
from webapp.features.contributions.demo import furnish
from webapp.features.contributions.routes import blueprint

# Their routes stand on the same blueprint.
__all__ = ["register", "staff"]


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link(
        "staff",
        "contributions.index",
        lazy_gettext("Contributions"),
        order=55,
        section="recognition",
    )
    core.link(
        "alumnus", "contributions.mine", lazy_gettext("My contribution"), order=85, section="me"
    )
    core.part("person", "parts/link.html", parts.theirs, order=80)
    core.part("me.links", "parts/link.html", parts.mine, order=10)
    core.furnish("contributions", furnish, order=40)

"""/me/digest: letters of one's own lists, for those who ask for them."""

from datetime import timedelta

from flask_babel import lazy_gettext

from graphnet.core import Core
from graphnet.recommendations import digest
from webapp.features.digest import parts, work
from webapp.features.digest.letter import SERIES
from webapp.features.digest.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.link("alumnus", "digest.mine", lazy_gettext("Letters to me"), order=92, section="me")
    core.series(SERIES, digest.end_of)
    core.part("me.links", "parts/link.html", parts.mine, order=40)
    core.job(work.KIND, work.handler, policy=work.POLICY)
    core.duty("digest", work.ask, every=timedelta(hours=1))

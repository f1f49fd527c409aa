"""The feature `requests`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from graphnet.requests import hiding
from graphnet.requests.kinds import Kind
from webapp.features.requests.routes import blueprint


def register(core: Core) -> None:
    """Bring the feature, the wish not to be found, and kinds that are simply answered."""
    core.pages(blueprint)
    core.link("staff", "requests.index", lazy_gettext("Requests"), order=80, section="desk")
    core.link("alumnus", "requests.mine", lazy_gettext("My requests"), order=90, section="me")
    core.request_kind(hiding.KIND, lazy_gettext("“don’t look for me”"), form="requests/_hide.html")
    core.request_kind(Kind("question", for_members=True), lazy_gettext("question"))
    core.request_kind(Kind("document", for_members=True), lazy_gettext("document"))
    core.request_kind(Kind("pass"), lazy_gettext("pass to the university"))
    core.request_kind(Kind("lecture", for_members=True), lazy_gettext("lecture"))
    core.request_kind(Kind("contact"), lazy_gettext("correction of data"))
    core.request_kind(Kind("partnership", for_members=True), lazy_gettext("partnership"))
    core.request_kind(Kind("room", for_members=True), lazy_gettext("room"))
    core.request_kind(Kind("museum", for_members=True), lazy_gettext("museum"))
    core.request_kind(Kind("mentor", for_members=True), lazy_gettext("mentoring"))

"""The feature `people`."""

from flask_babel import lazy_gettext

from graphnet.core import Core
from webapp.features.people.changing import blueprint
from webapp.features.people.words import REASONS


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint, reasons=REASONS)
    core.link("alumnus", "people.index", lazy_gettext("Everybody"), order=30, section="people")
    core.link("alumnus", "people.me", lazy_gettext("My page"), order=80, section="me")
    core.link("staff", "people.index", lazy_gettext("Everybody"), order=20, section="people")

"""Why a piece of news was not kept or published, in words."""

from flask_babel import lazy_gettext

from graphnet.errors import BadValue, Conflict
from webapp.frame.reasons import Reasons

REASONS: Reasons = {
    BadValue: {
        "words": lazy_gettext("A title and a text are needed, in one language."),
        "long": lazy_gettext("This is too long."),
        "topics": lazy_gettext("Choose at least one topic."),
        "link": lazy_gettext("A page of this site begins with /, another with https://"),
        "": lazy_gettext("Choose one."),
    },
    Conflict: {
        "": lazy_gettext("Somebody has done this already."),
    },
}

"""Why somebody was not asked to be a contact, or not reported, in words."""

from flask_babel import lazy_gettext

from graphnet.connections import asking
from graphnet.errors import BadValue, Conflict, TooMany
from webapp.frame.reasons import Reasons

REASONS: Reasons = {
    BadValue: {
        "hidden": lazy_gettext(
            "You are hidden, so that nobody could answer you. Let yourself be found first, on your "
            "own page."
        ),
        "long": lazy_gettext("Write at most %(n)s characters.", n=asking.LONGEST),
    },
    Conflict: {
        "connected": lazy_gettext("You are in each other’s contacts already."),
        "asked": lazy_gettext("You have asked them already: wait for their answer."),
    },
    TooMany: {
        "asked": lazy_gettext("You have asked enough people for today. Try again tomorrow."),
        "reports": lazy_gettext("Ten open reports are enough: wait for an answer."),
    },
}

"""Why a search for one's group was not taken, in words."""

from flask_babel import lazy_gettext

from graphnet.errors import BadValue
from webapp.frame.reasons import Reasons

REASONS: Reasons = {
    BadValue: {
        "email": lazy_gettext("This is not an e-mail address."),
        "": lazy_gettext("Please look at this again."),
    },
}

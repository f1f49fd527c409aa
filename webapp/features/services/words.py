"""Why a service was not kept, in words."""

from flask_babel import lazy_gettext

from graphnet.errors import BadValue, Conflict
from webapp.frame.reasons import Reasons

REASONS: Reasons = {
    BadValue: {
        "name": lazy_gettext("A service has a name, of at most %(most)s characters.", most=200),
        "long": lazy_gettext("A text has at most %(most)s characters.", most=5000),
        "": lazy_gettext("Choose from the lists."),
    },
    Conflict: {
        "changed": lazy_gettext(
            "A colleague has changed this meanwhile. What you entered stands below; saving it again"
            " puts it in place of theirs."
        ),
    },
}

"""What is wrong with a business as it was entered, in words."""

from flask_babel import lazy_gettext

from graphnet.errors import BadValue, Conflict
from webapp.frame.reasons import Reasons

REASONS: Reasons = {
    BadValue: {
        "name: needed": lazy_gettext("Give it a name, in one of the languages at least."),
        "about: needed": lazy_gettext("Say what it does, in one of the languages at least."),
        "url: address": lazy_gettext("An address of a page begins with https://."),
        "topics: range": lazy_gettext("At most eight topics."),
        "notice: needed": lazy_gettext("Say in a sentence what is to be changed."),
        "long": lazy_gettext("This is too long."),
        "": lazy_gettext("Choose one of those that are offered."),
    },
    Conflict: {
        "full": lazy_gettext("Ten of yours are there already."),
        "meanwhile": lazy_gettext(
            "Somebody has changed it meanwhile. What you entered stands below; saving it again puts"
            " it in place of theirs."
        ),
    },
}

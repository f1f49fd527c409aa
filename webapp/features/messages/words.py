"""Why a message was not sent, in words."""

from flask_babel import lazy_gettext

from graphnet.errors import BadValue, Conflict, TooMany
from graphnet.messages import posting
from webapp.frame.reasons import Reasons

REASONS: Reasons = {
    BadValue: {
        "hidden": lazy_gettext(
            "You are hidden, so that nobody could answer you. Let yourself be found first, on "
            "your own page."
        ),
        "people": lazy_gettext(
            "Choose at least one person, and at most %(n)s.", n=posting.LARGEST - 1
        ),
        "title": lazy_gettext(
            "Give the conversation a name of at most %(n)s characters.", n=posting.LONGEST_TITLE
        ),
        "": lazy_gettext("Write a few words, at most %(n)s characters.", n=posting.LONGEST),
    },
    Conflict: {
        "": lazy_gettext(
            "Nobody can be reached in this conversation now. Your words are still here."
        ),
    },
    TooMany: {
        "people": lazy_gettext(
            "You have written to enough new people for today. Your words are kept here: try "
            "again tomorrow."
        ),
        "reports": lazy_gettext("Ten open reports are enough: wait for an answer."),
    },
}
NOT_TO_THEM = lazy_gettext("One of the people you chose cannot be written to. Choose again.")

"""Why a password, a passkey or a code was refused, in words."""

from flask_babel import lazy_gettext

from graphnet.errors import BadValue, Conflict, TooMany
from webapp.frame.reasons import Reasons

REASONS: Reasons = {
    BadValue: {
        "short": lazy_gettext("At least 10 characters, please: three words are easy to remember."),
        "long": lazy_gettext("At most 256 characters, please."),
        "common": lazy_gettext("This is among the first passwords that anyone would try."),
        "email": lazy_gettext("Not your e-mail address, please."),
        "wrong": lazy_gettext("This is not your present password."),
        "code": lazy_gettext("This code is wrong, or was used already. Wait for the next one."),
        "name": lazy_gettext("A name has between 1 and 60 letters."),
        "passkey": lazy_gettext("The passkey was not added. Please try again."),
    },
    Conflict: {
        "known": lazy_gettext("This passkey is known here already."),
    },
    TooMany: {
        "tries": lazy_gettext("Too many wrong codes. Please wait a quarter of an hour."),
        "passkeys": lazy_gettext("Your account has 20 passkeys: take one away first."),
    },
}

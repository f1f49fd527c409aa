"""Why a claim, an answer or a proposed groupmate was not taken, in words."""

from flask_babel import lazy_gettext

from graphnet.errors import BadValue, Conflict
from webapp.frame.reasons import Reasons

REASONS: Reasons = {
    BadValue: {
        "address": lazy_gettext("This is not an e-mail address."),
        "answer": lazy_gettext("Choose one of the three answers."),
        "email": lazy_gettext("Name an e-mail address that the link can go to."),
        "ground": lazy_gettext("Name the lawful ground on which this person is held."),
        "name": lazy_gettext("A given name and a family name are needed."),
        "name: name": lazy_gettext("Please write your given and family name."),
        "person": lazy_gettext("That person is not on file: nothing was done."),
        "why": lazy_gettext("Say in a few words why; it is for the record only."),
        "": lazy_gettext("Please look at this again."),
    },
    Conflict: {
        "answered": lazy_gettext("It has been decided meanwhile, or you have answered already."),
        "closed": lazy_gettext("Somebody has closed this request already."),
        "decided": lazy_gettext("Somebody has decided this already."),
        "none": lazy_gettext("There is no link that could be ended."),
        "taken": lazy_gettext("This person, or this address, has an account already."),
    },
}

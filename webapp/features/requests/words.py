"""Why something was not done with a request, or with a kind of them, in words."""

from flask_babel import lazy_gettext

from graphnet.errors import BadValue, Conflict, TooMany
from graphnet.requests import threads
from graphnet.requests.opening import LONGEST_SUBJECT, LONGEST_TEXT
from webapp.frame.reasons import Reasons

_ELSE = lazy_gettext("This request is not closed here: nothing was done.")

REASONS: Reasons = {
    BadValue: {
        "account": lazy_gettext("Choose a colleague from the list."),
        "answer": lazy_gettext("Say what was done, in at most 2,000 characters."),
        "choices": lazy_gettext(
            "A choice needs its answers, one a line, at most %(most)s.", most=30
        ),
        "choose": lazy_gettext("Choose who is meant, or that nobody on file is."),
        "decision": lazy_gettext("Choose how the appeal is decided."),
        "description": lazy_gettext(
            "What it is for is too long: at most %(most)s characters.", most=2000
        ),
        "email": lazy_gettext("This is not an e-mail address."),
        "fields": lazy_gettext("A question is at most %(most)s characters long.", most=100),
        "hours": lazy_gettext(
            "Give both times in whole working hours; the first answer comes before the end."
        ),
        "kind": lazy_gettext("Choose two requests of one kind, or a kind that is answered here."),
        "kind_name": lazy_gettext(
            "The kind needs a name of at most %(most)s characters.", most=100
        ),
        "late": lazy_gettext("This was closed long ago: ask anew, and name this request."),
        "name": lazy_gettext("Say what you are called."),
        "new_subject": lazy_gettext("Say in a few words what the new request asks."),
        "nobody": lazy_gettext(
            "Nobody with an account has asked: the answer that closes it goes to the address left."
        ),
        "person": lazy_gettext("There is nobody with this id: nothing was done."),
        "rule": lazy_gettext("This kind of request is closed by a rule and not opened again."),
        "same": lazy_gettext("Choose another request."),
        "subject": lazy_gettext(
            "Say in a few words what you ask, in at most %(short)s characters; the rest, in at most"
            " %(long)s, goes below.",
            short=LONGEST_SUBJECT,
            long=LONGEST_TEXT,
        ),
        "thanks": lazy_gettext(
            "The answer to who asks is too long: at most %(most)s characters.", most=2000
        ),
        "unit": lazy_gettext("Choose a unit from the list."),
        "untold": lazy_gettext("Of requests of this kind whoever asks is not told by a reply."),
        "words": lazy_gettext("Write between 1 and %(most)s characters.", most=threads.LONGEST),
        "": _ELSE,
    },
    Conflict: {
        "apart": lazy_gettext("It stands by itself already."),
        "asked": lazy_gettext("This person was asked about it already."),
        "changed": lazy_gettext(
            "A colleague has changed this meanwhile. What you entered stands below; saving it again"
            " puts it in place of theirs."
        ),
        "closed": lazy_gettext("Somebody has closed this request already."),
        "joined": lazy_gettext("This request is joined to another one: take it apart first."),
        "open": lazy_gettext("Somebody has opened this request again already."),
        "over": lazy_gettext("This was answered or ended already."),
        "phase": lazy_gettext("The winners are published: appeals can no longer be decided."),
        "taken": lazy_gettext("A colleague has this request: let them hand it over to you."),
        "": _ELSE,
    },
    TooMany: {
        "open": lazy_gettext(
            "You have asked much of this kind that is open: wait for an answer first."
        ),
        "waiting": lazy_gettext(
            "Just now too much waits to be confirmed: please send it in an hour."
        ),
    },
}

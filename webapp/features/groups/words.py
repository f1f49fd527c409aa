"""Communities in words: kinds, how one enters, why something was not done."""

from typing import Any

from flask_babel import lazy_gettext

from graphnet.errors import BadValue, Conflict, NotAllowed, TooMany
from webapp.frame.reasons import Reasons

KIND_WORDS: dict[str, Any] = {
    "interest": lazy_gettext("circle of interest"),
    "club": lazy_gettext("club"),
    "regional": lazy_gettext("regional club"),
    "professional": lazy_gettext("professional community"),
    "community": lazy_gettext("community"),
    "residence": lazy_gettext("hall of residence"),
}
ENTRY_WORDS: dict[str, Any] = {
    "open": lazy_gettext("everybody joins by themselves"),
    "request": lazy_gettext("one asks, its organisers decide"),
    "closed": lazy_gettext("its organisers invite"),
}
AUDIENCE_WORDS: dict[str, Any] = {
    "members": lazy_gettext("all alumni"),
    "public": lazy_gettext("everybody, without signing in, too"),
}
FIELD_WORDS: dict[str, Any] = {
    "name": lazy_gettext("Name in English"),
    "name_ru": lazy_gettext("Name in Russian"),
    "kind": lazy_gettext("Kind"),
    "description": lazy_gettext("What it is about, in English"),
    "description_ru": lazy_gettext("What it is about, in Russian"),
    "entry": lazy_gettext("How one becomes a member"),
    "audience": lazy_gettext("Who finds it"),
    "topics": lazy_gettext("Topics"),
    "chat_url": lazy_gettext("Invitation to its chat"),
    "links": lazy_gettext("Links for its members"),
}
REASONS: Reasons = {
    BadValue: {
        "needed": lazy_gettext("Please fill this in."),
        "long": lazy_gettext("This is too long: shorten it, please."),
        "unknown": lazy_gettext("Choose from the list."),
        "many": lazy_gettext("These are too many."),
        "address": lazy_gettext(
            "Give the whole address of a page, such as https://t.me/name; for links the name first."
        ),
        "notice: needed": lazy_gettext("Say why in a sentence or two: they read it."),
        "reason: needed": lazy_gettext("Say why in a sentence or two: they read it."),
        "": lazy_gettext("This cannot be so."),
    },
    Conflict: {
        "archived": lazy_gettext("The community is put aside: nothing can be changed in it."),
        "ask": lazy_gettext("In this community one asks first."),
        "closed": lazy_gettext("This community’s organisers invite its members."),
        "declined": lazy_gettext(
            "They have said no within half a year: do not ask them again yet."
        ),
        "proposed": lazy_gettext(
            "Three communities of yours wait for the Association already. Wait for its answer."
        ),
        "invited": lazy_gettext("They are invited, or have asked, already."),
        "last": lazy_gettext("Somebody has to organise it: appoint another organiser first."),
        "meanwhile": lazy_gettext(
            "Somebody has changed the community meanwhile. Look at it again first."
        ),
        "not_on": lazy_gettext(
            "Only two communities that are on can be joined, and none of a class."
        ),
        "one": lazy_gettext("Choose another community."),
        "organiser": lazy_gettext("Of another organiser only the Association decides."),
        "self": lazy_gettext("You can leave by yourself, on the community’s page."),
        "settled": lazy_gettext("This was settled meanwhile."),
        "there": lazy_gettext("They are a member already."),
        "unseen": lazy_gettext(
            "Other members do not see you, so nobody could read it. Show yourself to them first."
        ),
        "": lazy_gettext("The community has changed: that is not possible any more."),
    },
    NotAllowed: {
        "founder": lazy_gettext("Send it back with a reason: its founder reads it."),
    },
    TooMany: {
        "asked": lazy_gettext("Ten of your requests wait already: wait for an answer."),
        "invited": lazy_gettext("A hundred invitations wait already: wait for answers."),
        "talk": lazy_gettext("That is enough for a day in one community."),
    },
}

"""Communities in words: kinds, how one enters, why something was not done."""

from typing import Any

from flask_babel import gettext, lazy_gettext

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
_WRONG: dict[str, Any] = {
    "needed": lazy_gettext("Please fill this in."),
    "long": lazy_gettext("This is too long: shorten it, please."),
    "unknown": lazy_gettext("Choose from the list."),
    "many": lazy_gettext("These are too many."),
    "address": lazy_gettext(
        "Give the whole address of a page, such as https://t.me/name; for links the name first."
    ),
}
_REFUSED: dict[str, Any] = {
    "archived": lazy_gettext("The community is put aside: nothing can be changed in it."),
    "ask": lazy_gettext("In this community one asks first."),
    "closed": lazy_gettext("This community’s organisers invite its members."),
    "declined": lazy_gettext("They have said no within half a year: do not ask them again yet."),
    "enough proposed": lazy_gettext(
        "Three communities of yours wait for the Association already. Wait for its answer."
    ),
    "invited": lazy_gettext("They are invited, or have asked, already."),
    "last": lazy_gettext("Somebody has to organise it: appoint another organiser first."),
    "not on": lazy_gettext("Only two communities that are on can be joined, and none of a class."),
    "one": lazy_gettext("Choose another community."),
    "organiser": lazy_gettext("Of another organiser only the Association decides."),
    "self": lazy_gettext("You can leave by yourself, on the community’s page."),
    "settled": lazy_gettext("This was settled meanwhile."),
    "there": lazy_gettext("They are a member already."),
    "unseen": lazy_gettext(
        "Other members do not see you, so nobody could read it. Show yourself to them first."
    ),
}


def field_problem(problem: str) -> tuple[str, str]:
    """Return the field that a refused value belongs to, and what is wrong in words."""
    name, _, what = problem.partition(": ")
    words = _WRONG.get(what)
    return name, str(words) if words else str(gettext("This cannot be so."))


def refusal(problem: str) -> str:
    """Return in words why something could not be done."""
    words = _REFUSED.get(problem)
    known = str(words) if words else ""
    return known or str(gettext("The community has changed: that is not possible any more."))

"""Telling in words: why somebody is told, why not, what became of it, why it cannot be done."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext, lazy_pgettext

from graphnet.errors import BadValue, Conflict, TooMany
from graphnet.recommendations import Reason
from webapp.features.recommendations.words import word
from webapp.frame.i18n import in_language
from webapp.frame.reasons import Reasons

KIND_WORDS: dict[str, Any] = {
    "own_class": lazy_gettext("their own study group or intake"),
    "member": lazy_gettext("members of the community that holds it"),
    "topic": lazy_gettext("interested in its topics"),
    "group_habit": lazy_gettext("came to other events of that community"),
}
WHY_NOT_WORDS: dict[str, Any] = {
    "": lazy_gettext("can be told now"),
    "told": lazy_gettext("told by a letter already"),
    "left_out": lazy_gettext("taken out of the list by staff"),
    "answered": lazy_gettext("have answered: they know of it"),
    "not_this": lazy_gettext("have said “not this”"),
    "shown": lazy_gettext("saw it on one of their lists on the site"),
    "refused": lazy_gettext("want no such letters"),
    "not_agreed": lazy_gettext("have not agreed to letters of the Association"),
    "other_topics": lazy_gettext("have chosen other topics for their letters"),
    "unreachable": lazy_gettext("have no address that works, or cannot sign in to see it"),
    "clash": lazy_gettext("are registered for something else at that time"),
    "lately": lazy_gettext("have had as many letters as one gets in a month"),
}
OUTCOME_WORDS: dict[str, Any] = {
    "waiting": lazy_gettext("letter not gone yet"),
    "came": lazy_gettext("came to the event"),
    "coming": lazy_pgettext("letter", "registered"),
    "declined": lazy_gettext("will not come"),
    "not_this": lazy_gettext("said “not this”"),
    "silent": lazy_gettext("no answer yet"),
    "stopped": lazy_pgettext("letter", "stopped"),
    "needless": lazy_gettext("not sent: they had answered or changed their mind before"),
}
OUTCOME_SHAPES = {
    "waiting": ("dashed", "quiet"),
    "came": ("full", "good"),
    "coming": ("full", "good"),
    "declined": ("ring", "quiet"),
    "not_this": ("ring", "quiet"),
    "silent": ("half", "quiet"),
    "stopped": ("square", "quiet"),
    "needless": ("square", "quiet"),
}
_WISH = lazy_gettext("That cannot be asked now: at most 2,000 characters, and ten at a time.")

REASONS: Reasons = {
    BadValue: {
        "people": lazy_gettext("Nobody is ticked. Tick at least one person."),
        "": _WISH,
    },
    Conflict: {
        "cancelled": lazy_gettext("This event is called off: nobody is told of it."),
        "draft": lazy_gettext("This event is not published yet: nobody is told of it."),
        "over": lazy_gettext("This event has begun: nobody is told of it any more."),
        "closed": lazy_gettext("Registration is closed: nobody is told of it any more."),
        "asked": lazy_gettext("It is with the Association already: wait for the answer."),
        "": _WISH,
    },
    TooMany: {"": _WISH},
}
ANSWER = lazy_gettext("Say why, in at most 2,000 characters: who asked reads it.")


def reason(one: Reason) -> str:
    """Return one reason in words."""
    if one.kind != "own_class":
        return word(one)
    name = in_language(one.name, one.name_ru)
    if one.count:
        return str(gettext("your intake: %(name)s, %(year)s", name=name, year=one.count))
    return str(gettext("your study group: %(name)s", name=name))


def because(reasons: Sequence[Reason]) -> str:
    """Return reasons as one sentence, the strongest first."""
    return "; ".join(dict.fromkeys(reason(one) for one in reasons[:3]))

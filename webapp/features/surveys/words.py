"""Surveys in words: kinds of questions, states, why something was not kept."""

from datetime import date
from typing import Any

from babel.dates import format_date
from flask_babel import lazy_gettext, lazy_pgettext

from graphnet.errors import BadValue, Conflict
from webapp.frame.i18n import language
from webapp.frame.reasons import Reasons

KIND_WORDS: dict[str, Any] = {
    "one": lazy_gettext("one of several choices"),
    "many": lazy_gettext("as many choices as fit"),
    "scale": lazy_gettext("a scale from 1 to 5"),
    "words": lazy_gettext("in one’s own words"),
}
FEED_WORDS: dict[str, Any] = {
    "": lazy_gettext("nothing"),
    "likes": lazy_gettext("an interest"),
    "offers": lazy_gettext("what they offer"),
    "needs": lazy_gettext("what they look for"),
}
ADDITION_WORDS: dict[str, Any] = {
    "likes": lazy_gettext("Interests"),
    "offers": lazy_gettext("What I offer"),
    "needs": lazy_gettext("What I look for"),
}
STATE_WORDS: dict[str, Any] = {
    "draft": lazy_pgettext("survey", "draft"),
    "open": lazy_pgettext("survey", "open"),
    "closed": lazy_pgettext("survey", "closed"),
}
STATE_SHAPES = {
    "draft": ("dashed", "quiet"),
    "open": ("full", "good"),
    "closed": ("square", "quiet"),
}
CONSENT_WORDS: dict[str, Any] = {
    "digest": lazy_gettext("who wants letters of the Association"),
    "hold": lazy_gettext("who agreed to be kept on file by the Association"),
}
LACKS: dict[str, Any] = {
    "title": lazy_gettext("the title in both languages"),
    "about": lazy_gettext("the explanation in both languages"),
    "questions": lazy_gettext("a question"),
    "texts": lazy_gettext("every text of every question in both languages, and two choices"),
    "closes_on": lazy_gettext("the last day, between tomorrow and half a year from now"),
}
REASONS: Reasons = {
    BadValue: {
        "title": lazy_gettext("Give it a title."),
        "long": lazy_gettext("This is too long: shorten it, please."),
        "consent": lazy_gettext("Choose from the list."),
        "audience": lazy_gettext("Say whom it is for: a faculty, years, a community or a city."),
        "years": lazy_gettext("The first year comes before the last one."),
        "kind": lazy_gettext("Choose from the list."),
        "text": lazy_gettext("Write the question."),
        "choices": lazy_gettext("Give between two and eight choices."),
        "many": lazy_gettext("Ten questions are the most: people answer short forms."),
        "few": lazy_gettext(
            "Fewer than five people would get it: nothing of their answers could be shown."
        ),
        "lacks": lazy_gettext("Something is missing: see above."),
        "empty": lazy_gettext("Answer at least one question."),
        "choose": lazy_gettext("Choose from what is offered."),
    },
    Conflict: {
        "state": lazy_gettext("Somebody has opened or closed it meanwhile."),
        "changed": lazy_gettext(
            "Somebody has changed it meanwhile. Look at what stands there now; your words are "
            "below."
        ),
        "closed": lazy_gettext("This survey is over: nothing can be changed any more."),
        "": lazy_gettext("This has changed meanwhile: look at it once more."),
    },
}


def day_words(day: date) -> str:
    """Return a day as people of the reader's language write it."""
    return str(format_date(day, "d MMMM y", locale=language()))

"""What counts in a list, in words."""

from typing import Any

from flask_babel import lazy_gettext

# What `graphnet.recommendations.parameters` calls it: what a reader calls it.
PARAMETER_WORDS: dict[str, Any] = {
    "topic_said": lazy_gettext("topics that you have chosen"),
    "topic_done": lazy_gettext("topics of what you came to, joined or opened"),
    "less": lazy_gettext("“less like this”, each time"),
    "mates": lazy_gettext("the first of your group or contacts who is there"),
    "members": lazy_gettext("the first who have something in common with you"),
    "own_group": lazy_gettext("it belongs to a community of yours"),
    "my_city": lazy_gettext("it is in your city"),
    "learned": lazy_gettext("what members of the same communities chose"),
    "offers": lazy_gettext("somebody offers what you look for"),
    "needs": lazy_gettext("somebody looks for what you offer"),
    "shared": lazy_gettext("you both like a topic"),
    "i_offer": lazy_gettext("you offer what is asked for"),
    "i_need": lazy_gettext("it is what you look for"),
    "fresh": lazy_gettext("it came lately"),
    "for_all": lazy_gettext("it is for every alumnus"),
    "member": lazy_gettext("it is held by a community of yours"),
    "group_habit": lazy_gettext("you came to meetings of this community"),
    "series_habit": lazy_gettext("you came to this series"),
    "words": lazy_gettext("its title is like those where you went"),
    "topics": lazy_gettext("its topics are like those where you went"),
    "place": lazy_gettext("you have been at this place"),
    "time_of_week": lazy_gettext("it is at an hour when you go out"),
    "time_ahead": lazy_gettext("it is soon"),
    "company": lazy_gettext("people you met at events come"),
    "interest_of_others": lazy_gettext("others come"),
    "clash": lazy_gettext("you go to something else at that time"),
}
ORIGIN_WORDS: dict[str, Any] = {
    "said": lazy_gettext("your own words: change them under “My interests”"),
    "did": lazy_gettext("what you do here: ends with “Switch off learning”"),
    "others": lazy_gettext("what others show: theirs to switch off"),
    "thing": lazy_gettext("nothing of yours"),
}


# Kinds of `graphnet.delicate`.
DELICATE_WORDS: dict[str, Any] = {
    "work": lazy_gettext("Looking for a job"),
    "health": lazy_gettext("Health"),
    "religion": lazy_gettext("Religion"),
    "politics": lazy_gettext("Politics"),
    "origin": lazy_gettext("Origin and nationality"),
    "intimate": lazy_gettext("Private life"),
    "law": lazy_gettext("Courts and debts"),
}


def parameter_word(kind: str) -> Any:
    """Return what counts, in words."""
    return PARAMETER_WORDS.get(kind, kind)


def origin_word(origin: str) -> Any:
    """Return where it comes from, and what ends it."""
    return ORIGIN_WORDS[origin]

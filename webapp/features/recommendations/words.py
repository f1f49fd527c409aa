"""Reasons in words, in the reader's language."""

from flask_babel import gettext, ngettext, pgettext

from graphnet.recommendations import Item, Reason
from webapp.frame.i18n import in_language

TOLD = 3


def because(item: Item, most: int = TOLD) -> str:
    """Return the evidence for an item as a sentence, strongest first."""
    return "; ".join(dict.fromkeys(word(reason) for reason in item.reasons[:most]))


def word(reason: Reason) -> str:
    """Return one piece of evidence in words."""
    name = in_language(reason.name, reason.name_ru)
    if reason.people:
        return _people(reason)
    n = reason.count
    return str(
        {
            "topic": lambda: gettext("topic: %(topic)s", topic=name),
            "member": lambda: gettext("your community: %(group)s", group=name),
            "own_group": lambda: gettext("of your community: %(group)s", group=name),
            "my_city": lambda: gettext("in your city: %(city)s", city=name),
            "group_habit": lambda: ngettext(
                "you came to %(num)s meeting of %(group)s",
                "you came to %(num)s meetings of %(group)s",
                n,
                group=name,
            ),
            "series_habit": lambda: ngettext(
                "you came to “%(title)s” %(num)s time",
                "you came to “%(title)s” %(num)s times",
                n,
                title=name,
            ),
            "place": lambda: gettext("you have been there: %(place)s", place=name),
            "words": lambda: gettext("like “%(title)s”, where you went", title=name),
            "time_of_week": lambda: gettext("at a time of the week when you go out"),
            "time_ahead": lambda: gettext("soon"),
            "company": lambda: ngettext(
                "%(num)s person you met there before comes",
                "%(num)s people you met at events come",
                n,
            ),
            "mates": lambda: ngettext(
                "%(num)s person from your group or contacts",
                "%(num)s people from your group or contacts",
                n,
            ),
            "interest_of_others": lambda: ngettext(
                "%(num)s person comes", "%(num)s people come", n
            ),
            "learned": lambda: gettext("people of %(group)s often choose it", group=name),
            "offers": lambda: gettext("offers what you look for: %(topic)s", topic=name),
            "needs": lambda: gettext("looks for what you offer: %(topic)s", topic=name),
            "shared": lambda: gettext("you both like: %(topic)s", topic=name),
            "i_offer": lambda: gettext("you offer: %(topic)s", topic=name),
            "i_need": lambda: gettext("you look for: %(topic)s", topic=name),
            "members": lambda: ngettext("%(num)s person is in it", "%(num)s people are in it", n),
            "for_all": lambda: gettext("open to all alumni"),
            "fresh": lambda: pgettext("news", "fresh"),
            "new": lambda: gettext("new here, shown to see who likes it"),
        }[reason.kind]()
    )


def _people(reason: Reason) -> str:
    names = ", ".join(card.name.full for card in reason.people)
    more = reason.count - len(reason.people)
    if reason.kind == "company":
        text = (
            gettext(
                "people you met at events come: %(names)s and %(more)s more",
                names=names,
                more=more,
            )
            if more > 0
            else gettext("people you met at events come: %(names)s", names=names)
        )
    elif more > 0:
        text = gettext(
            "from your group or contacts: %(names)s and %(more)s more", names=names, more=more
        )
    else:
        text = gettext("from your group or contacts: %(names)s", names=names)
    return str(text)


def topics_of(item: Item) -> list[tuple[str, str]]:
    """Return the topics that spoke for an item, by id and name: what "wrong topic" may name."""
    return [
        (reason.thing, in_language(reason.name, reason.name_ru))
        for reason in item.reasons
        if reason.kind == "topic"
    ]


def title(item: Item) -> str:
    """Return what an item is called."""
    if item.card is not None:
        return item.card.name.full
    return in_language(item.thing.title, item.thing.title_ru)


def list_title(name: str) -> str:
    """Return what a list is called."""
    return str(
        {
            "events": gettext("Events for you"),
            "groups": gettext("Communities for you"),
            "projects": gettext("Projects to help or support"),
            "meet": gettext("People to meet"),
            "requests": gettext("Requests you could answer"),
            "news": gettext("News of the university"),
            "services": gettext("Services and perks"),
            "businesses": gettext("Businesses of alumni"),
        }[name]
    )


def list_word(name: str) -> str:
    """Return what a thing of a list is."""
    return str(
        {
            "events": gettext("event"),
            "groups": gettext("community"),
            "projects": gettext("project"),
            "requests": gettext("request"),
            "news": gettext("news"),
            "services": gettext("service"),
            "businesses": gettext("business"),
        }[name]
    )

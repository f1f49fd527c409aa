"""What is said of events in words: what is wrong with a form, why nobody is called, refusals."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel.dates import format_datetime
from flask_babel import get_locale, gettext, lazy_gettext

from graphnet.errors import BadValue, Conflict
from webapp.frame.reasons import Reasons

_NOT_OFFERED = lazy_gettext("Choose one of those that are offered.")

REASONS: Reasons = {
    BadValue: {
        "title: needed": lazy_gettext("Give it a title, in one of the languages at least."),
        "starts: needed": lazy_gettext("Say when it begins."),
        "ends: order": lazy_gettext("It ends after it begins, at most 30 days later."),
        "opens: order": lazy_gettext("Registration opens before it closes."),
        "closes: order": lazy_gettext("Registration closes before the event is over."),
        "reserve: range": lazy_gettext("Not more than there are seats."),
        "invites_year: needed": lazy_gettext("Give the year of intake."),
        "invites_year: unknown": lazy_gettext("No intake of this year is on file there."),
        "invites_code: needed": lazy_gettext("Give the code of the study group."),
        "invites_code: unknown": lazy_gettext("No study group had this code in that year."),
        "group: needed": lazy_gettext("Choose the community that holds it."),
        "questions: range": lazy_gettext("At most 12 questions, each in one line."),
        "notice: needed": lazy_gettext("Say it in a sentence: those who are told read it."),
        "no_group": lazy_gettext("Choose the community for whose members it is."),
        "no_time": lazy_gettext("There is no such time on that day: the clocks are put forward."),
        "address": lazy_gettext("An address of a page begins with https://."),
        "guests": lazy_gettext("Not so many guests may come."),
        "long": lazy_gettext("This is too long."),
        "unknown": _NOT_OFFERED,
        "role": _NOT_OFFERED,
        "range": lazy_gettext("This number cannot be."),
        "who": lazy_gettext("Say who it is: a person, a business or a name; one of them."),
        "": lazy_gettext("This cannot be so."),
    },
    Conflict: {
        "cancelled": lazy_gettext("This event has been cancelled."),
        "over": lazy_gettext("This event is over."),
        "draft": lazy_gettext("This event is not announced yet."),
        "full": lazy_gettext("No more than sixty can stand there."),
        "guest": lazy_gettext("There is no free seat for a further guest."),
        "hidden": lazy_gettext(
            "You have hidden yourself: nobody would find you at the door. Let yourself be found "
            "first, on your account’s page."
        ),
        "closed": lazy_gettext("Registration is closed."),
        "lapsed": lazy_gettext("The time to take this seat is over."),
        "meanwhile": lazy_gettext("Somebody has changed it meanwhile. Look at it again first."),
        "not_open": lazy_gettext("Registration has not begun yet."),
        "offered": lazy_gettext("A seat is held for you: take it, or give it to the next."),
        "there": lazy_gettext("They are asked already, or cannot be asked."),
        "": lazy_gettext("This event has begun or has been cancelled."),
    },
}


def why_nobody(why: str, free: int) -> str:
    """Return why nobody of those who wait is called."""
    words: dict[str, Any] = {
        "full": gettext("every seat is taken"),
        "held": gettext("every seat is taken, or held for somebody who was called"),
        "reserve": gettext("only seats that the organisers keep back are free"),
        "pair": gettext("who is next comes with guests and needs more seats than are free"),
        "small": gettext("those who wait come with guests and need more seats than are free"),
        "nobody": gettext("none of those who wait can be called: they have no account, or hid"),
        "over": gettext("the event is over, called off, or not announced"),
    }
    return str(words.get(why, ""))


def field_words() -> dict[str, Any]:
    """Return what parts of an event are called, for a comparison."""
    return {
        "title": gettext("Title in English"),
        "title_ru": gettext("Title in Russian"),
        "description": gettext("What it is about, in English"),
        "description_ru": gettext("What it is about, in Russian"),
        "kind": gettext("Kind"),
        "starts": gettext("Begins"),
        "ends": gettext("Ends"),
        "time_zone": gettext("Time zone"),
        "venue": gettext("Place in English"),
        "venue_ru": gettext("Place in Russian"),
        "city": gettext("City"),
        "map_url": gettext("Link to a map"),
        "online_url": gettext("Link to take part online"),
        "scale": gettext("Scale"),
        "group": gettext("Community that holds it"),
        "unit": gettext("Unit that holds it"),
        "outside_url": gettext("Registration elsewhere"),
        "price": gettext("Price"),
        "capacity": gettext("Seats"),
        "reserve": gettext("Of these kept back for the organisers"),
        "guests": gettext("Guests whom one may bring"),
        "whole_only": gettext("Order of the list"),
        "offer_hours": gettext("Hours to take a seat that has become free"),
        "opens": gettext("Registration from"),
        "closes": gettext("Registration until"),
        "questions": gettext("Questions to those who register"),
        "audience": gettext("For whom"),
        "invites_year": gettext("Year of intake, or of the group’s code"),
        "invites_code": gettext("Code of the study group"),
        "topics": gettext("Topics"),
        "materials": gettext("Afterwards: recordings, slides, photographs"),
    }


def event_role_word(role: str) -> str:
    """Return what somebody is at an event."""
    words = {
        "speaker": gettext("speaker"),
        "exhibitor": gettext("exhibitor"),
        "sponsor": gettext("sponsor"),
    }
    return str(words[role])


def scales() -> dict[str, str]:
    """Return how far an event reaches, in words."""
    return {
        "local": gettext("local"), "city": gettext("of a city"),
        "national": gettext("national"), "online": gettext("online"),
    }  # fmt: skip


def audiences() -> dict[str, str]:
    """Return for whom an event can be, in words."""
    return {
        "members": gettext("all alumni"), "public": gettext("everybody"),
        "group": gettext("the members of the community that holds it"),
        "cohort": gettext("one intake"), "study_group": gettext("one study group"),
        "reunion": gettext("the groups of its reunion"),
    }  # fmt: skip


def kind_words() -> dict[str, str]:
    """Return the kinds of events that one chooses from."""
    return {
        "meeting": gettext("meeting"), "lecture": gettext("lecture"),
        "workshop": gettext("workshop"), "reunion": gettext("reunion"),
        "trip": gettext("excursion"), "sport": gettext("sport"),
        "party": gettext("evening"), "online": gettext("online meeting"),
    }  # fmt: skip


def value_words(name: str, value: object, named: Mapping[str, str]) -> str:
    """Return what a field of an event says, for a comparison; `named` has the names of ids."""
    if value is None or value in ("", ()):
        return "—"
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, datetime):
        return str(format_datetime(value, "d MMMM y, HH:mm", locale=get_locale()))
    if isinstance(value, tuple):
        return "\n".join(named.get(one, one) for one in value)
    words = {"audience": audiences(), "scale": scales(), "kind": kind_words()}.get(name, named)
    return words.get(str(value), str(value))

"""Words of reunions: what one is called, where it stands, what comes next, what went wrong."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext, ngettext, pgettext

from graphnet.errors import BadValue, Conflict
from graphnet.reunions import invitations, planning
from graphnet.reunions.board import Awaited
from graphnet.store import Row
from webapp.frame.i18n import in_language
from webapp.frame.reasons import Reasons


def group_words(group: Mapping[str, Any]) -> str:
    """Return a study group or an intake in words."""
    if group["cohort"]:
        name = in_language(group["programme"], group["programme_ru"])
        words = gettext("the intake of %(year)s", year=group["year"] or "…")
        return ", ".join(part for part in (words, name) if part)
    if group["year"]:
        return str(
            gettext("group %(code)s (intake of %(year)s)", code=group["code"], year=group["year"])
        )
    return str(gettext("group %(code)s", code=group["code"]))


def title(row: Row) -> str:
    """Return what a reunion is called: as its organisers have named it, or by its groups."""
    if row["title"]:
        return str(row["title"])
    return default_title(row["groups"])


def default_title(groups: list[dict[str, Any]]) -> str:
    """Return what a reunion of these groups is called."""
    codes = [group["code"] for group in groups if not group["cohort"]]
    years = [group["year"] for group in groups if group["cohort"]]
    if years:
        what = ", ".join(str(year) for year in sorted(set(filter(None, years))))
        return str(
            ngettext("Reunion of the intake of %(years)s", "Reunion of the intakes of %(years)s",
                     len(set(years)), years=what)
        )  # fmt: skip
    return str(
        ngettext("Reunion of group %(codes)s", "Reunion of groups %(codes)s", len(codes) or 1,
                 codes=", ".join(codes))
    )  # fmt: skip


def stages() -> dict[str, tuple[str, str, str]]:
    """Return the word, shape and tone of each stage."""
    return {
        "applied": (gettext("asked for"), "ring", "warn"),
        "gathering": (gettext("being prepared"), "half", "quiet"),
        "dated": (gettext("date found"), "half", "good"),
        "announced": (gettext("registration is open"), "full", "good"),
        "held": (gettext("has taken place"), "full", "quiet"),
        "closed": (pgettext("reunion", "closed"), "square", "quiet"),
    }


def how_words(how: str) -> str:
    """Return how somebody has asked the Association, other than here."""
    return str(dict(ways()).get(how, how))


def ways() -> list[tuple[str, str]]:
    """Return how somebody may have asked the Association, other than here."""
    return [
        ("telephone", gettext("by telephone")),
        ("visit", gettext("in person")),
        ("letter", gettext("by letter")),
    ]


def stage(row: Row) -> tuple[str, str, str]:
    """Return the word, shape and tone of where a reunion stands."""
    ended = {
        "cancelled": (pgettext("reunion", "called off"), "square", "bad"),
        "declined": (pgettext("reunion", "declined"), "square", "bad"),
        "withdrawn": (pgettext("reunion", "not asked for"), "square", "quiet"),
        "held": (gettext("held and closed"), "square", "quiet"),
    }
    if row["stage"] == "closed" and row["outcome"] in ended:
        return ended[row["outcome"]]
    return stages()[row["stage"]]


def answers() -> list[tuple[str, str]]:
    """Return what one can say to an invitation."""
    return [
        ("yes", gettext("I will come")),
        ("maybe", gettext("Perhaps")),
        ("no", gettext("I will not come")),
    ]


def answer_word(state: str) -> tuple[str, str, str]:
    """Return the word, shape and tone of what somebody has said."""
    return {
        "invited": (gettext("no answer yet"), "ring", "quiet"),
        "yes": (gettext("comes"), "full", "good"),
        "maybe": (gettext("perhaps"), "half", "warn"),
        "no": (gettext("does not come"), "square", "quiet"),
        "never": (gettext("wishes no letters about it"), "square", "bad"),
    }[state]


def can() -> list[tuple[str, str]]:
    """Return what one can say of a day."""
    return [
        ("yes", gettext("yes")),
        ("if_need_be", gettext("if need be")),
        ("no", gettext("no")),
    ]


def role_words(role: str) -> str:
    """Return what part somebody has in a reunion."""
    words = {
        "applicant": gettext("asked for it, organiser"),
        "organiser": gettext("organiser"),
        "helper": gettext("helps"),
    }
    return str(words.get(role, role))


def overdue_words(what: str) -> str:
    """Return what of a reunion should have been done by now."""
    words = {
        "request": gettext("not answered in time"),
        "poll": gettext("the poll is over: pick the day"),
        "date": gettext("the day has passed without an event"),
        "tasks": gettext("tasks are late"),
        "close": gettext("held long ago: thank, and close it"),
    }
    return str(words.get(what, ""))


def waits_words(awaited: Awaited) -> str:
    """Return in words what waits."""
    if awaited.task is not None:
        return str(gettext("To do: %(what)s", what=awaited.task["what"]))
    words = {
        "asked_for": gettext("Written down for you by the Association: is that right?"),
        "answer": gettext("Your groupmates invite you: will you come?"),
        "poll": gettext("On which days can you come?"),
        "pick": gettext("The poll is over: pick the day"),
        "event": gettext("The day is found: make the event"),
        "close": gettext("It has taken place: thank, and close it"),
    }
    return str(words[awaited.what])


def next_step(row: Row, *, staff: bool, days: int, invited: int) -> str:
    """Return what comes next, for whoever makes a reunion."""
    stage = row["stage"]
    if stage == "applied":
        return str(
            gettext("Take it over, or decline it and say why.")
            if staff
            else gettext(
                "The Association looks at it and names somebody who will help you. Meanwhile you "
                "can put days to the choice and write down what is to be done."
            )
        )
    if stage == "gathering":
        if not invited:
            return str(gettext("Invite those who can be reached: each gets a letter of their own."))
        if not days:
            return str(gettext("Put some days to the choice: everybody says when they can."))
        return str(gettext("Wait for the answers, then pick the day that suits most."))
    if stage == "dated":
        return str(
            gettext("Make the event: registration opens, and who said yes is told.")
            if staff
            else gettext("The Association opens the registration; you are told.")
        )
    if stage == "announced":
        return str(gettext("Registration is open. See to what is still to be done."))
    if stage == "held":
        return str(
            gettext("Mark who came, thank those who helped, and close it.")
            if staff
            else gettext("Thank those who helped; the Association closes it.")
        )
    return ""


_SUM = lazy_gettext("Write the sum as a number, like 12500 or 99.50.")
_ELSE = lazy_gettext("That is not possible now: look at the page again.")
REASONS: Reasons = {
    BadValue: {
        "how": lazy_gettext("Say how they have asked."),
        "groups": lazy_gettext("Choose at least one group, and at most twelve."),
        "about": lazy_gettext("Say about when you would like to meet, in at most 200 characters."),
        "title": lazy_gettext("The name may have at most 120 characters."),
        "title: long": lazy_gettext("The name may have at most 120 characters."),
        "wishes": lazy_gettext("Your wishes may have at most 2,000 characters."),
        "people": lazy_gettext(
            "Choose whom to invite, at most %(most)s at once.", most=invitations.MOST_AT_ONCE
        ),
        "answer": lazy_gettext("Say whether you will come."),
        "words": lazy_gettext("Write something, and not too much."),
        "starts": lazy_gettext("Choose a day and an hour that are to come, and not there already."),
        "closes": lazy_gettext("Choose a day that is to come."),
        "dates": lazy_gettext("Say of each day: yes, if need be, or no."),
        "venue": lazy_gettext("The place may have at most 300 characters."),
        "heads": lazy_gettext("Reckon with 1 to 2,000 people."),
        "what": lazy_gettext(
            "Say what it is, in at most %(most)s characters.", most=planning.LONGEST_WHAT
        ),
        "amount": _SUM,
        "amount: none": _SUM,
        "currency": lazy_gettext("Choose a currency from the list."),
        "owner": lazy_gettext("Choose one of those who organise or help."),
        "person": lazy_gettext("Choose one of those who help."),
        "account": lazy_gettext("Choose a colleague from the list."),
        "reason": lazy_gettext("Say why, in at most 500 characters: those who are told read it."),
        "hours: range": lazy_gettext("It lasts from 1 to 168 hours."),
        "capacity: range": lazy_gettext("Seats are a number from 1; empty for as many as come."),
        "": _ELSE,
    },
    Conflict: {
        "hidden": lazy_gettext(
            "You have hidden yourself, so that nobody could be told who invites them. Show "
            "yourself again first, on your own page."
        ),
        "closed": lazy_gettext("This reunion is closed: nothing of it can be changed any more."),
        "applied": lazy_gettext("First the Association takes the reunion over."),
        "over": lazy_gettext("It has taken place already."),
        "never": lazy_gettext("This person wishes to hear no more of it."),
        "dated": lazy_gettext("The day has been picked meanwhile."),
        "poll": lazy_gettext("The poll is closed: the day was picked, or its time is over."),
        "many": lazy_gettext("There are helpers enough for now."),
        "last": lazy_gettext("You are the only organiser: name another one first, or call it off."),
        "none": lazy_gettext("You have no part in it."),
        "date": lazy_gettext("First a day is picked that is still to come."),
        "event": lazy_gettext(
            "There is an event already: change it, or call it off, with the staff."
        ),
        "held": lazy_gettext("That is for when it has taken place."),
        "": _ELSE,
    },
}


def groups_line(row: Row) -> str:
    """Return whom a reunion gathers, in a line."""
    return "; ".join(group_words(group) for group in row["groups"])

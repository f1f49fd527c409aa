"""What is said of weeks in words: days and times, what is wrong with a form, what has changed."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import babel.dates
from flask_babel import get_locale, gettext, lazy_gettext

from graphnet.errors import BadFile, BadValue, Conflict
from graphnet.weeks.programme import Changed, Session
from webapp.frame.i18n import in_language
from webapp.frame.reasons import Reasons


def day_words(day: date) -> str:
    """Return a day as a heading: 'Monday 14 December'."""
    text = babel.dates.format_date(day, "EEEE, d MMMM", locale=get_locale() or "en")
    return str(text[:1].upper() + text[1:])


def short_day(day: date) -> str:
    """Return a day in a row of days: 'Mon 14'."""
    return str(babel.dates.format_date(day, "ccc d", locale=get_locale() or "en"))


def span(first: date, last: date) -> str:
    """Return from when to when: '14–20 December 2026'."""
    return str(
        babel.dates.format_interval(first, last, "yMMMMd", locale=get_locale() or "en")
        if first != last
        else babel.dates.format_date(first, "long", locale=get_locale() or "en")
    )


def clock(moment: datetime) -> str:
    """Return a time of the week's zone."""
    return f"{moment:%H:%M}"


def hours(one: Session) -> str:
    """Return from when to when a session is."""
    until = clock(one.ends)
    if one.ends.date() != one.starts.date():
        until = f"{short_day(one.ends.date())}, {until}"
    return f"{clock(one.starts)}–{until}"


def when_kept(kept: Mapping[str, Any]) -> str:
    """Return when and where a session stood in a version."""
    starts = datetime.fromisoformat(kept["starts"])
    place = in_language(kept["place"], kept["place_ru"])
    text = f"{short_day(starts.date())}, {clock(starts)}"
    return f"{text}, {place}" if place else text


def change_words(one: Changed) -> str:
    """Return what became of a session between two versions."""
    words = {
        "added": gettext("new"),
        "gone": gettext("not in the programme any more"),
        "off": gettext("called off"),
        "on": gettext("takes place after all"),
        "moved": gettext("moved"),
        "renamed": gettext("has another title"),
        "speakers": gettext("other speakers"),
    }
    return str(words[one.what])


REASONS: Reasons = {
    BadFile: {
        "none": lazy_gettext("no file was chosen"),
        "large": lazy_gettext("it is larger than two megabytes"),
        "table": lazy_gettext("there is no table in it"),
    },
    BadValue: {
        "name: needed": lazy_gettext("Give the week a name, in one of the languages at least."),
        "days: needed": lazy_gettext("Give it a day at least."),
        "days: twice": lazy_gettext("One day stands there twice."),
        "days: range": lazy_gettext("A week has at most 14 days, within a month."),
        "tracks: needed": lazy_gettext("A track has a name."),
        "places: needed": lazy_gettext("A place has a name."),
        "minutes: range": lazy_gettext("A session takes between five minutes and a day."),
        "starts: past": lazy_gettext("This time is over already."),
        "starts: needed": lazy_gettext("Say when it begins."),
        "title: needed": lazy_gettext("Give it a title, in one of the languages at least."),
        "capacity: range": lazy_gettext("This number cannot be."),
        "sessions: range": lazy_gettext("There is no row that could be taken, or more than 300."),
        "note: long": lazy_gettext("At most 500 characters."),
        "unknown": lazy_gettext("Choose one of those that are offered."),
        "long": lazy_gettext("This is too long."),
        "no_time": lazy_gettext("There is no such time on that day: the clocks are put forward."),
        "": lazy_gettext("This cannot be so."),
    },
    Conflict: {
        "empty": lazy_gettext("There is nothing to publish yet: add sessions first."),
        "meanwhile": lazy_gettext(
            "A colleague has published meanwhile. Look at what is left to publish."
        ),
        "over": lazy_gettext("It has begun or was called off: it stays where it is."),
        "there": lazy_gettext("They are asked already, or cannot be asked."),
    },
}


def row_problem(problem: str) -> str:
    """Return why a row of a spreadsheet is not taken."""
    words = {
        "day": gettext("the day cannot be read"),
        "starts": gettext("when it begins cannot be read"),
        "ends": gettext("when it ends cannot be read"),
        "title": gettext("it has no title"),
        "capacity": gettext("the number of seats cannot be read"),
        "long": gettext("a text is too long"),
        "there": gettext("the week has it already"),
    }
    return str(words.get(problem, problem))

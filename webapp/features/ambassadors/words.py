"""What a set of ambassadors says of its people, in words, for a file."""

from flask_babel import gettext


def ask_word(state: str) -> str:
    """Return how an asking stands."""
    words = {
        "asked": gettext("asked"),
        "accepted": gettext("accepted"),
        "declined": gettext("declined"),
    }
    return str(words.get(state, state))


def conflict_word(why: str) -> str:
    """Return why somebody's being chosen would be a conflict of interest."""
    words = {
        "staff": gettext("on the staff"),
        "juror": gettext("on the jury of the running contest"),
        "candidate": gettext("stands in the running contest"),
    }
    return str(words.get(why, why))

"""Words of projects: kinds, and what money was spent on."""

from flask_babel import gettext, pgettext

from webapp.frame.i18n import in_language


def kind_word(kind: str | None) -> str:
    """Return what kind of project it is."""
    words = {
        "scholarship": gettext("scholarship"),
        "equipment": gettext("equipment"),
        "heritage": gettext("heritage"),
        "education": gettext("education"),
        "charity": gettext("charity"),
        "community": pgettext("kind of project", "for the community"),
        "ecology": gettext("ecology"),
        "fund": gettext("fund"),
    }
    return str(words.get(kind or "", kind or ""))


def expense_word(note: str | None) -> str:
    """Return what an expense was for: a note may have both languages, "English / Russian"."""
    first, _, second = (note or "").partition(" / ")
    return in_language(first, second or first)

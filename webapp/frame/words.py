"""Words that many pages share: what somebody's state is called, what they studied, their years."""

from typing import Any

from flask_babel import gettext, lazy_gettext, lazy_pgettext

from graphnet.model import academic_year
from webapp.frame.i18n import in_language

NEEDED = lazy_gettext("Please fill this in.")  # beside an empty field of a form

# State: the shape that goes with its word, so that neither needs the colour. See `ui.badge`.
SHAPES = {
    "registered": "full",
    "reachable": "half",
    "silent": "ring",
    "not_registered": "ring",
    "no_contact": "dashed",
    "lost": "dashed",
    "deceased": "square",
    "hidden": "square",
}


# State, and the beginning of the person's gender where the word bends with it: the word.
STATES: dict[tuple[str, str], Any] = {
    ("registered", "f"): lazy_pgettext("she", "registered"),
    ("not_registered", "f"): lazy_pgettext("she", "not registered"),
    ("silent", "f"): lazy_pgettext("she", "has not answered for long"),
    ("registered", "m"): lazy_pgettext("he", "registered"),
    ("not_registered", "m"): lazy_pgettext("he", "not registered"),
    ("silent", "m"): lazy_pgettext("he", "has not answered for long"),
    ("registered", ""): lazy_pgettext("he or she", "registered"),
    ("not_registered", ""): lazy_pgettext("he or she", "not registered"),
    ("silent", ""): lazy_pgettext("he or she", "has not answered for long"),
    ("no_contact", ""): lazy_gettext("no contact"),
    ("reachable", ""): lazy_gettext("reachable"),
    ("lost", ""): lazy_gettext("contact lost"),
    ("deceased", ""): lazy_gettext("in memory"),
    ("hidden", ""): lazy_gettext("hidden"),
}


def state_word(state: str, gender: str = "") -> str:
    """Return a person's state in a word, in the grammatical gender of the person."""
    return str(STATES.get((state, gender[:1]), STATES.get((state, ""), state)))


def years(from_term: int | None, to_term: int | None) -> str:
    """Return the calendar years of a stay: '1998-2003' with the right dash, or what is known."""
    first = academic_year(from_term) if from_term is not None else None
    # A spring term lies in the second calendar year of its academic year.
    last = academic_year(to_term) + to_term % 2 if to_term is not None else None
    if first is None and last is None:
        return ""
    if first is None or last is None or first == last:
        return str(first if first is not None else last)
    return f"{first}\u2013{last}"


def study_line(study: Any) -> str:
    """Return one stay in a line: what, which group, from when, until when."""
    what = in_language(study.programme, study.programme_ru) or in_language(
        study.unit, study.unit_ru
    )
    parts = [what] if what else []
    if study.code:
        parts.append(gettext("group %(code)s", code=study.code))
    if study.intake_year:
        parts.append(gettext("intake of %(year)s", year=study.intake_year))
    if study.graduation_year:
        parts.append(gettext("graduation %(year)s", year=study.graduation_year))
    elif not study.intake_year and (span := years(study.from_term, study.to_term)):
        parts.append(span)
    return ", ".join(parts)


def role_word(role: str) -> str:
    """Return a role of an account in a word."""
    words = {
        "alumnus": gettext("alumnus"),
        "staff": gettext("staff"),
        "analyst": gettext("analyst"),
        "admin": gettext("administrator"),
        "treasurer": gettext("treasurer"),
        "auditor": gettext("auditor"),
    }
    return str(words.get(role, role))

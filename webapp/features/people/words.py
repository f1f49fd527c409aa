"""A person's record in words: its fields, who sees them, what was changed and by whom."""

from collections.abc import Iterable
from typing import Any

from babel import Locale
from flask_babel import gettext, lazy_gettext, lazy_pgettext
from wtforms.fields import SelectChoice

from graphnet.errors import BadFile, BadValue, Conflict, NotAllowed, TooMany
from graphnet.privacy import DEFAULT_AUDIENCES, audiences
from graphnet.records.corrections import MERGE, OWN, Change
from graphnet.store import Row
from webapp.frame.i18n import in_language, language
from webapp.frame.reasons import Reasons

FIELD_WORDS: dict[str, Any] = {
    "name": lazy_gettext("Name"),
    "studies": lazy_gettext("Studies"),
    "interests": lazy_gettext("Interests"),
    "groups": lazy_gettext("Communities"),
    "about": lazy_gettext("About myself"),
    "city": lazy_gettext("City"),
    "employer": lazy_gettext("Work"),
    "photo": lazy_gettext("Photo"),
    "contacts": lazy_gettext("Contacts"),
    "events": lazy_gettext("Events that I go to"),
    "connections": lazy_gettext("Whom I know"),
    "pass_on": lazy_gettext("Asking me to pass on a message"),
    "languages": lazy_gettext("Languages"),
    "messages": lazy_gettext("Writing to me"),
}
AUDIENCE_WORDS: dict[str, Any] = {
    "nobody": lazy_gettext("nobody"),
    "connections": lazy_gettext("my contacts"),
    "cohort": lazy_gettext("my intake"),
    "members": lazy_gettext("all registered alumni"),
    "public": lazy_gettext("anyone on the internet"),
}
LEVEL_WORDS: dict[str, Any] = {
    "specialist": lazy_gettext("specialist"),
    "bachelor": lazy_gettext("bachelor"),
    "master": lazy_gettext("master"),
    "postgraduate": lazy_gettext("postgraduate"),
}
# What a correction calls its field: what a reader calls it.
CHANGED: dict[str, Any] = {
    "names": lazy_gettext("Name"),
    "work": lazy_gettext("Work"),
    "audiences": lazy_gettext("Who sees what"),
    "stated": lazy_gettext("Studies"),
    "import": lazy_gettext("An imported list"),
    "gone": lazy_gettext("No longer in an imported list"),
    "born_on": lazy_gettext("Date of birth"),
    "likes": lazy_gettext("Interests"),
    "offers": lazy_gettext("What I offer"),
    "needs": lazy_gettext("What I look for"),
}
NAME_WORDS: dict[str, Any] = {
    "family_name": lazy_gettext("Family name"),
    "given_name": lazy_gettext("First name"),
    "patronymic": lazy_gettext("Patronymic"),
    "former_names": lazy_gettext("Former family names"),
    "latin_name": lazy_gettext("Name in the other alphabet"),
}
SOURCE_WORDS: dict[str, Any] = {
    "telephone": lazy_gettext("by telephone"),
    "letter": lazy_gettext("by letter"),
    "document": lazy_gettext("from a document"),
    "in person": lazy_gettext("face to face"),
}
# In which ways somebody offers help with a topic, or looks for it.
WAY_WORDS: dict[str, Any] = {
    "mentoring": lazy_pgettext("help", "mentoring"),
    "job": lazy_pgettext("help", "a job"),
    "laboratory": lazy_pgettext("help", "a laboratory"),
    "expertise": lazy_pgettext("help", "expertise"),
    "partnership": lazy_pgettext("help", "a partner"),
}
# ISO 639 codes of languages that alumni may speak, by how many people of the world's do.
LANGUAGES_SPOKEN = (
    "ru", "en", "de", "fr", "es", "zh", "it", "pt", "ja", "ko", "ar", "tr", "fa", "hi", "vi", "uk",
    "be", "kk", "uz", "ky", "tg", "tk", "az", "hy", "ka", "tt", "ba", "cv", "lv", "lt", "et", "fi",
    "sv", "no", "da", "nl", "pl", "cs", "sk", "sr", "bg", "ro", "hu", "el", "he", "mn", "id", "th",
)  # fmt: skip


def language_name(code: str) -> str:
    """Return what a language is called in the reader's."""
    return str(Locale.parse(language()).languages.get(code, code))


def languages_line(codes: Iterable[str]) -> str:
    """Return the names of languages in a line."""
    return ", ".join(map(language_name, codes))


def language_choices() -> list[SelectChoice]:
    """Return the languages to choose from."""
    return [SelectChoice(code, language_name(code)) for code in LANGUAGES_SPOKEN]


def span(first: int | None, last: int | None) -> str:
    """Return years: '1998\u20132003', 'since 1998', 'until 2003' or nothing."""
    if first and last:
        return f"{first}\u2013{last}" if first != last else str(first)
    if first:
        return str(gettext("since %(year)s", year=first))
    return str(gettext("until %(year)s", year=last)) if last else ""


def work_line(row: Row) -> str:
    """Return one place of work in a line."""
    said = row.get("said", row)
    parts = [said.get("role") or "", row["name"], span(said.get("from_year"), said.get("to_year"))]
    return ", ".join(part for part in parts if part)


def stated_line(row: Row) -> str:
    """Return what somebody says they studied, in a line."""
    parts = [in_language(row["name"], row["name_ru"])]
    if row["codes"]:
        parts.append(gettext("group %(code)s", code=row["codes"][0]))
    if row["programme"]:
        parts.append(row["programme"])
    if row["level"]:
        parts.append(str(LEVEL_WORDS.get(row["level"], row["level"])))
    if row["is_group"]:
        parts.append(span(row["from_year"] or row["intake_year"], row["to_year"]))
    elif row["to_year"]:
        parts.append(gettext("graduation %(year)s", year=row["to_year"]))
    return ", ".join(part for part in parts if part)


def study_entry(row: Row) -> str:
    """Return one entry of a person's studies, as a correction holds it."""
    parts = [in_language(row.get("name") or "", row.get("name_ru") or "")]
    if row.get("codes"):
        parts.append(gettext("group %(code)s", code=row["codes"][0]))
    year = row.get("year") or row["said"].get("year")
    if year and row["tie"] == "COMPLETED":
        parts.append(gettext("graduation %(year)s", year=year))
    elif year:
        parts.append(gettext("intake of %(year)s", year=year))
    return ", ".join(part for part in parts if part)


def field_word(name: str) -> Any:
    """Return what a changed field is called."""
    return CHANGED.get(name) or FIELD_WORDS.get(name, name)


def by_whom(change: Change) -> str:
    """Return who has made a change, and how they knew; said to the person."""
    if change.role == "import":
        return str(gettext("from the list “%(name)s”", name=change.source))
    if change.role == "self":
        return str(gettext("by yourself"))
    return told_line(change.source, change.told_by)


def told_line(source: str, told_by: str) -> str:
    """Return how staff know something."""
    if source == MERGE:
        return str(gettext("by the Association, when two records of one person were joined"))
    how = SOURCE_WORDS.get(source, source)
    return str(gettext("by the Association, %(how)s: %(who)s", how=how, who=told_by))


def difference(change: Change) -> tuple[list[str], list[str]]:
    """Return what a change took away and what it brought, in lines."""
    before, after = lines(change.field, change.before), lines(change.field, change.after)
    return [one for one in before if one not in after], [one for one in after if one not in before]


def lines(field: str, value: Any) -> list[str]:
    """Return the value of a field in lines, each of which can change alone."""
    if value is None or value == "":
        return []
    if field == "names":
        return list(_names(value))
    if field == "audiences":
        held = audiences(value)
        return [f"{FIELD_WORDS[name]}: {AUDIENCE_WORDS[held[name]]}" for name in DEFAULT_AUDIENCES]
    if field == "city":
        return [in_language(row["name"], row["name_ru"]) for row in value]
    if field == "languages":
        return [language_name(code) for code in value]
    if field == "work":
        return [work_line(row) for row in value]
    if field == "studies":
        return [study_entry(row) for row in value]
    if field == "contacts":
        return [_contact(row["said"]) for row in value]
    if field == "stated":
        return [", ".join(filter(None, (value["name"], str(value["to_year"] or ""))))]
    if field in OWN:
        return [_topic(row) for row in value]
    if field == "photo":
        return [gettext("a photo")] if value else []
    return [str(value)]


def _topic(row: Row) -> str:
    ways = ", ".join(str(WAY_WORDS[way]) for way in row["ways"] if way in WAY_WORDS)
    name = in_language(row["name"], row["name_ru"])
    return f"{name} ({ways})" if ways else name


def _names(value: dict[str, Any]) -> Iterable[str]:
    for name, word in NAME_WORDS.items():
        held = value.get(name)
        text = ", ".join(held) if isinstance(held, list) else held
        if text:
            yield f"{word}: {text}"


def _contact(said: Row) -> str:
    text = str(said.get("value") or "")
    return (
        gettext("%(contact)s (no longer works)", contact=text) if said.get("bounced_at") else text
    )


# Why a change was not kept, and what to do.
REASONS: Reasons = {
    BadValue: {
        "name": lazy_gettext("Write a first name or a family name."),
        "long": lazy_gettext("This is too long: shorten it, please."),
        "gender": lazy_gettext("Choose from the list."),
        "city": lazy_gettext(
            "We do not know this city. Choose one from the list, or ask the Association to add it."
        ),
        "language": lazy_gettext("Choose from the list."),
        "employer": lazy_gettext("Write where you worked."),
        "year": lazy_gettext("A year, please: 1998 for example."),
        "years": lazy_gettext("The first year comes before the last one."),
        "many": lazy_gettext("There are too many entries already: take one away first."),
        "study": lazy_gettext("Choose a group or a faculty from the list."),
        "level": lazy_gettext("Choose from the list."),
        "audience": lazy_gettext("Choose from the list."),
        "address": lazy_gettext("This is no e-mail address: anna@example.org, for example."),
        "phone": lazy_gettext("This is no telephone number: +7 916 123-45-67, for example."),
        "source": lazy_gettext("Say how you know."),
        "told": lazy_gettext("Say who told you, in at most 200 characters."),
        "day": lazy_gettext("Give a day that has been, or say that it is not known."),
    },
    Conflict: {
        "there": lazy_gettext("This is on the page already."),
        "waits": lazy_gettext("A letter has gone to this address already: look into your mail."),
        "undone": lazy_gettext("This has been undone already."),
        "later": lazy_gettext("This was changed again since: undo the later change first."),
        "good": lazy_gettext("What was there before is gone: this cannot be undone."),
        "decided": lazy_gettext("Somebody has decided this already."),
        "noted": lazy_gettext("This death has been noted already."),
        "": lazy_gettext("This has changed meanwhile: look at it once more."),
    },
    TooMany: {
        "waiting": lazy_gettext(
            "Several addresses wait for you already: open those letters first."
        ),
    },
    BadFile: {
        "picture": lazy_gettext(
            "This is no picture that we can read: send a JPEG, PNG or WebP file."
        ),
        "big": lazy_gettext("This picture is too large: 12 megabytes are the most."),
        "small": lazy_gettext(
            "This picture is too small: at least 120 points in height and width."
        ),
    },
    NotAllowed: {
        "same": lazy_gettext("You have noted it yourself: another one of staff has to confirm it."),
    },
}

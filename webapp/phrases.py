"""What engines answer, put into words: why something matched, why something is suggested.

Engines give evidence (a kind and what it names); the sentence is made here, in the reader's
language, so that no engine knows a language.
"""

from collections.abc import Sequence
from typing import Any

from babel.numbers import format_percent
from flask import Flask
from flask_babel import get_locale, gettext, ngettext

from graphnet.community.suggestions import Reason
from graphnet.names import Found
from webapp.i18n import in_language


def install(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.globals.update(
        matched_words=matched_words,
        reason_words=reason_words,
        request_kind=request_kind,
        run_state=run_state,
        thing_word=thing_word,
        festival_choices=festival_choices,
        kind_choices=lambda words, kinds: [(kind, words[kind]) for kind in kinds],
    )
    app.jinja_env.filters["percent"] = percent


def percent(share: float) -> str:
    """Return a share of 1 as people of the reader's language write per cent."""
    return str(format_percent(share, locale=get_locale()))


def matched_words(found: Found) -> str:
    """Return how the question matched the name, if it was not simply the same."""
    words = {
        "other script": gettext("written in the other alphabet"),
        "diminutive": gettext("a short form of the name"),
        "former name": gettext("a former family name"),
        "typing error": gettext("spelt a little differently"),
        "initial": gettext("the initial fits"),
        "keyboard": gettext("typed in the other keyboard layout"),
        "beginning": gettext("begins like this"),
        "part of the name": gettext("a part of the name"),
        "other gender": gettext("the same family name in the other gender"),
    }
    said = [words[how] for how in dict.fromkeys(how for _, how in found.matched) if how in words]
    return ", ".join(said)


def reason_words(reasons: Sequence[Reason]) -> str:
    """Return the evidence for a suggestion as a sentence, strongest first, at most three."""
    return "; ".join(reason_word(reason) for reason in reasons[:3])


def reason_word(reason: Reason) -> str:
    """Return one piece of evidence in words."""
    name, n = in_language(reason.name, reason.name_ru), reason.count
    counted = {
        "acquaintances": ngettext("%(num)s common acquaintance", "%(num)s common acquaintances", n),
    }
    named = {
        "study_group": gettext("the same group: %(code)s", code=name),
        "cohort": gettext("the same intake: %(intake)s", intake=name),
        "graduation": gettext("the same graduation: %(what)s", what=name),
        "member": gettext("the same community: %(group)s", group=name),
    }
    return str((counted | named)[reason.kind])


def request_kind(kind: str) -> str:
    """Return what a request is about."""
    words = {
        "hide": gettext("“don’t look for me”"),
        "pass_on": gettext("pass on to somebody"),
        "question": gettext("question"),
        "document": gettext("document"),
        "pass": gettext("pass to the university"),
        "lecture": gettext("lecture"),
        "contact": gettext("correction of data"),
        "partnership": gettext("partnership"),
        "room": gettext("room"),
        "museum": gettext("museum"),
        "mentor": gettext("mentoring"),
    }
    return str(words.get(kind, kind))


def thing_word(label: str) -> str:
    """Return what a thing that was found is, by its label in the graph."""
    words = {
        "Event": gettext("event"),
        "Group": gettext("community"),
        "Project": gettext("project"),
        "Topic": gettext("topic"),
    }
    return str(words.get(label, label))


def run_state(state: str) -> str:
    """Return where an import stands."""
    words = {
        "running": gettext("running"),
        "finished": gettext("finished"),
        "interrupted": gettext("interrupted"),
        "undoing": gettext("being undone"),
        "undone": gettext("undone"),
    }
    return str(words.get(state, state))


def festival_choices(festivals: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return the Alumni Weeks as choices of a list."""
    return [
        (row["id"], f"{in_language(row['name'], row['name_ru'])} {row['year']}")
        if str(row["year"]) not in row["name"]
        else (row["id"], in_language(row["name"], row["name_ru"]))
        for row in festivals
    ]

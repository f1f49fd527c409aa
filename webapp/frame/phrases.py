"""What engines answer, put into words: why something matched, why something is suggested.

Engines give evidence (a kind and what it names); the sentence is made here, in the reader's
language, so that no engine knows a language.
"""

from collections.abc import Sequence
from typing import Any

from babel.numbers import format_percent
from flask import Flask, url_for
from flask_babel import get_locale, gettext, ngettext, pgettext

from graphnet.discovery.criteria import Criterion
from graphnet.discovery.search import Hit
from graphnet.features import registered
from graphnet.names import Found
from graphnet.people import Card
from graphnet.recommendations.people_you_may_know import Reason
from graphnet.requests import forms
from webapp.frame.context import graphnet, shared
from webapp.frame.i18n import in_language


def install(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.globals.update(
        claim_reason=claim_reason,
        matched_words=matched_words,
        hit_words=hit_words,
        criterion_words=criterion_words,
        way_to=way_to,
        reason_words=reason_words,
        request_kind=request_kind,
        run_state=run_state,
        thing_word=thing_word,
        festival_choices=festival_choices,
        kind_choices=lambda words, kinds: [(kind, words[kind]) for kind in kinds],
    )
    app.jinja_env.filters["percent"] = percent
    app.jinja_env.filters["dialled"] = dialled


def percent(share: float) -> str:
    """Return a share of 1 as people of the reader's language write per cent."""
    return str(format_percent(share, locale=get_locale()))


def matched_words(found: Found, card: Card | None = None) -> str:
    """Return how the question matched the name, if it was not simply the same.

    With the card, what was typed stands before what it is of the name: Саша → Александр.
    """
    words = {
        "other script": gettext("written in the other alphabet"),
        "diminutive": gettext("a short form of the name"),
        "another name": gettext("another given name"),
        "other form": gettext("another form of the name"),
        "former name": gettext("a former family name"),
        "typing error": gettext("spelt a little differently"),
        "initial": gettext("the initial fits"),
        "keyboard": gettext("typed in the other keyboard layout"),
        "beginning": gettext("begins like this"),
        "part of the name": gettext("a part of the name"),
        "other gender": gettext("the same family name in the other gender"),
    }
    said: list[str] = []
    for part in found.matched:
        if part.how not in words:
            continue
        text = words[part.how]
        if card is not None and part.word and part.how != "initial":
            former = [n for n in card.name.former if part.how == "former name"]
            name = {
                "given": card.name.given,
                "patronymic": card.name.patronymic,
                "family": former[0] if len(former) == 1 else card.name.family,
            }[part.part]
            if name and (part.how != "former name" or former):
                text = f"{_as_name(part.word)} → {name}: {text}"
        said.append(text)
    return ", ".join(dict.fromkeys(said))


def _as_name(word: str) -> str:
    return word[:1].upper() + word[1:]


def dialled(number: str) -> str:
    """Return a telephone number as ``tel:`` takes it: its digits, and the plus before them.

    Examples
    --------
    >>> dialled("+7 (812) 000-17-88")
    '+78120001788'
    """
    return "+" * number.lstrip().startswith("+") + "".join(c for c in number if c.isdecimal())


def hit_words(hit: Hit) -> str:
    """Return all that matched of one result: the name, then what narrowed the search."""
    said = [matched_words(hit.found, hit.card)]
    for criterion in hit.met:
        if criterion.kind == "year":
            said.append(_year_met(criterion, hit.card))
        elif criterion.kind != "state":
            said.append(criterion_words(criterion))
    return "; ".join(part for part in said if part)


def _year_met(criterion: Criterion, card: Card) -> str:
    """Return which year of somebody's studies is near the one that was asked for."""
    asked = int(criterion.value)
    near: list[tuple[int, str]] = []
    for study in card.studies:
        if study.graduation_year and criterion.of != "intake":
            words = gettext("graduation %(year)s", year=study.graduation_year)
            near.append((abs(study.graduation_year - asked), words))
        if study.intake_year and criterion.of != "graduation":
            words = gettext("intake of %(year)s", year=study.intake_year)
            near.append((abs(study.intake_year - asked), words))
    return min(near)[1] if near else ""


def criterion_words(criterion: Criterion) -> str:
    """Return what narrows a search, as a chip shows it."""
    name = in_language(criterion.name, criterion.name_ru)
    if criterion.kind == "year":
        first = int(criterion.value) - criterion.around
        last = int(criterion.value) + criterion.around
        years = str(first) if first == last else f"{first}\u2013{last}"
        if criterion.of == "graduation":
            return str(gettext("graduation %(year)s", year=years))
        if criterion.of == "intake":
            return str(gettext("intake of %(year)s", year=years))
        return str(gettext("intake or graduation %(year)s", year=years))
    words = {
        "group": gettext("group %(code)s", code=name),
        "unit": name,
        "stream": gettext("stream %(number)s, by the group code", number=criterion.value),
        "city": gettext("lives in: %(city)s", city=name),
        "employer": gettext("has worked at: %(employer)s", employer=name),
        "topic": gettext("interested in: %(topic)s", topic=name),
        "monitor": gettext("monitor of the group"),
        "state": {
            "registered": pgettext("people", "registered"),
            "reachable": gettext("reachable"),
            "silent": pgettext("he or she", "has not answered for long"),
            "lost": gettext("contact lost"),
        }.get(criterion.value, pgettext("people", "not registered")),
    }
    return str(words[criterion.kind])


def way_to(card: Card) -> str:
    """Return where the ways to reach somebody without a contact are shown, or nothing."""
    wanted = card.id and card.state in ("no_contact", "not_registered", "lost", "silent")
    return url_for("introductions.person", person_id=card.id) if wanted else ""


def reason_words(reasons: Sequence[Reason], *, of_others: bool = False) -> str:
    """Return the evidence for a suggestion as a sentence, strongest first, at most three.

    With `of_others` it is told to somebody who is neither of the two.
    """
    return "; ".join(reason_word(reason, of_others=of_others) for reason in reasons[:3])


def reason_word(reason: Reason, *, of_others: bool = False) -> str:
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
        "through": gettext("they both know: %(names)s", names=name)
        if of_others
        else gettext("you both know: %(names)s", names=name),
    }
    return str((counted | named)[reason.kind])


def request_kind(kind: str) -> str:
    """Return what a request is about."""
    if kind in (written := _written_kinds()):
        return in_language(*written[kind])
    return str(registered().request_words.get(kind, kind))


def _written_kinds() -> dict[str, tuple[str, str]]:
    """Return what staff call kinds of request."""
    return shared("kinds of request", lambda: forms.names(graphnet().store))


def claim_reason(reason: str) -> str:
    """Return why only staff can decide a claim."""
    words = {
        "no": gettext("a groupmate says no"),
        "nobody": gettext("nobody on file who fits"),
        "several": gettext("several people fit"),
        "registered": gettext("that person has registered already"),
        "few_groupmates": gettext("too few groupmates are registered"),
        "no_address": gettext("confirmed, but no address"),
        "address_taken": gettext("the address has another account"),
        "changed": gettext("the record has changed since"),
    }
    return str(words.get(reason, reason))


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

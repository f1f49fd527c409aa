"""Two languages: English is what the code says, Russian stands in one catalogue a feature.

How a text is translated
------------------------
Write it in English: ``{{ _("People") }}`` or ``{% trans %}...{% endtrans %}`` in a template,
``gettext``, ``ngettext`` or ``lazy_gettext`` of `flask_babel` in Python. Then::

    python -m webapp.i18n update people     # or without a name: every feature
    python -m webapp.i18n check             # what is missing, fuzzy, or translated in two ways

``update`` reads only ``webapp/people/`` and rewrites only ``webapp/translations/ru/people.po``: it
keeps what was translated, adds what is new, drops what is gone. So people who work on different
features never write to the same file. What stands in ``webapp/*.py`` and ``webapp/templates/``
belongs to ``base.po``; a text that ``base.po`` already has is not asked for again. The same English
text must have the same Russian one everywhere (``pgettext`` tells two meanings apart): a test sees
to it.

There is no compiled file to forget: the catalogues are read and merged when the process starts
(about 10 ms for 300 texts), so what is in the repository is what is shown.

A reader's language is the one they chose (cookie, then account), else what their browser asks for.
"""

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import babel.dates
import babel.numbers
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain, get_locale, gettext
from markupsafe import Markup

from graphnet.errors import StoreError
from webapp.security import current_account

LANGUAGES = {"en": "English", "ru": "Русский"}
COOKIE = "language"
ROOT = Path(__file__).parent
CATALOGUES = ROOT / "translations" / "ru"


class Catalogues(Domain):  # type: ignore[misc]
    """Where flask-babel looks texts up: all catalogues of a language as one."""

    def get_translations(self) -> NullTranslations:
        """Return the texts in the reader's language."""
        return merged() if language() == "ru" else NullTranslations()


@cache
def merged() -> Translations:
    """Return all Russian catalogues as one."""
    result: Translations | None = None
    for path in [CATALOGUES / "base.po", *sorted(CATALOGUES.glob("*.po"))]:
        if not path.exists():
            continue
        binary = io.BytesIO()
        write_mo(binary, _read(path))
        binary.seek(0)
        texts = Translations(binary)
        result = texts if result is None else result.add(texts)
    return result if result is not None else Translations()


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="ru")


# In requests


def language() -> str:
    """Return 'en' or 'ru': the language of this page; English outside a request."""
    if not has_request_context():
        return "en"
    if "language" not in g:
        g.language = _chosen() or request.accept_languages.best_match(list(LANGUAGES)) or "en"
    return str(g.language)


def _chosen() -> str:
    cookie = request.cookies.get(COOKIE, "")
    if cookie in LANGUAGES:
        return cookie
    try:
        account = current_account()
    except StoreError:  # the page that says so must still be in some language
        return ""
    return account.language if account is not None and account.language in LANGUAGES else ""


def in_language(english: str | None, russian: str | None) -> str:
    """Return the one of two texts that the reader reads, or the only one that there is."""
    first, second = (russian, english) if language() == "ru" else (english, russian)
    return first or second or ""


_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


def marked(text: str, *, spoken: str = "") -> Markup | str:
    """Return a text with its language marked where its script is not that of the page.

    Parameters
    ----------
    spoken
        The language of the text where it is known; else Cyrillic counts as Russian, Latin as
        English, which is what makes a screen reader take the right alphabet.
    """
    if language() == "ru":
        foreign = bool(_LATIN.search(text)) and not _CYRILLIC.search(text)
        code = spoken if spoken and spoken != "ru" else "en"
    else:
        foreign = bool(_CYRILLIC.search(text))
        code = spoken if spoken and spoken != "en" else "ru"
    return Markup('<span lang="{}">{}</span>').format(code, text) if foreign else text


def name(person: Any) -> Markup | str:
    """Return a person's name for a page: script marked, or the pseudonym an analyst may see.

    Takes a `graphnet.people.Card`, an `Account`, a `graphnet.model.Name` or a plain text.
    """
    if pseudonym := getattr(person, "pseudonym", ""):
        return Markup('<span class="pseudonym">{}</span>').format(pseudonym)
    held = getattr(person, "name", person)
    full = held if isinstance(held, str) else held.full
    if not full.strip():
        return Markup('<span class="quiet">{}</span>').format(gettext("no name given"))
    return marked(full, spoken=getattr(person, "language", "") or "")


def _moment(value: Any) -> datetime:
    moment = value.to_native() if hasattr(value, "to_native") else value
    if not isinstance(moment, datetime):
        return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _zone(zone: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _time(machine: str, text: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(machine, text)


def day(value: Any, zone: str | None = None) -> Markup | str:
    """Write a day: '12 May 2026', '12 мая 2026'."""
    if value is None:
        return ""
    native = value.to_native() if hasattr(value, "to_native") else value
    if isinstance(native, datetime):
        native = _moment(native).astimezone(_zone(zone)).date()
    assert isinstance(native, date)
    text = babel.dates.format_date(native, "d MMMM y", locale=get_locale() or "en")
    return _time(native.isoformat(), text)


def month(value: Any) -> str:
    """Write a month: 'May 2026', 'май 2026'."""
    return babel.dates.format_date(
        value.to_native() if hasattr(value, "to_native") else value,
        "LLLL y",
        locale=get_locale() or "en",
    )


def event_time(value: Any, zone: str | None = None) -> Markup | str:
    """Write when something begins, in its own zone: 'Tuesday 12 May 2026, 18:30 (Moscow time)'."""
    if value is None:
        return ""
    moment = _moment(value).astimezone(_zone(zone))
    locale = get_locale() or "en"
    pattern = "EEEE, d MMMM y, HH:mm" if language() == "ru" else "EEEE d MMMM y, HH:mm"
    text = babel.dates.format_datetime(moment, pattern, tzinfo=moment.tzinfo, locale=locale)
    place = babel.dates.get_timezone_location(moment.tzinfo, locale=locale, return_city=True)
    return Markup('{} <span class="zone">{}</span>').format(
        _time(moment.isoformat(), text), gettext("%(city)s time", city=place)
    )


def moment(value: Any) -> Markup | str:
    """Write a moment of the site's own records, in UTC: '12 May 2026, 18:30 UTC'."""
    if value is None:
        return ""
    native = _moment(value).astimezone(UTC)
    text = babel.dates.format_datetime(
        native, "d MMMM y, HH:mm", tzinfo=UTC, locale=get_locale() or "en"
    )
    return _time(native.isoformat(timespec="seconds"), f"{text} UTC")


def ago(value: Any) -> Markup | str:
    """Write how long ago, or in how long: '3 hours ago', 'через 2 дня'."""
    if value is None:
        return ""
    native = _moment(value)
    text = babel.dates.format_timedelta(
        native - datetime.now(UTC), add_direction=True, locale=get_locale() or "en"
    )
    return _time(native.astimezone(UTC).isoformat(timespec="seconds"), text)


def number(value: float | int | None, digits: int | None = None) -> str:
    """Write a number as people of the language do: '38,500', '38 500'."""
    if value is None:
        return ""
    pattern = None if digits is None else "#,##0." + "0" * digits if digits else "#,##0"
    return babel.numbers.format_decimal(value, format=pattern, locale=get_locale() or "en")


def money(value: float | int, currency: str = "RUB") -> str:
    """Write a sum without kopecks where there are none."""
    whole = float(value).is_integer()
    return babel.numbers.format_currency(
        value,
        currency,
        locale=get_locale() or "en",
        format="¤#,##0" if whole and language() == "en" else "#,##0 ¤" if whole else None,
        currency_digits=not whole,
    )


def install(app: Flask) -> None:
    """Give the application its languages, filters and the names that templates use."""
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    babel_of_app = Babel(app, locale_selector=language)
    babel_of_app.__dict__["domain_instance"] = Catalogues()
    merged()
    app.jinja_env.filters.update(
        date=day,
        month=month,
        event_time=event_time,
        moment=moment,
        ago=ago,
        number=number,
        money=money,
        marked=marked,
    )
    app.jinja_env.globals.update(
        in_language=in_language, name=name, language=language, LANGUAGES=LANGUAGES
    )


# Catalogues, from the command line

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def features() -> list[str]:
    """Return the names of the catalogues: one for each package of webapp, and 'base'."""
    return ["base", *sorted(p.parent.name for p in ROOT.glob("*/__init__.py"))]


def _sources(feature: str) -> Iterator[tuple[Path, str]]:
    if feature == "base":
        folders = [(ROOT.glob("*.py"), "python"), ((ROOT / "templates").rglob("*.html"), "jinja2")]
    else:
        folder = ROOT / feature
        folders = [(folder.rglob("*.py"), "python"), (folder.rglob("*.html"), "jinja2")]
    for paths, method in folders:
        for path in sorted(paths):
            yield path, method


def extracted(feature: str) -> Catalog:
    """Return every text of a feature, without translations."""
    catalogue = Catalog(locale="ru", project="alumni-graphnet", charset="utf-8")
    for path, method in _sources(feature):
        found = extract_from_file(
            method,
            str(path),
            keywords=KEYWORDS,
            options={"trimmed": "true", "silent": "false"},
        )
        for _, message, _, context in found:
            if message and message != "":
                place = path.relative_to(ROOT.parent).as_posix()
                catalogue.add(message, None, [(place, None)], context=context)  # type: ignore[list-item]
    return catalogue


def update(feature: str) -> list[str]:
    """Rewrite one catalogue from its feature's texts; return those that are not translated yet."""
    path = CATALOGUES / f"{feature}.po"
    fresh = extracted(feature)
    known = _read(path) if path.exists() else Catalog(locale="ru")
    base_path = CATALOGUES / "base.po"
    base = _read(base_path) if feature != "base" and base_path.exists() else Catalog(locale="ru")
    result = Catalog(locale="ru", project="alumni-graphnet", charset="utf-8", fuzzy=False)
    result.header_comment = f"# Russian texts of webapp/{feature}; see webapp/i18n.py."
    missing = []
    for message in fresh:
        if not message.id or base.get(_key(message.id), message.context) is not None:
            continue
        old = known.get(_key(message.id), message.context)
        text = old.string if old is not None and not old.fuzzy else None
        result.add(message.id, text, message.locations, context=message.context)
        if not _translated(text):
            missing.append(_key(message.id))
    path.parent.mkdir(parents=True, exist_ok=True)
    if not len(result):
        path.unlink(missing_ok=True)
        return []
    with path.open("wb") as file:
        write_po(file, result, sort_output=True, include_lineno=False, omit_header=False, width=100)
    # The header's dates would make every update a change: they say nothing that git does not.
    text_of_file = path.read_text(encoding="utf-8")
    kept = re.sub(
        r'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Generated-By|Language-Team'
        r'|Report-Msgid-Bugs-To|Project-Id-Version)[^"]*\\n"\n',
        "",
        text_of_file,
        flags=re.MULTILINE,
    )
    path.write_text(kept, encoding="utf-8")
    return missing


def _key(message_id: Any) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


def _translated(text: Any) -> bool:
    return bool(text) if isinstance(text, str) else bool(text) and all(text)


def problems() -> list[str]:
    """Return what is wrong with the catalogues, one sentence each; nothing if all is well."""
    found: list[str] = []
    seen: dict[tuple[str, str], tuple[Any, str]] = {}
    have: dict[str, Catalog] = {}
    for feature in features():
        path = CATALOGUES / f"{feature}.po"
        have[feature] = _read(path) if path.exists() else Catalog(locale="ru")
        for message in have[feature]:
            if not message.id:
                continue
            if message.fuzzy:
                found.append(f"{feature}.po: fuzzy: {_key(message.id)!r}")
            key = (_key(message.id), message.context or "")
            if key in seen and _translated(message.string) and seen[key][0] != message.string:
                found.append(f"{feature}.po: {key[0]!r} has another text than in {seen[key][1]}.po")
            seen.setdefault(key, (message.string, feature))
    for feature in features():
        for message in extracted(feature):
            if not message.id:
                continue
            key_of = _key(message.id)
            for catalogue in (have[feature], have["base"]):
                entry = catalogue.get(key_of, message.context)
                if entry is not None and _translated(entry.string):
                    if isinstance(message.id, tuple) and len(entry.string) != 3:
                        found.append(f"{feature}.po: Russian has three plural forms: {key_of!r}")
                    if wrong := _other_names(message.id, entry.string):
                        found.append(f"{feature}.po: {key_of!r} lacks or adds {wrong}")
                    break
            else:
                found.append(f"{feature}.po: no Russian text: {key_of!r}")
    return found


_PLACE = re.compile(r"%\((\w+)\)[sd]")


def _other_names(message_id: Any, text: Any) -> str:
    """Return the placeholders that only one of the two languages has."""
    english = message_id if isinstance(message_id, str) else message_id[-1]
    wanted = set(_PLACE.findall(english))
    for form in (text,) if isinstance(text, str) else text:
        if different := wanted ^ set(_PLACE.findall(form)):
            return ", ".join(sorted(different))
    return ""


def main(arguments: list[str]) -> int:
    """``update [feature ...]`` or ``check``."""
    if arguments[:1] == ["check"]:
        lines = problems()
        sys.stderr.write("".join(line + "\n" for line in lines))
        return 1 if lines else 0
    if arguments[:1] == ["update"]:
        for feature in arguments[1:] or features():
            for text in update(feature):
                sys.stderr.write(f"{feature}.po: to translate: {text!r}\n")
        return 0
    sys.stderr.write("usage: python -m webapp.i18n update [feature ...] | check\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Two languages: English is what the code says, Russian stands in one catalogue a feature.

How a text is translated
------------------------
Write it in English: ``{{ _("People") }}`` or ``{% trans %}...{% endtrans %}`` in a template,
``gettext``, ``ngettext`` or ``lazy_gettext`` of `flask_babel` in Python. Then::

    python -m webapp.frame.i18n update people     # or without a name: every feature
    python -m webapp.frame.i18n check        # what is missing, fuzzy, or translated in two ways

``update`` reads only ``webapp/features/people/`` and rewrites only
``webapp/translations/ru/people.po``: it keeps what was translated, adds what is new, drops what is
gone. So people who work on different features never write to the same file. The modules and
templates of the frame share ``base.po``; its phrases, which many features say, ``phrases.po``.
A text that ``base.po`` has is not asked for again. The same English text must have the same
Russian one everywhere (``pgettext`` tells two meanings apart): a test sees to it.

There is no compiled file to forget: the catalogues are read and merged when the process starts
(about 10 ms for 300 texts), so what is in the repository is what is shown.

A reader's language is the one they chose (cookie, then account), else what their browser asks for.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import babel.dates
import babel.numbers
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain, force_locale, get_locale, gettext
from markupsafe import Markup

from graphnet.errors import StoreError
from webapp.frame.context import graphnet
from webapp.frame.security import current_account

LANGUAGES = {"en": "English", "ru": "Русский"}
COOKIE = "language"
ROOT = Path(__file__).parent.parent.parent
CATALOGUES = ROOT / "translations" / "ru"
ENGLISH = NullTranslations()  # the code says it already


class Catalogues(Domain):  # type: ignore[misc]
    """Where flask-babel looks texts up: all catalogues of a language as one."""

    def get_translations(self) -> NullTranslations:
        """Return the texts in the reader's language."""
        return _texts()


class SiteBabel(Babel):  # type: ignore[misc]
    """flask-babel with those catalogues: its own would be compiled files that one forgets."""

    @cached_property
    def domain_instance(self) -> Catalogues:
        """Where texts are looked up."""
        return Catalogues()


def _texts() -> NullTranslations:
    return merged() if language() == "ru" else ENGLISH


@cache
def merged() -> Translations:
    """Return all Russian catalogues as one."""
    result: Translations | None = None
    for path in [CATALOGUES / "base.po", *sorted(CATALOGUES.glob("*.po"))]:
        if not path.exists():
            continue
        binary = io.BytesIO()
        write_mo(binary, read(path))
        binary.seek(0)
        texts = Translations(binary)
        result = texts if result is None else result.add(texts)
    return result if result is not None else Translations()


def read(path: Path) -> Catalog:
    """Return one catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale="ru")


# In requests


def language() -> str:
    """Return 'en' or 'ru': the language of this page; English outside a request."""
    if not has_request_context():
        return "en"
    known: str | None = g.get("language")  # asked for some five hundred times a page
    if known is None:
        known = _chosen() or request.accept_languages.best_match(list(LANGUAGES)) or "en"
        g.language = known
    return known


def _chosen() -> str:
    cookie = request.cookies.get(COOKIE, "")
    if cookie in LANGUAGES:
        return cookie
    try:
        account = current_account()
    except StoreError:  # the page that says so must still be in some language
        return ""
    return account.language if account is not None and account.language in LANGUAGES else ""


@contextmanager
def in_tongue(code: str) -> Iterator[None]:
    """Say things in that language for a while, whatever the reader's is; for letters and chats."""
    before = g.get("language")
    g.language = code if code in LANGUAGES else "en"
    try:
        with force_locale(g.language):
            yield
    finally:
        if before is None:
            g.pop("language", None)
        else:
            g.language = before


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
    """Return the zone of that name; the office's own where none is given or known."""
    office = graphnet().settings.time_zone
    try:
        return ZoneInfo(zone or office)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(office)


def _zone_name(zone: tzinfo | None) -> str:
    # A Russian timetable says "мск" for the time that most of its readers live by.
    known = {"Europe/Moscow": gettext("Moscow time")}
    return str(known.get(str(zone)) or gettext("%(city)s time", city=_city(zone, _locale())))


def _locale() -> str:
    locale = get_locale()
    return "en" if locale is None else str(locale.language)


# The same few dozen moments and numbers are written on page after page, and Babel reads its pattern
# anew for each: a fifth of the list of events, a third of a table of figures.


@lru_cache(maxsize=8192, typed=True)
def _decimal(value: float | int, pattern: str | None, locale: str) -> str:
    return babel.numbers.format_decimal(value, format=pattern, locale=locale)


@lru_cache(maxsize=256)
def _city(zone: tzinfo | None, locale: str) -> str:
    return babel.dates.get_timezone_location(zone, locale=locale, return_city=True)


@lru_cache(maxsize=8192)
def _written(moment: datetime, zone: tzinfo | None, pattern: str, locale: str) -> str:
    """Write a moment in a zone, which is asked for apart: equal moments may be of several."""
    return babel.dates.format_datetime(moment, pattern, tzinfo=zone, locale=locale)


@lru_cache(maxsize=8192)
def _written_day(day: date, pattern: str, locale: str) -> str:
    return babel.dates.format_date(day, pattern, locale=locale)


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
    text = _written_day(native, "d MMMM y", _locale())
    return _time(native.isoformat(), text)


def month(value: Any) -> str:
    """Write a month: 'May 2026', 'май 2026'."""
    native = value.to_native() if hasattr(value, "to_native") else value
    plain = native.date() if isinstance(native, datetime) else native
    return _written_day(plain, "LLLL y", _locale())


def event_time(value: Any, zone: str | None = None) -> Markup | str:
    """Write when something begins, in its own zone: 'Tuesday 12 May 2026, 18:30 (Moscow time)'."""
    if value is None:
        return ""
    moment = _moment(value).astimezone(_zone(zone))
    pattern = "EEEE, d MMMM y, HH:mm" if language() == "ru" else "EEEE d MMMM y, HH:mm"
    text = _written(moment, moment.tzinfo, pattern, _locale())
    said = _zone_name(moment.tzinfo)
    return Markup('{} <span class="zone">{}</span>').format(_time(moment.isoformat(), text), said)


def deadline(value: Any, zone: str | None = None) -> str:
    """Write until when, in a zone: '12 May 2026, 18:30 (Moscow time)'.

    Without the day of the week, which in Russian would have to bend after "until".
    """
    if value is None:
        return ""
    moment = _moment(value).astimezone(_zone(zone))
    text = _written(moment, moment.tzinfo, "d MMMM y, HH:mm", _locale())
    return f"{text} {_zone_name(moment.tzinfo)}"


def moment(value: Any) -> Markup | str:
    """Write a moment of the site's own records, in the office's time: '12 May 2026, 18:30'."""
    if value is None:
        return ""
    native = _moment(value).astimezone(_zone(None))
    text = _written(native, native.tzinfo, "d MMMM y, HH:mm", _locale())
    machine = native.isoformat(timespec="seconds")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        machine, _zone_name(native.tzinfo), text
    )


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
    return _decimal(value, pattern, _locale())


def money(value: float | int | Decimal, currency: str = "RUB") -> str:
    """Write a sum without kopecks where there are none."""
    whole = float(value).is_integer()
    return babel.numbers.format_currency(
        value,
        currency,
        locale=get_locale() or "en",
        format="¤#,##0" if whole and language() == "en" else "#,##0\xa0¤" if whole else None,
        currency_digits=not whole,
    )


def amount(smallest: int, currency: str = "RUB") -> str:
    """Write a sum that is kept as a whole number of the currency's smallest unit."""
    return money(Decimal(smallest) / 100, currency)


def install(app: Flask) -> None:
    """Give the application its languages, filters and the names that templates use."""
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    SiteBabel(app, locale_selector=language)
    merged()
    # A page asks for some five hundred texts. Flask-Babel's own functions look each time for the
    # application, its domain and the locale first, which took longer than to find the text.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _texts().gettext(text),
        ngettext=lambda one, many, n: _texts().ngettext(one, many, n),
        newstyle=True,
        pgettext=lambda context, text: _texts().pgettext(context, text),
        npgettext=lambda context, one, many, n: _texts().npgettext(context, one, many, n),
    )
    app.jinja_env.filters.update(
        date=day,
        month=month,
        event_time=event_time,
        deadline=deadline,
        moment=moment,
        ago=ago,
        number=number,
        money=money,
        amount=amount,
        marked=marked,
    )
    app.jinja_env.globals.update(
        in_language=in_language, name=name, language=language, LANGUAGES=LANGUAGES
    )

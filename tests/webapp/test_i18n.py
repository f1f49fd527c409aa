"""Two languages: nothing untranslated, plurals and dates as people write them, scripts marked."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import ngettext

from graphnet.model import Name
from webapp.frame import i18n, words
from webapp.frame.i18n import catalogues


def test_every_text_has_its_russian() -> None:
    assert catalogues.problems() == []


def test_a_missing_a_fuzzy_and_a_contradicting_text_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in i18n.CATALOGUES.glob("*.po"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(catalogues, "CATALOGUES", tmp_path)
    auth = tmp_path / "auth.po"
    auth.write_text(
        auth.read_text(encoding="utf-8")
        .replace('msgstr "Не больше 256 знаков."', 'msgstr ""')
        .replace('msgid "Save"', '#, fuzzy\nmsgid "Save"')
        .replace('msgstr "Завершить"', 'msgstr "Закрыть"')
        .replace("Для %(email)s.", "Для %(mail)s."),
        encoding="utf-8",
    )
    found = "\n".join(catalogues.problems())
    assert "no Russian text: 'At most 256 characters, please.'" in found
    assert "fuzzy: 'Save'" in found
    assert "'End' has another text" in found
    assert "lacks or adds email, mail" in found


def test_update_keeps_what_is_translated_and_changes_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in i18n.CATALOGUES.glob("*.po"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(catalogues, "CATALOGUES", tmp_path)
    before = (tmp_path / "auth.po").read_text(encoding="utf-8")
    assert catalogues.update("auth") == []
    assert (tmp_path / "auth.po").read_text(encoding="utf-8") == before


def in_language(app: Flask, code: str):  # type: ignore[no-untyped-def]
    return app.test_request_context(headers={"Accept-Language": code})


def test_russian_plurals(app: Flask) -> None:
    with in_language(app, "ru"):
        said = [ngettext("%(num)s account", "%(num)s accounts", n) for n in (1, 3, 5, 11, 21, 112)]
    assert said == [
        "1 учётная запись",
        "3 учётные записи",
        "5 учётных записей",
        "11 учётных записей",
        "21 учётная запись",
        "112 учётных записей",
    ]


def test_dates_numbers_and_sums(app: Flask) -> None:
    day = date(2026, 5, 12)
    moment = datetime(2026, 5, 12, 15, 30, tzinfo=UTC)
    with in_language(app, "en"):
        assert i18n.day(day) == '<time datetime="2026-05-12">12 May 2026</time>'
        assert i18n.month(day) == "May 2026"
        assert i18n.number(38500) == "38,500"
        assert i18n.number(0.256, 2) == "0.26"
        assert "Tuesday 12 May 2026, 18:30" in i18n.event_time(moment, "Europe/Moscow")
        assert "Moscow time" in i18n.event_time(moment, "Europe/Moscow")
        assert "3 hours ago" in i18n.ago(datetime.now(UTC) - timedelta(hours=3))
        assert i18n.money(1500) == "RUB\xa01,500" or i18n.money(1500) == "RUB1,500"
    with in_language(app, "ru"):
        assert i18n.day(day) == '<time datetime="2026-05-12">12 мая 2026</time>'
        assert i18n.month(day) == "май 2026"
        assert i18n.number(38500) == "38\xa0500"
        assert "вторник, 12 мая 2026, 18:30" in i18n.event_time(moment, "Europe/Moscow")
        assert ">мск<" in i18n.event_time(moment, "Europe/Moscow")
        assert "3 часа назад" in i18n.ago(datetime.now(UTC) - timedelta(hours=3))
        assert i18n.money(1500) == "1\xa0500\xa0₽"
        assert i18n.money(1500.5) == "1\xa0500,50\xa0₽"
    with in_language(app, "en"):
        assert i18n.event_time(moment, "No/Such_Zone")  # a zone we do not know is no failure
        assert i18n.day(None) == ""


def test_names_of_the_other_script_carry_their_language(app: Flask) -> None:
    anna, john = Name("Анна", "Кузнецова"), Name("John", "<b>Smith</b>")
    with in_language(app, "en"):
        assert i18n.name(anna) == '<span lang="ru">Анна Кузнецова</span>'
        assert i18n.name(john) == "John <b>Smith</b>"  # a template escapes it
        assert not hasattr(i18n.name(john), "__html__")
        assert "no name given" in i18n.name(Name("", ""))
    with in_language(app, "ru"):
        assert i18n.name(anna) == "Анна Кузнецова"
        assert i18n.name(john) == '<span lang="en">John &lt;b&gt;Smith&lt;/b&gt;</span>'


def test_a_deadline_stands_after_until(app: Flask) -> None:
    at = datetime(2026, 11, 29, 8, 38, tzinfo=UTC)
    with in_language(app, "ru"):
        assert i18n.deadline(at, "Europe/Moscow") == "29 ноября 2026, 11:38 мск"
        assert i18n.deadline(None) == ""
    with in_language(app, "en"):
        assert i18n.deadline(at, "Europe/Moscow").startswith("29 November 2026, 11:38")


def test_russian_as_it_is_written() -> None:
    """The gender is on file, or the sentence needs none; a year ends in one full stop at most."""
    said = "\n".join(path.read_text(encoding="utf-8") for path in i18n.CATALOGUES.glob("*.po"))
    assert not re.findall(r".*[а-яё] ?\((?:а|ла|лась|на|ась|ен|[а-яё]+(?:ла|лась))\).*", said)
    # One word for one thing, on whichever page.
    assert not re.findall("(?i)событи|законно[ем]у? основани", said)
    for wrong in ("Почта и пароль не подходят", "Нынешний пароль", "То же ещё раз", "Отобрать",
                  "Попросить мою страницу", "открыто сообщил", "Что эти подборки думают",
                  "Не сделано", "г.."):  # fmt: skip
        assert wrong not in said, wrong


def test_a_state_agrees_with_the_person(app: Flask) -> None:
    with in_language(app, "ru"):
        assert words.state_word("registered", "female") == "зарегистрирована"
        assert words.state_word("registered", "male") == "зарегистрирован"
        assert words.state_word("registered") == "есть на сайте"
        assert words.state_word("no_contact") == "нет контакта"
    with in_language(app, "en"):
        assert words.state_word("registered", "female") == "registered"


def test_years_of_a_stay() -> None:
    assert words.years(3996, 4005) == "1998\u20132003"  # autumn 1998 to spring 2003
    assert words.years(3996, None) == "1998"
    assert words.years(None, 4005) == "2003"
    assert words.years(None, None) == ""
    assert words.years(3997, 3997) == "1998\u20131999" or words.years(3997, 3997) == "1999"


def test_the_text_of_the_readers_language_or_the_one_there_is(app: Flask) -> None:
    with in_language(app, "ru"):
        assert i18n.in_language("Club", "Клуб") == "Клуб"
        assert i18n.in_language("Club", None) == "Club"
    with in_language(app, "en"):
        assert i18n.in_language("", "Клуб") == "Клуб"
        assert i18n.in_language(None, None) == ""

"""Cells made clean: telephones, addresses, dates, codes of groups, places; what is refused."""

import pytest

from ingest.cleaning.addresses import clean_addresses
from ingest.cleaning.dates import DateContext, clean_date, clean_year, date_context
from ingest.cleaning.group_codes import clean_group, lineage, read_studies
from ingest.cleaning.phones import clean_phones
from ingest.cleaning.places import clean_city, clean_organisation
from ingest.reading.tables import Cell


@pytest.mark.parametrize(
    "text",
    [
        "+7 (916) 123-45-67", "8 916 123 45 67", "9161234567", "007 916 123 45 67", 79161234567,
        "8-916-123-45-67", "моб. 8(916)1234567", "tel:+79161234567", "7 916 1234567",
    ],
)  # fmt: skip
def test_all_ways_of_writing_a_number_are_one_key(text: Cell) -> None:
    """Case A5."""
    assert [phone.number for phone in clean_phones(text).value] == ["+79161234567"]


def test_extensions_are_kept_apart_and_several_numbers_are_several() -> None:
    found = clean_phones("8 (342) 220-00-35 доб. 12, 8 916 123-45-67 / +49 30 901820").value
    assert [(phone.number, phone.extension) for phone in found] == [
        ("+73422200035", "12"), ("+79161234567", ""), ("+4930901820", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("7.92E+10", "rounded"), ("7,92E+10", "rounded"), (7.9e10 + 0.5, "rounded"),
        ("123-45-67", "without its area code"), ("звоните жене", "no telephone number"),
        ("12345678901234567890", "too many digits"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_the_reason(text: Cell, reason: str) -> None:
    """Case B 34: a rounded number would make one person of many."""
    found = clean_phones(text)
    assert found.value == ()
    assert reason in str(found.problems[0])


@pytest.mark.parametrize("text", ["нет", "-", "—", "n/a", "00", ""])
def test_signs_for_nothing_are_nothing(text: str) -> None:
    assert (clean_phones(text).value, clean_phones(text).problems) == ((), ())
    assert (clean_addresses(text).value, clean_addresses(text).problems) == ((), ())
    assert clean_date(text, DateContext()).problems == ()


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("Ivan Petrov <ivan@example.org>", ["ivan@example.org"]),
        ("mailto:Ivan@Example.org", ["ivan@example.org"]),
        ("ivan (at) example.org", ["ivan@example.org"]),
        ("ivan[собака]example[точка]org", ["ivan@example.org"]),
        ("ivan@example,org", ["ivan@example.org"]),
        ("a@example.org; b@example.org", ["a@example.org", "b@example.org"]),
        ("a@example.org, b@example.org", ["a@example.org", "b@example.org"]),
        ("a@example.org a@EXAMPLE.org", ["a@example.org"]),
        ("ivan@пример.рф", ["ivan@xn--e1afmkfd.xn--p1ai"]),
        ("ivan@xn--e1afmkfd.xn--p1ai", ["ivan@xn--e1afmkfd.xn--p1ai"]),
        ("ivan@@example", []), ("позвонить", []),
    ],
)  # fmt: skip
def test_addresses(text: str, addresses: list[str]) -> None:
    found = clean_addresses(text)
    assert list(found.value) == addresses
    assert bool(found.problems) == (not addresses)


CONTEXT = DateContext(newest=2026)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("01.02.1970", "1970-02-01"), ("1.2.70", "1970-02-01"), ("1970-02-01", "1970-02-01"),
        ("19700201", "1970-02-01"), ("1 февраля 1970 г.", "1970-02-01"),
        ("01 Feb 1970", "1970-02-01"), ("Feb 1, 1970", "1970-02-01"), (25600, "1970-02-01"),
        ("25600", "1970-02-01"), (1970, "1970"), ("1970 г.р.", "1970"), ("00.00.0000", ""),
        ("5.6.26", "2026-06-05"), ("5.6.27", "1927-06-05"), ("31.12.1969 00:00", "1969-12-31"),
    ],
)  # fmt: skip
def test_dates(text: Cell, iso: str) -> None:
    found = clean_date(text, CONTEXT)
    assert (found.value, found.problems) == (iso, ())


def test_the_order_of_day_and_month_is_one_for_a_column() -> None:
    american = date_context(["02/01/1970", "12/31/1980", "03/04/1975"], newest=2026)
    assert clean_date("02/01/1970", american).value == "1970-02-01"
    russian = date_context(["02.01.1970", "31.12.1980"], newest=2026)
    assert clean_date("02.01.1970", russian).value == "1970-01-02"
    odd = clean_date("12.31.1980", russian)
    assert "another order" in str(odd.problems[0])


def test_a_short_year_lies_near_what_is_known_and_never_ahead() -> None:
    assert clean_date("31.5.05", CONTEXT, near=1930).value == "1905-05-31"
    assert clean_date("31.5.05", CONTEXT).value == "2005-05-31"
    assert clean_year("01", newest=2034).value == 2001
    assert clean_year("64", newest=2034).value == 1964
    assert clean_year("1992 г", newest=2034).value == 1992


@pytest.mark.parametrize("text", ["30.02.1970", "1.13.1970", "завтра", "01.02.3070"])
def test_impossible_dates_are_problems(text: str) -> None:
    assert clean_date(text, CONTEXT).problems


@pytest.mark.parametrize(
    ("text", "code"),
    [("3301", "3301"), ("p3301", "P3301"), ("Р3301", "P3301"), ("гр. 5110", "5110"),
     ("M41102", "M41102"), ("группа P 3301", "P3301")],
)  # fmt: skip
def test_codes_of_groups(text: str, code: str) -> None:
    assert clean_group(text).value == code


def test_a_group_keeps_its_lineage_from_year_to_year() -> None:
    keys = [found.key for code in ("P3101", "P3201", "P3401") if (found := lineage(code))]
    assert len(set(keys)) == 1
    assert len(keys) == 3
    other = lineage("P4101")
    assert other is not None
    assert other.key not in keys


@pytest.mark.parametrize(
    ("text", "intake", "graduation", "group", "faculty"),
    [
        ("гр. 5110, 93-98", 1993, 1998, "5110", ""), ("ФАУ, выпуск '98", None, 1998, "", "ФАУ"),
        ("class of 2003", None, 2003, "", ""), ("1993-1998", 1993, 1998, "", ""),
        ("P3301, 2012", None, 2012, "P3301", ""), ("5110", None, None, "5110", ""),
        (1998, None, 1998, "", ""), ("ФИТиП 2009", None, 2009, "", "ФИТиП"),
        ("2004 🎓", None, 2004, "", ""), ("1998 г.", None, 1998, "", ""), ("", None, None, "", ""),
    ],
)  # fmt: skip
def test_what_people_write_about_their_studies(
    text: Cell, intake: int | None, graduation: int | None, group: str, faculty: str
) -> None:
    said = read_studies(text, newest=2026)
    found = (said.intake, said.graduation, said.group, said.faculty)
    assert found == (intake, graduation, group, faculty)


def test_places() -> None:
    for text in ("г. Москва", "Мск", "москва", "Moscow", "МОСКВА"):
        assert clean_city(text).value == "Москва"
    assert clean_city("СПб").value == "Санкт-Петербург"
    assert clean_organisation("ООО «Газпром»").value == "Газпром"
    assert clean_organisation('АО "Силовые машины"').value == "Силовые машины"

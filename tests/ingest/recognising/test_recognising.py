"""Which column holds what: by its heading in two languages, by what it holds, as remembered."""

import pytest

from ingest.reading import Row, Table
from ingest.reading.tables import Cell
from ingest.recognising import Recognised, recognise


def recognised(header: list[str], *rows: list[Cell], **more: dict[str, str]) -> Recognised:
    return recognise(Table("t", header, [Row(i, r) for i, r in enumerate(rows, 2)]), **more)


def fields(found: Recognised) -> list[str]:
    return [column.field for column in found.columns]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("ФИО", "full_name"), ("Ф.И.О. полностью", "full_name"), ("Your name", "full_name"),
        ("Фамилия, имя, отчество", "full_name"), ("Фамилия", "family_name"),
        ("Last Name", "family_name"), ("Девичья фамилия", "former_family_name"),
        ("Имя, отчество", "given_patronymic"), ("Дата рожд.", "birth_date"),
        ("г.р.", "birth_date"), ("Date of birth", "birth_date"), ("Год оконч.", "graduation_year"),
        ("Вып.", "graduation_year"), ("Graduation (year, group)", "studies"),
        ("Год поступл.", "intake_year"), ("Ф-т", "faculty"), ("№ группы", "group"),
        ("Эл. почта", "email"), ("Ваш e-mail", "email"), ("E-mail Address", "email"),
        ("Моб. тел.", "phone"), ("Контактный телефон:", "phone"), ("Город проживания", "city"),
        ("Место работы", "organisation"), ("№ п/п", "ordinal"), ("СНИЛС", "insurance"),
        ("Паспорт", "passport"), ("Цвет глаз", ""),
    ],
)  # fmt: skip
def test_headings_in_two_languages(header: str, field: str) -> None:
    assert fields(recognised([header], ["x"])) == [field]


def test_columns_without_a_heading_are_known_by_what_they_hold() -> None:
    found = recognised(
        ["", "", "", "", "", ""],
        ["Иванов Иван Ильич", "a@b.ru", "8 916 123-45-67", "01.02.1970", "1993", "P3301"],
        ["Петрова Анна", "c@d.ru", "+7(921)1234567", "03.04.1981", "2004", "5110"],
    )
    assert fields(found) == [
        "full_name", "email", "phone", "birth_date", "graduation_year", "group",
    ]  # fmt: skip
    assert "by what it holds: 100%" in str(found.columns[1].reason)


def test_numbers_of_passports_and_insurance_are_recognised_by_their_form() -> None:
    found = recognised(
        ["", ""], ["112-233-445 95", "40 03 123456"], ["112-233-446 00", "4003 654321"]
    )
    assert fields(found) == ["insurance", "passport"]


def test_what_nobody_mapped_is_named() -> None:
    found = recognised(["ФИО", "Цвет глаз"], ["Ли Анна", "серые"])
    assert [column.heading for column in found.unmapped] == ["Цвет глаз"]
    assert str(found.notes[0]) == "left out: Цвет глаз"


def test_what_was_remembered_comes_first() -> None:
    found = recognised(["Ваш номер"], ["12"], remembered={"ваш номер": "source_id"})
    assert fields(found) == ["source_id"]
    assert str(found.columns[0].reason) == "as in this sender's last file"


def test_a_field_that_stands_once_goes_to_one_column() -> None:
    found = recognised(["ФИО", "Name"], ["Ли Анна", "Li Anna"])
    assert fields(found) == ["full_name", ""]

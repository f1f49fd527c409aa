"""Files as others keep them: encodings, signs between cells, headers, spreadsheets, cards."""

import time
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from graphnet.errors import BadFile
from ingest.reading import Table, read


def table(folder: Path, data: bytes, name: str = "f.csv") -> Table:
    (folder / name).write_bytes(data)
    return read(folder / name).tables[0]


def said(table: Table) -> str:
    return "; ".join(map(str, table.notes))


PEOPLE = "ФИО;Дата рождения\r\nИванов Иван;01.02.1970\r\nПетрова Анна;03.04.1981\r\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1251", "koi8-r", "cp866", "utf-16", "utf-16-le"]
)
def test_the_encoding_is_found_by_itself(tmp_path: Path, encoding: str) -> None:
    """Case A2 and its kind."""
    found = table(tmp_path, PEOPLE.encode(encoding))
    assert found.header == ["ФИО", "Дата рождения"]
    assert [row.cells for row in found.rows] == [
        ["Иванов Иван", "01.02.1970"],
        ["Петрова Анна", "03.04.1981"],
    ]


def test_western_letters_are_no_russian(tmp_path: Path) -> None:
    text = "name,city\r\nJürgen Müller,Köln\r\nRené Lefèvre,Besançon\r\nJosé Núñez,Málaga\r\n"
    assert table(tmp_path, text.encode("cp1252")).rows[1].cells == ["René Lefèvre", "Besançon"]


def test_one_broken_byte_makes_no_other_encoding(tmp_path: Path) -> None:
    data = (PEOPLE * 10).encode() + b"\xff;x\r\n"
    (tmp_path / "f.csv").write_bytes(data)
    found = read(tmp_path / "f.csv")
    assert "1 bytes are no UTF-8" in "; ".join(map(str, found.notes))
    assert found.tables[0].rows[0].cells[0] == "Иванов Иван"


def test_a_mark_before_a_quoted_header(tmp_path: Path) -> None:
    """Case A1."""
    found = table(tmp_path, '\ufeff"ФИО, полностью","id"\n"Иванов Иван",1\n'.encode())
    assert found.header == ["ФИО, полностью", "id"]
    assert found.rows[0].cells == ["Иванов Иван", "1"]


@pytest.mark.parametrize("sign", [";", ",", "\t", "|"])
def test_the_sign_between_cells_is_found(tmp_path: Path, sign: str) -> None:
    rows = [["Фамилия", "Имя", "Телефоны"], ["Иванов", "Иван", "1"], ["Ли", "Анна", "2"]]
    found = table(tmp_path, "\n".join(sign.join(row) for row in rows).encode())
    assert [found.header, *(row.cells for row in found.rows)] == rows


def test_what_a_russian_excel_writes(tmp_path: Path) -> None:
    """Case A4: a sep= line, ragged rows, blank rows, ends of line of an old Mac."""
    found = table(tmp_path, b"sep=;\r\nid;name;note\r\n1;A;x\r\n")
    assert (found.header, found.rows[0].cells) == (["id", "name", "note"], ["1", "A", "x"])
    assert found.rows[0].number == 3
    ragged = b"id;name;note\n1;A\n2;B;y;\n3;C;z;more\n;;\n4;D;u\n5;E\n"
    found = table(tmp_path, ragged)
    good = [row.cells for row in found.rows if row.problem is None]
    assert good == [["1", "A", ""], ["2", "B", "y"], ["4", "D", "u"], ["5", "E", ""]]
    bad = [(row.number, str(row.problem)) for row in found.rows if row.problem]
    assert bad == [(4, "has 4 cells, the header 3")]
    found = table(tmp_path, b"id;name\r1;A\r2;B\r")
    assert [(row.number, row.cells) for row in found.rows] == [(2, ["1", "A"]), (3, ["2", "B"])]


def test_invisible_characters_go_at_the_door(tmp_path: Path) -> None:
    """Case A3, B 26."""
    found = table(
        tmp_path, "id,name\n101\xa0,\u200bПробелова\xa0\n104\u200b,Му\u0438\u0306\n".encode()
    )
    assert [row.cells for row in found.rows] == [["101", "Пробелова"], ["104", "Муй"]]


def test_rows_are_numbered_by_the_line_on_which_they_begin(tmp_path: Path) -> None:
    """Case B 53: a line break in a cell, a backslash before the closing quote."""
    found = table(tmp_path, b'id,note\r\n1,"two\r\nlines"\r\n2,"C:\\"\r\n3,"a ""b"""\r\n')
    assert [(row.number, row.cells) for row in found.rows] == [
        (2, ["1", "two\nlines"]), (4, ["2", "C:\\"]), (5, ["3", 'a "b"']),
    ]  # fmt: skip
    found = table(tmp_path, b'a,b\n1,x\n2,"open\n3,y\n4,z\n')
    assert [row.number for row in found.rows] == [2, 3, 4, 5]
    assert str(found.rows[1].problem) == "a quotation mark is never closed"


def test_titles_are_passed_over_and_a_missing_header_is_seen(tmp_path: Path) -> None:
    text = "Список выпускников\nна 01.03.2019;\n\nФамилия;Имя;Год\nЛи;Анна;1999\nИтого;;1\n"
    found = table(tmp_path, text.encode())
    assert (found.header, found.rows[0].number) == (["Фамилия", "Имя", "Год"], 5)
    assert [(row, str(why)) for row, why in found.left_out] == [
        (1, "title"), (2, "title"), (6, "total"),
    ]  # fmt: skip
    found = table(tmp_path, "Ли;Анна;1999\nИванов;Олег;2001\n".encode())
    assert (found.header, len(found.rows)) == (["", "", ""], 2)
    assert "no row names the columns" in said(found)


def test_leading_zeros_and_names_like_nothing_stay(tmp_path: Path) -> None:
    """Cases B 13, B 31."""
    found = table(tmp_path, "id,name\n007,Null\n7,Нет\n8,Na\n".encode())
    assert [row.cells for row in found.rows] == [["007", "Null"], ["7", "Нет"], ["8", "Na"]]


def test_a_spreadsheet_says_what_it_hides(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Московское отделение"])
    sheet.merge_cells("A1:D1")
    sheet.append(["№", "Фамилия", "Дата рождения", "Телефоны"])
    sheet.append(["007", "Иванов", date(1970, 2, 1), 79161234567.0])
    sheet.append([2, "Петров", 25569, "8 916 123-45-67"])
    sheet.append([None, "Итого", "=COUNTA(B3:B4)"])
    sheet.row_dimensions[4].hidden = True
    book.create_sheet("Архив").append(["Фамилия", "Имя"])
    book["Архив"].append(["Ли", datetime(2001, 1, 2, 3, 4)])
    book["Архив"].sheet_state = "hidden"
    book.create_sheet("Пусто")
    book.save(tmp_path / "f.xlsx")
    found = read(tmp_path / "f.xlsx")
    first, second = found.tables
    # Text stays text (case B 32), a number a number, a date a date.
    assert first.rows[0].cells == ["007", "Иванов", date(1970, 2, 1), 79161234567]
    assert (first.rows[1].number, first.rows[1].hidden) == (4, True)
    assert "1 hidden rows, read like the others: 4" in said(first)
    assert "1 merged cells, as in A1" in said(first)
    assert [row for row, _ in first.left_out] == [1, 5]
    assert second.hidden
    assert second.rows[0].cells == ["Ли", datetime(2001, 1, 2, 3, 4)]
    assert "the sheet Пусто is empty" in map(str, found.notes)


def test_what_is_no_spreadsheet_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "f.xlsx").write_bytes(b"PK\x03\x04 but nothing more")
    with pytest.raises(BadFile, match=r"f\.xlsx cannot be read as a spreadsheet"):
        read(tmp_path / "f.xlsx")


CARDS = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\n"
    "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=98=D0=B2=D0=B0=D0=BD=D0=BE=D0=B2;=D0=98=\r\n"
    "=D0=B2=D0=B0=D0=BD;;;\r\nTEL;CELL;VOICE:+7 916 123-45-67\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Петрова;Анна;Ильинична;;\r\nFN:Анна\r\nFN:Анна Петрова\r\n"
    "BDAY:1990-01-01;\r\nTEL;TYPE=VOICE\\,CELL:123456789\r\nORG:Очень длинное имя\r\n"
    "  организации\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Li Wei\r\nTEL;VALUE=uri;TYPE=cell:tel:+86-10-1234\r\n"
    "BDAY:19900101\r\na line that is none\r\nEND:VCARD\r\n"
)


def test_cards_of_three_versions(tmp_path: Path) -> None:
    """Cases B 44, B 47, B 52: odd properties cost nobody the card."""
    found = table(tmp_path, CARDS.encode(), "f.vcf")
    rows = [
        {name: cell for name, cell in zip(found.header, row.cells, strict=True) if cell}
        for row in found.rows
    ]
    assert [row.number for row in found.rows] == [1, 2, 3]
    assert [row.problem for row in found.rows] == [None] * 3
    assert rows[0] == {"N family": "Иванов", "N given": "Иван", "TEL": "+7 916 123-45-67"}
    assert rows[1]["N additional"] == "Ильинична"
    assert rows[1]["FN"] == "Анна\nАнна Петрова"
    assert (rows[1]["BDAY"], rows[1]["TEL"]) == ("1990-01-01", "123456789")
    assert rows[1]["ORG"] == "Очень длинное имя организации"
    assert rows[2] == {"FN": "Li Wei", "TEL": "+86-10-1234", "BDAY": "19900101"}


def test_a_card_that_nobody_can_read_is_one_bad_row(tmp_path: Path) -> None:
    begun = "BEGIN:VCARD\r\nVERSION:3.0\r\n"
    bad = f"{begun}FN:Кто-то\r\n{begun}FN:X\r\nEND:VCARD\r\n"
    found = table(tmp_path, bad.encode(), "f.vcf")
    assert [row.cells for row in found.rows][-1] == ["X"]
    assert len(found.rows) == 2


def test_many_rows_are_read_quickly(tmp_path: Path) -> None:
    lines = "".join(f"{i};Иванов{i};8916{i:07}\n" for i in range(50_000))
    (tmp_path / "f.csv").write_bytes(("id;Фамилия;Тел\n" + lines).encode("cp1251"))
    begun = time.process_time()
    assert len(read(tmp_path / "f.csv").tables[0].rows) == 50_000
    assert time.process_time() - begun < 10

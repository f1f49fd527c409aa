"""Spreadsheets, by python-calamine: cells as numbers, dates and text, as they were typed.

A formula gives the value last worked out. Rows and sheets that are hidden are read too, and named.
"""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from html import unescape
from pathlib import Path
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from graphnet.errors import BadFile
from ingest.reading.tables import Cell, Note, Row, note


def sheets(path: Path) -> Iterator[tuple[str, list[Row], list[Note], bool]]:
    """Yield each sheet: its name, its rows from the first on, notes, whether it is hidden.

    Raises
    ------
    BadFile
        If it is no spreadsheet, damaged, or locked by a password.
    """
    try:
        book = CalamineWorkbook.from_path(path)
    except PasswordError:
        raise BadFile(
            f"{path.name} is locked by a password; save it without one",
            code="locked",
            field=path.name,
        ) from None
    except (CalamineError, OSError) as problem:
        raise BadFile(
            f"{path.name} cannot be read as a spreadsheet: {problem}",
            code="damaged",
            field=path.name,
        ) from problem
    hidden_rows = _hidden_rows(path) if path.suffix.lower() in (".xlsx", ".xlsm") else {}
    for about in book.sheets_metadata:
        sheet = book.get_sheet_by_name(about.name)
        hidden = hidden_rows.get(about.name, frozenset())
        rows = [
            Row(number, [_cell(value) for value in cells], number in hidden)
            for number, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1)
        ]
        notes = []
        if merged := sheet.merged_cell_ranges:
            (row, column), _ = merged[0]
            notes.append(
                note("merged cells", count=len(merged), example=f"{_letters(column)}{row + 1}")
            )
        if about.visible != SheetVisibleEnum.Visible:
            notes.append(note("hidden sheet"))
        yield about.name, rows, notes, about.visible != SheetVisibleEnum.Visible


def _cell(value: object) -> Cell:
    """Return a cell; whole numbers as such, midnight as a date."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        return value.date()
    if isinstance(value, str | int | float | bool | date | datetime):
        return value
    return str(value)


def _letters(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _hidden_rows(path: Path) -> dict[str, frozenset[int]]:
    """Return the hidden rows of each sheet; the library does not tell."""
    found = {}
    try:
        with zipfile.ZipFile(path) as parts:
            relations = parts.read("xl/_rels/workbook.xml.rels").decode()
            targets = {
                tag["Id"]: tag["Target"].lstrip("/") for tag in _tags(relations, "Relationship")
            }
            for tag in _tags(parts.read("xl/workbook.xml").decode(), "sheet"):
                target = targets.get(tag.get("r:id", ""), "")
                name = target if target.startswith("xl/") else f"xl/{target}"
                with parts.open(name) as stream:
                    found[tag["name"]] = frozenset(_hidden_in(stream))
    except (KeyError, zipfile.BadZipFile, UnicodeDecodeError):
        return {}
    return found


_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')


def _tags(text: str, name: str) -> list[dict[str, str]]:
    """Return the attributes of all tags of a name."""
    found = re.findall(rf"<(?:\w+:)?{name}\b([^>]*)>", text)
    return [{key: unescape(value) for key, value in _ATTRIBUTE.findall(tag)} for tag in found]


_ROW = re.compile(rb"<row\b[^>]*>")
_NUMBER = re.compile(rb'\br="(\d+)"')


def _hidden_in(stream: IO[bytes]) -> Iterator[int]:
    """Yield the hidden rows of a sheet; only tags are looked at, a sheet may have 100 MB."""
    tail = b""
    while block := stream.read(1 << 20):
        block = tail + block
        for tag in _ROW.findall(block):
            hidden = b'hidden="1"' in tag or b'hidden="true"' in tag
            if hidden and (number := _NUMBER.search(tag)):
                yield int(number.group(1))
        last = block.rfind(b"<row")
        tail = block[last:] if last > len(block) - 1000 else b""

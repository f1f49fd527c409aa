"""Tables as one workbook (XLSX): numbers as numbers, texts as texts that nothing computes."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from graphnet.errors import BadValue
from graphnet.maps.export import clean

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_NAME = 31  # of a sheet; some signs may not be in it
WIDEST = 60  # letters


class Shown(str):
    """A number as a reader of the language writes it, and the number: None if it is not shown."""

    value: float | None
    share: bool

    def __new__(cls, text: str, value: float | None, *, share: bool = False) -> "Shown":
        """Make the text, and keep the number beside it."""
        made = super().__new__(cls, text)
        made.value, made.share = value, share
        return made


def values(row: Iterable[Any]) -> list[Any]:
    """Return a row with the numbers behind what is shown, for a file of another kind."""
    return [value.value if isinstance(value, Shown) else value for value in row]


def workbook(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]) -> bytes:
    """Return a workbook of sheets: name, header, rows."""
    book = Workbook(write_only=True)
    for name, header, rows in sheets:
        sheet = book.create_sheet("".join(one for one in name if one not in "[]:*?/\\")[
            :LONGEST_NAME
        ])  # fmt: skip
        lines = [list(header), *map(list, rows)]
        for place in range(len(header)):
            widest = max((len(str(line[place] or "")) for line in lines), default=0)
            sheet.column_dimensions[get_column_letter(place + 1)].width = (
                min(max(widest, 8), WIDEST) + 2
            )
        sheet.freeze_panes = "B2"
        for number, line in enumerate(lines):
            sheet.append([_cell(sheet, value, head=number == 0) for value in line])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: Any, value: Any, *, head: bool) -> Any:
    share = isinstance(value, Shown) and value.share
    if isinstance(value, Shown):
        value = value.value
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=clean(value))
        cell.data_type = "s"  # also where it begins like a formula
    else:
        cell = WriteOnlyCell(sheet, value=value)
    if share:
        cell.number_format = "0.0%"
    if head:
        cell.font = Font(bold=True)
    return cell


def workbook_answer(
    name: str, sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]
) -> Response:
    """Answer with a workbook."""
    if not name.replace("-", "").isascii():
        raise BadValue("the name of a file is ASCII")
    return Response(
        workbook(sheets),
        content_type=TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )

"""Files of people as others keep them: `read` finds out by itself how a file is written.

CSV in any encoding and with any sign between the cells, spreadsheets, vCards: what was found is
said in notes, with the reason. What the columns mean is the next room's business (`recognising`).
"""

from collections.abc import Mapping
from pathlib import Path

from graphnet.errors import BadFile
from ingest.reading.cards import COLUMNS, cards
from ingest.reading.delimited import SIGNS, delimiter_of, records
from ingest.reading.encodings import decode, readable_name, undecodable
from ingest.reading.layout import table_of
from ingest.reading.spreadsheets import sheets
from ingest.reading.tables import Cell, Note, Row, Table, Tables, note
from ingest.reading.words import HEADER_WORDS

__all__ = ["Cell", "Note", "Row", "Table", "Tables", "note", "read"]

SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def read(
    path: Path,
    *,
    encoding: str = "",
    delimiter: str = "",
    headers: Mapping[str, int] | None = None,
) -> Tables:
    """Read a file, whatever its name says: a spreadsheet, vCards, or a text with rows.

    Parameters
    ----------
    encoding, delimiter
        What somebody has said of a text, if what is found by itself is wrong.
    headers
        The same of the row that names the columns: name of a table to its number, 0 for none.

    Raises
    ------
    BadFile
        If nothing in it can be read.
    """
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise BadFile(
            f"{path.name} cannot be read: {problem.strerror}", code="unreadable", field=path.name
        ) from problem
    headers = headers or {}
    if data.startswith(SPREADSHEETS):
        del data
        return _spreadsheet(path, headers)
    text, encoding, notes = decode(data) if not encoding else _said(data, encoding)
    del data
    if text.lstrip("\ufeff \r\n").upper().startswith("BEGIN:VCARD"):
        rows, more = cards(text)
        table = Table(path.stem, list(COLUMNS), rows, more)
        return Tables(str(path), "vCard", [_without_empty(table)], notes, encoding)
    sign, skip, more = delimiter_of(text)
    if delimiter and delimiter != sign:
        sign, more = (
            delimiter,
            [note("delimiter chosen", delimiter=SIGNS.get(delimiter, delimiter))],
        )
    rows = [*records(text, sign)][skip:]
    header = headers.get(path.stem)
    table = table_of(path.stem, rows, header_words=HEADER_WORDS, header=header)
    table.notes[:0] = more
    return Tables(str(path), "CSV", [table], notes, encoding, sign)


def _said(data: bytes, encoding: str) -> tuple[str, str, list[Note]]:
    try:
        text = data.decode(encoding, "replace").removeprefix("\ufeff")
    except LookupError:
        raise BadFile(
            f"there is no encoding {encoding!r}", code="encoding", field=encoding
        ) from None
    why = note("encoding chosen", encoding=readable_name(encoding))
    return text, encoding, [why, *undecodable(text, encoding)]


def _spreadsheet(path: Path, headers: Mapping[str, int]) -> Tables:
    tables, notes = [], []
    for name, rows, more, hidden in sheets(path):
        table = table_of(name, rows, header_words=HEADER_WORDS, header=headers.get(name))
        if not table.rows and not table.header:
            notes.append(note("empty sheet", name=name))
            continue
        table.notes += more
        table.hidden = hidden
        tables.append(table)
    return Tables(str(path), "spreadsheet", tables, notes)


def _without_empty(table: Table) -> Table:
    """Leave out columns in which no card says anything."""
    used = [i for i in range(len(table.header)) if any(row.cells[i] != "" for row in table.rows)]
    table.header = [table.header[i] for i in used]
    for row in table.rows:
        row.cells = [row.cells[i] for i in used]
    return table

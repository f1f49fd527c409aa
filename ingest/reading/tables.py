"""What reading a file gives: tables of cells, each row with its number as a person counts it.

Nothing is thrown away in silence: what was decided about a file stands in `notes`, what is wrong
with one row in its `problem`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

# A cell as it is in the file: spreadsheets hold numbers and dates, text files only text.
Cell = str | int | float | bool | date | datetime | time | timedelta


@dataclass(frozen=True)
class Note:
    """Something to say about a file, a column, a row or a cell: a code and the figures in it.

    Pages translate the code; `str` is the English for commands and logs.
    """

    code: str
    values: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        return WORDS[self.code].format_map(dict(self.values))


def note(code: str, **values: object) -> Note:
    """Make a note."""
    return Note(code, tuple(values.items()))


@dataclass(slots=True)
class Row:
    """One row: number is the line, the sheet's row or the card; hidden in the spreadsheet or not.

    kind says what it is: a record, or a title, the header, a total. `problem` says why its cells
    cannot be trusted.
    """

    number: int
    cells: list[Cell]
    hidden: bool = False
    problem: Note | None = None


@dataclass
class Table:
    """One table: the header (made up where there is none), the rows of data, what was decided.

    left_out holds what is no record: titles, blank rows are not even counted, totals. header_at is
    the number of the row that names the columns, 0 if none does; first holds the first rows with
    anything in them, number and text, out of which somebody may choose another one.
    """

    name: str
    header: list[str]
    rows: list[Row]
    notes: list[Note] = field(default_factory=list)
    left_out: list[tuple[int, Note]] = field(default_factory=list)
    hidden: bool = False
    header_at: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)

    def column(self, index: int) -> list[Cell]:
        """Return the cells of one column, row by row."""
        return [row.cells[index] for row in self.rows]


@dataclass
class Tables:
    """A file as it was read; a text in which encoding, and with which sign between the cells."""

    path: str
    format: str
    tables: list[Table]
    notes: list[Note] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""


WORDS = {
    "encoding by mark": "read as {encoding}: the file begins with its mark",
    "encoding valid": "read as {encoding}: all of it is valid",
    "encoding likely": "read as {encoding}: its letters make words so, as {second} they do not",
    "undecodable": "{count} bytes are no {encoding} and are shown as �",
    "delimiter said": "the first line says that {delimiter} parts the cells",
    "delimiter likely": "{delimiter} parts the cells: {share} of the rows have {width} of them so",
    "delimiter none": "one column: no sign parts the rows evenly",
    "header at": "row {row} names the columns",
    "header none": "no row names the columns: the first one has data",
    "header chosen": "row {row} names the columns, as you have chosen",
    "header none chosen": "no row names the columns, as you have chosen",
    "header not there": "row {row}, which was to name the columns, has nothing in it",
    "header moved": "row {was} named the columns in this sender's last file, here row {row} does",
    "sheet left before": "left out, as beside this sender's last file",
    "reading remembered": "read like this sender's last file",
    "title": "title",
    "blank rows": "{count} blank rows",
    "total": "total",
    "hidden rows": "{count} hidden rows, read like the others: {rows}",
    "hidden sheet": "the sheet is hidden",
    "empty sheet": "the sheet {name} is empty",
    "merged cells": "{count} merged cells, as in {example}: the value stands in the first of them",
    "control characters": "{count} invisible or control characters taken out",
    "too many cells": "has {count} cells, the header {width}",
    "open quote": "a quotation mark is never closed",
    "unreadable row": "cannot be read: {reason}",
    "unreadable card": "cannot be read: {reason}",
    "odd property": "{name} cannot be read and is left as it stands: {value}",
    "version": "{count} cards of version {version}",
    "formulas": "formulas: the values that were last worked out are read",
    # cleaning
    "nothing said": "a sign for nothing known",
    "phone rounded": "the spreadsheet rounded this number: its last digits are lost",
    "phone form": "written in the international form",
    "phone none": "no telephone number: {value}",
    "phone too long": "too many digits for one number: {value}",
    "phone without area": "a local number without its area code: {value}",
    "phone unassigned": "no operator has such numbers: {value}",
    "address none": "no e-mail address: {value}",
    "address wrong": "no e-mail address: {value} ({reason})",
    "address form": "written as mail servers read it",
    "date unreadable": "no date: {value}",
    "date impossible": "no day of the calendar: {value}",
    "date out of range": "too long ago or in the future: {value}",
    "date order": "day and month stand in another order than in the rest of the column: {value}",
    "date serial": "the spreadsheet's number of a day: {value}",
    "date form": "written as year-month-day",
    "year unreadable": "no year of study: {value}",
    "year form": "written in four digits",
    "group unusual": "no usual code of a group: {value}",
    "group form": "written as the university writes it",
    "city form": "the city's full name",
    "organisation form": "without legal form and quotation marks",
    "name case": "capital letters only at the beginning",
    "name decoration": "without what is no part of a name: {value}",
    "name former": "{value} read as a former family name",
    "name order": "which word is the given name was found by the words themselves",
    "name swapped": "given and family name stood in each other's column",
    "name letters": "letters of the other alphabet that look alike",
    "name birth year": "{value} is a year of birth, not of study",
    "name unclear": "it is not clear which word is the family name",
    "no name": "nothing names the person",
    "comes twice": "comes twice; the first row counts",
    "not taken": "the base does not take this: {value}",
    "years crossed": "the year of intake comes after the year of graduation",
    # recognising
    "column remembered": "as in this sender's last file",
    "column word": "by its heading {heading}",
    "column words": "by words within its heading {heading}",
    "column content": "by what it holds: {share} of its cells are {field}",
    "column unknown": "neither its heading nor what it holds is known",
    "column chosen": "as you have chosen",
    "encoding chosen": "read as {encoding}, as you have chosen",
    "delimiter chosen": "{delimiter} parts the cells, as you have chosen",
    "column twice": "another column is {field} already",
    "columns unmapped": "left out: {columns}",
}

"""From rows to a table: which rows are titles, which one names the columns, which are totals."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from ingest.reading.door import clean_text
from ingest.reading.tables import Cell, Row, Table, note

LOOKED_AT = 30  # rows in which the header is looked for
LONGEST = 80  # letters of a row by which somebody knows it again
_TOTAL = re.compile(
    r"^(?:итого|всего|total|grand total|sum|сумма|количество|count)\b[\s:]*\S{0,12}$", re.IGNORECASE
)
_DATA = re.compile(r"\S@\S+\.\w|\d{4}|\d[\d\s()-]{5,}|https?://|^\d+$")


def table_of(
    name: str, rows: Sequence[Row], *, header_words: frozenset[str], header: int | None = None
) -> Table:
    """Make a table of raw rows: cleaned cells, one width, header and totals found.

    Parameters
    ----------
    header_words
        Words that name columns, in lower case; they tell a header from data.
    header
        The number of the row that names the columns, as somebody has said; 0 if none does.
    """
    changed = 0
    full: list[Row] = []
    blank = 0
    for row in rows:
        cells: list[Cell] = []
        for cell in row.cells:
            if isinstance(cell, str):
                cleaned = clean_text(cell)
                changed += cleaned != cell and cleaned != cell.strip()
                cell = cleaned
            cells.append(cell)
        while cells and cells[-1] == "":
            cells.pop()
        if cells or row.problem is not None:
            full.append(Row(row.number, cells, row.hidden, row.problem))
        else:
            blank += 1
    table = Table(name, [], [])
    if changed:
        table.notes.append(note("control characters", count=changed))
    if blank:
        table.notes.append(note("blank rows", count=blank))
    if not full:
        return table
    table.first = [(row.number, _excerpt(row)) for row in full[:LOOKED_AT]]
    at = _header_place(full, header_words)
    if header is not None:
        there = [i for i, row in enumerate(full) if row.number == header]
        if there or not header:
            at = there[0] if there else None
        else:
            table.notes.append(note("header not there", row=header))
            header = None
    body = full[at + 1 :] if at is not None else full
    if at is not None:
        table.header = [_text(cell) for cell in full[at].cells]
        table.left_out += [(row.number, note("title")) for row in full[:at]]
        table.header_at = full[at].number
        code = "header at" if header is None else "header chosen"
        table.notes.append(note(code, row=table.header_at))
        width = max(len(table.header), _usual_width(body) if len(body) > 3 else 0)
    else:
        table.notes.append(note("header none" if header is None else "header none chosen"))
        width = _usual_width(body)
    table.header += [""] * (width - len(table.header))
    for row in body:
        if _is_total(row.cells):
            table.left_out.append((row.number, note("total")))
            continue
        _pad(row, width)
        table.rows.append(row)
    hidden = [row.number for row in table.rows if row.hidden]
    if hidden:
        listed = ", ".join(map(str, hidden[:20])) + (" ..." if len(hidden) > 20 else "")
        table.notes.append(note("hidden rows", count=len(hidden), rows=listed))
    return table


def _excerpt(row: Row) -> str:
    text = " · ".join(_text(cell) for cell in row.cells if cell != "").replace("\n", " ")
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _pad(row: Row, width: int) -> None:
    """Give a row the table's width; a cell too many that says something makes it a bad row."""
    if len(row.cells) > width and row.problem is None:
        row.problem = note("too many cells", count=len(row.cells), width=width)
    row.cells = (
        (row.cells + [""] * width)[:width]
        if row.problem is None
        else (row.cells + [""] * (width - len(row.cells)))
    )


def _usual_width(rows: Sequence[Row]) -> int:
    """Return the width that a tenth of the rows have at least: a long row now and then is none."""
    widths = sorted((len(row.cells) for row in rows if row.problem is None), reverse=True)
    return widths[max(min(2, len(widths) - 1), len(widths) // 10)] if widths else 0


def _header_place(rows: Sequence[Row], words: frozenset[str]) -> int | None:
    """Return which row names the columns, or None if the first one is data already."""
    width = _usual_width(rows)
    best: tuple[float, int] | None = None
    for i, row in enumerate(rows[:LOOKED_AT]):
        score = _header_score(row.cells, rows[i + 1 : i + 60], width, words)
        if score > 0 and (best is None or score > best[0]):
            best = (score, i)
        # What follows many rows of data is no header.
        if score <= 0 and len(row.cells) >= max(2, width - 1) and i > 3:
            break
    return best[1] if best else None


def _header_score(
    cells: Sequence[Cell], below: Sequence[Row], width: int, words: frozenset[str]
) -> float:
    named = [cell for cell in cells if cell != ""]
    if not named or (width > 1 and len(named) < max(2, width * 0.4)):
        return -1.0
    texts = [cell.lower() for cell in named if isinstance(cell, str)]
    if len(texts) < len(named) * 0.8:
        return -1.0
    known = sum(any(word in words for word in _words(text)) for text in texts)
    data = sum(bool(_DATA.search(text)) and not _known(text, words) for text in texts)
    unlike = 0
    for i, cell in enumerate(cells):
        others = Counter(row.cells[i] for row in below if i < len(row.cells) and row.cells[i] != "")
        if others and cell != "":
            typed = sum(_type(value) == _type(cell) for value in others)
            unlike += typed < 0.5 * len(others) or cell not in others
    score = 3.0 * known / len(named) + unlike / max(1, len(cells)) - 3.0 * data / len(named)
    return score - (0.6 if not known else 0.0)


def _known(text: str, words: frozenset[str]) -> bool:
    return any(word in words for word in _words(text))


def _words(text: str) -> list[str]:
    found = re.findall(r"[^\W\d_]+", text)
    return [text, *found, " ".join(found)]


def _type(cell: Cell) -> str:
    if isinstance(cell, int | float):
        return "number"
    if isinstance(cell, date | datetime):
        return "date"
    text = str(cell)
    return (
        "mail"
        if "@" in text
        else "digits"
        if sum(c.isdigit() for c in text) * 2 > len(text)
        else "text"
    )


def _is_total(cells: Sequence[Cell]) -> bool:
    """Say whether a row sums the others up: it says so, and little else but numbers."""
    said = [cell for cell in cells if cell != ""]
    texts = [cell for cell in said if isinstance(cell, str)]
    if not any(_TOTAL.match(text) for text in texts):
        return False
    others = [
        text for text in texts if not _TOTAL.match(text) and not re.fullmatch(r"[\d\s.,%]+", text)
    ]
    return not others

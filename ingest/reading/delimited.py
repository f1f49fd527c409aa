"""CSV and its kin: the sign between cells, records with line breaks in them, rows of odd length."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator

from ingest.lines import SAID_BY_EXCEL, Lines
from ingest.reading.tables import Note, Row, note

SIGNS = {";": "a semicolon", ",": "a comma", "\t": "a tab", "|": "a bar"}
SAMPLE_ROWS = 200


def delimiter_of(text: str) -> tuple[str, int, list[Note]]:
    """Return the sign that parts cells, how many lines to pass over before the table, and why."""
    if said := SAID_BY_EXCEL.fullmatch(Lines(io.StringIO(text[:100], newline="")).first()):
        sign = said.group(1)
        return sign, 1, [note("delimiter said", delimiter=SIGNS.get(sign, sign))]
    best = ("", 0.0, 0)
    sample = text[:200_000]
    for sign in SIGNS:
        widths = Counter(len(row.cells) for row in _some(records(sample, sign)) if any(row.cells))
        rows = sum(widths.values())
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        # Titles are narrow: of rows with any such sign most must be of one width.
        if width > 1 and count / rows * (width - 1) ** 0.25 > best[1]:
            best = (sign, count / rows * (width - 1) ** 0.25, width)
    if not best[0]:
        return ",", 0, [note("delimiter none")]
    widths = Counter(len(row.cells) for row in _some(records(sample, best[0])) if any(row.cells))
    share = f"{widths[best[2]] / sum(widths.values()):.0%}"
    why = note("delimiter likely", delimiter=SIGNS[best[0]], share=share, width=best[2])
    return best[0], 0, [why]


def _some(rows: Iterable[Row]) -> Iterator[Row]:
    for i, row in enumerate(rows):
        if i == SAMPLE_ROWS:
            return
        yield row


def records(text: str, delimiter: str) -> Iterator[Row]:
    """Yield each record with the line on which it begins; an open quotation mark costs one line."""
    lines = Lines(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.taken.clear()
        begins = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            several = len(lines.taken) > 1
            first = lines.taken[0].rstrip("\r\n") if lines.taken else ""
            lines.give_back()
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            why = note("open quote") if several else note("unreadable row", reason=str(problem))
            yield Row(begins, [*first.split(delimiter)], problem=why)
            continue
        yield Row(begins, [*cells])

"""Files row by row: what cannot be read is one bad row, never the end of an import.

Between `mapping.py`, which says what the files look like, and `load.py`, which writes.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from graphnet.errors import BadFile, BadMapping
from ingest.encodings import check, guessed
from ingest.lines import SAID_BY_EXCEL, Lines
from ingest.sections import Each, FileSpec, Rows
from ingest.sections import Mapping as ImportMapping
from ingest.texts import is_tidy, tidied, tidied_lines
from ingest.values import Text, Unfit, text_of

# One row: its number as a spreadsheet counts (the header is 1), its cells, or why it has none.
NumberedRow = tuple[int, list[str], Unfit | None]


@dataclass(frozen=True)
class Source:
    """A file of the folder that was looked at: its columns, and a sum that tells it has changed."""

    name: str
    path: Path
    spec: FileSpec
    columns: dict[str, int]
    digest: str
    lines: int
    texts: frozenset[str] = frozenset()  # columns of running text, which keep their line breaks

    def rows(self) -> Iterator[NumberedRow]:
        """Read the file from its first row on: cells tidied, rows of the header's width."""
        width = len(self.columns)
        unknown = frozenset(self.spec.unknown)
        marked = bool(unknown) or self.spec.unquote
        several = [(i, name in self.texts) for name, i in self.columns.items()]
        running = any(kept for _, kept in several)
        with self.path.open(encoding=self.spec.encoding, errors="surrogateescape", newline="") as f:
            number = 1
            for cells, problem, line in _records(f, self.spec):
                if number == 1 and not self.spec.columns:
                    number = 2
                    continue
                if problem is None and len(cells) != width:
                    cells, problem = _fitted(cells, width, line)
                if not line.isascii() and (bad := _undecoded(cells)) is not None:
                    cells = _as_guessed(cells, self.spec.encoding)
                    name = next((c for c, i in self.columns.items() if i == bad), "")
                    problem = problem or Unfit(name, cells[bad], f"is not {self.spec.encoding}")
                if problem is None and not is_tidy(line):
                    if running and "\n" in line.rstrip():
                        cells = [
                            tidied_lines(cells[i]) if kept else tidied(cells[i])
                            for i, kept in several
                        ]
                    else:
                        cells = [tidied(cell) for cell in cells]
                if problem is None and marked:
                    cells = [self._marked(cell, unknown) for cell in cells]
                if problem is not None or any(cells):
                    yield number, cells, problem
                number += 1

    def looks_divided_by(self) -> str:
        """Return a hint if the header is one cell, since something else divides its cells."""
        only = next(iter(self.columns))
        other = max(";,\t|", key=only.count)
        if len(self.columns) > 1 or not only.count(other):
            return ""
        return f"; its cells are divided by {other!r}: say delimiter = {other!r}"

    def _marked(self, cell: str, unknown: frozenset[str]) -> str:
        if self.spec.unquote and len(cell) > 1 and cell[0] == cell[-1] and cell[0] in "\"'":
            cell = cell[1:-1].strip()
        return "" if cell in unknown else cell


def look(mapping: ImportMapping, folder: Path) -> dict[str, Source]:
    """Look at every file of a mapping, before anything is written.

    Raises
    ------
    BadFile
        If files are missing, empty or cannot be read; the message lists all of them.
    """
    if not folder.is_dir():
        raise BadFile(f"{folder} is no folder: give the folder that holds the files")
    sources, mistakes = {}, []
    for name, spec in mapping.files.items():
        path = folder / spec.path
        if not path.is_file():
            if not spec.optional:
                mistakes.append(f"{path} is missing; the mapping wants it as files.{name}")
            continue
        try:
            check(path, spec.encoding)
            digest, lines = _digest(path)
            columns = {c: i for i, c in enumerate(_header(path, spec))}
        except BadFile as problem:
            mistakes.append(f"{path} {problem}")
            continue
        except (OSError, LookupError) as problem:
            mistakes.append(f"{path}: {problem}")
            continue
        texts = frozenset(mapping.texts_of(name) & columns.keys())
        sources[name] = Source(name, path, spec, columns, digest, lines, texts)
    if mistakes:
        raise BadFile("nothing was written:\n  " + "\n  ".join(mistakes))
    return sources


class Chooser:
    """Which rows of a file a section means: `only`, `unless` and `each`."""

    def __init__(
        self, rows: Rows, columns: Mapping[str, int], variables: Mapping[str, str]
    ) -> None:
        def wanted(texts: Mapping[str, Iterable[str]]) -> list[tuple[Text, frozenset[str]]]:
            return [
                (text_of(name, columns, variables), frozenset(some)) for name, some in texts.items()
            ]

        self._only, self._unless = wanted(rows.only), wanted(rows.unless)
        self._each = rows.each
        self._column = _place(rows.each, columns)

    def chosen(self, cells: list[str]) -> list[list[str]]:
        """Return the row, or one row for each item of its list, or none."""
        for text, some in self._only:
            if text(cells) not in some:
                return []
        for text, some in self._unless:
            if text(cells) in some:
                return []
        if self._each is None:
            return [cells]
        column, result = self._column, []
        for part in cells[column].split(self._each.separator):
            if item := part.strip():
                copy = list(cells)
                copy[column] = item
                result.append(copy)
        return result


def lookup_tables(
    mapping: ImportMapping, sources: Mapping[str, Source]
) -> dict[str, dict[str, str]]:
    """Read the small tables that properties look things up in; of equal keys the first counts."""
    tables: dict[str, dict[str, str]] = {}
    for name, lookup in mapping.lookups.items():
        table = tables[name] = {}
        source = sources.get(lookup.file)
        if source is None:
            continue
        try:
            key = text_of(lookup.key, source.columns, mapping.variables)
            value = text_of(lookup.value, source.columns, mapping.variables)
        except BadMapping as problem:
            raise BadMapping(f"lookups.{name} in {source.path.name}: {problem}") from problem
        for _, cells, unfit in source.rows():
            if unfit is None:
                table.setdefault(key(cells), value(cells))
    return tables


def _place(each: Each | None, columns: Mapping[str, int]) -> int:
    if each is None:
        return -1
    if each.column not in columns:
        raise BadMapping(f"each: no column {each.column!r}; there are {', '.join(columns)}")
    return columns[each.column]


def _digest(path: Path) -> tuple[str, int]:
    digest, lines = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            lines += block.count(b"\n")
    return digest.hexdigest(), lines


def _header(path: Path, spec: FileSpec) -> list[str]:
    if spec.columns:
        names = list(spec.columns)
    else:
        with path.open(encoding=spec.encoding, errors="surrogateescape", newline="") as file:
            cells, problem, _ = next(_records(file, spec), ([], None, ""))
        if not cells or problem is not None:
            raise BadFile("has no header row; name its columns in the mapping if it has none")
        names = [tidied(cell) for cell in cells]
    counts: dict[str, int] = {}
    for i, name in enumerate(names):
        counts[name] = counts.get(name, 0) + 1
        if counts[name] > 1:
            names[i] = f"{name}:{counts[name]}"
    return names


def _fitted(cells: list[str], width: int, line: str) -> tuple[list[str], Unfit | None]:
    """Return a row of the header's width: spreadsheets leave out or add empty cells at its end."""
    if len(cells) < width:
        return cells + [""] * (width - len(cells)), None
    if not any(map(tidied, cells[width:])):
        return cells[:width], None
    return cells, Unfit("", line, f"has {len(cells)} cells, the header {width}")


def _undecoded(cells: list[str]) -> int | None:
    """Return the place of a cell that is not in the encoding of its file."""
    for i, cell in enumerate(cells):
        if any("\udc80" <= letter <= "\udcff" for letter in cell):
            return i
    return None


def _as_guessed(cells: list[str], encoding: str) -> list[str]:
    """Return cells that could not be decoded as they are most likely meant, to be mended."""
    raw = [cell.encode(encoding, "surrogateescape") for cell in cells]
    best = guessed(b" ".join(raw[i] for i, cell in enumerate(cells) if _undecoded([cell]) == 0))
    return [
        cell if _undecoded([cell]) is None else data.decode(best, "backslashreplace")
        for cell, data in zip(cells, raw, strict=True)
    ]


def _records(file: Iterable[str], spec: FileSpec) -> Iterator[tuple[list[str], Unfit | None, str]]:
    """Yield each record with its problem and its text; a bad one costs one line, not the rest."""
    lines = Lines(file)
    delimiter = spec.delimiter
    if said := SAID_BY_EXCEL.fullmatch(lines.first()):
        delimiter = said[1]
        lines.drop()
    reader = _reader(lines, spec, delimiter)
    while True:
        lines.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            reason = str(problem)
            if len(lines.taken) > 1:
                reason = "a quotation mark is never closed"
            text = lines.taken[0].rstrip("\r\n") if lines.taken else ""
            lines.give_back()
            reader = _reader(lines, spec, delimiter)
            yield [], Unfit("", text, f"cannot be read: {reason}"), text
            continue
        yield cells, None, lines.taken[0] if len(lines.taken) == 1 else "".join(lines.taken)


def _reader(lines: Lines, spec: FileSpec, delimiter: str) -> "Iterator[list[str]]":
    if not spec.quote:
        return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(lines, delimiter=delimiter, quotechar=spec.quote, strict=True)

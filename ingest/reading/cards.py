"""vCards 2.1, 3.0 and 4.0, by vobject: one row a card, one column a property.

A card that cannot be read is one bad row; an odd property is left as it stands and named.
"""

import re
from collections import Counter
from typing import Any

import vobject
from vobject.base import ParseError

from ingest.reading.door import clean_text
from ingest.reading.tables import Cell, Note, Row, note

# Columns in the order in which they are shown; the names are what `recognising` knows.
COLUMNS = (
    "N family", "N given", "N additional", "N prefix", "N suffix", "FN", "NICKNAME", "BDAY",
    "EMAIL", "TEL", "ADR", "ORG", "TITLE", "ROLE", "NOTE", "URL", "CATEGORIES", "UID", "GENDER",
)  # fmt: skip
_CARD = re.compile(
    r"^BEGIN:VCARD[ \t]*\r?\n?.*?(?:^END:VCARD[ \t]*$|(?=^BEGIN:VCARD)|\Z)", re.M | re.S | re.I
)
_LINE = re.compile(r"^[A-Za-z0-9.-]+[;:]")
SEVERAL = "\n"


def cards(text: str) -> tuple[list[Row], list[Note]]:
    """Return a row for each card, numbered from 1, and notes."""
    rows: list[Row] = []
    versions: Counter[str] = Counter()
    for number, match in enumerate(
        _CARD.finditer(text.replace("\r\n", "\n").replace("\r", "\n")), 1
    ):
        block = match.group()
        try:
            cells, version = _read(block)
        except (ParseError, ValueError, IndexError, KeyError, AttributeError) as problem:
            try:
                cells, version = _read(_mended(block))
                why: Note | None = None
            except (ParseError, ValueError, IndexError, KeyError, AttributeError):
                cells, version = _as_lines(block), ""
                why = note("unreadable card", reason=str(problem))
            rows.append(Row(number, cells, problem=why))
            versions[version] += 1
            continue
        versions[version] += 1
        rows.append(Row(number, cells))
    notes = [
        note("version", count=count, version=v or "?") for v, count in sorted(versions.items())
    ]
    return rows, notes


def _read(block: str) -> tuple[list[Cell], str]:
    if not re.search(r"^END:VCARD", block, re.M | re.I):
        block = block.rstrip("\n") + "\nEND:VCARD\n"
    card = next(vobject.readComponents(block, allowQP=True))
    found: dict[str, list[str]] = {name: [] for name in COLUMNS}
    for name, lines in card.contents.items():
        for line in lines:
            _enter(found, name.upper(), line)
    version = "".join(str(line.value) for line in card.contents.get("version", []))
    cells: list[Cell] = [
        SEVERAL.join(dict.fromkeys(v for v in found[name] if v)) for name in COLUMNS
    ]
    return cells, version


def _enter(found: dict[str, list[str]], name: str, line: Any) -> None:
    value = line.value
    if name == "N":
        if isinstance(value, str):
            parts = (value.split(";") + [""] * 5)[:5]
        else:
            parts = [
                _joined(part)
                for part in (
                    value.family,
                    value.given,
                    value.additional,
                    value.prefix,
                    value.suffix,
                )
            ]
        for column, part in zip(COLUMNS[:5], parts, strict=True):
            found[column].append(clean_text(part))
    elif name == "ADR" and not isinstance(value, str):
        parts = [value.street, value.city, value.region, value.code, value.country]
        found[name].append(", ".join(text for part in parts if (text := clean_text(_joined(part)))))
    elif name in found:
        text = _joined(value)
        if name in ("TEL", "EMAIL"):
            text = re.sub(r"^(?:tel|mailto|sip):", "", text, flags=re.I)
        if name in ("BDAY", "TEL", "EMAIL"):
            text = text.rstrip("; ")
        found[name].append(clean_text(text))


def _joined(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value if item)
    return str(value)


def _mended(block: str) -> str:
    """Drop lines that are no properties: one of them spoils the card for the library."""
    kept = [
        line
        for line in block.split("\n")
        if not line or line[0] in " \t=" or _LINE.match(line) or line.startswith(("BEGIN", "END"))
    ]
    return "\n".join(kept)


def _as_lines(block: str) -> list[Cell]:
    """Return the card's name line, so that whoever mends it sees which card it is."""
    cells: list[Cell] = [""] * len(COLUMNS)
    for line in block.split("\n"):
        name, _, value = line.partition(":")
        name = name.split(";")[0].upper()
        if name in COLUMNS:
            cells[COLUMNS.index(name)] = clean_text(value)
    return cells

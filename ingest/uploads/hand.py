"""How a file is read where staff say it by hand, now or of the same sender's last file.

What is said now counts. What was said of the last file counts where this one, read so, has at least
as many of the last one's headings as it has read by itself: a sender who has added a title, or
sends UTF-8 from now on, is read rightly all the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.reading import read
from ingest.reading.tables import Note, Table, Tables, note
from ingest.reading.words import heading
from ingest.uploads.recipes import Recipe

READING = ("encoding", "delimiter", "header")
# What can be said of which kind of file.
APPLIES = {"CSV": READING, "spreadsheet": ("header",), "vCard": ("encoding",)}


@dataclass(frozen=True)
class ReadSo:
    """One table as it is read: `reading` is what was said by hand, "" where nothing was.

    lasting: what is remembered of the sender.
    """

    table: Table
    notes: list[Note]
    format: str
    choice: dict[str, Any]
    sender: str
    recipe: Recipe
    encoding: str
    delimiter: str
    reading: dict[str, str]
    lasting: dict[str, str]


def read_as_said(
    path: Path, chosen: Mapping[str, Mapping[str, Any]], recipe_of: Callable[[str], Recipe]
) -> list[ReadSo]:
    """Return the tables of a file; `chosen` is what staff say of each, by its name."""
    only: Mapping[str, Any] = next(iter(chosen.values()), {})
    said = {name: str(choice.get("header", "")) for name, choice in chosen.items()}
    texts = {name: str(only.get(name, "")) for name in READING[:2]}
    itself = read(path, **texts, headers=_numbers(said))
    recipes: dict[str, tuple[str, Recipe]] = {}
    for table in itself.tables:
        several = len(itself.tables) > 1
        plain = f"{path.stem} {table.name}" if several else path.stem
        sender = str(chosen.get(table.name, {}).get("sender") or plain)
        recipes[table.name] = sender, recipe_of(sender)
    remembered = {
        table.name: {
            name: str(recipes[table.name][1].reading[name])
            for name in APPLIES[itself.format]
            if name not in chosen.get(table.name, {}) and name in recipes[table.name][1].reading
        }
        for table in itself.tables
    }
    again = itself
    if any(
        value != _is(itself, table, name)
        for table in itself.tables
        for name, value in remembered[table.name].items()
    ):
        first = next(iter(remembered.values()))
        texts |= {name: first[name] for name in READING[:2] if name in first}
        headers = {name: one["header"] for name, one in remembered.items() if "header" in one}
        again = read(path, **texts, headers=_numbers(said | headers))
    others = {table.name: table for table in again.tables}
    found = []
    for table in itself.tables:
        sender, recipe = recipes[table.name]
        choice = dict(chosen.get(table.name, {}))
        was, other, source = remembered[table.name], others.get(table.name, table), itself
        notes: list[Note] = []
        if was and _known(other, recipe) >= _known(table, recipe):
            if again is not itself:
                table, source = other, again
                notes = [note("reading remembered")]
        elif was:
            if was.get("header", "") not in ("", str(table.header_at)):
                notes = [note("header moved", was=was["header"], row=table.header_at)]
            was = {}
        reading = {name: str(choice.get(name, was.get(name, ""))) for name in READING}
        # What gave way this once may be right the next time.
        lasting = {
            name: str(value)
            for name in READING
            if (value := choice.get(name, recipe.reading.get(name, ""))) != ""
        }
        found.append(
            ReadSo(
                table,
                [*source.notes, *table.notes, *notes],
                source.format,
                choice,
                sender,
                recipe,
                source.encoding,
                source.delimiter,
                reading,
                lasting,
            )
        )
    return found


def _numbers(headers: Mapping[str, str]) -> dict[str, int]:
    return {name: int(row) for name, row in headers.items() if row.isdecimal()}


def _is(tables: Tables, table: Table, name: str) -> str:
    return {
        "encoding": tables.encoding,
        "delimiter": tables.delimiter,
        "header": str(table.header_at),
    }[name]


def _known(table: Table, recipe: Recipe) -> int:
    return sum(heading(text) in recipe.columns for text in table.header if heading(text))

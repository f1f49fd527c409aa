"""Which rows can be brought in, and why others cannot: grouped by what would mend them.

The preview forgives, the commit is strict: a row with a cell that cannot be read stays out, and
comes back in a file of the same kind with the reason beside it. Staff may say of a whole group that
its cells are left out instead: one answer then mends a thousand rows.
"""

import csv
import dataclasses
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from graphnet.spreadsheets import guarded
from ingest.cleaning.cleaned import text_of
from ingest.contacts import Contact
from ingest.reading.tables import Cell, Note, note
from ingest.uploads.kept import write_json
from ingest.uploads.sheets import REASON, Sheet

_NUMBER = re.compile(r"\+?[\d\s().,;-]+")
# What no answer of staff can mend: the row itself is not understood.
WHOLE = frozenset({"", "nobody", "comes twice", "refused"})
# What stands against a row: the field, and the note.
Reason = tuple[str, Note]


@dataclass
class Group:
    """Rows that one and the same thing would mend."""

    field: str
    code: str
    example: str
    forgiven: bool
    rows: list[int] = dataclasses.field(default_factory=list)

    @property
    def name(self) -> str:
        """What it is called in choices."""
        return f"{self.field}:{self.code}"

    @property
    def can_forgive(self) -> bool:
        """Whether the cell can be left out and the row be taken."""
        return self.field not in WHOLE


def problems_of(contact: Contact) -> list[tuple[str, Note]]:
    """Return what stands against a row."""
    found = list(contact.problems)
    name = contact.name
    if not (name.given or name.family):
        found.append(("nobody", note("no name")))
    if (
        contact.intake_year
        and contact.graduation_year
        and contact.intake_year > contact.graduation_year
    ):
        found.append(("intake_year", note("years crossed")))
    return found


def groups(sheet: Sheet) -> list[Group]:
    """Return what would have to be mended, the commonest first."""
    forgiven = set(sheet.choice.get("forgive", ()))
    found: dict[tuple[str, str], Group] = {}
    for contact in sheet.contacts:
        for name, problem in problems_of(contact):
            key = (name, problem.code)
            if key not in found:
                values = dict(problem.values)
                found[key] = Group(
                    name, problem.code, str(values.get("value", "")), ":".join(key) in forgiven
                )
            group = found[key]
            if not group.rows or group.rows[-1] != contact.row:
                group.rows.append(contact.row)
    return sorted(found.values(), key=lambda group: (-len(group.rows), group.name))


def split(sheet: Sheet) -> tuple[list[int], dict[int, list[tuple[str, Note]]]]:
    """Return the places of the rows that can be brought in, and why others cannot, by place."""
    forgiven = set(sheet.choice.get("forgive", ()))
    good: list[int] = []
    bad: dict[int, list[tuple[str, Note]]] = {}
    for place, contact in enumerate(sheet.contacts):
        against = [
            (name, problem)
            for name, problem in problems_of(contact)
            if name in WHOLE or f"{name}:{problem.code}" not in forgiven
        ]
        if against:
            bad[place] = against
        else:
            good.append(place)
            if (contact.intake_year or 0) > (contact.graduation_year or 9999):
                contact.intake_year = None
    return good, bad


def keep_rejects(
    sheet: Sheet, number: int, bad: Mapping[int, Sequence[Reason]], folder: Path
) -> str:
    """Keep the rows that stay out, with their reasons as codes; return a name, "" if none do."""
    if not bad:
        return ""
    name = f"rejects {number}.json"
    told = {
        "stem": f"{Path(sheet.file).stem} {sheet.table.name}".strip()[:60],
        "page": sheet.table.name[:31] or "1",
        "spreadsheet": sheet.format == "spreadsheet",
        "header": sheet.table.header,
        "rows": [
            [
                [_packed(cell) for cell in sheet.table.rows[place].cells],
                [[field, why.code, dict(why.values)] for field, why in bad[place]],
            ]
            for place in sorted(bad)
        ],
    }
    write_json(folder / name, told)
    return name


def rejects_file(path: Path, say: Callable[[str, Note], str]) -> tuple[str, bytes]:
    """Return the rows that stay out as a file of the same kind: its name, and what is in it.

    The reason stands in the last column, in the words of `say`, which is given a field and a note.
    Loading up the mended file takes exactly those rows: the others are not in it, and the column of
    reasons is known and left out.
    """
    told = json.loads(path.read_text(encoding="utf-8"))
    header = [*told["header"], REASON]
    rows = [
        [
            *map(_cell, cells),
            "; ".join(say(field, note(code, **values)) for field, code, values in why),
        ]
        for cells, why in told["rows"]
    ]
    if told["spreadsheet"]:
        book = Workbook(write_only=True)
        page = book.create_sheet(told["page"])
        page.append(header)
        for row in rows:
            page.append([harmless(cell) if isinstance(cell, str) else cell for cell in row])
        buffer = io.BytesIO()
        book.save(buffer)
        return f"rejects {told['stem']}.xlsx", buffer.getvalue()
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(header)
    writer.writerows([harmless(text_of(cell)) for cell in row] for row in rows)
    return f"rejects {told['stem']}.csv", text.getvalue().encode("utf-8-sig")


def reasons(bad: Mapping[int, Sequence[Reason]]) -> list[dict[str, Any]]:
    """Return why rows stay out, as codes, the commonest first."""
    found: Counter[tuple[str, str]] = Counter()
    for why in bad.values():
        found.update({(field, problem.code) for field, problem in why})
    return [
        {"field": field, "code": code, "count": count}
        for (field, code), count in sorted(found.items(), key=lambda item: (-item[1], item[0]))
    ]


def _packed(cell: Cell) -> Any:
    if isinstance(cell, datetime):
        return {"datetime": cell.isoformat()}
    if isinstance(cell, date):
        return {"date": cell.isoformat()}
    return cell if isinstance(cell, str | int | float | bool) else text_of(cell)


def _cell(packed: Any) -> Cell:
    if isinstance(packed, dict):
        if "date" in packed:
            return date.fromisoformat(packed["date"])
        return datetime.fromisoformat(packed["datetime"])
    found: Cell = packed
    return found


def harmless(text: str) -> str:
    """Return text that a spreadsheet does not compute; telephone numbers as they are."""
    return text if _NUMBER.fullmatch(text) else guarded(text)

"""Which rows can be brought in, and why others cannot: grouped by what would mend them.

The preview forgives, the commit is strict: a row with a cell that cannot be read stays out, and
comes back in a file of the same kind with the reason beside it. Staff may say of a whole group that
its cells are left out instead: one answer then mends a thousand rows.
"""

import csv
import dataclasses
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

from graphnet.spreadsheets import guarded
from ingest.cleaning.cleaned import text_of
from ingest.contacts import Contact
from ingest.reading.tables import Note, note
from ingest.uploads.kept import private
from ingest.uploads.sheets import REASON, Sheet

_NUMBER = re.compile(r"\+?[\d\s().,;-]+")
# What no answer of staff can mend: the row itself is not understood.
WHOLE = frozenset({"", "nobody", "comes twice", "refused"})


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


def rejects(sheet: Sheet, bad: Mapping[int, Sequence[str]], folder: Path) -> str:
    """Write the rows that stay out as a file of the same kind; return its name, "" if none do.

    The reason stands in the last column. Loading up the mended file takes exactly those rows: the
    others are not in it, and the column of reasons is known and left out.
    """
    if not bad:
        return ""
    header = [*sheet.table.header, REASON]
    rows = [[*sheet.table.rows[place].cells, "; ".join(why)] for place, why in sorted(bad.items())]
    stem = f"{Path(sheet.file).stem} {sheet.table.name}".strip()[:60]
    if sheet.format == "spreadsheet":
        name = f"rejects {stem}.xlsx"
        book = Workbook(write_only=True)
        page = book.create_sheet(sheet.table.name[:31] or "1")
        page.append(header)
        for row in rows:
            page.append([harmless(cell) if isinstance(cell, str) else cell for cell in row])
        buffer = io.BytesIO()
        book.save(buffer)
        content = buffer.getvalue()
    else:
        name = f"rejects {stem}.csv"
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=";")
        writer.writerow(header)
        writer.writerows([harmless(text_of(cell)) for cell in row] for row in rows)
        content = text.getvalue().encode("utf-8-sig")
    with private(folder / name) as file:
        file.write(content)
    return name


def harmless(text: str) -> str:
    """Return text that a spreadsheet does not compute; telephone numbers as they are."""
    return text if _NUMBER.fullmatch(text) else guarded(text)

"""What staff look at before files go into the base: written once beside them, read by every page.

It is made anew when staff choose otherwise: by the page itself if the files are small, else by a
worker.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from graphnet.errors import BadFile
from graphnet.settings import Settings
from graphnet.store import Store
from ingest.cleaning.cleaned import text_of
from ingest.contacts import Contact
from ingest.reading.tables import Note, Row
from ingest.recognising.columns import SENSITIVE, Column
from ingest.uploads import delivery, judging, rows
from ingest.uploads.kept import Upload, folder_of, one, write_json
from ingest.uploads.sheets import SWITCHES, Sheet, sheets

ROWS = 50
SMALL = 400_000  # bytes that are read while the page waits
NAME = "preview.json"
# What a contact says, by field of a column.
CLEANED: dict[str, Callable[[Contact], str]] = {
    "family_name": lambda c: c.name.family,
    "given_name": lambda c: c.name.given,
    "patronymic": lambda c: c.name.patronymic,
    "given_patronymic": lambda c: f"{c.name.given} {c.name.patronymic}".strip(),
    "former_family_name": lambda c: c.name.former,
    "full_name": lambda c: " ".join(
        part
        for part in (
            c.name.family, c.name.given, c.name.patronymic,
            f"({c.name.former})" if c.name.former else "",
        )
        if part
    ),
    "birth_date": lambda c: c.birth_date,
    "sex": lambda c: c.sex,
    "faculty": lambda c: c.faculty,
    "group": lambda c: c.group,
    "intake_year": lambda c: str(c.intake_year or ""),
    "graduation_year": lambda c: str(c.graduation_year or ""),
    "studies": lambda c: ", ".join(
        part
        for part in (
            c.faculty, c.group,
            "–".join(str(year) for year in (c.intake_year, c.graduation_year) if year),
        )
        if part
    ),
    "email": lambda c: ", ".join(c.emails),
    "phone": lambda c: ", ".join(phone.number for phone in c.phones),
    "city": lambda c: c.city,
    "organisation": lambda c: c.organisation,
}  # fmt: skip
NAMED = frozenset({"full_name", "family_name", "given_name", "patronymic", "given_patronymic"})


def preview(settings: Settings, upload: Upload) -> dict[str, Any] | None:
    """Return what is ready to be looked at; None if it has to be made first."""
    path = folder_of(settings, upload.id) / NAME
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told if told["choices"] == upload.choices else None


def make(settings: Settings, store: Store, upload_id: str) -> dict[str, Any]:
    """Read the files as staff have chosen and write down what there is to see.

    Raises
    ------
    BadFile
        If a file cannot be read.
    """
    upload = one(store, upload_id)
    found = sheets(settings, store, upload)
    known = rows.units(store)
    told = {
        "choices": upload.choices,
        "at": datetime.now().astimezone().isoformat(),
        "sheets": [_sheet(store, sheet, known) for sheet in found],
    }
    folder = folder_of(settings, upload.id)
    if not folder.is_dir():
        raise BadFile("the files were thrown away", code="gone")
    write_json(folder / NAME, told)
    return json.loads((folder / NAME).read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def noted(note: Note) -> list[Any]:
    """Return a note as JSON keeps it."""
    return [note.code, dict(note.values)]


def _sheet(store: Store, sheet: Sheet, known: rows.Units) -> dict[str, Any]:
    table = sheet.table
    told: dict[str, Any] = {
        "key": sheet.key,
        "file": sheet.file,
        "name": table.name,
        "format": sheet.format,
        "hidden": table.hidden,
        "rows": len(table.rows),
        "left_out": len(table.left_out),
        "notes": [noted(note) for note in sheet.notes],
        "sender": sheet.sender,
        "source": sheet.source,
        "used": sheet.used,
        "choice": sheet.choice,
        "reading": sheet.reading,
        "encoding": sheet.encoding,
        "header_at": table.header_at,
        "delimiter": sheet.delimiter,
        "first": table.first,
        "missing": list(sheet.changed.missing),
        "new": list(sheet.changed.new),
        "columns": [_column(column, sheet) for column in sheet.columns.columns],
    }
    if not sheet.used:
        return told
    groups = judging.groups(sheet)
    good, bad = judging.split(sheet)
    lines = rows.lines(sheet, good, known)
    _, compared = delivery.compare(
        lines,
        delivery.before(store, sheet.source),
        sheet.choice.get("take", {}),
        university=known.university,
    )
    changes: dict[str, int] = {}
    for contact in sheet.contacts:
        for code in {change.code for _, change in contact.changes}:
            changes[code] = changes.get(code, 0) + 1
    off = set(sheet.choice.get("off", ()))
    told |= {
        "good": len(good),
        "bad": len(bad),
        "groups": [
            {
                "name": group.name,
                "field": group.field,
                "code": group.code,
                "example": group.example,
                "count": len(group.rows),
                "rows": group.rows[:8],
                "forgiven": group.forgiven,
                "can_forgive": group.can_forgive,
            }
            for group in groups
        ],
        "changes": [
            {"code": code, "count": count, "switch": code in SWITCHES}
            for code, count in sorted(changes.items(), key=lambda item: (-item[1], item[0]))
        ]
        + [{"code": code, "count": 0, "switch": True} for code in sorted(off - changes.keys())],
        "sample": [
            _row(sheet, row, contact)
            for row, contact in list(zip(table.rows, sheet.contacts, strict=True))[:ROWS]
        ],
        "compared": {
            "again": compared.again,
            "new": compared.new,
            "unchanged": compared.unchanged,
            "changed_rows": compared.changed_rows,
            "changed": compared.changed,
            "emptied": compared.emptied,
            "dropped": compared.dropped,
            "examples": compared.examples,
            "gone": compared.gone,
            "gone_names": compared.gone_names,
            "back": compared.back,
            "back_names": compared.back_names,
        },
    }
    return told


def _column(column: Column, sheet: Sheet) -> dict[str, Any]:
    said = [row.cells[column.index] for row in sheet.table.rows if row.cells[column.index] != ""]
    return {
        "index": column.index,
        "heading": column.heading,
        "field": column.field,
        "reason": noted(column.reason),
        "sure": column.sure,
        "sensitive": column.field in SENSITIVE,
        "filled": len(said),
        "example": text_of(said[0])[:60] if said and column.field not in SENSITIVE else "",
    }


def _row(sheet: Sheet, row: Row, contact: Contact) -> dict[str, Any]:
    wrong = {name: noted(problem) for name, problem in judging.problems_of(contact)}
    changed: dict[str, list[list[Any]]] = {}
    for name, change in contact.changes:
        changed.setdefault("name" if name in NAMED else name, []).append(noted(change))
    cells = []
    for column in sheet.columns.columns:
        original = text_of(row.cells[column.index])
        if not column.field:
            continue
        clean = CLEANED.get(column.field)
        cleaned = clean(contact) if clean and original else original
        if column.field in SENSITIVE:
            original = cleaned = "•••" if original else ""
        about = "name" if column.field in NAMED else column.field
        cells.append(
            {
                "original": original,
                "cleaned": cleaned,
                "differs": cleaned != original,
                "why": changed.get(about, []) if cleaned != original else [],
                "wrong": wrong.get(column.field)
                or (wrong.get("name") if about == "name" else None),
            }
        )
    against = [noted(problem) for name, problem in wrong_of_row(contact)]
    return {"number": row.number, "cells": cells, "against": against}


def wrong_of_row(contact: Contact) -> list[tuple[str, Note]]:
    """Return what stands against a whole row."""
    return [pair for pair in judging.problems_of(contact) if pair[0] in judging.WHOLE]

"""The tables of an upload, read and cleaned as staff have chosen.

Choices are one dictionary for each table, under ``file|sheet``: ``sender``, ``columns`` (place to
field, "" leaves a column out, "keep" keeps it as it stands), ``ground`` for numbers that need one,
``off`` (kinds of cleaning that are not wanted), ``forgive`` (problems whose cells are left out, and
not their rows), ``encoding``, ``delimiter`` and ``header`` ("" is as found by itself,
also where the sender's last file was read otherwise), ``use`` (false leaves the table out),
``take``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphnet.settings import Settings
from graphnet.store import Store
from ingest.cleaning.cleaned import text_of
from ingest.contacts import Contact, contacts_of
from ingest.contacts import Source as CleanSource
from ingest.reading.tables import Note, Row, Table, note
from ingest.reading.words import FIELD_OF
from ingest.recognising import recognise
from ingest.recognising.columns import SENSITIVE, Column, Recognised
from ingest.uploads import hand, recipes
from ingest.uploads.kept import Upload, folder_of

KEEP = "keep"
REASON = "reason / причина"  # heads the column of reasons in a file of rejected rows
FIELDS = tuple(sorted(set(FIELD_OF.values())))
# Kinds of cleaning that can be switched off: what is left is still a name, a city, a group. What
# the graph holds in one form only (dates, numbers, addresses) stands beside its original instead.
SWITCHES = {
    "name case": ("given_name", "patronymic", "family_name", "former_family_name", "full_name"),
    "name letters": ("given_name", "patronymic", "family_name", "former_family_name", "full_name"),
    "name swapped": ("given_name", "family_name"),
    "name former": (),
    "city form": ("city",),
    "organisation form": ("organisation",),
    "group form": ("group",),
}
USED = frozenset(
    {
        "full_name",
        "family_name",
        "given_name",
        "patronymic",
        "given_patronymic",
        "former_family_name",
        "nickname",
        "birth_date",
        "sex",
        "faculty",
        "group",
        "intake_year",
        "graduation_year",
        "studies",
        "email",
        "phone",
        "city",
        "organisation",
        "position",
        "source_id",
    }
)


@dataclass
class Sheet:
    """One table of an upload: what it is, what its columns are taken for, its rows cleaned."""

    file: str
    table: Table
    notes: list[Note]
    format: str
    choice: dict[str, Any]
    sender: str
    columns: Recognised
    changed: recipes.Changed
    contacts: list[Contact]
    encoding: str = ""
    delimiter: str = ""
    # What was said by hand of `hand.READING`, now or of the sender's last file; "" is as found;
    # lasting is what is remembered of the sender.
    reading: dict[str, str] = field(default_factory=dict)
    lasting: dict[str, str] = field(default_factory=dict)
    left_before: bool = False

    @property
    def key(self) -> str:
        """What the table is called in choices."""
        return f"{self.file}|{self.table.name}"

    @property
    def used(self) -> bool:
        """Whether staff want it."""
        return bool(self.choice.get("use", not self.left_before))

    @property
    def source(self) -> str:
        """What its sender is called in the graph."""
        return recipes.source_of(self.sender)

    def cells(self, row: Row, name: str) -> str:
        """Return what a row says in the columns of a field, as it stands."""
        return " | ".join(
            text_of(row.cells[i]) for i in self.columns.of(name) if row.cells[i] != ""
        )

    def kept(self, row: Row) -> dict[str, str]:
        """Return the row as it came, but for what is left out and what has no ground."""
        ground = str(self.choice.get("ground", "")).strip()
        said: dict[str, str] = {}
        for column in self.columns.columns:
            name = column.field
            if not name or (name in SENSITIVE and not ground) or row.cells[column.index] == "":
                continue
            said[column.heading or f"#{column.index + 1}"] = text_of(row.cells[column.index])
        return said


def sheets(settings: Settings, store: Store, upload: Upload) -> list[Sheet]:
    """Return the tables of an upload.

    Raises
    ------
    BadFile
        If a file cannot be read at all; its name is said.
    """
    found: list[Sheet] = []
    folder = folder_of(settings, upload.id)
    for file in upload.files:
        path = folder / file["name"]
        chosen = {
            key.partition("|")[2]: value
            for key, value in upload.choices.items()
            if key.partition("|")[0] == file["name"]
        }
        read_so = hand.read_as_said(path, chosen, lambda sender: recipes.recipe(store, sender))
        left = {name for one in read_so for name in one.recipe.reading.get("left", ())}
        for one in read_so:
            table = one.table
            left_before = table.name in left and len(read_so) > 1
            more = [note("sheet left before")] if left_before else []
            found.append(
                Sheet(
                    file["name"],
                    table,
                    [*one.notes, *more],
                    one.format,
                    one.choice,
                    one.sender,
                    _chosen(recognise(table, one.recipe.columns), one.choice.get("columns")),
                    recipes.changed(one.recipe.columns, table.header),
                    [],
                    one.encoding,
                    one.delimiter,
                    one.reading,
                    one.lasting,
                    left_before,
                )
            )
    wanted = [sheet for sheet in found if sheet.used]
    contacts = iter(
        contacts_of([CleanSource(sheet.key, sheet.table, sheet.columns) for sheet in wanted])
    )
    for sheet in wanted:
        sheet.contacts = [next(contacts) for _ in sheet.table.rows]
        off = frozenset(sheet.choice.get("off", ()))
        for row, contact in zip(sheet.table.rows, sheet.contacts, strict=True):
            as_written(sheet, row, contact, off)
    return found


def _chosen(found: Recognised, chosen: Mapping[str, str] | None) -> Recognised:
    """Put what staff have said of a column in the place of what was found."""
    chosen = dict(chosen or {})
    chosen |= {str(c.index): "" for c in found.columns if c.heading == REASON}
    columns = tuple(
        Column(column.index, column.heading, chosen[str(column.index)], note("column chosen"))
        if chosen.get(str(column.index), column.field) != column.field
        else column
        for column in found.columns
    )
    return Recognised(columns, found.notes)


def as_written(sheet: Sheet, row: Row, contact: Contact, off: frozenset[str]) -> None:
    """Take back the kinds of cleaning that are switched off, where they have changed something."""
    codes = {change.code for _, change in contact.changes} & off
    if not codes:
        return
    name = contact.name
    if codes & {"name case", "name letters"}:
        words = {
            word.casefold(): word
            for field in SWITCHES["name case"]
            for word in sheet.cells(row, field).replace(",", " ").replace("(", " ").split()
        }
        name = type(name)(
            *(
                " ".join(words.get(word.casefold(), word) for word in part.split())
                for part in (name.given, name.patronymic, name.family, name.former)
            )
        )
    if "name swapped" in codes:
        name = type(name)(name.family, name.patronymic, name.given, name.former)
    if "name former" in codes:
        name = type(name)(name.given, name.patronymic, name.family, "")
    contact.name = name
    for code, attribute in (
        ("city form", "city"), ("organisation form", "organisation"), ("group form", "group"),
    ):  # fmt: skip
        if code in codes and (text := sheet.cells(row, attribute)):
            setattr(contact, attribute, text)
    contact.changes = [
        (field, change) for field, change in contact.changes if change.code not in codes
    ]

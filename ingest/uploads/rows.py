"""Cleaned rows as the mapping `contacts.toml` takes them: one line a record, in people.csv.

What a record is called must be the same when the same sender's next file comes, whatever else has
changed in the row: by the number that the sender gives it, else by name, date of birth and years.
"""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from graphnet.names.folding import fold
from graphnet.store import Store
from ingest.contacts import Contact
from ingest.uploads.kept import private
from ingest.uploads.sheets import Sheet

COLUMNS = (
    "origin", "who", "file", "row", "given_name", "patronymic", "family_name", "former_names",
    "sex", "born_on", "graduation_year", "intake_year", "group_name", "unit", "city",
    "organisation", "position", "emails", "phones", "name_of_source", "said", "email_nodes",
    "phone_nodes",
)  # fmt: skip
# What a delivery may say otherwise than the one before; the rest says which row it is.
SAID = COLUMNS[4:19]
SEPARATOR = ";"
APART = " · "  # between a group's code and its year

Line = dict[str, str]

# One row: a unit of the base, by all that it is called.
UNITS = """MATCH (u:Unit) RETURN u.name AS name, u.name_ru AS name_ru, u.code AS code,
u.kind AS kind ORDER BY CASE u.kind WHEN 'university' THEN 0 ELSE 1 END, name LIMIT 20000"""


@dataclass(frozen=True)
class Units:
    """What the base calls its faculties and departments, whatever a file calls them."""

    by_name: Mapping[str, str]
    university: str

    def of(self, text: str) -> str:
        """Return the base's own name of a unit; the file's, if the base has none."""
        return self.by_name.get(fold(text), text) if text else ""


def units(store: Store) -> Units:
    """Return the units of the base."""
    names: dict[str, str] = {}
    university = ""
    for row in store.read(UNITS):
        if row["kind"] == "university":
            university = university or row["name"]
        for text in (row["name"], row["name_ru"], row["code"]):
            if text and (key := fold(text)):
                names.setdefault(key, row["name"])
    return Units(names, university or "Университет")


def lines(sheet: Sheet, good: list[int], known: Units) -> dict[int, Line]:
    """Return the line of each row that can be brought in, by the row's place."""
    found: dict[int, Line] = {}
    times: Counter[str] = Counter()
    for place in good:
        contact = sheet.contacts[place]
        line = _line(sheet, place, contact, known)
        identity = _identity(sheet, place, contact)
        times[identity] += 1
        # Of namesakes whom nothing tells apart each is one of them, in the order of the file.
        line["origin"] = identity if times[identity] == 1 else f"{identity}-{times[identity]}"
        line["who"] = line["origin"]
        found[place] = line
    return found


def _identity(sheet: Sheet, place: int, contact: Contact) -> str:
    if number := sheet.cells(sheet.table.rows[place], "source_id"):
        parts = ["number", number]
    else:
        name = contact.name
        parts = ["name", fold(f"{name.family} {name.given} {name.patronymic}"), contact.birth_date]
        parts += [str(contact.graduation_year or contact.intake_year or ""), contact.group]
    text = "\x1f".join(parts)
    return hashlib.blake2b(text.encode(), digest_size=9).hexdigest()


def _line(sheet: Sheet, place: int, contact: Contact, known: Units) -> Line:
    row = sheet.table.rows[place]
    name = contact.name
    year = contact.graduation_year or contact.intake_year
    line = dict.fromkeys(COLUMNS, "") | {
        "file": sheet.key.replace("|", " · ") if sheet.format == "spreadsheet" else sheet.file,
        "row": str(row.number),
        "given_name": name.given,
        "patronymic": name.patronymic,
        "family_name": name.family,
        "former_names": name.former if name.former != name.family else "",
        "sex": contact.sex,
        "born_on": contact.birth_date if len(contact.birth_date) == 10 else "",
        "graduation_year": str(contact.graduation_year or ""),
        "intake_year": str(contact.intake_year or ""),
        "group_name": f"{contact.group}{APART}{year}" if contact.group and year else "",
        "unit": known.of(contact.faculty),
        "city": contact.city,
        "organisation": contact.organisation,
        "position": sheet.cells(row, "position"),
        "emails": SEPARATOR.join(contact.emails),
        "phones": SEPARATOR.join(dict.fromkeys(phone.number for phone in contact.phones)),
        "name_of_source": sheet.sender,
        "said": json.dumps(sheet.kept(row), ensure_ascii=False, sort_keys=True),
    }
    line |= {"email_nodes": line["emails"], "phone_nodes": line["phones"]}
    if year and not line["unit"]:
        line["unit"] = known.university
    return line


def write(folder: Path, rows: list[Line]) -> Path:
    """Write people.csv for the import; return the folder that it is alone in."""
    folder.mkdir(mode=0o700, exist_ok=True)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    with private(folder / "people.csv") as file:
        file.write(text.getvalue().encode())
    return folder

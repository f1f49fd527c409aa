"""One sheet of alumni, of which everything is made, as a deanery sends it; for the tests."""

from pathlib import Path

from graphnet.store import Store
from ingest import mapping
from ingest.load import import_folder
from ingest.report import Report

MAPPING = """
source = "deanery"

[files.people]
path = "people.csv"
delimiter = ";"

[nodes.person]
label = "Person"
labels = "Alumnus"
file = "people"
id = "id"
properties.family_name = { column = "Фамилия", required = true }
properties.born_on = { column = "Дата", type = "date", format = "%d.%m.%Y" }

[nodes.year]
label = "Unit"
file = "people"
id = "Год"
repeated = true
empty = "skip"
properties.name = "Год"

[nodes.city]
label = "Place"
file = "people"
id = "Город"
repeated = true
empty = "skip"
shared = "name"
properties.name = "Город"

[nodes.email]
label = "ContactPoint"
file = "people"
id = ["id", "Почта"]
each = { column = "Почта", separator = "," }
properties.kind = { constant = "email" }
properties.value = "Почта"

[[ties]]
type = "COMPLETED"
file = "people"
from = { kind = "person", columns = "id" }
to = { kind = "year", columns = "Год", empty = "skip" }
properties.year = { column = "Год", type = "integer", minimum = 1900, maximum = 2030 }

[[ties]]
type = "LIVES_IN"
file = "people"
from = { kind = "person", columns = "id" }
to = { kind = "city", columns = "Город", empty = "skip" }

[[ties]]
type = "HAS"
file = "people"
each = { column = "Почта", separator = "," }
from = { kind = "person", columns = "id" }
to = { kind = "email", columns = ["id", "Почта"] }
"""
HEADER = "id;Фамилия;Дата;Год;Город;Почта\n"


def read(folder: Path, text: str = MAPPING) -> mapping.Mapping:
    """Read the mapping."""
    path = folder.parent / "deanery.toml"
    path.write_text(text, encoding="utf-8")
    return mapping.read(path, folder)


def run(
    store: Store, folder: Path, rows: str, *, header: str = HEADER, text: str = MAPPING,
    **options: object,
) -> Report:  # fmt: skip
    """Import a sheet with these rows."""
    folder.mkdir(exist_ok=True)
    (folder / "people.csv").write_text(header + rows, encoding="utf-8")
    options.setdefault("rejects", folder.parent / "rejects")
    return import_folder(store, read(folder, text), folder, **options)  # type: ignore[arg-type]


def names(store: Store) -> dict[str, list[str]]:
    """Return the names of all people, years, cities and addresses."""
    return {label: [row["name"] for row in store.read(query)] for label, query in NAMES.items()}


NAMES = {
    "Person": "MATCH (p:Person) RETURN p.family_name AS name ORDER BY name",
    "Unit": "MATCH (n:Unit) RETURN n.name AS name ORDER BY name",
    "Place": "MATCH (n:Place) RETURN n.name AS name ORDER BY name",
    "ContactPoint": "MATCH (n:ContactPoint) RETURN n.value AS name ORDER BY name",
    "Record": "MATCH (n:Record) RETURN n.origin AS name ORDER BY name",
}

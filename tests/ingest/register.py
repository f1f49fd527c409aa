"""A small register of alumni in three files, with its mapping, for the tests of the import."""

from pathlib import Path

from graphnet.store import Store
from ingest import mapping
from ingest.load import import_folder
from ingest.report import Report

MAPPING = """
source = "register"
[files]
people = { path = "people.csv" }
studies = { path = "studies.csv" }
ties = { path = "ties.csv" }

[nodes.person]
label = "Person"
labels = "Alumnus"
file = "people"
id = "number"
properties.given_name = { column = "given", required = true }
properties.family_name = "family"
properties.born_on = { column = "born", type = "date", minimum = "1900-01-01" }

[nodes.club]
label = "Group"
file = "people"
id = "club"
empty = "skip"
repeated = true
properties.name = "club"

[nodes.email]
label = "ContactPoint"
file = "people"
id = ["number", "emails"]
each = { column = "emails", separator = ";" }
properties.kind = { constant = "email" }
properties.value = "emails"
properties.value_key = { column = "emails", type = "contact_key" }

[nodes.unit]
label = "Unit"
file = "studies"
id = "unit"
repeated = true
properties.name = "unit"

[nodes.topic]
label = "Topic"
file = "people"
id = "interest"
empty = "skip"
repeated = true
shared = "name"
properties.name = "interest"

[[ties]]
type = "MEMBER_OF"
file = "people"
from = { kind = "person", columns = "number" }
to = { kind = "club", columns = "club", empty = "skip" }

[[ties]]
type = "INTERESTED_IN"
file = "people"
from = { kind = "person", columns = "number" }
to = { kind = "topic", columns = "interest", empty = "skip" }
properties.weight = { constant = 1.0 }

[[ties]]
type = "HAS"
file = "people"
each = { column = "emails", separator = ";" }
from = { kind = "person", columns = "number" }
to = { kind = "email", columns = ["number", "emails"] }

[[ties]]
type = "STUDIED_IN"
file = "studies"
from = { kind = "person", columns = "number" }
to = { kind = "unit", columns = "unit" }
properties.from_term = { column = "from", type = "autumn_of" }
properties.to_term = { column = "to", type = "spring_of" }

[[ties]]
type = "KNOWS"
file = "ties"
undirected = true
from = { kind = "person", columns = "a" }
to = { kind = "person", columns = "b" }
properties.strength = { column = "strength", type = "number", default = 1.0 }
"""

PEOPLE = """number,given,family,born,club,emails,interest
1,Анна,Иванова,1980-05-01,Chess,anna@example.org;a@example.org,Optics
2,Борис,Петров,,Chess,,Optics
3,Vera,Orlova,1981-01-31,,vera@example.org,
"""
STUDIES = """number,unit,from,to
1,Physics,1998,2003
2,Physics,1998,2000
2,Physics,2001,2004
3,Law,,
"""
TIES = """a,b,strength
2,1,
1,3,0.5
"""

# One row: a label or a type and how many there are of it.
COUNT_NODES = """MATCH (n) WHERE NOT n:Migration UNWIND labels(n) AS label
RETURN label, count(*) AS n ORDER BY label"""
COUNT_TIES = "MATCH ()-[t]->() RETURN type(t) AS type, count(*) AS n ORDER BY type"
EVERY_NODE = "MATCH (n) WHERE NOT n:Migration RETURN elementId(n) AS id, properties(n) AS p"
EVERY_TIE = "MATCH ()-[t]->() RETURN elementId(t) AS id, properties(t) AS p"
PERSON = "MATCH (:Record {origin: $origin})-[:ABOUT]->(p) RETURN properties(p) AS p"


def write(folder: Path, *, people: str = PEOPLE, studies: str = STUDIES, ties: str = TIES) -> Path:
    """Write the three files."""
    folder.mkdir(exist_ok=True)
    for name, text in (("people", people), ("studies", studies), ("ties", ties)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def read(folder: Path, text: str = MAPPING) -> mapping.Mapping:
    """Read the mapping."""
    path = folder.parent / "register.toml"
    path.write_text(text, encoding="utf-8")
    return mapping.read(path, folder)


def run(store: Store, folder: Path, text: str = MAPPING, **options: object) -> Report:
    """Import the folder."""
    options.setdefault("rejects", folder.parent / "rejects")
    return import_folder(store, read(folder, text), folder, **options)  # type: ignore[arg-type]


def person(store: Store, number: int) -> dict[str, object]:
    """Return the properties of the person whom a row made."""
    found = store.read(PERSON, origin=f"register:person:{number}")
    assert len(found) == 1
    properties = found[0]["p"]
    assert isinstance(properties, dict)
    return properties


def counts(store: Store) -> dict[str, int]:
    """Return how many nodes of each label and ties of each type there are."""
    found = {row["label"]: row["n"] for row in store.read(COUNT_NODES)}
    return found | {row["type"]: row["n"] for row in store.read(COUNT_TIES)}


def everything(store: Store) -> list[tuple[str, str]]:
    """Return every node and tie with all it has, to see that nothing has changed."""
    rows = [*store.read(EVERY_NODE), *store.read(EVERY_TIE)]
    return sorted((row["id"], repr(sorted(row["p"].items()))) for row in rows)

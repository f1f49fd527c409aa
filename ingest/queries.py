"""The Cypher of the import, built from the model out of a dozen literal pieces.

A label, a tie type and a property name come from `graphnet.model` only, where they are literals of
the program, never from a mapping or a file: what is built stays a `LiteralString`, and the tests
EXPLAIN every query in `MAKE`, `TIE_QUERIES` and `DATED_TIE_QUERIES`, as they do with constants.

**Things.** A row is the thing's identity, what is set only when it is made, what the mapping says
of it, what is set if it was there, and the hash of what the mapping says, by which a later import
sees that nothing has changed. The hash stands on the tie to the run, which also says what a run has
made. A person has a Record instead.

**Ties.** Parameters are $rows, the whole of the constant properties with source and run ($shared),
the constants alone ($constants) with their names ($names), $run and $source. A row is the two
ends, the properties, and those that tell two ties of this type apart. A person who has confirmed
where they live or worked, or whose studies staff have corrected, gets no more such ties from files;
a contact that they have removed does not come back. A tie that is there is only changed if it came
from this source and differs; what people made themselves stays, and a tie without a date says
nothing new about one that has one. `SKIP 0` keeps the planner from joining the two ends as a
Cartesian product, be it of one row with one. Their answer is one row: how many rows are about a tie
that this run has made, and how many older ties were changed.
"""

from typing import LiteralString

from graphnet.model import NODES
from ingest.words import NODE_LABELS, SHARED, TIE_ENDS, TIE_IDENTITY

# One row: a person as they are now, and what their record's row gave them when it was read.
BEFORE = """UNWIND $origins AS origin
MATCH (r:Record {origin: origin})-[:ABOUT]->(p:Person)
RETURN origin, r.mapped AS mapped, properties(p) AS now ORDER BY origin LIMIT 100000"""

# One row: how many people were changed. The record that was keeps all it says, but for its place.
CHANGED = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MATCH (old:Record {origin: row.record.origin})-[:ABOUT]->(p:Person) SET old.origin = row.retired
SET p += row.properties CREATE (r:Record) SET r = row.record
CREATE (r)-[:ABOUT]->(p) CREATE (r)-[:FROM]->(run) RETURN count(*) AS n"""

# A stream. One row: a person's record of this source; no key if the person was erased since.
RECORDS = """MATCH (r:Record {source: $source}) WHERE NOT r.origin STARTS WITH '#'
OPTIONAL MATCH (r)-[:ABOUT]->(p:Person) RETURN r.origin AS origin, r.hash AS hash, p.key AS key"""

# A stream. One row: a thing that this source has made or found, and what its row was like.
THINGS = """MATCH (run:ImportRun {source: $source})<-[f:FROM]-(n) WHERE NOT n:Record
RETURN coalesce(n.id, n.text, n.act_id) AS id, f.hash AS hash, run.number AS number,
  CASE WHEN n:Topic THEN 'Topic' WHEN n:Place THEN 'Place' WHEN n:Organisation THEN 'Organisation'
    WHEN n:Unit THEN 'Unit' WHEN n:StudyGroup THEN 'StudyGroup' END AS label,
  CASE WHEN n:Topic OR n:Place OR n:Organisation OR n:Unit OR n:StudyGroup THEN n.name
  END AS name"""

# One row: somebody whom the base has already, as they are now.
THERE = """UNWIND $keys AS wanted MATCH (p:Person {key: wanted})
RETURN p.key AS key, properties(p) AS now ORDER BY key LIMIT 100000"""

# One row: how many records were tied to people who were there already.
JOINED = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MATCH (p:Person {key: row.key}) SET p += row.properties CREATE (r:Record) SET r = row.record
CREATE (r)-[:ABOUT]->(p) CREATE (r)-[:FROM]->(run) RETURN count(*) AS n"""


_ROWS = "MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row\n"
_PERSON = """) SET p = row[0] CREATE (r:Record) SET r = row[1]
CREATE (r)-[:ABOUT]->(p) CREATE (r)-[:FROM]->(run) RETURN count(*) AS n"""
_THING = """: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""
_TIE = """]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source"""
_DIFFERS = """ AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made THEN 1 ELSE 0 END) AS ours,
  count(DISTINCT CASE WHEN differs AND NOT made THEN t END) AS changed"""
# What stands as a person or staff have confirmed it, by the type of tie: no file adds to it. A
# contact that its person has removed is emptied where a file brings it again.
_HELD: dict[LiteralString, LiteralString] = {
    "LIVES_IN": " WHERE NOT 'city' IN coalesce(a.confirmed, [])",
    "WORKED_AT": " WHERE NOT 'work' IN coalesce(a.confirmed, [])",
    "STUDIED_IN": " WHERE NOT 'studies' IN coalesce(a.confirmed, [])",
    "COMPLETED": " WHERE NOT 'studies' IN coalesce(a.confirmed, [])",
    "HAS": """
WITH a, b, row, coalesce(b.value_key, b.id) IN coalesce(a.removed_contacts, [])
  OR b.id IN coalesce(a.removed_contacts, []) AS gone
FOREACH (_ IN CASE WHEN gone THEN [1] ELSE [] END | SET b.value = NULL, b.value_key = NULL,
  a.removed_contacts = [k IN a.removed_contacts WHERE k <> b.id] + b.id)
WITH a, b, row WHERE NOT gone""",
}
# Where a row's own properties begin that tell two ties apart.
_CELLS: tuple[LiteralString, ...] = ("row[3]", "row[4]")


def _people(labels: LiteralString) -> LiteralString:
    """Return the query whose one row says how many people were made."""
    return _ROWS + "CREATE (p:" + labels + _PERSON


def _thing(label: LiteralString) -> LiteralString:
    """Return the query whose one row says how many things of a label were made or changed."""
    return _ROWS + "MERGE (n:" + label + " {" + NODES[label][0] + _THING


def _by_name(label: LiteralString) -> LiteralString:
    """Return the query of which a row is a thing that has one of the names."""
    return (
        "UNWIND $names AS name MATCH (n:" + label + " {" + SHARED[label] + ": name})\n"
        "RETURN name, min(n.id) AS id ORDER BY name LIMIT 1000000"
    )


def _end(name: LiteralString, label: LiteralString, cell: LiteralString) -> LiteralString:
    identity: LiteralString = "key" if label == "Person" else NODES[label][0]
    return "MATCH (" + name + ":" + label + " {" + identity + ": row[" + cell + "]})"


def _tie(start: LiteralString, kind: LiteralString, end: LiteralString) -> LiteralString:
    """Return the query for ties that are one for two ends, or whose date is unknown."""
    undated: LiteralString = ""
    for name in TIE_IDENTITY.get(kind, ()):
        undated = undated + " AND t." + name + " IS NULL"
    return _joined(start, kind, end, "") + undated + _DIFFERS


def _dated_tie(start: LiteralString, kind: LiteralString, end: LiteralString) -> LiteralString:
    """Return the query for ties of which there may be several, told apart by their dates."""
    dates: LiteralString = ""
    for name, cell in zip(TIE_IDENTITY[kind], _CELLS, strict=False):
        dates = dates + (", " if dates else "") + name + ": " + cell
    return _joined(start, kind, end, " {" + dates + "}") + _DIFFERS


def _joined(
    start: LiteralString, kind: LiteralString, end: LiteralString, dates: LiteralString
) -> LiteralString:
    both = _end("a", start, "0") + " WITH a, row SKIP 0 " + _end("b", end, "1")
    if start == "Person":
        both = both + _HELD.get(kind, "")
    return "UNWIND $rows AS row\n" + both + "\nMERGE (a)-[t:" + kind + dates + _TIE


ALUMNI = _people("Person:Alumnus")
PEOPLE = _people("Person")

MAKE: dict[str, LiteralString] = {
    label: _thing(label) for label in NODE_LABELS if label != "Person"
}

BY_NAME: dict[str, LiteralString] = {label: _by_name(label) for label in SHARED}

_SHAPES = [(start, kind, end) for kind, ends in TIE_ENDS.items() for start, end in ends]

# A study group's code is its name for one term: without a term there is no tie.
TIE_QUERIES: dict[tuple[str, str, str], LiteralString] = {
    shape: _tie(*shape) for shape in _SHAPES if shape[1] != "CALLED"
}

DATED_TIE_QUERIES: dict[tuple[str, str, str], LiteralString] = {
    shape: _dated_tie(*shape) for shape in _SHAPES if shape[1] in TIE_IDENTITY
}

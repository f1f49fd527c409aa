"""The fields of a person that can be changed: how each is read, and written as a whole.

A field's value is what JSON can hold, so that a correction can keep it: what it was before, what it
is after. Ties are written anew with all that stood on them, so that undoing brings them back as
they were.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphnet.errors import BadValue, PersonNotFound
from graphnet.model import Name
from graphnet.names.folding import fold
from graphnet.store import Row, Transaction

# One row: what a person is called, in both scripts; their gender, languages, text and audiences.
PLAIN = """MATCH (p:Person {key: $key})
RETURN coalesce(p.given_name, '') AS given_name, coalesce(p.patronymic, '') AS patronymic,
  coalesce(p.family_name, '') AS family_name, coalesce(p.former_names, []) AS former_names,
  coalesce(p.latin_name, '') AS latin_name, coalesce(p.gender, '') AS gender,
  coalesce(p.languages, []) AS languages, coalesce(p.about, '') AS about,
  coalesce(p.audiences, []) AS audiences, coalesce(toString(p.born_on), '') AS born_on LIMIT 1"""

# One row: the person whose names were written.
SET_NAMES = """MATCH (p:Person {key: $key})
SET p.given_name = $value.given_name, p.patronymic = $value.patronymic,
  p.family_name = $value.family_name, p.former_names = $value.former_names,
  p.latin_name = $value.latin_name, p.gender = $value.gender, p.name_key = $name_key
RETURN p.key AS key"""

# One row: the person whose date of birth was written.
SET_BORN = """MATCH (p:Person {key: $key})
SET p.born_on = CASE WHEN $value = '' THEN null ELSE date($value) END RETURN p.key AS key"""

# One row: the person whose languages were written.
SET_LANGUAGES = """MATCH (p:Person {key: $key}) SET p.languages = $value RETURN p.key AS key"""

# One row: the person whose text was written.
SET_ABOUT = """MATCH (p:Person {key: $key}) SET p.about = $value RETURN p.key AS key"""

# One row: the person whose audiences were written.
SET_AUDIENCES = """MATCH (p:Person {key: $key}) SET p.audiences = $value RETURN p.key AS key"""

# One row: a place where the person lives now.
CITY = """MATCH (:Person {key: $key})-[l:LIVES_IN]->(c:Place) WHERE l.to_year IS NULL
RETURN c.id AS id, c.name AS name, coalesce(c.name_ru, c.name) AS name_ru,
  properties(l) AS said ORDER BY name, id LIMIT 20"""

# No row: the ties to where they live now are gone.
CLEAR_CITY = """MATCH (:Person {key: $key})-[l:LIVES_IN]->(:Place) WHERE l.to_year IS NULL
DELETE l"""

# One row: how many ties were written.
SET_CITY = """UNWIND $rows AS row MATCH (c:Place {id: row.id})
CALL (c, row) { MATCH (p:Person {key: $key}) CREATE (p)-[l:LIVES_IN]->(c) SET l = row.said }
RETURN count(*) AS n"""

# One row: a place of work.
WORK = """MATCH (:Person {key: $key})-[w:WORKED_AT]->(o:Organisation)
RETURN o.id AS id, o.name AS name, properties(w) AS said
ORDER BY coalesce(said.to_year, 9999) DESC, coalesce(said.from_year, 0) DESC, name, id LIMIT 100"""

# No row: the ties to places of work are gone.
CLEAR_WORK = "MATCH (:Person {key: $key})-[w:WORKED_AT]->(:Organisation) DELETE w"

# One row: how many ties were written.
SET_WORK = """UNWIND $rows AS row MATCH (o:Organisation {id: row.id})
CALL (o, row) { MATCH (p:Person {key: $key}) CREATE (p)-[w:WORKED_AT]->(o) SET w = row.said }
RETURN count(*) AS n"""

# One row: a stay in a study group, or what was completed at a unit.
STUDIES = """MATCH (:Person {key: $key})-[s:STUDIED_IN]->(g:StudyGroup)
OPTIONAL MATCH (g)-[:OF]->(c:Cohort)
RETURN 'STUDIED_IN' AS tie, g.id AS id, properties(s) AS said,
  coalesce(c.programme, g.name) AS name, coalesce(c.programme_ru, c.programme, g.name) AS name_ru,
  c.intake_year AS year, COLLECT { MATCH (g)-[k:CALLED]->(code:GroupCode)
    RETURN code.text ORDER BY k.academic_year DESC, k.term DESC, code.text LIMIT 1 } AS codes
ORDER BY id LIMIT 50
UNION MATCH (:Person {key: $key})-[s:COMPLETED]->(g:Unit)
RETURN 'COMPLETED' AS tie, g.id AS id, properties(s) AS said, g.name AS name,
  coalesce(g.name_ru, g.name) AS name_ru, s.year AS year, [] AS codes ORDER BY id LIMIT 50"""

# No row: the ties to study groups and what was completed are gone.
CLEAR_STUDIES = """MATCH (:Person {key: $key})-[s:STUDIED_IN|COMPLETED]->(g)
WHERE g:StudyGroup OR g:Unit AND type(s) = 'COMPLETED' DELETE s"""

# One row: how many ties to study groups were written.
SET_GROUPS = """UNWIND $rows AS row MATCH (g:StudyGroup {id: row.id})
CALL (g, row) { MATCH (p:Person {key: $key}) CREATE (p)-[s:STUDIED_IN]->(g) SET s = row.said }
RETURN count(*) AS n"""

# One row: how many ties to units were written.
SET_UNITS = """UNWIND $rows AS row MATCH (g:Unit {id: row.id})
CALL (g, row) { MATCH (p:Person {key: $key}) CREATE (p)-[s:COMPLETED]->(g) SET s = row.said }
RETURN count(*) AS n"""

# One row: an address or a number.
CONTACTS = """MATCH (:Person {key: $key})-[h:HAS]->(c:ContactPoint)
RETURN c.id AS id, properties(c) AS said, properties(h) AS tie ORDER BY c.kind, c.value, id
LIMIT 100"""

# One row: how many contacts are gone. One that came from a file stays there without what it said,
# so that the file's next edition finds it as it is and brings nothing back.
DROP_CONTACTS = """MATCH (p:Person {key: $key})-[h:HAS]->(c:ContactPoint) WHERE NOT c.id IN $ids
WITH p, collect(h) AS ties, collect(c.id) + collect(c.value_key) AS names,
  collect(CASE WHEN EXISTS { (c)-[:FROM]->(:ImportRun) } THEN c END) AS empty,
  collect(CASE WHEN NOT EXISTS { (c)-[:FROM]->(:ImportRun) } THEN c END) AS gone
SET p.removed_contacts = [k IN coalesce(p.removed_contacts, []) WHERE NOT k IN names] + names
FOREACH (h IN ties | DELETE h)
FOREACH (c IN empty | SET c = {id: c.id})
FOREACH (c IN gone | DETACH DELETE c) RETURN size(ties) AS n"""

# One row: how many contacts were written. One that is there keeps its ties to where it came from.
SET_CONTACTS = """UNWIND $rows AS row
MERGE (c:ContactPoint {id: row.id}) SET c += row.said
WITH c, row CALL (c, row) {
  MATCH (p:Person {key: $key}) MERGE (p)-[h:HAS]->(c)
  ON CREATE SET h += row.tie
  SET p.removed_contacts = [k IN coalesce(p.removed_contacts, [])
    WHERE k <> c.value_key AND k <> c.id]
}
RETURN count(*) AS n"""

GENDERS = ("", "f", "m")
LONGEST_NAME = 80
LONGEST_ABOUT = 2000
TIMES = ("verified_at", "bounced_at")

Read = Callable[[Transaction, int], Any]
Write = Callable[[Transaction, int, Any], None]


@dataclass(frozen=True)
class Field:
    """One field: how it is read and written whole, and which names later imports leave alone."""

    name: str
    read: Read
    write: Write
    confirms: tuple[str, ...] = ()


NAMES = ("given_name", "patronymic", "family_name", "former_names", "latin_name", "gender")


def same(one: Any, other: Any) -> bool:
    """Return whether two values of a field are the same."""
    return packed(one) == packed(other)


def packed(value: Any) -> str:
    """Return a field's value as a correction keeps it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _plain(transaction: Transaction, key: int) -> Row:
    rows = transaction.run(PLAIN, key=key)
    if not rows:
        raise PersonNotFound("no such person")
    return rows[0]


def _read_names(transaction: Transaction, key: int) -> Any:
    row = _plain(transaction, key)
    return {name: row[name] for name in NAMES}


def checked_names(value: Any) -> dict[str, Any]:
    """Return names without stray spaces.

    Raises
    ------
    BadValue
        'name' if neither a given nor a family name is left, 'long' or 'gender' else.
    """
    found: dict[str, Any] = {
        name: " ".join(str(value.get(name) or "").split())
        for name in NAMES
        if name != "former_names"
    }
    former = [" ".join(str(name).split()) for name in value.get("former_names") or ()]
    found["former_names"] = list(
        dict.fromkeys(name for name in former if name and name != found["family_name"])
    )
    if not found["given_name"] and not found["family_name"]:
        raise BadValue("a first name or a family name is needed", code="name")
    every = [*found["former_names"], *(v for v in found.values() if isinstance(v, str))]
    if any(len(name) > LONGEST_NAME for name in every) or len(found["former_names"]) > 10:
        raise BadValue(
            f"a name has at most {LONGEST_NAME} characters, and there are at most 10 former ones",
            code="long",
        )
    if found["gender"] not in GENDERS:
        raise BadValue("choose one of the list", code="gender")
    return found


def _write_names(transaction: Transaction, key: int, value: Any) -> None:
    name = Name(value["given_name"], value["family_name"], value["patronymic"])
    given = value | {"gender": value["gender"] or None, "latin_name": value["latin_name"] or None}
    transaction.run(SET_NAMES, key=key, value=given, name_key=fold(name.full))


def _plain_field(name: str) -> Read:
    return lambda transaction, key: _plain(transaction, key)[name]


def _ties(query: Any) -> Read:
    def read(transaction: Transaction, key: int) -> Any:
        return [dict(row) for row in transaction.run(query, key=key)]

    return read


def _write_city(transaction: Transaction, key: int, value: Any) -> None:
    transaction.run(CLEAR_CITY, key=key)
    transaction.run(SET_CITY, key=key, rows=value)


def _write_work(transaction: Transaction, key: int, value: Any) -> None:
    transaction.run(CLEAR_WORK, key=key)
    transaction.run(SET_WORK, key=key, rows=value)


def _write_studies(transaction: Transaction, key: int, value: Any) -> None:
    transaction.run(CLEAR_STUDIES, key=key)
    transaction.run(SET_GROUPS, key=key, rows=[row for row in value if row["tie"] == "STUDIED_IN"])
    transaction.run(SET_UNITS, key=key, rows=[row for row in value if row["tie"] == "COMPLETED"])


def _read_contacts(transaction: Transaction, key: int) -> Any:
    return [
        {
            "id": row["id"],
            "tie": row["tie"],
            "said": {
                name: value.to_native().isoformat() if name in TIMES else value
                for name, value in row["said"].items()
            },
        }
        for row in transaction.run(CONTACTS, key=key)
    ]


def _write_contacts(transaction: Transaction, key: int, value: Any) -> None:
    transaction.run(DROP_CONTACTS, key=key, ids=[row["id"] for row in value])
    rows = [
        row
        | {
            # What has no time any more must lose the one that it had.
            "said": dict.fromkeys(TIMES)
            | {
                name: datetime.fromisoformat(one) if name in TIMES and one else one
                for name, one in row["said"].items()
            }
        }
        for row in value
    ]
    transaction.run(SET_CONTACTS, key=key, rows=rows)


def _setter(query: Any) -> Write:
    def write(transaction: Transaction, key: int, value: Any) -> None:
        transaction.run(query, key=key, value=value)

    return write


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("names", _read_names, _write_names, NAMES),
        Field("about", _plain_field("about"), _setter(SET_ABOUT), ("about",)),
        Field("born_on", _plain_field("born_on"), _setter(SET_BORN), ("born_on",)),
        Field("languages", _plain_field("languages"), _setter(SET_LANGUAGES)),
        Field("audiences", _plain_field("audiences"), _setter(SET_AUDIENCES), ("audiences",)),
        Field("city", _ties(CITY), _write_city, ("city",)),
        Field("work", _ties(WORK), _write_work, ("work",)),
        Field("studies", _ties(STUDIES), _write_studies, ("studies",)),
        Field("contacts", _read_contacts, _write_contacts),
    )
}

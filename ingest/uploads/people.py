"""The people of the base as contacts, so that they are compared with the rows of files alike."""

from collections.abc import Iterable

from graphnet.store import Row, Store
from ingest.cleaning.names import Name
from ingest.cleaning.phones import Phone
from ingest.contacts import Contact
from ingest.uploads.rows import APART

BASE = "base"

# A stream. One row: a person of the base, with all by which they can be known again.
PEOPLE = """MATCH (p:Person) WHERE $keys = [] OR p.key IN $keys
RETURN p.key AS key, p.given_name AS given, p.patronymic AS patronymic, p.family_name AS family,
  p.former_names AS former, p.gender AS gender, toString(p.born_on) AS born,
  [(p)-[c:COMPLETED]->() WHERE c.year IS NOT NULL | c.year] AS graduations,
  [(p)-[c:COMPLETED]->(u:Unit) | u.name] + [(p)-[:STUDIED_IN]->(u:Unit) | u.name] AS units,
  [(p)-[:STUDIED_IN]->(g:StudyGroup) | g.name] AS groups,
  [(p)-[s:STUDIED_IN]->() WHERE s.from_term IS NOT NULL | s.from_term / 2] AS intakes,
  [(p)-[:HAS]->(c:ContactPoint) | [c.kind, c.value_key]] AS contacts,
  [(p)-[:LIVES_IN]->(x:Place) | coalesce(x.name_ru, x.name)] AS cities,
  [(p)-[:WORKED_AT]->(o:Organisation) | o.name] AS firms
ORDER BY key"""


# One row: how somebody of the base can be reached.
VALUES = """UNWIND $keys AS wanted MATCH (p:Person {key: wanted})-[:HAS]->(c:ContactPoint)
RETURN p.key AS key, c.value_key AS value ORDER BY key, value LIMIT 1000000"""


def values_of(store: Store, keys: Iterable[int]) -> set[tuple[int, str]]:
    """Return by which addresses and numbers those people can be reached: key and folded value."""
    rows = store.read(VALUES, keys=sorted(set(keys)))
    return {(row["key"], row["value"]) for row in rows if row["value"]}


def people(store: Store, keys: Iterable[int] = ()) -> list[Contact]:
    """Return the people of the base, or some of them, as contacts; their row is their key."""
    return [_contact(row) for row in store.stream(PEOPLE, keys=sorted(set(keys)))]


def _contact(row: Row) -> Contact:
    groups = sorted(str(name).partition(APART)[0] for name in row["groups"])
    by_kind: dict[str, set[str]] = {"email": set(), "phone": set()}
    for kind, value in row["contacts"]:
        if value and kind in by_kind:
            by_kind[kind].add(value)
    return Contact(
        BASE,
        row["key"],
        name=Name(
            row["given"] or "",
            row["patronymic"] or "",
            row["family"] or "",
            next(iter(row["former"] or ()), ""),
        ),
        sex=row["gender"] or "",
        birth_date=row["born"] or "",
        graduation_year=max(row["graduations"], default=None),
        intake_year=min(row["intakes"], default=None),
        group=groups[0] if groups else "",
        faculty=min(row["units"], default=""),
        emails=tuple(sorted(by_kind["email"])),
        phones=tuple(Phone(number) for number in sorted(by_kind["phone"])),
        city=min((city for city in row["cities"] if city), default=""),
        organisation=min((firm for firm in row["firms"] if firm), default=""),
    )

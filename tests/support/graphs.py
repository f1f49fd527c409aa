"""A hand-made association with known answers, small enough to check by eye.

Group A (autumn 1998 to spring 2003): Anna, Boris, Vera; Georgy only for the first year (a leave),
then in group B (1999 to 2004) with Darya. Anna, Darya and Zhanna are registered. Boris is on file
without a contact, Vera is hidden, Evgeny of group A has died. Zhanna studied elsewhere (group C).
"""

from datetime import UTC, date, datetime
from typing import Any

from graphnet.model import term
from graphnet.store import Store

ANNA, BORIS, VERA, GEORGY, DARYA, EVGENY, ZHANNA, STAFF = range(1, 9)

PEOPLE: list[dict[str, Any]] = [
    {"key": ANNA, "id": "anna", "given_name": "Анна", "family_name": "Иванова", "gender": "f"},
    {"key": BORIS, "id": "boris", "given_name": "Борис", "family_name": "Петров", "gender": "m"},
    {"key": VERA, "id": "vera", "given_name": "Вера", "family_name": "Орлова", "gender": "f",
     "visibility": "hidden"},
    {"key": GEORGY, "id": "georgy", "given_name": "Георгий", "family_name": "Сидоров"},
    {"key": DARYA, "id": "darya", "given_name": "Дарья", "family_name": "Кузнецова"},
    {"key": EVGENY, "id": "evgeny", "given_name": "Евгений", "family_name": "Попов",
     "died_on": date(2015, 5, 5)},
    {"key": ZHANNA, "id": "zhanna", "given_name": "Жанна", "family_name": "Соколова"},
    {"key": STAFF, "id": "staff", "given_name": "Ирина", "family_name": "Лебедева"},
]  # fmt: skip

MAKE_PEOPLE = """UNWIND $rows AS row CREATE (p:Person) SET p = row,
  p.visibility = coalesce(row.visibility, 'shown'), p.name_key = row.id"""
MAKE_ALUMNI = "MATCH (p:Person) WHERE p.key <> $staff SET p:Alumnus"
MAKE_STUDIES = """
CREATE (f:Unit {id: 'faculty', kind: 'faculty', name: 'Optics', name_ru: 'Оптика'})
CREATE (a98:Cohort {id: 'optics98', programme: 'Optics', programme_ru: 'Оптика',
  intake_year: 1998})-[:OF]->(f)
CREATE (a99:Cohort {id: 'optics99', programme: 'Optics', programme_ru: 'Оптика',
  intake_year: 1999})-[:OF]->(f)
CREATE (a:StudyGroup {id: 'A', name: '1-98'})-[:OF]->(a98)
CREATE (b:StudyGroup {id: 'B', name: '1-99'})-[:OF]->(a99)
CREATE (c:StudyGroup {id: 'C', name: '2-98'})-[:OF]->(a98)
CREATE (:StudyGroup {id: 'empty', name: '3-98'})-[:OF]->(a98)
CREATE (:Organisation {id: 'nobody works here', name: 'Empty'})
CREATE (code:GroupCode {text: '121'}) CREATE (next:GroupCode {text: '221'})
CREATE (a)-[:CALLED {academic_year: 1998, term: 1}]->(code)
CREATE (a)-[:CALLED {academic_year: 1999, term: 1}]->(next)
CREATE (b)-[:CALLED {academic_year: 1999, term: 1}]->(code)
"""
MAKE_STAYS = """UNWIND $rows AS row
MATCH (p:Person {key: row.key}) MATCH (g:StudyGroup {id: row.group})
CREATE (p)-[:STUDIED_IN {from_term: row.begin, to_term: row.end, role: row.role, how: row.how}]->(g)
"""
MAKE_ACCOUNTS = """UNWIND $keys AS key MATCH (p:Person {key: key})
CREATE (:Account {id: 'account-' + toString(key), email: p.id + '@example.org',
  email_key: p.id + '@example.org', roles: ['alumnus'], created_at: $now})-[:OF]->(p)"""
MAKE_TIES = """UNWIND $rows AS row MATCH (a:Person {key: row[0]}) MATCH (b:Person {key: row[1]})
CREATE (a)-[:KNOWS {strength: row[2], source: 'test'}]->(b)"""
MAKE_CONTACTS = """UNWIND $keys AS key MATCH (p:Person {key: key})
CREATE (p)-[:HAS]->(:ContactPoint {id: 'c' + toString(key), kind: 'email',
  value: p.id + '@example.org', value_key: p.id + '@example.org'})"""


def small_association(store: Store) -> None:
    """Write the association that the docstring describes into an empty graph."""
    store.write(MAKE_PEOPLE, rows=PEOPLE)
    store.write(MAKE_ALUMNI, staff=STAFF)
    store.write(MAKE_STUDIES)
    whole = {"begin": term(1998), "end": term(2002, 1)}
    stays = [
        {"key": ANNA, "group": "A", **whole, "role": "monitor", "how": "admitted"},
        {"key": BORIS, "group": "A", **whole, "role": "student", "how": "admitted"},
        {"key": VERA, "group": "A", **whole, "role": "student", "how": "admitted"},
        {"key": EVGENY, "group": "A", **whole, "role": "student", "how": "admitted"},
        {"key": GEORGY, "group": "A", "begin": term(1998), "end": term(1998, 1),
         "role": "student", "how": "admitted"},
        {"key": GEORGY, "group": "B", "begin": term(1999), "end": term(2003, 1),
         "role": "student", "how": "returned"},
        {"key": DARYA, "group": "B", "begin": term(1999), "end": term(2003, 1),
         "role": "student", "how": "admitted"},
        {"key": ZHANNA, "group": "C", **whole, "role": "student", "how": "admitted"},
    ]  # fmt: skip
    store.write(MAKE_STAYS, rows=stays)
    store.write(MAKE_ACCOUNTS, keys=[ANNA, DARYA, ZHANNA], now=datetime.now(UTC))
    store.write(MAKE_CONTACTS, keys=[ANNA, DARYA, ZHANNA, GEORGY])
    store.write(
        MAKE_TIES,
        rows=[
            [ANNA, BORIS, 0.9], [ANNA, VERA, 0.9], [ANNA, GEORGY, 0.5], [GEORGY, DARYA, 0.8],
            [VERA, ZHANNA, 0.9], [BORIS, GEORGY, 0.4], [EVGENY, ANNA, 0.7],
        ],
    )  # fmt: skip

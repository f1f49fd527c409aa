"""A database of the first landing is brought up to date, with what it held."""

from pathlib import Path

from graphnet import migrations, schema
from graphnet.store import Store

FIRST = Path(__file__).with_name("first_schema.cypher")
OLDER = 2  # the migrations that it knew

# One row each: what there is, and how to drop it.
CONSTRAINTS = "SHOW CONSTRAINTS YIELD name RETURN name ORDER BY name LIMIT 1000"
INDEXES = """SHOW INDEXES YIELD name, type, owningConstraint
WHERE owningConstraint IS NULL AND type <> 'LOOKUP' RETURN name ORDER BY name LIMIT 1000"""
# As that program wrote them: who was read as a text, addresses with the key of their letters.
HELD = """CREATE (p:Person:Alumnus {id: 'anna', key: 1, given_name: 'Анна', family_name: 'Иванова',
  name_key: 'anna', visibility: 'shown'})
CREATE (a:Account {id: 'account', email: 'anna@strauß.example', email_key: 'anna@strauss.example',
  roles: ['alumnus'], created_at: datetime()})-[:OF]->(p)
CREATE (p)-[:HAS]->(:ContactPoint {id: 'mail', kind: 'email', value: 'anna@strauß.example',
  value_key: 'anna@strauss.example'})
CREATE (:AuditEntry {id: 'read', at: datetime(), actor: 'x', act: 'read', subject: '1,2,3'})
CREATE (:AuditEntry {id: 'made', at: datetime(), actor: 'x', act: 'account.make',
  subject: 'account'})
CREATE (:Job {id: 'job', kind: 'mail', idempotency_key: 'j', payload: '{}', state: 'waiting',
  run_at: datetime(), attempts: 0, created_at: datetime()})
CREATE (:Counter {name: 'change', next: 7})"""
# One row: what became of it.
NOW = """MATCH (a:Account {id: 'account'}), (c:ContactPoint {id: 'mail'})
MATCH (read:AuditEntry {id: 'read'}), (made:AuditEntry {id: 'made'})
RETURN a.email_key AS account, c.value_key AS contact, read.keys AS read, read.subject AS whom,
  made.keys AS nobody, made.subject AS subject LIMIT 1"""


def names(store: Store) -> set[str]:
    return {row["name"] for query in (CONSTRAINTS, INDEXES) for row in store.run_alone(query)}


def as_it_was(store: Store) -> None:
    """Give the database the constraints, indexes and migrations of the first landing."""
    for row in store.run_alone(CONSTRAINTS):
        store.run_alone(f"DROP CONSTRAINT `{row['name']}`")  # type: ignore[arg-type]
    for row in store.run_alone(INDEXES):
        store.run_alone(f"DROP INDEX `{row['name']}`")  # type: ignore[arg-type]
    for statement in FIRST.read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            store.run_alone(statement)  # type: ignore[arg-type]
    store.run_alone("MATCH (m:Migration) WHERE m.number > $older DETACH DELETE m", older=OLDER)


def test_the_first_schema_is_brought_up_to_date_with_its_data(store: Store) -> None:
    today = names(store)
    try:
        as_it_was(store)
        assert names(store) < today
        store.run_alone(HELD)
        newer = [number for number, _, _ in migrations.MIGRATIONS if number > OLDER]
        assert migrations.missing(store) == newer
        assert migrations.migrate(store) == newer
    finally:
        schema.constraints_and_indexes(store)
    assert names(store) == today, "nothing is forgotten that a new database has"
    assert store.read(NOW) == [
        {
            "account": "anna@xn--strau-pqa.example",
            "contact": "anna@xn--strau-pqa.example",
            "read": [1, 2, 3],
            "whom": "",
            "nobody": [],
            "subject": "account",
        }
    ]
    assert migrations.migrate(store) == []

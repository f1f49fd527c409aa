"""What may be asked is read as text first: what is not reading is refused, reading is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.errors import BadValue
from graphnet.projection import guard
from graphnet.projection.examples import examples

ALLOWED = [
    *examples().values(),
    "MATCH (p:Person) RETURN count(*)",
    "match (p) return p limit 5;",
    "MATCH (p:Person) WHERE p.state = 'lost; DELETE everything' RETURN p // CREATE (n)",
    'MATCH (p) WHERE p.faculty = "it\'s" RETURN p',
    "MATCH (p) WHERE p.faculty = 'it\\'s /* no comment' RETURN p",
    "MATCH (p) RETURN p.person AS `SET`",
    "MATCH (p)-[m:STUDIED_IN]->() WHERE m.start > 3996 RETURN m.end AS start",
    "CALL (*) { MATCH (p:Person) RETURN p } RETURN count(p)",
    "MATCH (p:Person) CALL (p) { MATCH (p)--(q) RETURN q LIMIT 3 } RETURN p, q",
    "RETURN EXISTS { MATCH (:Person)-[:KNOWS]-() }",
    "UNWIND range(1, 3) AS x RETURN x /* MERGE */",
    "OPTIONAL MATCH (p:Person {state: 'lost'}) RETURN reduce(s = 0, x IN [1, 2] | s + x)",
    "MATCH (p:Person) RETURN p.set AS x UNION MATCH (q) RETURN q.load AS x",
]
# Each with why it is refused.
REFUSED = [
    ("", "empty"),
    (" ;\n", "empty"),
    ("RETURN 1" + " " * 4000 + "+ 1", "long"),
    ("CREATE (n) RETURN n", "beginning"),
    ("EXPLAIN MATCH (n) RETURN n", "beginning"),
    ("PROFILE MATCH (n) RETURN n", "beginning"),
    ("CYPHER runtime=slotted MATCH (n) RETURN n", "beginning"),
    ("USE system MATCH (n) RETURN n", "beginning"),
    ("SHOW DATABASES", "beginning"),
    ("show functions yield name return name", "beginning"),
    ("LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row", "beginning"),
    ("// harmless\nSHOW SETTINGS", "beginning"),
    ("/**/DROP CONSTRAINT c", "beginning"),
    ("TERMINATE TRANSACTIONS 'neo4j-transaction-1'", "beginning"),
    ("`MATCH` (n) RETURN n", "beginning"),
    ("MATCH (n) SET n.state = 'x'", "word"),
    ("MATCH (n) sEt n.state = 'x'", "word"),
    ("MATCH (n) DETACH DELETE n", "word"),
    ("MATCH (n) NODETACH DELETE n", "word"),
    ("MATCH (n) REMOVE n:Person", "word"),
    ("MATCH (n) MERGE (m:X)", "word"),
    ("MATCH (n) INSERT (:X)", "word"),
    ("MATCH (n)/**/CREATE/**/(m)", "word"),
    ("MATCH (n) // x\nCREATE (m)", "word"),
    ("MATCH (n) WHERE n.a = '//' CREATE (m) // '", "word"),
    ("MATCH (n) WHERE n.a = '\\\\' CREATE (m) //'", "word"),
    ("MATCH (n) WHERE n.`a``b` = 1 CREATE (m)", "word"),
    ("UNWIND [1] AS x FOREACH (i IN [x] | CREATE (:Y))", "word"),
    ("UNWIND [1] AS x LOAD CSV FROM 'http://127.0.0.1/' AS r RETURN r", "word"),
    ("MATCH (n) CALL (n) { CREATE (m) } RETURN 1", "word"),
    ("MATCH (n) CALL { WITH n DELETE n } IN TRANSACTIONS", "word"),
    ("MATCH (n) CALL (n) { RETURN 1 AS x } IN 2 CONCURRENT TRANSACTIONS RETURN x", "word"),
    ("CALL () { USE system MATCH (n) RETURN n } RETURN n", "word"),
    ("MATCH (n) RETURN n UNION SHOW USERS", "word"),
    ("CALL db.labels()", "call"),
    ("CALL dbms.listConfig() YIELD name RETURN name", "call"),
    ("MATCH (n) CALL apoc.load.json('file:///x') YIELD value RETURN value", "call"),
    ("CALL `db`.`labels`()", "call"),
    ("CALL/**/db.labels", "call"),
    ("OPTIONAL CALL db.labels()", "call"),
    ("RETURN 1; MATCH (n) DETACH DELETE n", "several"),
    ("MATCH (n) RETURN $x", "parameter"),
    ("MATCH (n) \\u0043REATE (m)", "escape"),
    ("MATCH (n) \\U0043REATE (m)", "escape"),
    ("MATCH (n) WHERE n.a = '\\u0027 CREATE (m) //'", "escape"),
    ("MATCH (n) RETURN n\u200b", "unseen"),
    ("MATCH (n) RETURN\u00a0n", "unseen"),
    ("MATCH (n) RETURN 'open", "open"),
    ('MATCH (n) RETURN "open', "open"),
    ("MATCH (n) RETURN `open", "open"),
    ("MATCH (n) /* RETURN n", "open"),
    # As others would try it.
    ("MATCH (n) RETURN n AS x CALL { CREATE (m) } IN TRANSACTIONS OF 1 ROW", "word"),
    ("CALL { MATCH (n) RETURN n } IN TRANSACTIONS RETURN 1", "word"),
    ("MATCH (n) CALL apoc.cypher.run('CREATE (m)', {}) YIELD value RETURN value", "call"),
    ("RETURN 1 AS x NEXT CREATE (n)", "word"),
    ("MATCH (n) WHERE n.a = 'x' /* it's */ DETACH DELETE n", "word"),
    ('MATCH (n) WHERE n.a = "/*" DELETE n RETURN "*/"', "word"),
    ("MATCH (n) WHERE n.a = '\\'' SET n.b = '\\''", "word"),
    ("MATCH (n) RETURN `a\\` CREATE (m) //`", "word"),
    ("MATCH (n)\r// x\rCREATE (m)", "word"),
    ("MATCH (n) // x\u2028CREATE (m)", "unseen"),
    ("MATCH (n) RETURN n\ufeff", "unseen"),
    ("MATCH (n) RETURN n\u202e", "unseen"),
    ("SHOW INDEXES", "beginning"),
    ("SHOW PROCEDURES EXECUTABLE", "beginning"),
    ("ALTER DATABASE neo4j SET ACCESS READ ONLY", "beginning"),
    ("CALL dbms.components()", "call"),
    ("CALL dbms.killQueries(['x'])", "call"),
    ("CALL apoc.periodic.iterate('MATCH (n) RETURN n', 'DELETE n', {})", "call"),
]


@pytest.mark.parametrize("query", ALLOWED)
def test_reading_is_allowed(query: str) -> None:
    assert guard.check(query) == query.rstrip(";")


@pytest.mark.parametrize(("query", "why"), REFUSED)
def test_what_is_not_reading_is_refused(query: str, why: str) -> None:
    with pytest.raises(guard.Refused) as refused:
        guard.check(query)
    assert refused.value.why == why


@given(st.text("CREATE{}()[]'\"`\\/*\n ;$MATCH", max_size=40))
def test_whatever_is_written_gets_an_answer(text: str) -> None:
    try:
        assert guard.check(text)
    except BadValue as problem:
        assert str(problem)


def test_a_plan_that_does_more_than_read_is_refused() -> None:
    scan = {"operatorType": "NodeByLabelScan@neo4j", "children": []}
    guard.check_plan("r", {"operatorType": "ProduceResults@neo4j", "children": [scan]})
    for kind, step in (("rw", "Create"), ("w", "Delete"), ("s", "ShowIndexes"),
                       ("r", "ProcedureCall"), ("r", "LoadCSV"), ("r", "ShowFunctions"),
                       ("r", "TransactionForeach")):  # fmt: skip
        with pytest.raises(guard.Refused):
            guard.check_plan(kind, {"operatorType": "x", "children": [{"operatorType": step}]})

"""What Neo4j Community cannot enforce and `graphnet doctor` looks for: shape and ends of ties."""

from dataclasses import dataclass
from typing import LiteralString


@dataclass(frozen=True)
class Check:
    """A query that counts what should not be, its name in the plural, and how to mend it."""

    what: str
    query: LiteralString
    mend: str


# One row each: how many nodes or ties break the rule.
WITHOUT_KEY = """MATCH (p:Person) WHERE p.key IS NULL OR p.id IS NULL
RETURN count(p) AS n LIMIT 1"""
WITHOUT_NAME = """MATCH (p:Person)
WHERE coalesce(p.given_name, '') = '' AND coalesce(p.family_name, '') = ''
RETURN count(p) AS n LIMIT 1"""
WRONG_VISIBILITY = """MATCH (p:Person)
WHERE p.visibility IS NULL OR NOT p.visibility IN ['shown', 'hidden']
RETURN count(p) AS n LIMIT 1"""
BACKWARD_STUDIES = """MATCH (:Person)-[s:STUDIED_IN]->()
WHERE s.from_term > s.to_term RETURN count(s) AS n LIMIT 1"""
SELF_TIES = """MATCH (p:Person)-[t:KNOWS]->(p) RETURN count(t) AS n LIMIT 1"""
STRENGTHS = """MATCH (:Person)-[t:KNOWS]->(:Person) WHERE t.strength < 0 OR t.strength > 1
RETURN count(t) AS n LIMIT 1"""
DOUBLE_TIES = """MATCH (p:Person)-[t:KNOWS]->(q:Person)-[:KNOWS]->(p)
RETURN count(t) / 2 AS n LIMIT 1"""
LONE_REGISTRATIONS = """MATCH (r:Registration)
WHERE NOT EXISTS { (r)-[:BY]->(:Person) } OR NOT EXISTS { (r)-[:FOR]->(:Event) }
RETURN count(r) AS n LIMIT 1"""
LONE_ACCOUNTS = """MATCH (a:Account) WHERE NOT EXISTS { (a)-[:OF]->(:Person) }
RETURN count(a) AS n LIMIT 1"""
UNTIMED_EVENTS = """MATCH (e:Event) WHERE e.starts_at IS NULL OR e.time_zone IS NULL
RETURN count(e) AS n LIMIT 1"""
CIRCULAR_LINEAGE = """MATCH (g:StudyGroup)
WHERE EXISTS { (g)-[:CONTINUES_AS*1..6]->(g) } RETURN count(g) AS n LIMIT 1"""

CHECKS = (
    Check("people without an id or a key", WITHOUT_KEY, "import them again from their source"),
    Check("people without any name", WITHOUT_NAME, "give them a name on their page"),
    Check("people neither shown nor hidden", WRONG_VISIBILITY, "import them again"),
    Check("studies that end before they begin", BACKWARD_STUDIES, "mend the source and import"),
    Check("ties of somebody with themselves", SELF_TIES, "mend the source and import"),
    Check("ties with a strength outside 0 to 1", STRENGTHS, "mend the source and import"),
    Check("pairs tied in both directions", DOUBLE_TIES, "undo the import that made them"),
    Check("registrations of nobody or for nothing", LONE_REGISTRATIONS, "undo their import"),
    Check("accounts of nobody", LONE_ACCOUNTS, "disable them in /admin"),
    Check("events without a time or a time zone", UNTIMED_EVENTS, "mend them on their page"),
    Check("study groups that continue as themselves", CIRCULAR_LINEAGE, "mend the source"),
)

"""Cypher that makes nodes: one plain constant a label, so that each is proved by the tests.

`load.py` runs them, a batch of rows in each transaction. A row of a thing is its identity, what is
set only when it is made, what the mapping says of it, what is set if it was there, and the hash of
what the mapping says, by which a later import sees that nothing has changed. The hash stands on
the tie to the run, which also says what a run has made. A person has a Record instead.
"""

from typing import LiteralString

# One row: how many people were made.
ALUMNI = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
CREATE (p:Person:Alumnus) SET p = row[0] CREATE (r:Record) SET r = row[1]
CREATE (r)-[:ABOUT]->(p) CREATE (r)-[:FROM]->(run) RETURN count(*) AS n"""

# One row: how many people were made.
PEOPLE = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
CREATE (p:Person) SET p = row[0] CREATE (r:Record) SET r = row[1]
CREATE (r)-[:ABOUT]->(p) CREATE (r)-[:FROM]->(run) RETURN count(*) AS n"""

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
  END AS label, CASE WHEN n:Topic OR n:Place OR n:Organisation THEN n.name END AS name"""

# One row: a topic that has one of the names.
TOPICS_BY_NAME = """UNWIND $names AS name MATCH (n:Topic {name: name})
RETURN name, min(n.id) AS id ORDER BY name LIMIT 1000000"""

# One row: a place that has one of the names.
PLACES_BY_NAME = """UNWIND $names AS name MATCH (n:Place {name: name})
RETURN name, min(n.id) AS id ORDER BY name LIMIT 1000000"""

# One row: an organisation that has one of the folded names.
ORGANISATIONS_BY_NAME = """UNWIND $names AS name MATCH (n:Organisation {name_key: name})
RETURN name, min(n.id) AS id ORDER BY name LIMIT 1000000"""

BY_NAME: dict[str, LiteralString] = {
    "Topic": TOPICS_BY_NAME,
    "Place": PLACES_BY_NAME,
    "Organisation": ORGANISATIONS_BY_NAME,
}

# Each of the rest, one row: how many things were made or changed.
CONTACT_POINT = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:ContactPoint {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

GROUP = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Group {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

EVENT = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Event {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

PROJECT = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Project {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

GROUP_CODE = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:GroupCode {text: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

ACCOUNT = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Account {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

PLACE = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Place {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

CONSENT = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Consent {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

UNIT = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Unit {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

COHORT = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Cohort {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

STUDY_GROUP = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:StudyGroup {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

ORGANISATION = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Organisation {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

FESTIVAL = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Festival {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

REGISTRATION = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Registration {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

PLEDGE = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Pledge {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

RECEIPT = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Receipt {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

REFUND = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Refund {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

EXPENSE = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Expense {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

TOPIC = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Topic {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

NEWS = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:News {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

SERVICE = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Service {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

REQUEST = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Request {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

CONTEST = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Contest {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

NOMINATION = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Nomination {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

BALLOT = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Ballot {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

JURY_SCORE = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:JuryScore {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

AWARD = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Award {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

DISMISSAL = """MATCH (run:ImportRun {id: $run}) UNWIND $rows AS row
MERGE (n:Dismissal {id: row[0]})
ON CREATE SET n += row[1], n += row[2] ON MATCH SET n += row[3]
MERGE (n)-[f:FROM]->(run) SET f.hash = row[4] RETURN count(*) AS n"""

MAKE: dict[str, LiteralString] = {
    "ContactPoint": CONTACT_POINT,
    "Group": GROUP,
    "Event": EVENT,
    "Project": PROJECT,
    "GroupCode": GROUP_CODE,
    "Account": ACCOUNT,
    "Place": PLACE,
    "Consent": CONSENT,
    "Unit": UNIT,
    "Cohort": COHORT,
    "StudyGroup": STUDY_GROUP,
    "Organisation": ORGANISATION,
    "Festival": FESTIVAL,
    "Registration": REGISTRATION,
    "Pledge": PLEDGE,
    "Receipt": RECEIPT,
    "Refund": REFUND,
    "Expense": EXPENSE,
    "Topic": TOPIC,
    "News": NEWS,
    "Service": SERVICE,
    "Request": REQUEST,
    "Contest": CONTEST,
    "Nomination": NOMINATION,
    "Ballot": BALLOT,
    "JuryScore": JURY_SCORE,
    "Award": AWARD,
    "Dismissal": DISMISSAL,
}

"""Cypher that makes ties: one plain constant for each type and pair of labels it joins.

The ties of people: from a person to another, to a place of study, a group, a topic.

Of each: parameters are $rows, the whole of the constant properties with source and run ($shared),
the constants alone ($constants) with their names ($names), $run and $source. A row is the two
ends, the properties, and those that tell two ties of this type apart. A tie that is there is only
changed if it came from this source and differs; what people made themselves stays, and a tie
without a date says nothing new about one that has one. `SKIP 0` keeps
the planner from joining the two ends as a Cartesian product, be it of one row with one. Their
answer is one row: how many ties the run has made or changed.
"""

from typing import LiteralString

HAS_PERSON_CONTACT_POINT = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:ContactPoint {id: row[1]})
MERGE (a)-[t:HAS]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

LIVES_IN_PERSON_PLACE_DATED = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Place {id: row[1]})
MERGE (a)-[t:LIVES_IN {from_year: row[3]}]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

LIVES_IN_PERSON_PLACE = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Place {id: row[1]})
MERGE (a)-[t:LIVES_IN]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND t.from_year IS NULL AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

GAVE_PERSON_CONSENT = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Consent {id: row[1]})
MERGE (a)-[t:GAVE]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

STUDIED_IN_PERSON_STUDY_GROUP_DATED = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:StudyGroup {id: row[1]})
MERGE (a)-[t:STUDIED_IN {from_term: row[3]}]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

STUDIED_IN_PERSON_STUDY_GROUP = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:StudyGroup {id: row[1]})
MERGE (a)-[t:STUDIED_IN]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND t.from_term IS NULL AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

STUDIED_IN_PERSON_COHORT_DATED = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Cohort {id: row[1]})
MERGE (a)-[t:STUDIED_IN {from_term: row[3]}]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

STUDIED_IN_PERSON_COHORT = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Cohort {id: row[1]})
MERGE (a)-[t:STUDIED_IN]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND t.from_term IS NULL AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

STUDIED_IN_PERSON_UNIT_DATED = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Unit {id: row[1]})
MERGE (a)-[t:STUDIED_IN {from_term: row[3]}]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

STUDIED_IN_PERSON_UNIT = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Unit {id: row[1]})
MERGE (a)-[t:STUDIED_IN]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND t.from_term IS NULL AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

COMPLETED_PERSON_UNIT_DATED = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Unit {id: row[1]})
MERGE (a)-[t:COMPLETED {year: row[3]}]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

COMPLETED_PERSON_UNIT = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Unit {id: row[1]})
MERGE (a)-[t:COMPLETED]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND t.year IS NULL AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

SUPERVISED_BY_PERSON_PERSON = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Person {key: row[1]})
MERGE (a)-[t:SUPERVISED_BY]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

WORKED_AT_PERSON_ORGANISATION_DATED = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Organisation {id: row[1]})
MERGE (a)-[t:WORKED_AT {from_year: row[3]}]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

WORKED_AT_PERSON_ORGANISATION = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Organisation {id: row[1]})
MERGE (a)-[t:WORKED_AT]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND t.from_year IS NULL AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

KNOWS_PERSON_PERSON = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Person {key: row[1]})
MERGE (a)-[t:KNOWS]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

ASKED_TO_CONNECT_PERSON_PERSON = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Person {key: row[1]})
MERGE (a)-[t:ASKED_TO_CONNECT]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

MEMBER_OF_PERSON_GROUP = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Group {id: row[1]})
MERGE (a)-[t:MEMBER_OF]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

WORKS_ON_PERSON_PROJECT = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Project {id: row[1]})
MERGE (a)-[t:WORKS_ON]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

INTERESTED_IN_PERSON_TOPIC = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Topic {id: row[1]})
MERGE (a)-[t:INTERESTED_IN]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

OFFERS_PERSON_TOPIC = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Topic {id: row[1]})
MERGE (a)-[t:OFFERS]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

NEEDS_PERSON_TOPIC = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Topic {id: row[1]})
MERGE (a)-[t:NEEDS]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

ASKED_PERSON_REQUEST = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Request {id: row[1]})
MERGE (a)-[t:ASKED]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

DISMISSED_PERSON_DISMISSAL = """UNWIND $rows AS row
MATCH (a:Person {key: row[0]}) WITH a, row SKIP 0 MATCH (b:Dismissal {id: row[1]})
MERGE (a)-[t:DISMISSED]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

TIES: dict[tuple[str, str, str], LiteralString] = {
    ("Person", "HAS", "ContactPoint"): HAS_PERSON_CONTACT_POINT,
    ("Person", "LIVES_IN", "Place"): LIVES_IN_PERSON_PLACE,
    ("Person", "GAVE", "Consent"): GAVE_PERSON_CONSENT,
    ("Person", "STUDIED_IN", "StudyGroup"): STUDIED_IN_PERSON_STUDY_GROUP,
    ("Person", "STUDIED_IN", "Cohort"): STUDIED_IN_PERSON_COHORT,
    ("Person", "STUDIED_IN", "Unit"): STUDIED_IN_PERSON_UNIT,
    ("Person", "COMPLETED", "Unit"): COMPLETED_PERSON_UNIT,
    ("Person", "SUPERVISED_BY", "Person"): SUPERVISED_BY_PERSON_PERSON,
    ("Person", "WORKED_AT", "Organisation"): WORKED_AT_PERSON_ORGANISATION,
    ("Person", "KNOWS", "Person"): KNOWS_PERSON_PERSON,
    ("Person", "ASKED_TO_CONNECT", "Person"): ASKED_TO_CONNECT_PERSON_PERSON,
    ("Person", "MEMBER_OF", "Group"): MEMBER_OF_PERSON_GROUP,
    ("Person", "WORKS_ON", "Project"): WORKS_ON_PERSON_PROJECT,
    ("Person", "INTERESTED_IN", "Topic"): INTERESTED_IN_PERSON_TOPIC,
    ("Person", "OFFERS", "Topic"): OFFERS_PERSON_TOPIC,
    ("Person", "NEEDS", "Topic"): NEEDS_PERSON_TOPIC,
    ("Person", "ASKED", "Request"): ASKED_PERSON_REQUEST,
    ("Person", "DISMISSED", "Dismissal"): DISMISSED_PERSON_DISMISSAL,
}

DATED: dict[tuple[str, str, str], LiteralString] = {
    ("Person", "LIVES_IN", "Place"): LIVES_IN_PERSON_PLACE_DATED,
    ("Person", "STUDIED_IN", "StudyGroup"): STUDIED_IN_PERSON_STUDY_GROUP_DATED,
    ("Person", "STUDIED_IN", "Cohort"): STUDIED_IN_PERSON_COHORT_DATED,
    ("Person", "STUDIED_IN", "Unit"): STUDIED_IN_PERSON_UNIT_DATED,
    ("Person", "COMPLETED", "Unit"): COMPLETED_PERSON_UNIT_DATED,
    ("Person", "WORKED_AT", "Organisation"): WORKED_AT_PERSON_ORGANISATION_DATED,
}

"""Cypher that makes ties: one plain constant for each type and pair of labels it joins.

The ties of things: places, topics, units, cohorts, study groups, events.

Of each: parameters are $rows, the whole of the constant properties with source and run ($shared),
the constants alone ($constants) with their names ($names), $run and $source. A row is the two
ends, the properties, and those that tell two ties of this type apart. A tie that is there is only
changed if it came from this source and differs; what people made themselves stays, and a tie
without a date says nothing new about one that has one. `SKIP 0` keeps
the planner from joining the two ends as a Cartesian product, be it of one row with one. Their
answer is one row: how many ties the run has made or changed.
"""

from typing import LiteralString

LOCATED_IN_ORGANISATION_PLACE = """UNWIND $rows AS row
MATCH (a:Organisation {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Place {id: row[1]})
MERGE (a)-[t:LOCATED_IN]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

LOCATED_IN_UNIT_PLACE = """UNWIND $rows AS row
MATCH (a:Unit {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Place {id: row[1]})
MERGE (a)-[t:LOCATED_IN]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

LOCATED_IN_EVENT_PLACE = """UNWIND $rows AS row
MATCH (a:Event {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Place {id: row[1]})
MERGE (a)-[t:LOCATED_IN]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

LOCATED_IN_GROUP_PLACE = """UNWIND $rows AS row
MATCH (a:Group {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Place {id: row[1]})
MERGE (a)-[t:LOCATED_IN]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

LOCATED_IN_PLACE_PLACE = """UNWIND $rows AS row
MATCH (a:Place {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Place {id: row[1]})
MERGE (a)-[t:LOCATED_IN]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

ABOUT_EVENT_TOPIC = """UNWIND $rows AS row
MATCH (a:Event {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Topic {id: row[1]})
MERGE (a)-[t:ABOUT]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

ABOUT_GROUP_TOPIC = """UNWIND $rows AS row
MATCH (a:Group {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Topic {id: row[1]})
MERGE (a)-[t:ABOUT]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

ABOUT_PROJECT_TOPIC = """UNWIND $rows AS row
MATCH (a:Project {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Topic {id: row[1]})
MERGE (a)-[t:ABOUT]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

ABOUT_SERVICE_TOPIC = """UNWIND $rows AS row
MATCH (a:Service {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Topic {id: row[1]})
MERGE (a)-[t:ABOUT]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

ABOUT_NEWS_TOPIC = """UNWIND $rows AS row
MATCH (a:News {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Topic {id: row[1]})
MERGE (a)-[t:ABOUT]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

ABOUT_REQUEST_TOPIC = """UNWIND $rows AS row
MATCH (a:Request {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Topic {id: row[1]})
MERGE (a)-[t:ABOUT]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

PART_OF_UNIT_UNIT = """UNWIND $rows AS row
MATCH (a:Unit {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Unit {id: row[1]})
MERGE (a)-[t:PART_OF]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

PART_OF_PLACE_PLACE = """UNWIND $rows AS row
MATCH (a:Place {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Place {id: row[1]})
MERGE (a)-[t:PART_OF]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

BECAME_UNIT_UNIT = """UNWIND $rows AS row
MATCH (a:Unit {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Unit {id: row[1]})
MERGE (a)-[t:BECAME]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

OF_COHORT_UNIT = """UNWIND $rows AS row
MATCH (a:Cohort {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Unit {id: row[1]})
MERGE (a)-[t:OF]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

OF_STUDY_GROUP_COHORT = """UNWIND $rows AS row
MATCH (a:StudyGroup {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Cohort {id: row[1]})
MERGE (a)-[t:OF]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

OF_STUDY_GROUP_UNIT = """UNWIND $rows AS row
MATCH (a:StudyGroup {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Unit {id: row[1]})
MERGE (a)-[t:OF]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

OF_GROUP_UNIT = """UNWIND $rows AS row
MATCH (a:Group {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Unit {id: row[1]})
MERGE (a)-[t:OF]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

OF_GROUP_COHORT = """UNWIND $rows AS row
MATCH (a:Group {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Cohort {id: row[1]})
MERGE (a)-[t:OF]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

OF_ACCOUNT_PERSON = """UNWIND $rows AS row
MATCH (a:Account {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Person {key: row[1]})
MERGE (a)-[t:OF]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

CALLED_STUDY_GROUP_GROUP_CODE_DATED = """UNWIND $rows AS row
MATCH (a:StudyGroup {id: row[0]}) WITH a, row SKIP 0 MATCH (b:GroupCode {text: row[1]})
MERGE (a)-[t:CALLED {academic_year: row[3], term: row[4]}]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

CONTINUES_AS_STUDY_GROUP_STUDY_GROUP = """UNWIND $rows AS row
MATCH (a:StudyGroup {id: row[0]}) WITH a, row SKIP 0 MATCH (b:StudyGroup {id: row[1]})
MERGE (a)-[t:CONTINUES_AS]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

HELD_BY_EVENT_GROUP = """UNWIND $rows AS row
MATCH (a:Event {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Group {id: row[1]})
MERGE (a)-[t:HELD_BY]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

HELD_BY_EVENT_UNIT = """UNWIND $rows AS row
MATCH (a:Event {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Unit {id: row[1]})
MERGE (a)-[t:HELD_BY]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

HELD_BY_EVENT_ORGANISATION = """UNWIND $rows AS row
MATCH (a:Event {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Organisation {id: row[1]})
MERGE (a)-[t:HELD_BY]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

HELD_BY_PROJECT_GROUP = """UNWIND $rows AS row
MATCH (a:Project {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Group {id: row[1]})
MERGE (a)-[t:HELD_BY]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

HELD_BY_PROJECT_UNIT = """UNWIND $rows AS row
MATCH (a:Project {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Unit {id: row[1]})
MERGE (a)-[t:HELD_BY]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

HELD_BY_FESTIVAL_UNIT = """UNWIND $rows AS row
MATCH (a:Festival {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Unit {id: row[1]})
MERGE (a)-[t:HELD_BY]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

HELD_BY_SERVICE_UNIT = """UNWIND $rows AS row
MATCH (a:Service {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Unit {id: row[1]})
MERGE (a)-[t:HELD_BY]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

TIES: dict[tuple[str, str, str], LiteralString] = {
    ("Organisation", "LOCATED_IN", "Place"): LOCATED_IN_ORGANISATION_PLACE,
    ("Unit", "LOCATED_IN", "Place"): LOCATED_IN_UNIT_PLACE,
    ("Event", "LOCATED_IN", "Place"): LOCATED_IN_EVENT_PLACE,
    ("Group", "LOCATED_IN", "Place"): LOCATED_IN_GROUP_PLACE,
    ("Place", "LOCATED_IN", "Place"): LOCATED_IN_PLACE_PLACE,
    ("Event", "ABOUT", "Topic"): ABOUT_EVENT_TOPIC,
    ("Group", "ABOUT", "Topic"): ABOUT_GROUP_TOPIC,
    ("Project", "ABOUT", "Topic"): ABOUT_PROJECT_TOPIC,
    ("Service", "ABOUT", "Topic"): ABOUT_SERVICE_TOPIC,
    ("News", "ABOUT", "Topic"): ABOUT_NEWS_TOPIC,
    ("Request", "ABOUT", "Topic"): ABOUT_REQUEST_TOPIC,
    ("Unit", "PART_OF", "Unit"): PART_OF_UNIT_UNIT,
    ("Place", "PART_OF", "Place"): PART_OF_PLACE_PLACE,
    ("Unit", "BECAME", "Unit"): BECAME_UNIT_UNIT,
    ("Cohort", "OF", "Unit"): OF_COHORT_UNIT,
    ("StudyGroup", "OF", "Cohort"): OF_STUDY_GROUP_COHORT,
    ("StudyGroup", "OF", "Unit"): OF_STUDY_GROUP_UNIT,
    ("Group", "OF", "Unit"): OF_GROUP_UNIT,
    ("Group", "OF", "Cohort"): OF_GROUP_COHORT,
    ("Account", "OF", "Person"): OF_ACCOUNT_PERSON,
    ("StudyGroup", "CONTINUES_AS", "StudyGroup"): CONTINUES_AS_STUDY_GROUP_STUDY_GROUP,
    ("Event", "HELD_BY", "Group"): HELD_BY_EVENT_GROUP,
    ("Event", "HELD_BY", "Unit"): HELD_BY_EVENT_UNIT,
    ("Event", "HELD_BY", "Organisation"): HELD_BY_EVENT_ORGANISATION,
    ("Project", "HELD_BY", "Group"): HELD_BY_PROJECT_GROUP,
    ("Project", "HELD_BY", "Unit"): HELD_BY_PROJECT_UNIT,
    ("Festival", "HELD_BY", "Unit"): HELD_BY_FESTIVAL_UNIT,
    ("Service", "HELD_BY", "Unit"): HELD_BY_SERVICE_UNIT,
}

DATED: dict[tuple[str, str, str], LiteralString] = {
    ("StudyGroup", "CALLED", "GroupCode"): CALLED_STUDY_GROUP_GROUP_CODE_DATED,
}

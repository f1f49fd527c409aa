"""Cypher that makes ties: one plain constant for each type and pair of labels it joins.

The ties of acts: whose a registration or a gift is, what it is for, what it is part of.

Of each: parameters are $rows, the whole of the constant properties with source and run ($shared),
the constants alone ($constants) with their names ($names), $run and $source. A row is the two
ends, the properties, and those that tell two ties of this type apart. A tie that is there is only
changed if it came from this source and differs; what people made themselves stays, and a tie
without a date says nothing new about one that has one. `SKIP 0` keeps
the planner from joining the two ends as a Cartesian product, be it of one row with one. Their
answer is one row: how many ties the run has made or changed.
"""

from typing import LiteralString

BY_REGISTRATION_PERSON = """UNWIND $rows AS row
MATCH (a:Registration {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Person {key: row[1]})
MERGE (a)-[t:BY]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

BY_PLEDGE_PERSON = """UNWIND $rows AS row
MATCH (a:Pledge {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Person {key: row[1]})
MERGE (a)-[t:BY]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

BY_RECEIPT_PERSON = """UNWIND $rows AS row
MATCH (a:Receipt {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Person {key: row[1]})
MERGE (a)-[t:BY]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

BY_REFUND_PERSON = """UNWIND $rows AS row
MATCH (a:Refund {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Person {key: row[1]})
MERGE (a)-[t:BY]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

BY_EXPENSE_PERSON = """UNWIND $rows AS row
MATCH (a:Expense {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Person {key: row[1]})
MERGE (a)-[t:BY]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

BY_NOMINATION_PERSON = """UNWIND $rows AS row
MATCH (a:Nomination {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Person {key: row[1]})
MERGE (a)-[t:BY]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

BY_BALLOT_PERSON = """UNWIND $rows AS row
MATCH (a:Ballot {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Person {key: row[1]})
MERGE (a)-[t:BY]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

BY_JURY_SCORE_PERSON = """UNWIND $rows AS row
MATCH (a:JuryScore {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Person {key: row[1]})
MERGE (a)-[t:BY]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

FOR_REGISTRATION_EVENT = """UNWIND $rows AS row
MATCH (a:Registration {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Event {id: row[1]})
MERGE (a)-[t:FOR]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

FOR_PLEDGE_PROJECT = """UNWIND $rows AS row
MATCH (a:Pledge {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Project {id: row[1]})
MERGE (a)-[t:FOR]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

FOR_RECEIPT_PROJECT = """UNWIND $rows AS row
MATCH (a:Receipt {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Project {id: row[1]})
MERGE (a)-[t:FOR]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

FOR_REFUND_PROJECT = """UNWIND $rows AS row
MATCH (a:Refund {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Project {id: row[1]})
MERGE (a)-[t:FOR]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

FOR_EXPENSE_PROJECT = """UNWIND $rows AS row
MATCH (a:Expense {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Project {id: row[1]})
MERGE (a)-[t:FOR]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

FOR_REQUEST_UNIT = """UNWIND $rows AS row
MATCH (a:Request {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Unit {id: row[1]})
MERGE (a)-[t:FOR]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

FOR_REQUEST_ORGANISATION = """UNWIND $rows AS row
MATCH (a:Request {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Organisation {id: row[1]})
MERGE (a)-[t:FOR]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

FOR_REQUEST_PERSON = """UNWIND $rows AS row
MATCH (a:Request {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Person {key: row[1]})
MERGE (a)-[t:FOR]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

FOR_REQUEST_GROUP = """UNWIND $rows AS row
MATCH (a:Request {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Group {id: row[1]})
MERGE (a)-[t:FOR]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

FOR_REQUEST_PROJECT = """UNWIND $rows AS row
MATCH (a:Request {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Project {id: row[1]})
MERGE (a)-[t:FOR]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

FOR_REQUEST_EVENT = """UNWIND $rows AS row
MATCH (a:Request {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Event {id: row[1]})
MERGE (a)-[t:FOR]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

FOR_REQUEST_SERVICE = """UNWIND $rows AS row
MATCH (a:Request {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Service {id: row[1]})
MERGE (a)-[t:FOR]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

FOR_NOMINATION_PERSON = """UNWIND $rows AS row
MATCH (a:Nomination {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Person {key: row[1]})
MERGE (a)-[t:FOR]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

FOR_NOMINATION_AWARD = """UNWIND $rows AS row
MATCH (a:Nomination {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Award {id: row[1]})
MERGE (a)-[t:FOR]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

FOR_BALLOT_NOMINATION = """UNWIND $rows AS row
MATCH (a:Ballot {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Nomination {id: row[1]})
MERGE (a)-[t:FOR]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

FOR_JURY_SCORE_NOMINATION = """UNWIND $rows AS row
MATCH (a:JuryScore {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Nomination {id: row[1]})
MERGE (a)-[t:FOR]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

IN_EVENT_FESTIVAL = """UNWIND $rows AS row
MATCH (a:Event {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Festival {id: row[1]})
MERGE (a)-[t:IN]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

IN_NOMINATION_CONTEST = """UNWIND $rows AS row
MATCH (a:Nomination {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Contest {id: row[1]})
MERGE (a)-[t:IN]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

IN_BALLOT_CONTEST = """UNWIND $rows AS row
MATCH (a:Ballot {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Contest {id: row[1]})
MERGE (a)-[t:IN]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

IN_JURY_SCORE_CONTEST = """UNWIND $rows AS row
MATCH (a:JuryScore {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Contest {id: row[1]})
MERGE (a)-[t:IN]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

IN_AWARD_CONTEST = """UNWIND $rows AS row
MATCH (a:Award {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Contest {id: row[1]})
MERGE (a)-[t:IN]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

TO_AWARD_PERSON = """UNWIND $rows AS row
MATCH (a:Award {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Person {key: row[1]})
MERGE (a)-[t:TO]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

TO_REFUND_PERSON = """UNWIND $rows AS row
MATCH (a:Refund {id: row[0]}) WITH a, row SKIP 0 MATCH (b:Person {key: row[1]})
MERGE (a)-[t:TO]->(b)
ON CREATE SET t = $shared, t += row[2]
WITH t, row[2] AS given, t.run = $run AS made, t.run IS NOT NULL
  AND coalesce(t.source, $source) = $source AND (
    any(name IN keys(row[2]) WHERE t[name] IS NULL OR t[name] <> row[2][name])
    OR any(name IN $names WHERE t[name] IS NULL OR t[name] <> $constants[name])) AS differs
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET t += $constants, t += given)
RETURN sum(CASE WHEN made OR differs THEN 1 ELSE 0 END) AS n"""

TIES: dict[tuple[str, str, str], LiteralString] = {
    ("Registration", "BY", "Person"): BY_REGISTRATION_PERSON,
    ("Pledge", "BY", "Person"): BY_PLEDGE_PERSON,
    ("Receipt", "BY", "Person"): BY_RECEIPT_PERSON,
    ("Refund", "BY", "Person"): BY_REFUND_PERSON,
    ("Expense", "BY", "Person"): BY_EXPENSE_PERSON,
    ("Nomination", "BY", "Person"): BY_NOMINATION_PERSON,
    ("Ballot", "BY", "Person"): BY_BALLOT_PERSON,
    ("JuryScore", "BY", "Person"): BY_JURY_SCORE_PERSON,
    ("Registration", "FOR", "Event"): FOR_REGISTRATION_EVENT,
    ("Pledge", "FOR", "Project"): FOR_PLEDGE_PROJECT,
    ("Receipt", "FOR", "Project"): FOR_RECEIPT_PROJECT,
    ("Refund", "FOR", "Project"): FOR_REFUND_PROJECT,
    ("Expense", "FOR", "Project"): FOR_EXPENSE_PROJECT,
    ("Request", "FOR", "Unit"): FOR_REQUEST_UNIT,
    ("Request", "FOR", "Organisation"): FOR_REQUEST_ORGANISATION,
    ("Request", "FOR", "Person"): FOR_REQUEST_PERSON,
    ("Request", "FOR", "Group"): FOR_REQUEST_GROUP,
    ("Request", "FOR", "Project"): FOR_REQUEST_PROJECT,
    ("Request", "FOR", "Event"): FOR_REQUEST_EVENT,
    ("Request", "FOR", "Service"): FOR_REQUEST_SERVICE,
    ("Nomination", "FOR", "Person"): FOR_NOMINATION_PERSON,
    ("Nomination", "FOR", "Award"): FOR_NOMINATION_AWARD,
    ("Ballot", "FOR", "Nomination"): FOR_BALLOT_NOMINATION,
    ("JuryScore", "FOR", "Nomination"): FOR_JURY_SCORE_NOMINATION,
    ("Event", "IN", "Festival"): IN_EVENT_FESTIVAL,
    ("Nomination", "IN", "Contest"): IN_NOMINATION_CONTEST,
    ("Ballot", "IN", "Contest"): IN_BALLOT_CONTEST,
    ("JuryScore", "IN", "Contest"): IN_JURY_SCORE_CONTEST,
    ("Award", "IN", "Contest"): IN_AWARD_CONTEST,
    ("Award", "TO", "Person"): TO_AWARD_PERSON,
    ("Refund", "TO", "Person"): TO_REFUND_PERSON,
}

DATED: dict[tuple[str, str, str], LiteralString] = {}

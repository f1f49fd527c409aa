"""What the same source says no more of somebody, taken away where staff have said so.

Addresses, numbers and studies go only if this source alone has said them: not what another record
of the person still says, not what the person or staff have confirmed. What is taken away is written
into the record that says it no more, so that undoing the run brings it back.
"""

import json
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from graphnet.discovery.contacts import contact_key
from graphnet.model import term
from graphnet.store import Row, Store, Transaction
from ingest.runs import packed, unpacked
from ingest.uploads.delivery import CONTACTS, KIND
from ingest.uploads.rows import SEPARATOR

BATCH = 1_000
Fact = tuple[str, ...]  # (tie, label of what it leads to, its name, year or term)

# One row: a person of a record, and what all their other records say.
OTHERS = """UNWIND $origins AS wanted MATCH (r:Record {origin: wanted})-[:ABOUT]->(p:Person)
RETURN wanted AS origin, coalesce(p.confirmed, []) AS confirmed, r.withdrew AS withdrew,
  [(p)<-[:ABOUT]-(o:Record) WHERE o <> r AND NOT o.origin STARTS WITH '#' | o.fields] AS others
ORDER BY origin LIMIT 1000"""

# One row: an address or number that is taken away. Its node stays empty, so that this source's next
# file finds it and fills it again if it names it.
TAKE_CONTACTS = """UNWIND $rows AS row
MATCH (:Record {origin: row.origin})-[:ABOUT]->(p:Person)-[h:HAS]->(c:ContactPoint)
WHERE c.value_key = row.name AND c.verified_at IS NULL
  AND EXISTS { (c)-[:FROM]->(:ImportRun {source: $source}) }
  AND NOT EXISTS { MATCH (c)-[:FROM]->(other:ImportRun) WHERE other.source <> $source }
MATCH (c)-[f:FROM]->(:ImportRun)
WITH row, h, c, collect(f) AS marks, properties(c) AS said, properties(h) AS tie
FOREACH (f IN marks | SET f.hash = '') DELETE h SET c = {id: said.id}
RETURN row.origin AS origin, said.id AS id, 'HAS' AS type, 'ContactPoint' AS label,
  tie AS tie, said AS said ORDER BY origin, id LIMIT 10000"""

# One row: what somebody completed that is taken away.
TAKE_COMPLETED = """UNWIND $rows AS row
MATCH (:Record {origin: row.origin})-[:ABOUT]->(p:Person)-[t:COMPLETED]->(u:Unit)
WHERE u.name = row.name AND t.source = $source AND coalesce(t.year, -1) = row.at
WITH row, t, u, properties(t) AS tie DELETE t
RETURN row.origin AS origin, u.id AS id, 'COMPLETED' AS type, 'Unit' AS label, tie AS tie,
  {} AS said ORDER BY origin, id LIMIT 10000"""

# One row: a stay in a study group, or at a unit, that is taken away.
TAKE_STUDIED = """UNWIND $rows AS row
MATCH (:Record {origin: row.origin})-[:ABOUT]->(p:Person)-[t:STUDIED_IN]->(g)
WHERE g.name = row.name AND row.label IN labels(g) AND t.source = $source
  AND coalesce(t.from_term, -1) = row.at
WITH row, t, g, properties(t) AS tie DELETE t
RETURN row.origin AS origin, g.id AS id, 'STUDIED_IN' AS type, row.label AS label, tie AS tie,
  {} AS said ORDER BY origin, id LIMIT 10000"""

# One row: how many records say what they took away.
SAY = """UNWIND $rows AS row MATCH (r:Record {origin: row.origin})
SET r.withdrew = row.withdrew RETURN count(r) AS n"""

# One row: a record of a run that took something away.
TOOK = """MATCH (:ImportRun {id: $run})<-[:FROM]-(r:Record) WHERE r.withdrew IS NOT NULL
RETURN r.id AS id, r.withdrew AS withdrew ORDER BY id LIMIT $limit"""

# One row: how many came back. What is there again by another way stays as it is.
GIVE_CONTACTS = """UNWIND $rows AS row MATCH (:Record {id: row.record})-[:ABOUT]->(p:Person)
WITH p, row SKIP 0 MATCH (c:ContactPoint {id: row.id}) WHERE c.value IS NULL
  AND NOT EXISTS { (p)-[:HAS]->(:ContactPoint {value_key: row.said.value_key}) }
SET c += row.said MERGE (p)-[h:HAS]->(c) SET h += row.tie RETURN count(c) AS n"""
GIVE_COMPLETED = """UNWIND $rows AS row MATCH (:Record {id: row.record})-[:ABOUT]->(p:Person)
WITH p, row MATCH (u:Unit {id: row.id})
WHERE NOT EXISTS { MATCH (p)-[t:COMPLETED]->(u) WHERE t.year = row.tie.year }
CREATE (p)-[t:COMPLETED]->(u) SET t = row.tie RETURN count(t) AS n"""
GIVE_STUDIED_GROUP = """UNWIND $rows AS row MATCH (:Record {id: row.record})-[:ABOUT]->(p:Person)
WITH p, row MATCH (g:StudyGroup {id: row.id})
WHERE NOT EXISTS { MATCH (p)-[t:STUDIED_IN]->(g)
  WHERE coalesce(t.from_term, -1) = coalesce(row.tie.from_term, -1) }
CREATE (p)-[t:STUDIED_IN]->(g) SET t = row.tie RETURN count(t) AS n"""
GIVE_STUDIED_UNIT = """UNWIND $rows AS row MATCH (:Record {id: row.record})-[:ABOUT]->(p:Person)
WITH p, row MATCH (u:Unit {id: row.id})
WHERE NOT EXISTS { MATCH (p)-[t:STUDIED_IN]->(u)
  WHERE coalesce(t.from_term, -1) = coalesce(row.tie.from_term, -1) }
CREATE (p)-[t:STUDIED_IN]->(u) SET t = row.tie RETURN count(t) AS n"""

# One row: how many records took nothing away after all.
FORGET = """UNWIND $ids AS wanted MATCH (r:Record {id: wanted}) SET r.withdrew = null
RETURN count(r) AS n"""

TAKE = {"HAS": TAKE_CONTACTS, "COMPLETED": TAKE_COMPLETED, "STUDIED_IN": TAKE_STUDIED}
GIVE = {
    ("HAS", "ContactPoint"): GIVE_CONTACTS,
    ("COMPLETED", "Unit"): GIVE_COMPLETED,
    ("STUDIED_IN", "StudyGroup"): GIVE_STUDIED_GROUP,
    ("STUDIED_IN", "Unit"): GIVE_STUDIED_UNIT,
}


def facts(line: Mapping[str, Any]) -> set[Fact]:
    """Return the addresses, numbers and studies that a line says, as `contacts.toml` ties them."""
    found: set[Fact] = set()
    for column in CONTACTS:
        values = filter(None, str(line.get(column) or "").split(SEPARATOR))
        found |= {("HAS", "ContactPoint", contact_key(value), "-1") for value in values}
    unit, group = line.get("unit") or "", line.get("group_name") or ""
    graduated, came = line.get("graduation_year") or "", line.get("intake_year") or ""
    begun = str(term(int(came))) if came else "-1"
    if graduated and unit:
        found.add(("COMPLETED", "Unit", unit, graduated))
    if group:
        found.add(("STUDIED_IN", "StudyGroup", group, begun))
    elif came and unit:
        found.add(("STUDIED_IN", "Unit", unit, begun))
    return found


def dropped(
    lines: Iterable[Mapping[str, str]], earlier: Mapping[str, Mapping[str, str]]
) -> dict[str, list[Fact]]:
    """Return what records say no more, by what they are called, as they are to be written."""
    found = {}
    for line in lines:
        old = earlier.get(line["origin"])
        if old is not None and (less := facts(old) - facts(line)):
            found[line["origin"]] = sorted(less)
    return found


def take_away(store: Store, source: str, said: Mapping[str, Iterable[Iterable[str]]]) -> int:
    """Take away what this source says no more; return how many addresses, numbers and studies."""
    prefix = f"{source}:{KIND}:"
    told = {prefix + origin: {_fact(one) for one in some} for origin, some in said.items()}
    origins, n = sorted(told), 0
    for i in range(0, len(origins), BATCH):
        some = origins[i : i + BATCH]
        n += store.in_write(partial(_take, source=source, origins=some, told=told))
    return n


def _fact(one: Iterable[str]) -> Fact:
    return tuple(one)


def _take(
    transaction: Transaction, source: str, origins: list[str], told: Mapping[str, set[Fact]]
) -> int:
    rows: dict[str, list[Row]] = {}
    withdrew: dict[str, list[Any]] = {}
    for row in transaction.run(OTHERS, origins=origins):
        withdrew[row["origin"]] = json.loads(row["withdrew"] or "[]")
        others = [json.loads(fields) for fields in row["others"] if fields]
        still = {fact for line in others for fact in facts(line)}
        # Of a record of another kind of file nobody knows what it says of studies.
        strange = any("name_of_source" not in line for line in others)
        for fact in told[row["origin"]] - still:
            type_, label, name, at = fact
            if type_ != "HAS" and (strange or "studies" in row["confirmed"]):
                continue
            rows.setdefault(type_, []).append(
                {"origin": row["origin"], "label": label, "name": name, "at": int(at)}
            )
    n = 0
    for type_, some in rows.items():
        for row in transaction.run(TAKE[type_], rows=some, source=source):
            said = {name: one for name, one in row["said"].items() if name != "id"}
            entry = {name: row[name] for name in ("id", "type", "label")}
            kept = {"tie": json.loads(packed(row["tie"])), "said": json.loads(packed(said))}
            withdrew[row["origin"]].append(entry | kept)
            n += 1
    changed = [
        {"origin": origin, "withdrew": json.dumps(some, ensure_ascii=False)}
        for origin, some in withdrew.items()
        if some
    ]
    if changed:
        transaction.run(SAY, rows=changed)
    return n


def give_back(transaction: Transaction, run: str, *, limit: int) -> int:
    """Bring back what records of a run have taken away; return how many records."""
    records = transaction.run(TOOK, run=run, limit=limit)
    rows: dict[tuple[str, str], list[Row]] = {}
    for record in records:
        for entry in json.loads(record["withdrew"]):
            place = entry["type"], entry["label"]
            values = {name: unpacked(entry[name]) for name in ("tie", "said")}
            rows.setdefault(place, []).append(entry | values | {"record": record["id"]})
    for place, some in rows.items():
        transaction.run(GIVE[place], rows=some)
    if records:
        transaction.run(FORGET, ids=[record["id"] for record in records])
    return len(records)

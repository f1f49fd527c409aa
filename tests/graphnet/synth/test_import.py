"""The files go through the import into a real Neo4j like any other: nothing rejected, all there."""

from pathlib import Path
from typing import Any

from graphnet.store import Store
from ingest import mapping
from ingest.load import import_folder

from .conftest import Read

NODES = {
    "Alumnus": "people", "ContactPoint": "contacts", "Consent": "consents", "Unit": "units",
    "Cohort": "cohorts", "StudyGroup": "study_groups", "Organisation": "organisations",
    "Place": "places", "Topic": "topics", "Group": "groups", "Event": "events",
    "Festival": "festivals", "Registration": "registrations", "Project": "projects",
    "Pledge": "pledges", "Receipt": "receipts", "Refund": "refunds", "Expense": "expenses",
    "News": "news", "Service": "services", "Request": "requests",
}  # fmt: skip
TIES = {
    "KNOWS": "knows", "STUDIED_IN": "studied_in", "COMPLETED": "completed", "HAS": "contacts",
    "GAVE": "consents", "MEMBER_OF": "member_of", "INTERESTED_IN": "interested_in",
    "OFFERS": "offers", "NEEDS": "needs", "CALLED": "group_codes", "CONTINUES_AS": "continues_as",
    "WORKED_AT": "worked_at", "LIVES_IN": "lives_in", "SUPERVISED_BY": "supervised_by",
    "WORKS_ON": "works_on", "BECAME": "units_became",
}  # fmt: skip

COUNT_LABELS = """MATCH (n) WHERE NOT n:Migration UNWIND labels(n) AS label
RETURN label, count(*) AS n ORDER BY label LIMIT 100"""
COUNT_TIES = "MATCH ()-[t]->() RETURN type(t) AS type, count(*) AS n ORDER BY type LIMIT 100"
HIDDEN = """MATCH (r:Record)-[:ABOUT]->(:Person {visibility: 'hidden'})
RETURN r.origin AS origin ORDER BY origin LIMIT 1000"""


def test_import(
    store: Store, association: Path, table: Read, truth: dict[str, Any], tmp_path: Path
) -> None:
    chosen = mapping.read(mapping.find("synth"), association)
    report = import_folder(store, chosen, association, rejects=tmp_path)
    assert not report.rejects
    assert not report.quarantined
    labels = {row["label"]: row["n"] for row in store.read(COUNT_LABELS)}
    for label, name in NODES.items():
        assert labels.get(label, 0) == len(table(name)), label
    assert labels["Person"] == len(table("people")) + len(table("staff"))
    ties = {row["type"]: row["n"] for row in store.read(COUNT_TIES)}
    for kind, name in TIES.items():
        assert ties.get(kind, 0) == len(table(name)), kind
    hidden = {row["origin"].rpartition(":")[2] for row in store.read(HIDDEN)}
    assert hidden == set(truth["hidden"])

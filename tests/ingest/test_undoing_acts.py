"""Undoing an import whose registrations and gifts the ledger has entered meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphnet.ledger import backfill, entries
from graphnet.ledger.acts import taken_back
from graphnet.ledger.chain import broken_link
from graphnet.privacy import Viewer
from graphnet.store import Store
from ingest import undoing
from tests.ingest.register import MAPPING, counts, person, run, write

STAFF = Viewer("staff", account_id="staff", purpose="contributions")
LATER = datetime(2026, 1, 1, tzinfo=UTC)

ACTS = """
[nodes.event]
label = "Event"
file = "events"
id = "event"
properties.title = "title"
properties.starts_at = { column = "at", type = "time" }
properties.time_zone = { constant = "UTC" }

[nodes.registration]
label = "Registration"
file = "registrations"
id = ["event", "person"]
properties.state = { constant = "yes" }
properties.at = { column = "at", type = "time" }
properties.attended_at = { column = "came", type = "time" }

[nodes.project]
label = "Project"
file = "receipts"
id = "project"
repeated = true
properties.name = "project"

[nodes.receipt]
label = "Receipt"
file = "receipts"
id = "receipt"
properties.amount = { column = "amount", type = "integer" }
properties.at = { column = "at", type = "time" }

[[ties]]
type = "FOR"
file = "registrations"
from = { kind = "registration", columns = ["event", "person"] }
to = { kind = "event", columns = "event" }

[[ties]]
type = "BY"
file = "registrations"
from = { kind = "registration", columns = ["event", "person"] }
to = { kind = "person", columns = "person" }

[[ties]]
type = "FOR"
file = "receipts"
from = { kind = "receipt", columns = "receipt" }
to = { kind = "project", columns = "project" }

[[ties]]
type = "BY"
file = "receipts"
from = { kind = "receipt", columns = "receipt" }
to = { kind = "person", columns = "person" }
"""
FILES = '[files]\nevents = { path = "events.csv" }\nreceipts = { path = "receipts.csv" }\n' + (
    'registrations = { path = "registrations.csv" }\n'
)
TEXT = MAPPING.replace("[files]\n", FILES) + ACTS

EVENTS = """event,title,at
e,Evening,2025-03-01T18:00:00Z
f,Talk,2025-04-01T18:00:00Z
"""
REGISTRATIONS = """event,person,at,came
e,1,2025-02-01T10:00:00Z,2025-03-01T18:00:00Z
e,2,2025-02-02T10:00:00Z,2025-03-01T18:00:00Z
f,3,2025-02-03T10:00:00Z,
"""
RECEIPTS = """receipt,project,person,amount,at
g,Telescope,2,500,2025-05-01T10:00:00Z
"""
ENTERED = 3 + 2 + 1  # registered, attended, gift

STANDING = "MATCH (c:Contribution) WHERE NOT " + taken_back("c.act_id")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = write(tmp_path / "register")
    texts = {"events": EVENTS, "registrations": REGISTRATIONS, "receipts": RECEIPTS}
    for name, text in texts.items():
        (made / f"{name}.csv").write_text(text, encoding="utf-8")
    return made


def entered(store: Store, folder: Path) -> str:
    """Import the folder, enter what it brought, as the worker does, and return the run."""
    report = run(store, folder, TEXT)
    assert sum(backfill.backfill(store).values()) == ENTERED
    return report.run


def standing(store: Store) -> list[str]:
    return [row["act"] for row in store.read(STANDING + " RETURN c.act_id AS act ORDER BY act")]


def test_what_an_import_brought_no_longer_counts_and_keeps_nobody(
    store: Store, folder: Path
) -> None:
    run_id = entered(store, folder)
    foreseen = undoing.would_undo(store, run_id)
    assert len(standing(store)) == ENTERED  # nothing has been done yet
    undone = undoing.undo_run(store, run_id, by="staff")
    assert undone == foreseen
    assert (undone.people, undone.entries) == (3, ENTERED)
    assert (undone.kept_people, undone.kept_things) == (0, 0)
    assert standing(store) == [] and broken_link(store) is None
    found = counts(store)
    assert set(found) == {"ImportRun", "Counter", "Change", "Contribution"}
    assert found["Contribution"] == 2 * ENTERED  # both stay


def test_what_comes_in_again_counts_again_and_what_was_taken_back_then_does_not(
    store: Store, folder: Path
) -> None:
    undoing.undo_run(store, entered(store, folder))
    for _ in range(2):  # its ids are the same each time, the acts are others
        assert standing(store) == []
        run_id = entered(store, folder)
        assert len(standing(store)) == ENTERED
        assert sum(backfill.backfill(store).values()) == 0
        gift = next(act for act in standing(store) if act.startswith("gift:"))
        store.in_write(lambda t, act=gift: entries.correct(t, STAFF, act, "given back"))  # type: ignore[misc]
        assert sum(backfill.backfill(store).values()) == 0
        undoing.undo_run(store, run_id)
    assert broken_link(store) is None


def test_who_stays_keeps_the_evidence_of_what_no_longer_counts(store: Store, folder: Path) -> None:
    run_id = entered(store, folder)
    store.write("MATCH (p:Person {key: 2}) CREATE (:Account {id: 'a'})-[:OF]->(p)")
    foreseen = undoing.would_undo(store, run_id)
    undone = undoing.undo_run(store, run_id, by="staff")
    assert undone == replace(foreseen, reasons=())
    assert (undone.people, undone.entries) == (2, ENTERED)
    assert standing(store) == []
    kinds = store.read(
        "MATCH (e:Evidence)-[:OF]->(p:Person) MATCH (c:Contribution {act_id: e.act_id}) "
        "RETURN c.kind AS kind, c.corrects <> '' AS back, e.facts AS facts, e.entered_by AS by, "
        "p.key AS key ORDER BY kind, back"
    )
    assert [(row["kind"], row["back"]) for row in kinds] == [
        (kind, back)
        for kind in ("attended", "gift", "registered_for_event")
        for back in (False, True)
    ]
    assert {row["key"] for row in kinds} == {2}
    assert {row["by"] for row in kinds if row["back"]} == {"staff"}
    assert all("was undone" in row["facts"] for row in kinds if row["back"])


def test_what_staff_entered_for_somebody_or_an_event_keeps_both(store: Store, folder: Path) -> None:
    run_id = entered(store, folder)
    event = store.read("MATCH (e:Event {title: 'Talk'}) RETURN e.id AS id")[0]["id"]
    key = int(str(person(store, 3)["key"]))
    store.in_write(
        lambda t: entries.record(
            t,
            person_key=key,
            kind="talk",
            mode="volunteer",
            happened_at=LATER,
            act_id="talk:1",
            evidence={},
            thing_id=event,
        )
    )
    foreseen = undoing.would_undo(store, run_id)
    assert foreseen.reasons == (("ties", 1),)
    assert (foreseen.people, foreseen.kept_people, foreseen.kept_things) == (2, 1, 1)
    undone = undoing.undo_run(store, run_id)
    assert (undone.people, undone.kept_people, undone.kept_things) == (2, 1, 1)
    assert standing(store) == ["talk:1"]


def test_what_staff_took_back_keeps_nobody(store: Store, folder: Path) -> None:
    run_id = entered(store, folder)
    key = int(str(person(store, 3)["key"]))
    store.in_write(
        lambda t: entries.record(
            t,
            person_key=key,
            kind="talk",
            mode="volunteer",
            happened_at=LATER,
            act_id="talk:1",
            evidence={},
        )
    )
    store.in_write(lambda t: entries.correct(t, STAFF, "talk:1", "it was somebody else"))
    foreseen = undoing.would_undo(store, run_id)
    assert undoing.undo_run(store, run_id) == foreseen
    assert (foreseen.people, foreseen.kept_people, foreseen.entries) == (3, 0, ENTERED)


def test_who_came_after_all_by_staffs_word_counts_no_longer_either(
    store: Store, folder: Path
) -> None:
    """Marked by mistake and then again is an act of its own, and of the same registration."""
    run_id = entered(store, folder)
    act = next(act for act in standing(store) if act.startswith("attended:"))
    store.in_write(lambda t: entries.correct(t, STAFF, act, "marked by mistake"))
    key = store.read("MATCH (:Evidence {act_id: $act})-[:OF]->(p) RETURN p.key AS key", act=act)
    store.in_write(
        lambda t: entries.record_many(
            t, [backfill.came(key[0]["key"], f"{act}:2", "e", LATER, "staff")]
        )
    )
    foreseen = undoing.would_undo(store, run_id)
    assert undoing.undo_run(store, run_id) == foreseen
    assert (foreseen.people, foreseen.entries) == (3, ENTERED)
    assert standing(store) == []


def test_a_guest_who_said_who_brought_them_keeps_neither(store: Store, folder: Path) -> None:
    """Without the ties of the run a registration says nothing, whatever else hangs on it."""
    run_id = entered(store, folder)
    store.write(
        "MATCH (r:Registration)-[:BY]->(:Person {key: 2}) MATCH (p:Person {key: 1}) "
        "CREATE (r)-[:NAMES]->(p)"
    )
    assert backfill.backfill(store)["brought_along"] == 1
    foreseen = undoing.would_undo(store, run_id)
    assert undoing.undo_run(store, run_id) == foreseen
    assert (foreseen.people, foreseen.kept_people, foreseen.entries) == (3, 0, ENTERED + 1)
    assert standing(store) == [] and "Registration" not in counts(store)


def test_what_another_source_names_too_stays_with_its_entries(store: Store, folder: Path) -> None:
    run_id = entered(store, folder)
    store.write(
        "MATCH (r:Registration)-[:BY]->(:Person {key: 3}) "
        "CREATE (r)-[:FROM]->(:ImportRun {id: 'other', source: 'other', number: 99})"
    )
    foreseen = undoing.would_undo(store, run_id)
    undone = undoing.undo_run(store, run_id)
    assert foreseen.entries == undone.entries == ENTERED - 1
    assert [act.split(":")[0] for act in standing(store)] == ["registered"]
    # What still counts keeps whose it is, and what for.
    assert (undone.kept_people, foreseen.kept_people) == (1, 1)
    assert (undone.kept_things, foreseen.kept_things) == (2, 2)


def test_undoing_that_was_interrupted_takes_each_entry_back_once(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = entered(store, folder)
    monkeypatch.setattr(undoing, "BATCH", 1)
    whole, calls = backfill.withdraw, []

    def stops(*values: object, **more: object) -> int:
        calls.append(values)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return whole(*values, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(backfill, "withdraw", stops)
    with pytest.raises(KeyboardInterrupt):
        undoing.undo_run(store, run_id)
    assert 0 < len(standing(store)) < ENTERED
    monkeypatch.setattr(backfill, "withdraw", whole)
    undoing.undo_run(store, run_id)
    assert standing(store) == [] and broken_link(store) is None
    assert counts(store)["Contribution"] == 2 * ENTERED

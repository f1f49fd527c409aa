"""Import runs: the lawful ground, quarantine, undoing."""

from dataclasses import replace
from pathlib import Path

import pytest

from graphnet import changes
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.store import Store, Transaction
from ingest import runs, undoing
from tests.ingest.register import PEOPLE, TIES, counts, everything, person, run, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "register")


def visibility(store: Store) -> str:
    return str(store.read("MATCH (g:Group) RETURN g.visibility AS v")[0]["v"])


def test_people_wait_in_quarantine_until_the_ground_is_named(store: Store, folder: Path) -> None:
    report = run(store, folder)
    assert report.quarantined
    assert "graphnet import ground " + report.run in report.as_text()
    assert all(person(store, n)["quarantined"] for n in (1, 2, 3))
    assert visibility(store) == "quarantined"
    with pytest.raises(BadValue):
        runs.name_ground(store, report.run, "  ", "staff")
    with pytest.raises(ThingNotFound):
        runs.name_ground(store, "nothing", "consent", "staff")
    before = changes.newest(store)
    assert runs.name_ground(store, report.run, " consent ", "staff") == 4
    assert not any("quarantined" in person(store, n) for n in (1, 2, 3))
    assert visibility(store) == "members"
    shown = changes.after(store, before)
    assert [(c.kind, sorted(c.people)) for c in shown] == [("shown", [1, 2, 3])]
    named = runs.runs(store)[0]
    assert (named["ground"], named["ground_by"]) == ("consent", "staff")


def test_the_ground_holds_for_all_runs_of_the_source(store: Store, folder: Path) -> None:
    run(store, folder)
    write(folder, people=PEOPLE + "4,Gleb,Popov,,,,\n")
    second = run(store, folder)
    assert second.quarantined
    assert runs.name_ground(store, second.run, "consent", "staff") == 5
    assert not any("quarantined" in person(store, n) for n in (1, 2, 3, 4))
    assert {r["ground"] for r in runs.runs(store)} == {"consent"}


def test_a_later_run_keeps_the_ground_of_its_source(store: Store, folder: Path) -> None:
    run(store, folder, ground="consent", by="staff")
    write(folder, people=PEOPLE + "4,Gleb,Popov,,,,\n")
    report = run(store, folder)
    assert not report.quarantined
    assert "quarantined" not in person(store, 4)
    assert [r["ground_by"] for r in runs.runs(store)] == ["staff", "staff"]


def test_undoing_the_only_run_leaves_nothing(store: Store, folder: Path) -> None:
    report = run(store, folder)
    before = everything(store)
    foreseen = undoing.would_undo(store, report.run)
    assert everything(store) == before
    undone = undoing.undo_run(store, report.run)
    assert undone == foreseen
    assert (undone.people, undone.things, undone.kept_people, undone.kept_things) == (3, 7, 0, 0)
    assert undone.ties == 13
    found = counts(store)
    assert set(found) == {"ImportRun", "Counter", "Change"}
    assert runs.runs(store)[0]["state"] == "undone"
    erased = [c for c in changes.after(store, 0) if c.kind == "erased"]
    assert sorted(key for c in erased for key in c.people) == [1, 2, 3]
    with pytest.raises(Conflict, match="undone already"):
        undoing.would_undo(store, report.run)
    with pytest.raises(Conflict, match="undone already"):
        undoing.undo_run(store, report.run)
    with pytest.raises(ThingNotFound):
        undoing.undo_run(store, "nothing")
    again = run(store, folder)
    assert again.written == report.written
    assert {person(store, n)["key"] for n in (1, 2, 3)} == {4, 5, 6}  # keys are never used twice


def test_undoing_the_second_run_gives_back_the_first(store: Store, folder: Path) -> None:
    first = run(store, folder)
    before = counts(store)
    boris = person(store, 2)
    write(
        folder,
        people=PEOPLE.replace("Борис", "Boris") + "4,Gleb,Popov,,Go,,Law\n",
        ties=TIES + "4,1,\n",
    )
    second = run(store, folder)
    assert person(store, 2)["given_name"] == "Boris"
    with pytest.raises(Conflict, match="undo that first"):
        undoing.undo_run(store, first.run)
    foreseen = undoing.would_undo(store, second.run)
    undone = undoing.undo_run(store, second.run)
    assert undone == foreseen
    assert (undone.people, undone.things, undone.restored, undone.ties) == (1, 2, 1, 3)
    assert person(store, 2) == boris
    after = counts(store)
    assert {k: v for k, v in after.items() if k not in ("Change", "ImportRun")} == {
        k: v for k, v in before.items() if k not in ("Change", "ImportRun")
    }
    # The older files are as the graph is now; the first run can go too.
    write(folder)
    assert run(store, folder).written == 0
    undoing.undo_run(store, first.run)
    assert "Person" not in counts(store)


@pytest.mark.parametrize("state", ["open", "later", "different"])
def test_a_question_about_doubles_keeps_nobody(store: Store, folder: Path, state: str) -> None:
    """Each list that comes in is looked through for doubles: undoing it would leave its people."""
    report = run(store, folder)
    there = "MATCH (p:Person) WHERE p.key IN [1, 2, 100] WITH collect(p) AS people "
    store.write("CREATE (:Person {id: 'x', key: 100})")
    store.write(
        there
        + "UNWIND [[0, 1], [0, 2]] AS two CREATE (d:Double {id: 'd' + two[1], state: $state}) "
        "WITH d, people[two[0]] AS one, people[two[1]] AS other "
        "CREATE (d)-[:OF]->(one) CREATE (d)-[:OF]->(other)",
        state=state,
    )
    foreseen = undoing.would_undo(store, report.run)
    assert foreseen.answers == (2 if state == "different" else 0)
    undone = undoing.undo_run(store, report.run)
    assert undone == replace(foreseen, answers=0)
    assert (undone.people, undone.kept_people) == (3, 0)
    found = counts(store)
    assert found["Person"] == 1 and "Double" not in found


def test_undoing_keeps_what_others_have_built_on(store: Store, folder: Path) -> None:
    report = run(store, folder)
    store.write("MATCH (p:Person {key: 1}) CREATE (:Account {id: 'a'})-[:OF]->(p)")
    store.write(
        "CREATE (p:Person {id: 'x', key: 100}) WITH p MATCH (t:Topic) "
        "CREATE (p)-[:INTERESTED_IN]->(t)"
    )
    foreseen = undoing.would_undo(store, report.run)
    assert foreseen.reasons == (("account", 1),)
    undone = undoing.undo_run(store, report.run)
    assert undone == replace(foreseen, reasons=())
    assert (undone.people, undone.kept_people, undone.kept_things) == (2, 1, 1)
    assert [name for _, name in undone.kept] == ["Анна Иванова"]
    found = counts(store)
    assert (found["Person"], found["Topic"], found["INTERESTED_IN"]) == (2, 1, 1)
    assert "Record" not in found
    assert "KNOWS" not in found


def test_who_undid_it_is_written_with_the_undoing_or_not_at_all(store: Store, folder: Path) -> None:
    report = run(store, folder)

    def trail(transaction: Transaction) -> None:
        transaction.run("CREATE (a:AuditEntry {id: 'x', act: 'undo import'}) RETURN a.id AS id")

    def fail(transaction: Transaction) -> None:
        trail(transaction)
        raise BadValue("the trail cannot be written")

    with pytest.raises(BadValue):
        undoing.undo_run(store, report.run, audit=fail)
    assert "AuditEntry" not in counts(store)
    assert runs.runs(store)[0]["state"] == "undoing"
    undoing.undo_run(store, report.run, audit=trail)
    assert counts(store)["AuditEntry"] == 1
    assert runs.runs(store)[0]["state"] == "undone"


def test_a_running_import_stops_when_it_is_undone(store: Store, folder: Path) -> None:
    def undo(*_: object) -> None:
        undoing.undo_run(store, runs.runs(store)[0]["id"])

    with pytest.raises(Conflict):
        run(store, folder, progress=undo)
    assert "Person" not in counts(store)


def test_a_run_that_wrote_nothing_leaves_no_trace(store: Store, folder: Path) -> None:
    run(store, folder)
    before = everything(store)
    for _ in range(2):
        run(store, folder)
    assert everything(store) == before
    assert [r["number"] for r in runs.runs(store)] == [1]

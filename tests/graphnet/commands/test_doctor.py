"""`graphnet doctor` sees each kind of damage, says so, and mends what a program can mend."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import LiteralString

import pytest
from click.testing import CliRunner

from graphnet import checks, jobs, mail, migrations, schema
from graphnet.commands import doctor
from graphnet.commands.doctor import Finding, examine
from graphnet.computed import refresh
from graphnet.discovery import stored
from graphnet.influence import measures
from graphnet.recommendations import fitted
from graphnet.settings import Settings
from graphnet.snapshot import current, open_snapshot
from graphnet.store import Store
from tests.support.graphs import small_association


@pytest.fixture
def own(
    store: Store, settings: Settings, address: tuple[str, str, str], tmp_path: Path
) -> Iterator[Settings]:
    """A home of this test's own on the session's Neo4j, with a small association in it."""
    before = os.umask(0o077)  # as every command does
    small_association(store)
    uri, user, password = address
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    yield replace(
        settings,
        home=home,
        neo4j_uri=uri,
        neo4j_user=user,
        neo4j_password=password,
        secret_key="k" * 40,
    )
    os.umask(before)


@pytest.fixture
def built(own: Settings, store: Store) -> Path:
    """The folder of the current snapshot, with all that is learned from it."""
    snapshot = refresh(store, own.snapshots)
    path = current(own.snapshots)
    assert path is not None
    stored.learn(snapshot, path)
    fitted.fit(store, snapshot, own.models)
    return path


def bad(settings: Settings, *, mend: bool = False) -> list[str]:
    return [f.what for f in examine(settings, mend=mend) if f.state == "bad"]


def one(settings: Settings, words: str) -> Finding:
    """The one finding that says so."""
    found = [f for f in examine(settings) if words in f.what]
    assert len(found) == 1, [f.what for f in examine(settings)]
    return found[0]


def spoil(path: Path) -> None:
    """Change some bytes in the middle; size and time stay."""
    before = path.stat()
    content = bytearray(path.read_bytes())
    middle = len(content) * 3 // 4
    content[middle : middle + 8] = bytes(byte ^ 0x55 for byte in content[middle : middle + 8])
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_healthy_installation_has_nothing_bad(own: Settings, built: Path) -> None:
    assert bad(own) == []
    said = CliRunner().invoke(doctor.doctor, ["--json"], obj=own)
    assert said.exit_code == 0, said.output
    assert {"state", "what", "mend"} == set(json.loads(said.stdout)[0])


@pytest.mark.parametrize(
    ("name", "drop"),
    [
        ("person_name", "DROP INDEX person_name"),
        ("person_id", "DROP CONSTRAINT person_id"),
        ("things", "DROP INDEX things"),
    ],
)
def test_a_missing_index_or_constraint(
    own: Settings, store: Store, name: str, drop: LiteralString
) -> None:
    assert schema.lacking(store) == []
    store.run_alone(drop)
    try:
        found = one(own, name)
        assert (found.state, found.mend) == ("bad", "graphnet doctor --mend")
        assert bad(own, mend=True) == []
        assert schema.lacking(store) == []
    finally:
        for piece in schema.lacking(store):
            schema.restore(store, piece)


def test_an_index_of_the_right_name_on_something_else(own: Settings, store: Store) -> None:
    store.run_alone("DROP INDEX person_name")
    store.run_alone("CREATE INDEX person_name FOR (n:Person) ON (n.about)")
    assert bad(own) == ["a constraint or index is missing or another one: person_name"]
    assert bad(own, mend=True) == []
    assert schema.lacking(store) == []


def test_a_constraint_that_the_graph_breaks_is_left_to_people(own: Settings, store: Store) -> None:
    store.run_alone("DROP CONSTRAINT place_id")
    try:
        store.write("UNWIND [1, 2] AS i CREATE (:Place {id: 'the same'})")
        said = bad(own, mend=True)
        assert len(said) == 1
        assert "place_id" in said[0]
        assert "could not be mended" in said[0]
    finally:
        store.write("MATCH (p:Place {id: 'the same'}) DETACH DELETE p")
        for piece in schema.lacking(store):
            schema.restore(store, piece)


def test_a_migration_that_was_not_done(own: Settings, store: Store) -> None:
    store.write("MATCH (m:Migration) WHERE m.number = 4 DELETE m")
    assert one(own, "migrations not done: [4]").state == "bad"
    assert bad(own, mend=True) == []
    assert migrations.missing(store) == []


BREAKS: dict[str, LiteralString] = {
    "people without an id or a key": "CREATE (:Person {id: 'nokey', visibility: 'shown', "
    "given_name: 'A'})",
    "people without any name": "CREATE (:Person {id: 'x', key: 900001, visibility: 'shown'})",
    "people neither shown nor hidden": "CREATE (:Person {id: 'x', key: 900001, given_name: 'A'})",
    "studies that end before they begin": "MATCH (:Person)-[s:STUDIED_IN]->() WITH s LIMIT 1 "
    "SET s.from_term = 9, s.to_term = 3",
    "ties of somebody with themselves": "MATCH (p:Person) WITH p LIMIT 1 CREATE (p)-[:KNOWS]->(p)",
    "ties with a strength outside 0 to 1": "MATCH (:Person)-[t:KNOWS]->(:Person) WITH t LIMIT 1 "
    "SET t.strength = 7",
    "pairs tied in both directions": "MATCH (p:Person)-[:KNOWS]->(q:Person) WITH p, q LIMIT 1 "
    "CREATE (q)-[:KNOWS]->(p)",
    "registrations of nobody or for nothing": "CREATE (:Registration {id: 'lone'})",
    "accounts of nobody": "CREATE (:Account {id: 'lone', email_key: 'lone@example.org'})",
    "events without a time or a time zone": "CREATE (:Event {id: 'untimed', key: 900001})",
    "study groups that continue as themselves": "MATCH (g:StudyGroup) WITH g LIMIT 1 "
    "CREATE (g)-[:CONTINUES_AS]->(g)",
}


def test_every_check_of_the_graph_has_its_break() -> None:
    assert set(BREAKS) == {check.what for check in checks.CHECKS}


@pytest.mark.parametrize("what", BREAKS)
def test_what_community_edition_cannot_enforce(own: Settings, store: Store, what: str) -> None:
    store.write(BREAKS[what])
    assert one(own, what).mend


@pytest.mark.parametrize("file", ["flags.npy", "layers.knows.indices.npy", "ids.npy"])
def test_a_damaged_array_of_the_snapshot(own: Settings, built: Path, file: str) -> None:
    spoil(built / file)
    assert file.removesuffix(".npy") in one(own, "is damaged").what
    assert bad(own, mend=True) == []
    assert bad(own) == []


def test_a_damaged_name_index(own: Settings, built: Path) -> None:
    spoil(max((built / "names").glob("*.npy"), key=lambda path: path.stat().st_size))
    assert one(own, "is damaged").state == "bad"
    assert bad(own, mend=True) == []


def test_a_snapshot_without_its_seal(own: Settings, built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text())
    del manifest["sums"]
    (built / "manifest.json").write_text(json.dumps(manifest))
    assert "sums" in one(own, "is damaged").what
    assert bad(own, mend=True) == []


@pytest.mark.parametrize("spoiled", [measures.FILE, stored.FILE])
def test_damage_to_what_is_computed_from_the_snapshot(
    own: Settings, built: Path, spoiled: str
) -> None:
    spoil(built / spoiled)
    assert len(bad(own)) == 1
    assert bad(own, mend=True) == []
    assert bad(own) == []
    (built / spoiled).write_bytes(b"garbage")
    assert len(bad(own)) == 1
    assert bad(own, mend=True) == []


@pytest.mark.parametrize("file", [fitted.EVENTS, fitted.HABIT])
def test_damaged_models(own: Settings, built: Path, file: str) -> None:
    models = fitted.current(own.models)
    assert models is not None
    spoil(models / file)
    assert one(own, "learned models are damaged").what.endswith(file)
    assert bad(own, mend=True) == []
    assert fitted.damaged(own.models) == []


def test_what_a_killed_program_left_unfinished(own: Settings, built: Path) -> None:
    draft = own.snapshots / ".draft-abandoned"
    draft.mkdir(mode=0o700)
    assert bad(own) == [], "somebody may be at it"
    long_ago = time.time() - 2 * 3600
    os.utime(draft, (long_ago, long_ago))
    assert ".draft-abandoned" in one(own, "unfinished").what
    assert bad(own, mend=True) == []
    assert not draft.exists()


def test_files_that_others_may_read(own: Settings, built: Path) -> None:
    (built / "flags.npy").chmod(0o644)
    own.models.chmod(0o755)
    assert one(own, "can be read by other users").what.startswith("2 files and folders")
    assert bad(own, mend=True) == []
    assert (built / "flags.npy").stat().st_mode & 0o777 == 0o600
    assert own.models.stat().st_mode & 0o777 == 0o700
    open_snapshot(built)


def test_every_command_writes_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    subprocess.run(
        [sys.executable, "-m", "graphnet", "synth", "--out", str(folder), "--alumni", "60"],
        check=True,
        capture_output=True,
        umask=0o022,
        env=os.environ | {"GRAPHNET_HOME": str(tmp_path / "home")},
    )
    written = [folder, *folder.rglob("*")]
    assert len(written) > 5
    assert doctor.loose(folder) == []


def test_limits_that_each_process_counts_for_itself(own: Settings) -> None:
    assert one(own, "each web process counts").state == "note"
    shared = replace(own, limits_uri="redis://127.0.0.1:1")
    assert not [f for f in examine(shared) if "each web process" in f.what]


def test_secrets_and_cookies(own: Settings) -> None:
    assert one(replace(own, secret_key=""), "no secret key").state == "note"
    assert one(replace(own, secure_cookies=False), "plain HTTP").state == "bad"
    assert one(replace(own, demo=True), "this is a demo").state == "note"


def test_a_folder_that_is_full_or_not_there(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SMALLEST_FREE", 1 << 60)
    assert all(f.mend for f in examine(own) if "GiB free" in f.what and f.state == "bad")
    assert [f.state for f in examine(own) if "GiB free" in f.what] == ["bad", "bad"]


def test_a_neo4j_that_is_not_there(own: Settings) -> None:
    away = replace(own, neo4j_uri="bolt://127.0.0.1:1")
    said = [what for what in bad(away) if "does not answer" in what or "stopped" in what]
    assert len(said) == 1  # not once for each part that would have asked it


def test_jobs_that_failed_and_letters_that_wait(own: Settings, store: Store) -> None:
    store.in_write(lambda t: jobs.enqueue(t, "snapshot", key="snapshot:1"))
    store.write("MATCH (j:Job) SET j.state = 'failed'")
    assert one(own, "job(s) failed").what == "1 snapshot job(s) failed"
    store.in_write(lambda t: jobs.enqueue(t, mail.KIND, key="letter"))
    assert one(replace(own, demo=False), "letter(s) wait").mend == "set GRAPHNET_SMTP_URI"


def test_no_snapshot_and_no_worker_are_said(own: Settings, store: Store) -> None:
    assert one(own, "no snapshot yet").state == "note"
    assert one(own, "no worker is running").state == "note"
    jobs.beat(store, "worker-1", "worker")
    assert one(own, "1 worker(s) alive").state == "good"

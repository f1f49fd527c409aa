"""A backup is whole or not there; a restore is proved before the old data go."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from graphnet import keys
from graphnet.commands.server import backup as backup_command
from graphnet.commands.server import restore as restore_command
from graphnet.commands.server import server
from graphnet.erasure import remembered
from graphnet.errors import (
    BadFile,
    ChecksumMismatch,
    DataDirectoryUnusable,
    DataTooNew,
    ServerError,
    ServerInUse,
)
from graphnet.server import beside, connect
from graphnet.server.backup import backup, read_manifest, restore
from graphnet.server.layout import BEFORE_RESTORE, layout, prepare
from graphnet.server.versions import note_version
from graphnet.settings import Settings

from .conftest import Holder, driver_of

COUNT = "MATCH (k:Kept) RETURN count(k) AS n"


def write(home: Settings, n: int) -> int:
    """Add n nodes; how many there are."""
    with connect(home) as connection, driver_of(connection) as driver:
        driver.execute_query("UNWIND range(1, $n) AS i CREATE (:Kept {n: i})", n=n)
        return int(driver.execute_query(COUNT).records[0]["n"])


def test_what_was_backed_up_comes_back_and_what_came_later_does_not(
    home: Settings, holders: Callable[[], Holder], tmp_path: Path
) -> None:
    file = tmp_path / "backups" / "first.zip"
    with pytest.raises(DataDirectoryUnusable, match="no data"):
        backup(home, file)
    assert write(home, 30) == 30

    made = CliRunner().invoke(backup_command, [str(file), "--json"], obj=home)
    assert made.exit_code == 0, made.output
    manifest = read_manifest(file)
    assert json.loads(made.stdout)["sha256"] == manifest.sha256
    age = datetime.now(UTC) - datetime.fromisoformat(manifest.made)
    assert timedelta(0) <= age < timedelta(minutes=5)
    assert file.stat().st_mode & 0o777 == 0o600
    assert layout(home).password.read_bytes() not in file.read_bytes()

    # Data that an older Neo4j wrote are dumped before this one touches them.
    note_version(layout(home), "2026.07.0")
    holder = holders()
    holder.said()
    before = read_manifest(home.home / "backups" / "before-2026.08.1.zip")
    assert before.neo4j == "2026.07.0"
    assert write(home, 7) == 37
    with pytest.raises(ServerInUse, match=str(holder.process.pid)):
        backup(home, tmp_path / "second.zip")
    with pytest.raises(ServerInUse, match="End them"):
        restore(home, file)
    assert [path.name for path in tmp_path.glob("second*")] == []
    shown = CliRunner().invoke(server, ["status", "--json"], obj=home)
    assert json.loads(shown.stdout)["clients"] == [holder.process.pid]
    holder.kill()

    asked = CliRunner().invoke(restore_command, [str(file)], obj=home, input="n\n")
    assert asked.exit_code == 1
    done = CliRunner().invoke(restore_command, [str(file), "--yes"], obj=home)
    assert done.exit_code == 0, done.output
    assert write(home, 1) == 31
    assert list(layout(home).root.glob(BEFORE_RESTORE + "*")) == []


def damaged(file: Path, target: Path, *, dump: bytes, manifest: dict[str, object]) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("neo4j.dump", dump)
        archive.writestr("manifest.json", json.dumps(manifest))
    return target


def test_a_file_that_is_no_whole_backup_changes_nothing(home: Settings, tmp_path: Path) -> None:
    good = {
        "format": 1,
        "made": "2026-11-01T10:00:00+00:00",
        "neo4j": "2026.08.1",
        "database": "neo4j",
        "bytes": 3,
        "sha256": "0" * 64,
    }
    where = layout(home)
    prepare(where)
    mark = where.data / "mark"
    mark.touch()
    cases: list[tuple[dict[str, object], type[Exception]]] = [
        (good, ChecksumMismatch),
        ({**good, "neo4j": "2031.01.0"}, DataTooNew),
        ({**good, "format": 99}, BadFile),
        ({"format": 1}, BadFile),
    ]
    for number, (manifest, error) in enumerate(cases):
        file = damaged(tmp_path, tmp_path / f"{number}.zip", dump=b"abc", manifest=manifest)
        with pytest.raises(error, match=file.name):
            restore(home, file)
    text = tmp_path / "text.zip"
    text.write_text("no zip")
    for file in (text, tmp_path / "missing.zip"):
        with pytest.raises(BadFile, match=file.name):
            restore(home, file)
    # Its sum is right, but Neo4j cannot read it.
    sum_of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    file = damaged(
        tmp_path, tmp_path / "abc.zip", dump=b"abc", manifest={**good, "sha256": sum_of_abc}
    )
    with pytest.raises(ServerError, match="could not load"):
        restore(home, file)
    assert mark.exists()
    assert sorted(path.name for path in where.root.iterdir() if "restor" in path.name) == []


def test_a_restore_that_was_killed_between_its_two_steps_is_undone(home: Settings) -> None:
    where = layout(home)
    prepare(where)
    (where.data / "mark").touch()
    where.data.rename(where.root / f"{BEFORE_RESTORE}20261101T100000000000")
    prepare(where)
    assert (where.data / "mark").exists()


def test_another_machine_has_all_that_lay_beside_the_graph(home: Settings, tmp_path: Path) -> None:
    home = replace(home, secret_key="s" * 40)
    write(home, 3)
    kept = {"seasons": keys.key(home, "seasons"), "ballots": keys.key(home, "ballots")}
    remembered.remember(home.home, [7, 9])
    newest = home.models / "model-1"
    newest.mkdir(parents=True)
    (newest / "weights.npz").write_bytes(b"learned")
    (home.models / "current").symlink_to("model-1")
    (home.home / "seasons").mkdir()
    (home.home / "seasons" / "season-2025.json").write_text("{}", encoding="utf-8")
    (home.snapshots / "1").mkdir(parents=True)
    (home.snapshots / "1" / "keys.npy").write_bytes(b"is built anew")
    file = tmp_path / "whole.zip"
    backup(home, file)

    other = replace(home, home=tmp_path / "other machine", secret_key="t" * 40)
    remembered.remember(other.home, [11])
    restore(other, file)
    with connect(other) as connection, driver_of(connection) as driver:
        assert int(driver.execute_query(COUNT).records[0]["n"]) == 3
    assert {purpose: keys.key(other, purpose) for purpose in kept} == kept
    assert remembered.in_file(other.home) == {7, 9, 11}, "who was erased since stays erased"
    assert (other.models / "current" / "weights.npz").read_bytes() == b"learned"
    assert (other.home / "seasons" / "season-2025.json").read_text(encoding="utf-8") == "{}"
    assert not other.snapshots.exists()
    for path in (other.keys / "seasons", other.models / "model-1" / "weights.npz"):
        assert path.stat().st_mode & 0o077 == 0, f"{path.name} is its owner's alone"


def test_a_backup_that_names_files_elsewhere_or_changed_ones_is_refused(
    home: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "beside.zip"
    keys.key(replace(home, secret_key="s" * 40), "links")
    with zipfile.ZipFile(file, "w") as archive:
        listed = beside.pack(home.home, archive)
    with zipfile.ZipFile(file) as archive:
        beside.check(archive, listed)
        for wrong in (
            {"path": "../outside", "sha256": ""},
            {"path": "keys/../../outside", "sha256": ""},
            {"path": "mail/1.eml", "sha256": ""},
            {"path": "models/current", "link": "/etc"},
            {"path": "models/current", "link": "../../.."},
        ):
            with pytest.raises(BadFile, match="outside"):
                beside.check(archive, [wrong])
        with pytest.raises(ChecksumMismatch):
            beside.check(archive, [listed[0] | {"sha256": "0" * 64}])

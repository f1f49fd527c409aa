"""Data directories that cannot be used: the message says which, why and what to do."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from neo4j.exceptions import DriverError, Neo4jError

from graphnet.errors import DataDirectoryUnusable, DataTooNew, ServerError
from graphnet.server import connect
from graphnet.server.client import running
from graphnet.server.control import log_text
from graphnet.server.jvm import write_first_password
from graphnet.server.layout import layout, prepare
from graphnet.server.locks import lock_folder
from graphnet.server.versions import note_version
from graphnet.settings import Settings

from .conftest import ROOT, driver_of, forget, quick, wait_for

NOBODY = 65534

# Becomes somebody who is not root once all is imported, since root may write everywhere.
AS_NOBODY = """
import os, sys
from pathlib import Path
from graphnet.errors import DataDirectoryUnusable
from graphnet.server import connect
from graphnet.settings import Settings
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    connect(Settings(home=Path(sys.argv[1])))
except DataDirectoryUnusable as problem:
    print(problem)
"""


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """A file system on that folder, where this user may mount one; else the test is skipped."""
    tried = subprocess.run(["mount", *options, str(folder)], capture_output=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {tried.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_directory_that_may_not_be_written_to_is_refused_with_its_name(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    home = tmp_path / "home"
    home.mkdir(mode=0o555)
    try:
        said = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, str(home)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=True,
        ).stdout
    finally:
        home.chmod(0o755)
        if os.getuid() == 0:
            shutil.rmtree(lock_folder().with_name(f"graphnet-{NOBODY}"), ignore_errors=True)
    assert str(home / "neo4j") in said
    assert "Permission denied" in said
    assert "GRAPHNET_HOME" in said
    assert list(home.iterdir()) == []


def test_data_of_a_newer_neo4j_are_refused_and_left_alone(home: Settings) -> None:
    where = layout(home)
    prepare(where)
    note_version(where, "2031.04.0")
    with pytest.raises(DataTooNew, match=r"2031\.04\.0.*2026\.08\.1"):
        connect(home)
    assert list(where.data.iterdir()) == []
    assert running(where) is None


def test_a_store_that_neo4j_itself_may_not_write_is_explained(home: Settings) -> None:
    where = layout(home)
    password = prepare(where)
    with mounted(where.data, "-t", "tmpfs", "-o", "size=1m", "tmpfs"):
        write_first_password(where, password)
        subprocess.run(["mount", "-o", "remount,ro", str(where.data)], check=True)
        with pytest.raises(DataDirectoryUnusable, match="may not write") as caught:
            connect(home)
    assert str(where.root) in str(caught.value)
    assert "GRAPHNET_HOME" in str(caught.value)


# When the server gives up in the middle of an answer, the driver drops its socket unclosed.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_full_disk_is_said_and_loses_nothing_that_was_acknowledged(
    tmp_path: Path, cache: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    settings = quick(disk / "home", cache)
    with mounted(disk, "-t", "tmpfs", "-o", "size=24m", "tmpfs"):
        try:
            acknowledged = _fill(settings)
            assert acknowledged > 0
            ballast = disk / "ballast"
            with pytest.raises(OSError, match="No space"), ballast.open("wb", buffering=0) as file:
                while True:
                    file.write(b"x" * 4096)
            with pytest.raises(DataDirectoryUnusable, match=r"full|No space"):
                connect(settings)
            ballast.unlink()
            subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
            with connect(settings) as connection, driver_of(connection) as driver:
                rows = driver.execute_query("MATCH (k:Kept) RETURN count(k) AS n").records
            assert rows[0]["n"] >= acknowledged
        finally:
            forget(settings)


def _fill(settings: Settings) -> int:
    """Write until the server refuses; how many nodes it has acknowledged."""
    acknowledged = 0
    with connect(settings) as connection, driver_of(connection) as driver:
        state = running(layout(settings))
        assert state is not None
        try:
            with driver.session() as session:
                for _ in range(10_000):
                    session.run(
                        "UNWIND range(1, 100) AS i CREATE (:Kept {text: $text + toString(i)})",
                        text="x" * 1000,
                    ).consume()
                    acknowledged += 100
        except (Neo4jError, DriverError):
            pass
        os.kill(state.process.pid, signal.SIGKILL)
    wait_for(lambda: running(layout(settings)) is None)
    return acknowledged


def test_the_last_words_of_a_server_that_cannot_start_are_shown(home: Settings) -> None:
    absurd = Settings(home=home.home, cache=home.cache, neo4j_heap="2k")
    with pytest.raises(ServerError, match="GRAPHNET_NEO4J_HEAP"):
        connect(absurd)
    assert "heap" in log_text(absurd, lines=20)


def test_a_half_written_state_file_is_not_believed(home: Settings) -> None:
    where = layout(home)
    prepare(where)
    for text in ("", "{", "[]", json.dumps({"process": {"pid": 1}}), json.dumps({"port": 1})):
        where.state.write_text(text)
        assert running(where) is None
    own = {"pid": os.getpid(), "started": "another boot:1"}
    where.state.write_text(
        json.dumps({"process": own, "port": 1, "neo4j": "1", "java": "1", "since": ""})
    )
    assert running(where) is None

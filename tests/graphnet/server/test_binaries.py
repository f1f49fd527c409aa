"""Only the files that neo4j.lock names are ever used, wherever they come from."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from graphnet.errors import ChecksumMismatch, DownloadFailed, ServerError
from graphnet.server import binaries, fetch
from graphnet.server.binaries import LOCK, OTHER_WAYS, read_lock
from graphnet.settings import Settings

CONTENT = b"a jar"
LOCKED = """neo4j = "2026.08.1"
[jars]
"example.test:tool:1.0" = {{ file = "tool-1.0.jar", sha256 = "{0}" }}
"example.test:tool:1.0:linux" = {{ file = "tool-1.0-linux.jar", sha256 = "{0}" }}
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A Maven repository on this machine, in jgo's own settings file; nothing else is reachable."""
    folder = tmp_path / "repository"
    (folder / "example/test/tool/1.0").mkdir(parents=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    config = tmp_path / "config"
    config.mkdir()
    (config / "jgo.conf").write_text(
        f"[repositories]\nours = http://127.0.0.1:{server.server_port}\n"
    )
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(config))
    monkeypatch.delenv("NEO4J_HOME", raising=False)
    yield folder / "example/test/tool/1.0"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Another neo4j.lock, of two files that have to have this content."""

    def write(content: bytes) -> None:
        path = tmp_path / "other.lock"
        path.write_text(LOCKED.format(hashlib.sha256(content).hexdigest()))
        monkeypatch.setattr(binaries, "read_lock", partial(read_lock, path))

    return write


def serve(repository: Path) -> None:
    for name in ("tool-1.0.jar", "tool-1.0-linux.jar"):
        (repository / name).write_bytes(CONTENT)


def test_files_are_fetched_once_and_not_again(
    tmp_path: Path, repository: Path, locked: Callable[[bytes], None]
) -> None:
    serve(repository)
    locked(CONTENT)
    settings = Settings(cache=tmp_path / "cache")
    said: list[str] = []
    found = fetch(settings, progress=said.append)
    assert [jar.name for jar in found.jars] == ["tool-1.0.jar", "tool-1.0-linux.jar"]
    assert all(jar.read_bytes() == CONTENT for jar in found.jars)
    assert any("2 of 2 files" in sentence for sentence in said)
    for path in repository.iterdir():
        path.unlink()
    assert fetch(settings) == found


def test_a_file_with_another_sum_is_refused_and_not_kept(
    tmp_path: Path, repository: Path, locked: Callable[[bytes], None]
) -> None:
    serve(repository)
    locked(b"what it should be")
    with pytest.raises(ChecksumMismatch, match=r"example\.test:tool:1\.0"):
        fetch(Settings(cache=tmp_path / "cache"), progress=lambda _: None)
    assert not list((tmp_path / "cache").rglob("*.jar"))


def test_a_file_that_was_changed_in_the_cache_is_fetched_again(
    tmp_path: Path, repository: Path, locked: Callable[[bytes], None]
) -> None:
    serve(repository)
    locked(CONTENT)
    settings = Settings(cache=tmp_path / "cache")
    jar = fetch(settings).jars[0]
    jar.write_bytes(b"something else")
    assert fetch(settings).jars[0].read_bytes() == CONTENT


@pytest.mark.usefixtures("repository")
def test_without_a_network_the_other_ways_are_named(
    tmp_path: Path, locked: Callable[[bytes], None]
) -> None:
    locked(CONTENT)
    with pytest.raises(DownloadFailed) as caught:
        fetch(Settings(cache=tmp_path / "cache"), progress=lambda _: None)
    assert OTHER_WAYS in str(caught.value)
    for way in ("GRAPHNET_NEO4J_URI", "NEO4J_HOME", "docker compose"):
        assert way in str(caught.value)


def test_a_neo4j_of_ones_own_is_taken_from_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_HOME", str(tmp_path))
    with pytest.raises(ServerError, match="NEO4J_HOME"):
        fetch(Settings(cache=tmp_path / "cache"))
    (tmp_path / "lib").mkdir()
    for name in ("neo4j-kernel-2026.09.0.jar", "other-1.0.jar"):
        (tmp_path / "lib" / name).touch()
    found = fetch(Settings(cache=tmp_path / "cache"))
    assert found.neo4j_version == "2026.09.0"
    assert len(found.jars) == 2
    assert not (tmp_path / "cache").exists()


def test_an_old_java_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").touch()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    (tmp_path / "release").write_text('JAVA_VERSION="17.0.15"\n')
    java, version = binaries.find_java()
    assert java != tmp_path / "bin" / "java"
    assert int(version.partition(".")[0]) >= 25
    (tmp_path / "release").write_text('JAVA_VERSION="21.0.9"\n')
    assert binaries.find_java() == (tmp_path / "bin" / "java", "21.0.9")


def test_the_committed_lock_is_complete_and_names_no_host() -> None:
    version, jars = read_lock()
    assert any(jar.file == f"neo4j-{version}.jar" for jar in jars)
    assert any(jar.artifact == "neo4j-server" for jar in jars)
    assert len({jar.file for jar in jars}) == len(jars)
    assert all(len(jar.sha256) == 64 for jar in jars)
    assert "://" not in LOCK.read_text(encoding="utf-8")

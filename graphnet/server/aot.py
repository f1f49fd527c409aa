"""The ahead-of-time cache of Java 25: a start in a third of the time.

Classes are loaded and linked once, in a training run, and mapped from a file ever after. Writing
that file takes the training run half a minute longer to exit, so the first start never waits for
it: once a server is up without a cache, a trainer runs with the lowest priority on a throw-away
store, ends with the keeper at the latest, and the next start is fast. `graphnet server fetch
--fast-start` makes it at once.
"""

import hashlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from graphnet.errors import ServerError, ServerNotReady
from graphnet.server import jvm
from graphnet.server.binaries import Binaries, fetch
from graphnet.server.layout import Layout, prepare
from graphnet.server.locks import FileLock, lock_file
from graphnet.server.probe import wait_until_ready
from graphnet.server.progress import Progress
from graphnet.settings import Settings

OLDEST_JAVA = 25
_USE = ("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTAdapterCaching")
_WRITE_SECONDS = 300

# What a site asks all day; the training run asks it too, so that planner and runtime are in the
# cache as well.
_TRAINING = (
    "CREATE CONSTRAINT IF NOT EXISTS FOR (a:Training) REQUIRE a.id IS UNIQUE",
    "UNWIND range(1, 2000) AS i MERGE (a:Training {id: i}) SET a.name = 'n' + toString(i)",
    "MATCH (a:Training), (b:Training {id: a.id + 1}) MERGE (a)-[t:NEXT]-(b) SET t.strength = 0.5",
    "MATCH (a:Training {id: $id})-[t:NEXT]-(b) RETURN b.id AS id, t.strength AS strength "
    "ORDER BY strength DESC, id LIMIT 10",
    "MATCH (a:Training {id: $id})-[:NEXT*1..3]-(b) WITH b, count(*) AS n WHERE n > 0 "
    "OPTIONAL MATCH (b)-[t:NEXT]-() RETURN b.name, collect(t.strength)[..5] AS s, n LIMIT 20",
    "MATCH p = shortestPath((a:Training {id: $id})-[:NEXT*..6]-(b:Training {id: $id + 3})) "
    "RETURN [x IN nodes(p) | x.id] AS ids",
    "SHOW CONSTRAINTS",
)


def cache_file(binaries: Binaries, settings: Settings) -> Path:
    """Where the cache for this Java, these jars and these flags is, or would be."""
    release = binaries.java.parents[1] / "release"
    parts = [str(binaries.java), release.read_text(encoding="utf-8", errors="replace")]
    parts += jvm.flags(binaries)
    for jar in binaries.jars:
        found = jar.stat()
        parts.append(f"{jar} {found.st_size} {found.st_mtime_ns}")
    key = hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()[:24]
    return settings.cache / "fast-start" / f"{key}.aot"


def start_flags(binaries: Binaries, settings: Settings) -> tuple[str, ...]:
    """Flags that use the cache, if there is one."""
    if jvm.major(binaries.java_version) < OLDEST_JAVA:
        return ()
    path = cache_file(binaries, settings)
    return (f"-XX:AOTCache={path}", *_USE) if path.exists() else ()


def start_trainer(settings: Settings) -> subprocess.Popen[bytes]:
    """Make the cache in the background; SIGTERM gives it up."""
    return subprocess.Popen(
        [sys.executable, "-m", "graphnet.server.aot", str(settings.cache)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )


def make(settings: Settings, *, progress: Progress | None = None) -> Path | None:
    """Make the cache; None if this Java cannot, or somebody else is at it in the background."""
    binaries = fetch(settings, progress=progress)
    if jvm.major(binaries.java_version) < OLDEST_JAVA:
        return None
    path = cache_file(binaries, settings)
    turn = FileLock(lock_file(path.parent, "training.lock"))
    if not turn.acquire(timeout=0 if progress is None else _WRITE_SECONDS):
        return None
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _clear_old(path)
            with tempfile.TemporaryDirectory(dir=path.parent, prefix="training-") as folder:
                draft = _train(binaries, settings, Path(folder), progress or (lambda _: None))
                draft.replace(path)
        return path
    finally:
        turn.close()


def _clear_old(path: Path) -> None:
    """Remove caches of other versions and what a killed trainer left; we hold the lock."""
    for other in path.parent.iterdir():
        if other.is_dir() and other.name.startswith("training-"):
            shutil.rmtree(other, ignore_errors=True)
        elif other.suffix == ".aot" and time.time() - other.stat().st_mtime > 90 * 86400:
            other.unlink(missing_ok=True)


def _train(binaries: Binaries, settings: Settings, folder: Path, progress: Progress) -> Path:
    """One run of the server on a throw-away store, which writes the cache when it exits."""
    from neo4j import GraphDatabase

    where = Layout(folder / "store")
    draft = folder / "new.aot"
    small = replace(settings, home=folder, neo4j_heap="512m", neo4j_page_cache="64m")
    password = prepare(where)
    jvm.write_configuration(where, small)
    jvm.write_first_password(where, password)
    progress("Preparing fast starts of Neo4j: a training run ...")
    arguments = jvm.command(binaries, where, small, extra=(f"-XX:AOTCacheOutput={draft}",))
    process = jvm.start(arguments, where, note_pid=folder / "training.json")
    try:
        port = wait_until_ready(
            process.pid, password, seconds=240, keep_waiting=lambda: process.poll() is None
        )
        with GraphDatabase.driver(f"bolt://127.0.0.1:{port}", auth=("neo4j", password)) as driver:
            for round_ in range(3):
                for query in _TRAINING:
                    driver.execute_query(query, id=round_ * 7 + 1, database_="neo4j")
        progress("Preparing fast starts of Neo4j: writing the cache (half a minute) ...")
        process.send_signal(signal.SIGTERM)
        process.wait(_WRITE_SECONDS)
    except subprocess.TimeoutExpired as problem:
        raise ServerNotReady("the cache for fast starts was not written in time") from problem
    finally:
        if process.poll() is None:
            # The whole session: while it writes the cache, a second Java does so for it.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if not draft.exists():
        raise jvm.explain(where, since=0, happened="wrote no cache for fast starts")
    return draft


def main(cache: Path) -> None:
    """The trainer in the background: last in the queue for the processor, quiet when it fails."""
    os.nice(19)
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    # Another start is slower without a cache, not wrong; the keeper's log has the reason.
    try:
        make(Settings(cache=cache))
    except (ServerError, OSError) as problem:
        logging.getLogger(__name__).warning("no cache for fast starts: %s", problem)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

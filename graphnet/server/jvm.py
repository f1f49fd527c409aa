"""How the Java process is started: its neo4j.conf, its flags, and its exit told in words."""

import hashlib
import os
import re
import secrets
import subprocess
from pathlib import Path

from graphnet.errors import DataDirectoryUnusable, DataTooNew, ServerError, ServerNotReady
from graphnet.server.binaries import Binaries
from graphnet.server.layout import Layout
from graphnet.settings import Settings

MAIN_CLASS = "org.neo4j.server.Neo4jCommunity"

# Loopback and Bolt only; nothing is sent to anybody (usage report, fleet manager and its
# broadcasts are on by default); no query log, since parameters are personal data; little disk.
# The cache of plans holds every query of the product in each of its forms: there are 1,500 queries,
# and of Neo4j's own 1,000 places an office that uses everything would have them planned over again.
_CONFIGURATION = """\
# Written at each start by graphnet; changes are lost.
server.directories.data={data}
server.directories.logs={root}/logs
server.directories.run={root}/run
server.directories.import={root}/import
server.directories.plugins={root}/plugins
server.directories.licenses={root}/licenses
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
dbms.fleet_manager.enabled=false
server.fleet_discovery.enabled=false
client.allow_telemetry=false
db.logs.query.enabled=OFF
server.memory.pagecache.size={page_cache}
server.memory.query_cache.per_db_cache_num_entries=4000
db.tx_log.rotation.size=32m
db.tx_log.rotation.retention_policy=64m size
db.tx_log.preallocate=false
dbms.security.allow_csv_import_from_file_urls=false
internal.server.bolt.thread_pool_shutdown_wait_time=0s
internal.server.bolt.connection_shutdown_wait_time=0s
"""

# Those of Neo4j's own neo4j.conf that matter to one small server, and the serial collector: on two
# cores and a heap of a gigabyte it starts sooner and needs 80 MB less than G1.
_FLAGS = (
    "-XX:+UseSerialGC",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djdk.nio.maxCachedBufferSize=1024",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dlog4j2.disable.jmx=true",
    "-Dfile.encoding=UTF-8",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
)
_FLAGS_FROM_JAVA_23 = ("--sun-misc-unsafe-memory-access=allow",)


def major(java_version: str) -> int:
    return int(java_version.partition(".")[0])


def write_configuration(
    where: Layout,
    settings: Settings,
    *,
    port: int = 0,
    data: Path | None = None,
    conf: Path | None = None,
) -> None:
    """Write neo4j.conf; port 0 lets the kernel choose, which cannot collide."""
    text = _CONFIGURATION.format(
        root=where.root,
        data=data or where.data,
        port=port,
        page_cache=settings.neo4j_page_cache,
    )
    text += "".join(f"{line}\n" for line in settings.neo4j_configuration)
    ((conf or where.conf) / "neo4j.conf").write_text(text, encoding="utf-8")


def write_first_password(where: Layout, password: str) -> None:
    """Leave the password where a server that has no users yet looks for it.

    The format is Neo4j's own (`neo4j-admin dbms set-initial-password` writes the same line): the
    salted SHA-256 sum, repeated 1024 times. Without it the server would begin with a known one.
    """
    folder = where.data / "dbms"
    if (where.data / "databases" / "system").exists() or (folder / "auth.ini").exists():
        return
    salt = secrets.token_bytes(32)
    digest = hashlib.sha256(salt + password.encode("ascii")).digest()
    for _ in range(1023):
        digest = hashlib.sha256(digest).digest()
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / "auth.ini", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"neo4j:SHA-256,{digest.hex()},{salt.hex()},1024:")


def flags(binaries: Binaries) -> list[str]:
    newer = _FLAGS_FROM_JAVA_23 if major(binaries.java_version) >= 23 else ()
    return [*_FLAGS, *newer]


def command(
    binaries: Binaries, where: Layout, settings: Settings, *, extra: tuple[str, ...] = ()
) -> list[str]:
    """The whole command line of the server."""
    return [
        str(binaries.java),
        f"-Xmx{settings.neo4j_heap}",
        *flags(binaries),
        *extra,
        *settings.neo4j_options,
        "-cp",
        os.pathsep.join(map(str, binaries.jars)),
        MAIN_CLASS,
        f"--home-dir={where.root}",
        f"--config-dir={where.conf}",
        "--console-mode",
    ]


def environment() -> dict[str, str]:
    """Only what Java needs: variables such as NEO4J_CONF or JDK_JAVA_OPTIONS would change it."""
    kept = ("PATH", "HOME", "TMPDIR", "TZ")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"LANG": "C.UTF-8"}


def start(arguments: list[str], where: Layout, *, note_pid: Path) -> subprocess.Popen[bytes]:
    """Start Java in a session of its own, its output in a file.

    The child itself notes its pid before it becomes Java, so that there is no moment in which a
    server runs that nobody could find again, even if the caller is killed here.
    """

    def note() -> None:
        from graphnet.server.state import this_process, write_process

        write_process(note_pid, this_process())

    with where.output.open("ab") as output:
        return subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=where.root,
            env=environment(),
            start_new_session=True,
            # Safe here: the keeper that calls this has one thread.
            preexec_fn=note,
        )


_CAUSES: tuple[tuple[str, type[ServerError], str], ...] = (
    (
        r"No space left on device|Disk quota exceeded|File too large",
        DataDirectoryUnusable,
        "the disk that holds {root} is full. Make room, or set GRAPHNET_HOME to another folder.",
    ),
    (
        r"FileLockException|StoreLockException|store_lock|Lock file has been locked",
        DataDirectoryUnusable,
        "another Neo4j has the store in {root} open, perhaps on another machine or under another "
        "user. Stop it there, or set GRAPHNET_HOME to another folder.",
    ),
    (
        r"Read-only file system|AccessDeniedException|Permission denied|is not writable",
        DataDirectoryUnusable,
        "the server may not write to {root}. Give yourself the right to write there, or set "
        "GRAPHNET_HOME to another folder.",
    ),
    (
        r"UnsupportedClassVersionError",
        ServerError,
        "this Java is too old for this Neo4j. Unset JAVA_HOME, or point it at a newer one.",
    ),
    (
        r"Could not reserve enough space|Cannot allocate memory|insufficient memory"
        r"|OutOfMemoryError|Invalid maximum heap size|Too small maximum heap",
        ServerNotReady,
        "the memory settings do not fit this machine. Change GRAPHNET_NEO4J_HEAP and "
        "GRAPHNET_NEO4J_PAGE_CACHE.",
    ),
    (
        r"Unknown store version|UnknownStoreVersion|newer version|upgrade is not allowed"
        r"|StoreVersionDowngrade|kernel version .* (?:newer|unknown)",
        DataTooNew,
        "the data in {root} was written by a newer Neo4j than this program starts. Update this "
        "program, or set GRAPHNET_HOME to another folder.",
    ),
    (
        r"Address already in use|PortBindException|BindException",
        ServerNotReady,
        "its port was taken by another program in the meantime. Try again.",
    ),
    (
        r"[Ee]rror evaluating value|is not a valid|Failed to parse|unrecognized config",
        ServerNotReady,
        "one of GRAPHNET_NEO4J_HEAP and GRAPHNET_NEO4J_PAGE_CACHE cannot be read by Neo4j.",
    ),
)


def explain(where: Layout, *, since: int, happened: str, log: Path | None = None) -> ServerError:
    """What the output from byte `since` on says, as an error for the person who can act."""
    log = log or where.output
    text = tail(log, since=since)
    for pattern, kind, sentence in _CAUSES:
        if re.search(pattern, text):
            return kind(f"Neo4j {happened}: {sentence.format(root=where.root)}")
    last = (
        "\n".join(f"  {line}" for line in text.strip().splitlines()[-8:]) or "  (it said nothing)"
    )
    return ServerNotReady(f"Neo4j {happened}. Its last words, from {log}:\n{last}")


def tail(path: Path, *, since: int = 0, limit: int = 200_000) -> str:
    """The end of a log file."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(since, size - limit))
            return file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""

"""Write neo4j.lock for a version of Neo4j: `python -m graphnet.server.relock 2026.08.1`.

For whoever moves this project to a newer Neo4j. The dependency tree is resolved by jgo, every jar
downloaded once, and its SHA-256 sum noted; the tests then run on exactly these files.
"""

import sys
import tempfile
from pathlib import Path

from graphnet.server.binaries import LOCK, Jar, download_one, sha256_of

ROOTS = ("org.neo4j:neo4j", "org.neo4j.app:neo4j-server")

# Test libraries that Neo4j's poms do not mark as such, and Windows-only helpers: no class of theirs
# is loaded by a running server.
LEFT_OUT = {
    "mockito-core",
    "junit",
    "hamcrest",
    "objenesis",
    "byte-buddy-agent",
    "WMI4Java",
    "jPowerShell",
    "jProcesses",
}


def resolve(version: str) -> list[Jar]:
    """All jars that the two artifacts of that version need, without their sums."""
    from jgo.maven import MavenContext

    with tempfile.TemporaryDirectory() as repository:
        context = MavenContext(repo_cache=Path(repository), timeout=30)
        roots = [context.create_dependency(f"{root}:{version}") for root in ROOTS]
        inputs, others = context.resolver.resolve(roots)
        needed = [*inputs, *(one for one in others if one.scope in ("compile", "runtime"))]
        return [
            Jar(
                group=one.groupId,
                artifact=one.artifactId,
                version=one.version,
                classifier=one.classifier or "",
                file=one.artifact.filename,
                sha256="",
            )
            for one in sorted(needed, key=lambda one: (one.groupId, one.artifact.filename))
            if one.artifactId not in LEFT_OUT
        ]


def write_lock(version: str, path: Path = LOCK) -> int:
    """Resolve, download, note the sums; say how many jars there are."""
    lines = [
        "# Every jar of the managed Neo4j. Written by `python -m graphnet.server.relock VERSION`.",
        f'neo4j = "{version}"',
        "",
        "[jars]",
    ]
    jars = resolve(version)
    with tempfile.TemporaryDirectory() as folder:
        for jar in jars:
            sum_of_it = sha256_of(download_one(jar, Path(folder)))
            parts = [jar.group, jar.artifact, jar.version]
            name = ":".join([*parts, jar.classifier] if jar.classifier else parts)
            lines.append(f'"{name}" = {{ file = "{jar.file}", sha256 = "{sum_of_it}" }}')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(jars)


if __name__ == "__main__":
    sys.stdout.write(f"{write_lock(sys.argv[1])} jars\n")

"""Back the local server up into one file, and put such a file back.

Community cannot be copied while it runs, so nobody else may use the server meanwhile. The file is
a zip: `neo4j.dump`, as `neo4j-admin database dump` writes it, which any Neo4j of that version or
newer loads; below `home/` what lies beside the graph, keys among it (`graphnet.server.beside`); and
`manifest.json`. Neither the password of the database nor any log is in it.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from graphnet.errors import (
    BadFile,
    ChecksumMismatch,
    DataDirectoryUnusable,
    DataTooNew,
    ServerError,
)
from graphnet.server import beside, jvm
from graphnet.server.binaries import Binaries, fetch
from graphnet.server.client import connect
from graphnet.server.control import alone, start, status
from graphnet.server.layout import BEFORE_RESTORE, Layout, layout, prepare, unusable
from graphnet.server.progress import Progress, done_on_stderr, on_stderr
from graphnet.server.versions import data_version, numbers
from graphnet.settings import Settings

FORMAT = 2  # 1 had nothing from beside the graph
_DUMP = "neo4j.dump"
_MANIFEST = "manifest.json"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What is in a backup file."""

    format: int
    made: str  # aware UTC; who was erased after that is in the copy, and must be erased again
    neo4j: str
    database: str
    bytes: int
    sha256: str
    beside: tuple[dict[str, str], ...] = ()  # path, and sum or target of a link


def backup(settings: Settings, file: Path, *, progress: Progress | None = None) -> Manifest:
    """Write the local server's database, and what lies beside it, to `file`, whole or not at all.

    Raises
    ------
    ServerInUse
        Other programs use the server.
    DataDirectoryUnusable
        There is no data yet, or `file` cannot be written.
    """
    show = progress or on_stderr()
    where = layout(settings)
    binaries = fetch(settings, progress=progress)
    stays = status(settings).stays
    try:
        with alone(settings):
            if not (where.data / "databases" / "neo4j").is_dir():
                raise DataDirectoryUnusable(f"there is no data in {where.root} to back up")
            manifest = write_backup(settings, binaries, file, show)
    finally:
        done_on_stderr()
        if stays:
            start(settings)
    return manifest


def write_backup(
    settings: Settings, binaries: Binaries, file: Path, progress: Progress
) -> Manifest:
    """Dump the stopped store; the caller sees to it that nobody starts the server."""
    where = layout(settings)
    made = datetime.now(UTC).isoformat(timespec="seconds")
    # What wrote the data, which before an upgrade is not what reads it now.
    version = data_version(where) or binaries.neo4j_version
    draft = file.with_name(file.name + ".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        jvm.write_configuration(where, settings)
        with (
            os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as raw,
            zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED) as archive,
        ):
            with archive.open(_DUMP, "w", force_zip64=True) as member:
                size, digest = _dump(binaries, where, member, progress)
            others = tuple(beside.pack(settings.home, archive))
            manifest = Manifest(FORMAT, made, version, "neo4j", size, digest, others)
            archive.writestr(_MANIFEST, json.dumps(asdict(manifest), indent=1) + "\n")
            archive.close()
            raw.flush()
            os.fsync(raw.fileno())
        draft.replace(file)
        return manifest
    except OSError as problem:
        raise DataDirectoryUnusable(
            f"the backup cannot be written to {file}: {problem.strerror or problem}"
        ) from problem
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def _dump(
    binaries: Binaries, where: Layout, target: IO[bytes], progress: Progress
) -> tuple[int, str]:
    """Stream a dump into `target`; its size and SHA-256 sum."""
    digest = hashlib.sha256()
    size = 0
    with _admin(binaries, where, where.conf, "dump", "--to-stdout", stdin=False) as process:
        assert process.stdout is not None
        while chunk := process.stdout.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
            size += len(chunk)
            progress(f"Writing the backup: {size / 1e6:.0f} MB ...")
    _check(process, where, "could not dump the data")
    return size, digest.hexdigest()


def read_manifest(file: Path) -> Manifest:
    """What the file says of itself; nothing is verified yet."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = Manifest(**json.loads(archive.read(_MANIFEST)))
            archive.getinfo(_DUMP)
    except OSError as problem:
        raise BadFile(f"{file} cannot be read: {problem.strerror or problem}") from problem
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as problem:
        raise BadFile(f"{file} is not a backup that `graphnet backup` wrote") from problem
    if not 1 <= manifest.format <= FORMAT:
        raise BadFile(
            f"{file} is a backup of format {manifest.format}; this program reads {FORMAT}"
        )
    return manifest


def restore(settings: Settings, file: Path, *, progress: Progress | None = None) -> Manifest:
    """Put the database of `file` in the place of the local server's, once it is proved to start.

    The file is verified and loaded beside the present data, then swapped in; the present data is
    kept until the server has answered a query on the restored ones, and put back if it does not.

    Raises
    ------
    BadFile, ChecksumMismatch, DataTooNew
        The file is no backup, is damaged, or comes from a newer Neo4j. Nothing was changed.
    ServerInUse
        Other programs use the server. Nothing was changed.
    """
    show = progress or on_stderr()
    where = layout(settings)
    binaries = fetch(settings, progress=progress)
    manifest = read_manifest(file)
    if numbers(manifest.neo4j) > numbers(binaries.neo4j_version):
        raise DataTooNew(
            f"{file} comes from Neo4j {manifest.neo4j}, this program starts "
            f"{binaries.neo4j_version}. Update this program first."
        )
    _verify(file, manifest, show)
    stays = status(settings).stays
    kept = where.root / (BEFORE_RESTORE + datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f"))
    try:
        with alone(settings):
            prepare(where)
            fresh = where.root / "data-restored"
            shutil.rmtree(fresh, ignore_errors=True)
            try:
                _load(settings, binaries, where, fresh, file, show)
                where.data.rename(kept)
                fresh.rename(where.data)
            except OSError as problem:
                raise unusable(where.root, problem) from problem
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
        show("Starting the restored database ...")
        try:
            connect(settings).close()
        except ServerError:
            with alone(settings, now=True):
                shutil.rmtree(where.data)
                kept.rename(where.data)
            raise
        with zipfile.ZipFile(file) as archive:
            beside.unpack(archive, list(manifest.beside), settings.home)
        for old in where.root.glob(BEFORE_RESTORE + "*"):
            shutil.rmtree(old, ignore_errors=True)
        return manifest
    finally:
        done_on_stderr()
        if stays:
            start(settings)


def _verify(file: Path, manifest: Manifest, progress: Progress) -> None:
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(file) as archive:
            with archive.open(_DUMP) as member:
                while chunk := member.read(_CHUNK):
                    digest.update(chunk)
                    progress("Verifying the backup ...")
            beside.check(archive, list(manifest.beside))
    except (OSError, KeyError, zipfile.BadZipFile) as problem:
        raise ChecksumMismatch(f"{file} is damaged: {problem}") from problem
    if digest.hexdigest() != manifest.sha256:
        raise ChecksumMismatch(f"{file} is damaged: its data do not have the sum it names")


def _load(
    settings: Settings,
    binaries: Binaries,
    where: Layout,
    fresh: Path,
    file: Path,
    progress: Progress,
) -> None:
    """Load the dump into the folder `fresh`, as the data of a server of its own."""
    fresh.mkdir()
    conf = where.root / "conf-restore"
    conf.mkdir(exist_ok=True)
    jvm.write_configuration(where, settings, data=fresh, conf=conf)
    with (
        zipfile.ZipFile(file) as archive,
        archive.open(_DUMP) as member,
        _admin(binaries, where, conf, "load", "--from-stdin", stdin=True) as process,
    ):
        assert process.stdin is not None
        done = 0
        # A loader that gives up closes its end; `_check` then says why.
        with contextlib.suppress(BrokenPipeError):
            while chunk := member.read(_CHUNK):
                process.stdin.write(chunk)
                done += len(chunk)
                progress(f"Restoring: {done / 1e6:.0f} MB ...")
            process.stdin.close()
    shutil.rmtree(conf, ignore_errors=True)
    _check(process, where, "could not load the backup")


def _admin(
    binaries: Binaries, where: Layout, conf: Path, verb: str, *options: str, stdin: bool
) -> subprocess.Popen[bytes]:
    """Neo4j's own `database dump` and `database load`, on a stopped store."""
    errors = where.logs / "admin.log"
    with errors.open("wb") as log:
        return subprocess.Popen(
            [
                str(binaries.java),
                "-Xmx512m",
                *jvm.flags(binaries),
                "-cp",
                os.pathsep.join(map(str, binaries.jars)),
                "org.neo4j.cli.AdminTool",
                "database",
                verb,
                "neo4j",
                *options,
            ],
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=log if stdin else subprocess.PIPE,
            stderr=log,
            cwd=where.root,
            env=jvm.environment() | {"NEO4J_HOME": str(where.root), "NEO4J_CONF": str(conf)},
            start_new_session=True,
        )


def _check(process: subprocess.Popen[bytes], where: Layout, happened: str) -> None:
    if process.returncode != 0:
        raise jvm.explain(where, since=0, happened=happened, log=where.logs / "admin.log")

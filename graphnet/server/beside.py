"""What lies beside the graph in an installation's home, in a backup file and back.

Without the keys a published season could not be verified nor an old link shown; without the
erasures somebody would come back; the models took hours to learn. Snapshots are not among it: they
are built from the graph anew.
"""

import hashlib
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from graphnet.errors import BadFile, ChecksumMismatch

# Folders and files of the home, as the other rooms name them. `seasons` and `rules` are where
# earlier releases kept what is in the graph now.
BESIDE = ("keys", "secret-key", "erasures.jsonl", "models", "photos", "rules", "seasons")
MEMBER = "home/"
_CHUNK = 1 << 20


def pack(home: Path, archive: zipfile.ZipFile) -> list[dict[str, str]]:
    """Write what lies in the home into the archive; return each path with its sum, or its target.

    A link, like that of the newest model, is kept as a link.
    """
    found = []
    for path in _files(home):
        name = path.relative_to(home).as_posix()
        if path.is_symlink():
            found.append({"path": name, "link": str(path.readlink())})
            continue
        digest = hashlib.sha256()
        with path.open("rb") as file, archive.open(MEMBER + name, "w") as member:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                member.write(chunk)
        found.append({"path": name, "sha256": digest.hexdigest()})
    return found


def _files(home: Path) -> Iterator[Path]:
    for name in BESIDE:
        path = home / name
        if path.is_symlink() or path.is_file():
            yield path
        elif path.is_dir():
            for inner in sorted(path.rglob("*")):
                if inner.is_symlink() or inner.is_file():
                    yield inner


def check(archive: zipfile.ZipFile, listed: list[dict[str, str]]) -> None:
    """See that everything that is listed is there and whole, and stays within the home.

    Raises
    ------
    BadFile, ChecksumMismatch
    """
    for one in listed:
        path = PurePosixPath(one["path"])
        target = PurePosixPath(one.get("link", "x"))
        if path.parts[0] not in BESIDE or any(
            part == ".." or part.startswith("/") for part in (*path.parts, *target.parts)
        ):
            raise BadFile(f"the backup names a file outside the installation: {one['path']}")
        if "link" in one:
            continue
        digest = hashlib.sha256()
        with archive.open(MEMBER + one["path"]) as member:
            while chunk := member.read(_CHUNK):
                digest.update(chunk)
        if digest.hexdigest() != one["sha256"]:
            raise ChecksumMismatch(f"{one['path']} in the backup does not have the sum it names")


def unpack(archive: zipfile.ZipFile, listed: list[dict[str, str]], home: Path) -> None:
    """Put what is listed into the home, each file whole or not at all, readable by its owner only.

    What is there already under the same name is replaced; but a list of lines, as the erasures are,
    keeps the lines that it has: who was erased after the backup stays erased.
    """
    for one in listed:
        path = home / one["path"]
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}-restored")
        draft.unlink(missing_ok=True)
        if "link" in one:
            draft.symlink_to(one["link"])
            draft.replace(path)
            continue
        data = archive.read(MEMBER + one["path"])
        if path.suffix == ".jsonl" and path.exists():
            data = _with_lines_of(path, data)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)


def _with_lines_of(path: Path, data: bytes) -> bytes:
    there = path.read_bytes().splitlines()
    lines = dict.fromkeys([*there, *data.splitlines()])
    return b"\n".join(lines) + b"\n"

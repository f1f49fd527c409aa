"""A snapshot as files: one ``.npy`` an array, mapped into memory when opened, and a manifest.

A snapshot is written into a folder of its own under a temporary name and renamed when complete; the
link `current` is replaced atomically. Processes that have an older one mapped keep it until they
open the newer: nothing that a reader uses is ever changed or cut. The manifest has a sum of every
file, compared when a snapshot is opened: a damaged one is not served, and built anew.
"""

import hashlib
import json
import shutil
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from graphnet import sums
from graphnet.errors import SnapshotError
from graphnet.model import new_id
from graphnet.snapshot.arrays import Memberships, Snapshot, Things, Ties

FORMAT = 5  # 5: nobody is tied to a delicate topic
TIES = ("indptr", "indices", "weight")
MEMBERSHIPS = ("indptr", "things", "start", "end", "weight", "thing_indptr", "people")
THINGS = ("ids", "labels", "labels_ru", "kinds")


def _arrays(snapshot: Snapshot) -> Iterator[tuple[str, Any]]:
    yield "keys", snapshot.keys
    yield "ids", snapshot.ids
    yield "flags", snapshot.flags
    yield "audiences", snapshot.audiences
    yield "name_order", snapshot.name_order
    yield "name_order_ru", snapshot.name_order_ru
    for name in sorted(snapshot.attributes):
        yield f"attributes.{name}", snapshot.attributes[name]
    for name in sorted(snapshot.layers):
        for part in TIES:
            yield f"layers.{name}.{part}", getattr(snapshot.layers[name], part)
    for family in ("memberships", "relations"):
        table: dict[str, Memberships] = getattr(snapshot, family)
        for name in sorted(table):
            for part in MEMBERSHIPS:
                yield f"{family}.{name}.{part}", getattr(table[name], part)
    for name in sorted(snapshot.things):
        thing = snapshot.things[name]
        for part in THINGS:
            yield f"things.{name}.{part}", getattr(thing, part)
        for number in sorted(thing.numbers):
            yield f"things.{name}.numbers.{number}", thing.numbers[number]


def fingerprint(snapshot: Snapshot) -> str:
    """Return a SHA-256 of all arrays with their names and types: equal graphs have equal ones."""
    digest = hashlib.sha256()
    for name, array in _arrays(snapshot):
        plain = np.ascontiguousarray(array)
        digest.update(f"{name}:{plain.dtype.str}:{plain.shape};".encode())
        digest.update(plain.tobytes())
    return digest.hexdigest()


def save(snapshot: Snapshot, folder: Path, *, beside: Callable[[Path], None] | None = None) -> Path:
    """Write the snapshot below `folder`, make it the current one, and return its own folder.

    `beside` may write more into the folder before anybody can see it.
    """
    target = folder / f"{snapshot.version:012d}-{snapshot.fingerprint[:16]}"
    if not target.exists():
        draft = folder / f".draft-{new_id()}"
        draft.mkdir(parents=True)
        names: list[str] = []
        for name, array in _arrays(snapshot):
            np.save(draft / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
            names.append(name)
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "version": snapshot.version,
            "built_at": snapshot.built_at.isoformat(),
            "fingerprint": snapshot.fingerprint,
            "arrays": names,
        }
        if beside:
            beside(draft)
        manifest["sums"] = sums.sums(draft)
        (draft / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        try:
            draft.rename(target)
        except OSError:  # another process has just finished the same one
            shutil.rmtree(draft)
    make_current(folder, target.name)
    return target


def make_current(folder: Path, name: str) -> None:
    """Point the link `current` at one snapshot, in one step."""
    link = folder / f".link-{new_id()}"
    link.symlink_to(name)
    link.replace(folder / "current")


def current(folder: Path) -> Path | None:
    """Return the folder of the current snapshot, or None if there is none yet."""
    link = folder / "current"
    return link.resolve() if link.exists() else None


def remove_old(folder: Path, *, keep: int = 3) -> int:
    """Remove all but the newest snapshots; a process that has one mapped keeps its pages."""
    stands = current(folder)
    old = sorted(p for p in folder.iterdir() if (p / "manifest.json").exists() and p != stands)
    unwanted = [p for p in old if not p.is_symlink()][: -keep or None]
    for path in unwanted:
        shutil.rmtree(path, ignore_errors=True)
    return len(unwanted)


@dataclass(frozen=True)
class Manifest:
    """What a snapshot says of itself."""

    version: int
    built_at: datetime
    fingerprint: str
    arrays: tuple[str, ...]
    sums: dict[str, int]


def read_manifest(path: Path) -> Manifest:
    """Read what a snapshot says of itself; none of its arrays is looked at.

    Raises
    ------
    SnapshotError
        If there is none, or it is of another format.
    """
    try:
        found = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        if found["format"] != FORMAT:
            raise SnapshotError(
                f"snapshot {path} has format {found['format']}, this program reads {FORMAT}: "
                "run `graphnet snapshot build`"
            )
        return Manifest(
            int(found["version"]),
            datetime.fromisoformat(found["built_at"]),
            str(found["fingerprint"]),
            tuple(found["arrays"]),
            {str(name): int(crc) for name, crc in found["sums"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise _damaged(path, str(problem)) from problem


def _damaged(path: Path, what: str) -> SnapshotError:
    return SnapshotError(f"snapshot {path} is damaged ({what}): run `graphnet snapshot build`")


def open_snapshot(path: Path) -> Snapshot:
    """Map a snapshot into memory, once the sums of all its files are right.

    Raises
    ------
    SnapshotError
        If the folder is incomplete, damaged or of another format.
    """
    manifest = read_manifest(path)
    wrong = sums.damaged(path, manifest.sums)
    if wrong:
        raise _damaged(path, ", ".join(wrong[:3]))
    try:
        loaded = {name: _map(path / f"{name}.npy") for name in manifest.arrays}
    except (OSError, ValueError) as problem:
        raise _damaged(path, str(problem)) from problem

    def table(family: str) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for name, array in loaded.items():
            head, _, rest = name.partition(".")
            if head == family:
                thing, _, part = rest.partition(".")
                found.setdefault(thing, {})[part] = array
        return found

    return Snapshot(
        version=manifest.version,
        built_at=manifest.built_at,
        fingerprint=manifest.fingerprint,
        keys=loaded["keys"],
        ids=loaded["ids"],
        flags=loaded["flags"],
        audiences=loaded["audiences"],
        name_order=loaded["name_order"],
        name_order_ru=loaded["name_order_ru"],
        attributes={name: parts[""] for name, parts in table("attributes").items()},
        layers={name: Ties(**parts) for name, parts in table("layers").items()},
        memberships={name: Memberships(**parts) for name, parts in table("memberships").items()},
        relations={name: Memberships(**parts) for name, parts in table("relations").items()},
        things={
            name: Things(
                **{part: parts[part] for part in THINGS},
                numbers={
                    part.partition(".")[2]: array
                    for part, array in parts.items()
                    if part.startswith("numbers.")
                },
            )
            for name, parts in table("things").items()
        },
    )


def _map(path: Path) -> Any:
    # An empty array cannot be mapped.
    if path.stat().st_size <= 128:
        return np.load(path, allow_pickle=False)
    # As a plain array over the same memory: each slice of a `memmap` costs five times as much.
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def read_npz(path: Path) -> dict[str, Any]:
    """Return the arrays of an .npz file, which has a sum of each of its own.

    Raises
    ------
    FileNotFoundError
    SnapshotError
        If it is not what was written.
    """
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except FileNotFoundError:
        raise
    except (OSError, ValueError, EOFError, KeyError, BadZipFile, zlib.error) as problem:
        raise SnapshotError(f"{path} is damaged: {problem}") from problem

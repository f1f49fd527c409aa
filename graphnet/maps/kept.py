"""Drawings of cohorts and of everybody, kept beside the snapshot from which they were made.

One file a map, its arrays with sums of their own, written in one step. It counts for exactly what
it was made from (`mark`); for a newer snapshot its coordinates are where people start from, so that
neighbours stay neighbours while the network grows. Files go with their snapshot; whoever is in the
next one no more is left behind (`carry`).
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from graphnet.errors import SnapshotError
from graphnet.maps.extract import Float64, Int64, Map
from graphnet.model import new_id
from graphnet.snapshot import read_npz

log = logging.getLogger(__name__)

FOLDER = "maps"
FORMAT = b"2"  # of the files, and of what layouts are like
MOST_FILES = 400


def mark_of(*what: bytes) -> str:
    """Return what tells drawings of these things from drawings of others."""
    digest = hashlib.sha256()
    for part in (FORMAT, *what):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def kept(
    folder: Path | None,
    name: str,
    mark: str,
    keys: Int64,
    draw: Callable[[Float64 | None], Map],
) -> Map:
    """Return the drawing that lies there, or draw it and leave it there.

    Parameters
    ----------
    folder
        The snapshot's; None where there is none on the disk.
    name
        What is drawn, and for whom.
    keys : int64[n]
        The key of each person of the network.
    draw
        Takes where people were drawn before, (n, 2) with NaN for who was not, or None.
    """
    if folder is None:
        return draw(None)
    path = folder / FOLDER / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.npz"
    start = None
    try:
        there = read_npz(path)
        if str(there["mark"]) == mark:
            return _map(there)
        start = _start(keys, there["keys"], there["coordinates"])
    except (FileNotFoundError, KeyError):
        pass
    except SnapshotError as problem:
        log.warning("map.damaged problem=%s", problem)
    drawing = draw(start)
    arrays = {one.name: np.asarray(getattr(drawing, one.name)) for one in fields(Map)}
    _write(path, {**arrays, "keys": keys[drawing.people], "mark": np.asarray(mark)})
    return drawing


def _map(there: dict[str, Any]) -> Map:
    values = {one.name: there[one.name] for one in fields(Map)}
    for name in ("islands", "people_left_out", "ties_left_out"):
        values[name] = int(values[name])
    return Map(**values | {"rule": str(values["rule"])})


def _start(keys: Int64, drawn: Int64, coordinates: Float64) -> Float64:
    """Return for everybody of the network where they were drawn."""
    found = np.full((len(keys), 2), np.nan)
    if len(keys):
        place = np.minimum(np.searchsorted(keys, drawn), len(keys) - 1)
        there = keys[place] == drawn
        found[place[there]] = coordinates[there]
    return found


def _write(path: Path, arrays: dict[str, Any]) -> None:
    """Write a file in one step; where the disk has no room, the next reader draws again."""
    draft = path.parent / f".{new_id()}.npz"
    try:
        path.parent.mkdir(exist_ok=True)
        if not path.exists() and len(list(path.parent.iterdir())) >= MOST_FILES:
            return
        np.savez(draft, **arrays)
        draft.replace(path)
    except OSError as problem:
        draft.unlink(missing_ok=True)
        log.warning("map.not_kept problem=%s", problem)


def carry(before: Path, after: Path, keys: Int64) -> int:
    """Take along where people were drawn, of those who are in the next snapshot too."""
    carried = 0
    if before == after or not (before / FOLDER).is_dir():
        return carried
    for path in sorted((before / FOLDER).glob("[!.]*.npz")):
        try:
            there = read_npz(path)
            stays = np.isin(there["keys"], keys)
            _write(
                after / FOLDER / path.name,
                {
                    "keys": there["keys"][stays],
                    "coordinates": there["coordinates"][stays],
                    "mark": np.asarray(""),
                },
            )
            carried += 1
        except (KeyError, FileNotFoundError, SnapshotError) as problem:
            log.warning("map.not_carried problem=%s", problem)
    return carried

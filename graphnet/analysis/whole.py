"""The network as a whole in figures, of the people whom statistics count; kept with the snapshot.

Each figure has a definition of the field's, and says of how much of the network it is known.
"""

import json
import logging
import threading
import time
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from graphnet import privacy
from graphnet.analysis.description import described, random_modularity
from graphnet.influence.betweenness import betweenness, pivots_for
from graphnet.influence.measures import visible_ties
from graphnet.influence.structure import cut_off, density, mixing, stability
from graphnet.influence.wishes import labels
from graphnet.live import Live
from graphnet.maps.communities import find_communities, islands
from graphnet.maps.extract import cut
from graphnet.maps.kept import mark_of
from graphnet.model import new_id
from graphnet.privacy import SMALLEST_CELL, Viewer
from graphnet.server.locks import FileLock
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import BoolArray, Ties
from graphnet.statistics.disclosure import small

log = logging.getLogger(__name__)

SEEDS = 5  # divisions compared, and random networks of the same numbers of ties
LEAVING = 5
COMMUNITIES = 20  # described
MIXED = ("faculty", "decade", "city")
FOLDER = "figures"
VERSION = b"1"


# Of more people the figures take from some seconds to a minute: nobody waits for them on a page.
AT_ONCE = 6000
# What could not be computed is not tried again at each look at the page.
AGAIN_SECONDS = 60.0
_begun: set[tuple[Path, str]] = set()
_failed: dict[tuple[Path, str], float] = {}
_beginning = threading.Lock()


class Soon(Enum):
    """Why there are no figures yet."""

    COUNTING = "counting"
    FAILED = "failed"


def whole_network_soon(live: Live, layer: str) -> dict[str, Any] | Soon:
    """Return the same where it is known or quickly computed; else have it computed meanwhile.

    One process computes, whichever is asked first. Where it fails that is said for a minute; then
    whoever asks has it tried anew.
    """
    view = live.view()
    if view.folder is None or view.snapshot.n <= AT_ONCE:
        return whole_network(live, layer)
    path, mark, _ = _place(live, layer)
    found = _kept(path, mark)
    if found is not None:
        return found
    task = view.folder, layer
    with _beginning:
        if time.monotonic() - _failed.get(task, -AGAIN_SECONDS) < AGAIN_SECONDS:
            return Soon.FAILED
        if task in _begun:
            return Soon.COUNTING
        _begun.add(task)
        _failed.pop(task, None)
    arguments = live, layer, task
    threading.Thread(target=_compute, args=arguments, name="network-figures", daemon=True).start()
    return Soon.COUNTING


def _compute(live: Live, layer: str, task: tuple[Path, str]) -> None:
    turn = FileLock(task[0] / FOLDER / f".{layer}.lock")
    try:
        turn.path.parent.mkdir(exist_ok=True)
        if turn.acquire(timeout=0):  # else another process computes them
            whole_network(live, layer)
    except Exception:
        # Whatever it was: whoever looks hears that it failed, an administrator reads why.
        log.exception("figures.not_computed layer=%s", layer)
        with _beginning:
            _failed[task] = time.monotonic()
    finally:
        turn.close()
        with _beginning:
            _begun.discard(task)


def _place(live: Live, layer: str) -> tuple[Path | None, str, BoolArray]:
    """Return where the figures lie, what tells them from others, and who is counted."""
    view = live.view()
    snapshot = view.snapshot
    counted = view.allowed(Viewer("analyst"), live.rules) & privacy.counted(snapshot.flags)
    mark = mark_of(VERSION, snapshot.fingerprint.encode(), layer.encode(), counted.tobytes())
    path = None if view.folder is None else view.folder / FOLDER / f"network-{layer}.json"
    return path, mark, counted


def _kept(path: Path | None, mark: str) -> dict[str, Any] | None:
    try:
        if path is not None:
            there: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if there.pop("mark") == mark:
                return there
    except (OSError, ValueError, KeyError):
        pass
    return None


def whole_network(live: Live, layer: str) -> dict[str, Any]:
    """Return the figures of one layer: see docs/reference/json.md.

    They are computed once for a snapshot and whoever may be counted, and lie beside it then.
    """
    path, mark, counted = _place(live, layer)
    known = _kept(path, mark)
    if known is not None:
        return known
    found = described_network(live.view().snapshot, counted, layer)
    if path is not None:
        _write(path, found | {"mark": mark})
    return found


def _write(path: Path, values: dict[str, Any]) -> None:
    """Write in one step; where the disk has no room, the next reader computes again."""
    draft = path.parent / f".{new_id()}.json"
    try:
        path.parent.mkdir(exist_ok=True)
        draft.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
        draft.replace(path)
    except OSError as problem:
        draft.unlink(missing_ok=True)
        log.warning("figures.not_kept problem=%s", problem)


def described_network(snapshot: Snapshot, counted: BoolArray, layer: str) -> dict[str, Any]:
    """Return the figures of one layer among some people; None where one may not be shown."""
    people = np.flatnonzero(counted)
    whole = visible_ties(snapshot.layers[layer], counted)
    ties = Ties(*cut(whole.indptr, whole.indices, whole.weight, people))
    divisions = [
        find_communities(ties.indptr, ties.indices, ties.weight, seed=seed) for seed in range(SEEDS)
    ]
    best = max(divisions, key=lambda found: found.modularity)
    chance = [random_modularity(ties, seed) for seed in range(SEEDS)]
    _, sizes = islands(ties.indptr, ties.indices)
    between = betweenness(ties.indptr, ties.indices, k=pivots_for(ties.indptr)).scores
    leaving = np.argsort(-between, kind="stable")[:LEAVING]
    tied = int(np.count_nonzero(np.diff(ties.indptr)))
    shown = _shown(len(ties.indices) // 2)
    row: dict[str, Any] = {
        "layer": layer,
        "people": _shown(ties.n),
        "ties": shown,
        "coverage": None if small(ties.n - tied) or small(tied) or not ties.n else tied / ties.n,
        "density": None if shown is None else _finite(density(ties.indptr)),
        "islands": int(np.count_nonzero(sizes > 1)),
        "largest_island": _shown(int(sizes[0])) if len(sizes) else 0,
        "modularity": float(best.modularity),
        "random_modularity": float(np.mean(chance)),
        "random_modularity_deviation": float(np.std(chance, ddof=1)),
        "stability": stability([found.label for found in divisions]),
        "cut_off_without_five": _shown(cut_off(ties.indptr, ties.indices, leaving)),
    }
    known = {by: labels(snapshot, by) for by in MIXED}
    for by, found in known.items():
        mixed = mixing(ties.indptr, ties.indices, found.label[people])
        row |= {
            f"mixing_{by}": _finite(mixed.coefficient),
            f"mixing_{by}_error": _finite(mixed.error),
            f"mixing_{by}_ties": _shown(mixed.ties),
        }
    row["communities"] = [
        described(
            number,
            people[best.label == number],
            faculty=known["faculty"],
            decade=known["decade"],
            city=known["city"],
        )
        for number, size in enumerate(best.sizes[:COMMUNITIES].tolist())
        if size >= SMALLEST_CELL
    ]
    for one in row["communities"]:
        one["faculty_share"] = _finite(one["faculty_share"])
    return row


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _shown(count: int) -> int | None:
    return None if small(count) else count

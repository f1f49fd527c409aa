"""What is computed from the whole graph: the snapshot with its name index, and its measures.

The worker builds it anew when enough has changed, or anything long enough ago.
"""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from graphnet import changes, jobs, live
from graphnet.ambassadors.asks import answered
from graphnet.core import Core
from graphnet.errors import GraphnetError, ModelMissing, SnapshotError
from graphnet.influence.measures import measure, open_measures
from graphnet.influence.measures import save as save_measures
from graphnet.maps.kept import carry
from graphnet.maps.network import draw_ahead
from graphnet.snapshot import Snapshot, current, remove_old
from graphnet.store import Store

if TYPE_CHECKING:
    from graphnet.engine import Engine

log = logging.getLogger(__name__)

KIND = "snapshot"
# Tried as long as a snapshot is due: a disk that is full or read-only for an hour is no reason to
# stay with an old one until the next change.
POLICY = jobs.Policy(attempts=None, pauses=(4.0, 15.0, 60.0))
LOOK = timedelta(seconds=2)


def refresh(store: Store, folder: Path) -> Snapshot:
    """Build everything that is computed from the graph: snapshot, name index, measures."""
    before = current(folder)
    built = live.rebuild(store, folder)
    path = current(folder)
    assert path is not None
    if before is not None:
        carry(before, path, built.keys)
    try:
        open_measures(path)
    except (ModelMissing, SnapshotError):  # none yet, or of an older program
        save_measures(measure(built, answered=answered(store, built)), path)
    return built


def due(engine: "Engine") -> bool:
    """Whether enough has changed, or anything long enough ago, or there is no snapshot to use."""
    standing = engine.live.standing()
    if standing is None:
        return True
    settings = engine.settings
    new = changes.newest(engine.store) - standing.version
    age = (datetime.now(UTC) - standing.built_at).total_seconds()
    return new >= settings.snapshot_changes or (new > 0 and age >= settings.snapshot_seconds)


def measured(folder: Path | None) -> bool:
    """Return whether a snapshot's measures are whole; those that are still missing are."""
    try:
        if folder is not None:
            open_measures(folder)
    except ModelMissing:
        return True
    except SnapshotError:
        return False
    return True


def ask(engine: "Engine") -> None:
    """Ask for a snapshot of what is there now, if one is due: one job, however often it is due."""
    if due(engine):
        jobs.ask(engine.store, KIND, "due", again=LOOK)


def check(engine: "Engine") -> None:
    """Ask for measures anew, if what the disk gives is not what was computed."""
    if not measured(current(engine.settings.snapshots)):
        jobs.ask(engine.store, KIND, "due", again=LOOK)


def builder(engine: "Engine") -> jobs.Handler:
    """Return the handler that builds the snapshot, unless it is due no more."""

    def build(job: jobs.Job) -> None:
        if due(engine) or not measured(current(engine.settings.snapshots)):
            built = refresh(engine.store, engine.settings.snapshots)
            log.info("snapshot.built version=%d people=%d", built.version, built.n)
            try:
                engine.live.catch_up()
                draw_ahead(engine.live)
            except GraphnetError as problem:  # whoever opens the map draws it
                log.warning("map.not_drawn problem=%s", problem)

    return build


def forget(engine: "Engine") -> None:
    """Build a snapshot without whoever is erased, and remove those that still have them.

    With a snapshot go the name index and what was learned from it, which lie beside it.
    """
    refresh(engine.store, engine.settings.snapshots)
    remove_old(engine.settings.snapshots, keep=0)


def register(core: Core) -> None:
    """Bring the job that builds the snapshot, and when it is due."""
    core.job(KIND, builder, policy=POLICY)
    core.files("snapshots", lambda engine, known: forget(engine))
    core.duty("snapshot", ask, every=LOOK)
    core.duty("damaged measures", check, every=timedelta(minutes=1))

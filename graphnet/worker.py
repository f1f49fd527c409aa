"""The worker: does jobs, rebuilds the snapshot when the graph has changed, says that it lives.

Several may run; each job is held by one. `kill -9` loses nothing: an unfinished job's lease runs
out and another worker, or the next one, does it again.
"""

import logging
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from graphnet import accounts, changes, erasures, jobs, live, mail
from graphnet.ambassadors import work as ambassadors
from graphnet.ambassadors.asks import answered
from graphnet.contest import nominations
from graphnet.discovery import stored
from graphnet.errors import ModelMissing, SnapshotError, StoreError
from graphnet.influence.measures import measure, open_measures
from graphnet.influence.measures import save as save_measures
from graphnet.ledger import backfill
from graphnet.onboarding import claims
from graphnet.recommendations import fitted, impressions
from graphnet.settings import Settings
from graphnet.snapshot import Snapshot, current, open_snapshot
from graphnet.store import Store

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
PAUSE_SECONDS = 0.5
LEARN = "learn_people"
FILL = "fill_ledger"
ASK_SECONDS = 2.0  # how often it looks whether a snapshot is due


def refresh(store: Store, folder: Path) -> Snapshot:
    """Build everything that is computed from the graph: snapshot, name index, measures."""
    built = live.rebuild(store, folder)
    path = current(folder)
    assert path is not None
    try:
        open_measures(path)
    except (ModelMissing, SnapshotError):  # none yet, or of an older program
        save_measures(measure(built, answered=answered(store, built)), path)
    return built


class Watch:
    """Decides when a new snapshot is due, and asks for it by a job that exists once."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.folder = settings.snapshots
        self._asked_to_learn = ""
        self._asked_to_fit = ""
        self._asked_to_fill = ""

    def due(self) -> bool:
        """Whether enough has changed, or anything long enough ago."""
        path = current(self.folder)
        if path is None or not live.usable(path):
            return True
        snapshot = open_snapshot(path)
        new = changes.newest(self.store) - snapshot.version
        age = (datetime.now(UTC) - snapshot.built_at).total_seconds()
        return new >= self.settings.snapshot_changes or (
            new > 0 and age >= self.settings.snapshot_seconds
        )

    def ask(self) -> None:
        """Ask for a snapshot of what is there now, if one is due; asking twice is one job."""
        if self.due():
            number = changes.newest(self.store)
            key = f"snapshot:{number}"
            path = current(self.folder)
            if path is None or not live.usable(path):
                # Done once already, and lost since: at most one job a minute brings it back.
                key += f":{datetime.now(UTC):%Y%m%d%H%M}"
            self.store.in_write(lambda t: jobs.enqueue(t, "snapshot", key=key))
        self._ask_to_learn()
        self._ask_to_fit()
        self._ask_to_fill()

    def _ask_to_fill(self) -> None:
        """Ask for the ledger to be filled with what the newest import brought, once an import."""
        latest = backfill.latest_import(self.store)
        if latest != self._asked_to_fill:
            self._asked_to_fill = latest
            self.store.in_write(lambda t: jobs.enqueue(t, FILL, key=f"{FILL}:{latest}"))

    def fill(self, job: jobs.Job) -> None:
        """Enter what the graph knows of and the ledger does not."""
        new = backfill.backfill(self.store)
        log.info("ledger.filled entries=%d", sum(new.values()))

    def _ask_to_fit(self) -> None:
        """Ask for what recommends to be fitted to the current snapshot, where it is not yet."""
        path = current(self.folder)
        if path is None or path.name == self._asked_to_fit:
            return
        self._asked_to_fit = path.name
        version = int(path.name.partition("-")[0])
        if fitted.due(self.settings.models, version):
            key = f"models:{path.name}:{datetime.now(UTC):%Y%m%d%H}"
            self.store.in_write(lambda t: jobs.enqueue(t, "models", key=key))

    def fit(self, job: jobs.Job) -> None:
        """Fit what recommends to the current snapshot."""
        path = current(self.folder)
        if path is not None and live.usable(path):
            fitted.refit(self.store, open_snapshot(path), self.settings.models)

    def _ask_to_learn(self) -> None:
        """Ask for the learned order of people, where the current snapshot has none beside it.

        A job of its own: the snapshot is in use before anything is learned from it.
        """
        path = current(self.folder)
        if path is None or path.name == self._asked_to_learn or (path / stored.FACTS).exists():
            return
        self._asked_to_learn = path.name
        key = f"{LEARN}:{path.name}"
        self.store.in_write(lambda t: jobs.enqueue(t, LEARN, {"snapshot": path.name}, key=key))

    def learn(self, job: jobs.Job) -> None:
        """Learn from the snapshot, unless a newer one has taken its place."""
        path = current(self.folder)
        if path is None or path.name != job.payload["snapshot"] or (path / stored.FACTS).exists():
            return
        others = sorted(
            (p for p in self.folder.glob(f"*/{stored.FACTS}") if p.parent.resolve() != path),
            key=lambda p: p.stat().st_mtime,
        )
        facts = stored.learn(
            open_snapshot(path), path, before=others[-1].parent if others else None
        )
        log.info("people_model.learned seconds=%.1f ties=%d", facts.seconds, facts.ties)

    def build(self, job: jobs.Job) -> None:
        """Build the snapshot, unless somebody has built a newer one since it was asked for."""
        path = current(self.folder)
        asked = int(job.idempotency_key.split(":")[1])
        if path is not None and live.usable(path) and open_snapshot(path).version >= asked > 0:
            return
        built = refresh(self.store, self.folder)
        log.info("snapshot.built version=%d people=%d", built.version, built.n)


class Letters(Protocol):
    """What the worker asks of the feature that writes regular letters."""

    KIND: str

    def ask(self, store: Store) -> None:
        """Ask for the letters that are due."""

    def handler(self, settings: Settings, store: Store) -> jobs.Handler:
        """Return the handler of such a job."""


def run(store: Store, settings: Settings, stopped: threading.Event, *, letters: Letters) -> None:
    """Work until `stopped` is set."""
    watch = Watch(store, settings)
    handlers: dict[str, jobs.Handler] = {
        "snapshot": watch.build,
        LEARN: watch.learn,
        "models": watch.fit,
        FILL: watch.fill,
        ambassadors.KIND: ambassadors.choosing(store, settings),
    }
    if mail.ready(settings):
        handlers[mail.KIND] = mail.deliver(settings, store)
        handlers[letters.KIND] = letters.handler(settings, store)
    worker = jobs.Worker(store, handlers)
    beating = threading.Thread(target=_beat, args=(store, worker.name, stopped), daemon=True)
    beating.start()
    asked = swept = 0.0
    while not stopped.is_set():
        try:
            if time.monotonic() - asked >= ASK_SECONDS:
                asked = time.monotonic()
                watch.ask()
                erasures.remember(settings.home, erasures.in_graph(store))
            busy = worker.step()
            if time.monotonic() - swept > 3600:
                jobs.sweep(store)
                accounts.forget_ended(store)
                claims.forget(store)
                nominations.forget_unanswered(store, datetime.now(UTC))
                impressions.forget(store)
                letters.ask(store)
                swept = time.monotonic()
        except StoreError as problem:
            log.warning("worker.waits problem=%s", problem)
            busy = False
            stopped.wait(2)
        if not busy:
            stopped.wait(PAUSE_SECONDS)


def _beat(store: Store, name: str, stopped: threading.Event) -> None:
    # In a thread of its own, so that a long job does not look like a dead worker.
    while True:
        try:
            jobs.beat(store, name, "worker")
        except StoreError as problem:
            log.warning("worker.no_heartbeat problem=%s", problem)
        if stopped.wait(BEAT_SECONDS):
            return

"""What a process recommends from: things, who goes where, learned models; kept up to date."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from graphnet.errors import GraphnetError
from graphnet.live import Live, View
from graphnet.models.events import EventRanker
from graphnet.models.factors import InteractionModel
from graphnet.models.warm import warm
from graphnet.privacy import Viewer
from graphnet.recommendations import fitted
from graphnet.recommendations.catalogue import Things, read_things
from graphnet.recommendations.fitted import Models
from graphnet.recommendations.interactions import Habit, may_learn_from, read_habit
from graphnet.recommendations.items import LISTS
from graphnet.recommendations.lists import SHORT, ForPerson
from graphnet.recommendations.own import mine
from graphnet.recommendations.reader import Person, Shared
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import BoolArray

KEPT = 30.0  # seconds for which what may be recommended is kept
LOOK = 2.0  # seconds between looks for newer models
TICK = 0.5  # seconds between looks of the thread that keeps everything up to date
LATE = 60.0  # seconds after which readers do not count on that thread
FEW_GONE = 0.01  # share of the people learned from who may have gone before weights are dropped
MOMENT = timedelta(hours=1)  # how old the sums of answers may grow between two snapshots
NOBODY = 0  # the key of no person


class Shelf:
    """What a process recommends from; safe for its threads.

    Parameters
    ----------
    live
        The snapshot and the latest changes.
    folder
        Where the worker keeps learned models; None for none.
    """

    def __init__(self, live: Live, folder: Path | None = None) -> None:
        self.live = live
        self.folder = folder
        self._lock = threading.Lock()
        self._things: Things | None = None
        self._read_at = 0.0
        self._announced = -1
        self._models = fitted.NONE
        self._models_path: Path | None = None
        self._looked_at = 0.0
        self._habit: tuple[int, Habit] | None = None
        self._shared: tuple[tuple[object, ...], Shared] | None = None
        self._without: tuple[tuple[object, ...], InteractionModel] | None = None
        self._kept_at = -LATE  # when the thread that keeps everything up to date last did
        self._loaded = 0  # how many models have been opened
        self.ready = threading.Event()  # set once that thread has brought everything up to date

    def of(self, viewer: Viewer, *, now: datetime | None = None) -> ForPerson:
        """Read one person live and return what answers their lists.

        Raises
        ------
        SnapshotError
            If there is no snapshot yet.
        """
        view = self.live.view()
        now = now or datetime.now(UTC)
        shared = self.shared(view, now=now)
        known = mine(self.live.store, viewer.person_key or 0)
        return ForPerson(self.live, Person(viewer, self.live.rules, view, known, shared, now))

    def things(self) -> Things:
        """Return what may be recommended to members."""
        return self.shared(self.live.view(), now=datetime.now(UTC)).things

    def shared(self, view: View, *, now: datetime) -> Shared:
        """Return what all readers share, brought up to date."""
        with self._lock:
            if time.monotonic() - self._kept_at > LATE:
                self._look_for_models()
            if self._things is None or self._stale(KEPT):
                self._read_things()
            assert self._things is not None
            key = self._key(view, now)
            if self._shared is not None and self._shared[0] == key:
                kept = replace(self._shared[1], things=self._things)
            else:
                kept = self._share(view, now=now)
            self._shared = (key, kept)
            return kept

    def keep_warm(self) -> threading.Event:
        """Bring it up to date in a thread of its own, before a reader asks, until the event is set.

        A reader then waits for it only if something was announced within the last half second.
        """
        ended = threading.Event()

        def run() -> None:
            warm()
            while not ended.wait(TICK):
                try:
                    self.refresh()
                except GraphnetError as problem:  # no snapshot yet, or the graph is away
                    fitted.log.info("shelf.not_warm problem=%s", problem)
                    ended.wait(LOOK)

        threading.Thread(target=run, name="shelf", daemon=True).start()
        return ended

    def refresh(self) -> None:
        """Do now, without keeping readers waiting, what the next of them would have to wait for."""
        view, now = self.live.view(), datetime.now(UTC)
        self._look_for_models()
        self._kept_at = time.monotonic()
        if self._things is None or self._stale(KEPT / 2):
            self._read_things()
        key = self._key(view, now)
        if self._shared is None or self._shared[0] != key:
            kept = self._share(view, now=now)
            with self._lock:
                self._shared = (key, kept)
            self._ask_everything()
        self.ready.set()

    def _ask_everything(self) -> None:
        """Ask every list once for nobody: what is computed at first use is there afterwards."""
        mine = self.of(Viewer("alumnus", NOBODY))
        for name in LISTS:
            mine.best(name, SHORT)

    def _stale(self, seconds: float) -> bool:
        old = time.monotonic() - self._read_at > seconds
        return old or self.live.things_changed != self._announced

    def _read_things(self) -> None:
        announced = self.live.things_changed
        things = read_things(self.live.store)
        self._things, self._announced, self._read_at = things, announced, time.monotonic()

    def _key(self, view: View, now: datetime) -> tuple[object, ...]:
        assert self._things is not None
        habit = self._habit_of(view.snapshot)
        coming = self._things.of["events"]
        new = tuple(thing.id for thing in coming if thing.id not in habit.event_place)
        hour = int(now.timestamp() // MOMENT.total_seconds())
        # Who has changed anything since counts for nobody until the next snapshot knows what.
        gone = habit.rows(view.denied | view.changed).tobytes()
        return (view.snapshot.version, self._loaded, new, gone, hour)

    def _share(self, view: View, *, now: datetime) -> Shared:
        assert self._things is not None
        habit, held, snapshot = self._habit_of(view.snapshot), self._models, view.snapshot
        with_new = habit.with_new(self._things.of["events"])
        may = may_learn_from(snapshot, denied=view.denied)
        places = np.minimum(np.searchsorted(snapshot.keys, habit.log.key), max(snapshot.n - 1, 0))
        if snapshot.n and len(places):
            gone = ~(may[places] & (snapshot.keys[places] == habit.log.key))
        else:
            gone = np.ones(len(habit.log.key), bool)
        hidden = gone.copy()
        hidden[habit.rows(view.changed)] = True
        moment = with_new.moment(now, hidden=hidden)
        things = self._things_without(held, hidden)
        # The order of events knows weights of evidence and nobody's answers: it stays while those
        # who have gone were a small part of many. Their answers count in no evidence from now on.
        stays = np.count_nonzero(gone) <= FEW_GONE * len(gone)
        learned = replace(held, things=things, ranker=held.ranker if stays else EventRanker())
        return Shared(self._things, learned, with_new, moment, hidden)

    def _things_without(self, held: Models, hidden: BoolArray) -> InteractionModel | None:
        """What people have in common, learned again without those who count nothing now."""
        if held.things is None or held.habit is None or not hidden.any():
            return held.things
        asked = (self._loaded, hidden.tobytes())
        if self._without is None or self._without[0] != asked:
            self._without = (asked, held.things.without(hidden))
        return self._without[1]

    def _habit_of(self, snapshot: Snapshot) -> Habit:
        held = self._models.habit
        if held is not None:
            return held
        if self._habit is None or self._habit[0] != snapshot.version:
            self._habit = (snapshot.version, read_habit(self.live.store, snapshot))
        return self._habit[1]

    def _look_for_models(self) -> None:
        if self.folder is None or time.monotonic() - self._looked_at < LOOK:
            return
        self._looked_at = time.monotonic()
        path = fitted.current(self.folder)
        if path is None or path == self._models_path:
            return
        self._models_path = path
        try:
            self._models = fitted.load(path)
            self._loaded += 1
        except GraphnetError as problem:
            fitted.log.warning("models.unusable problem=%s", problem)

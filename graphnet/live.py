"""What one process knows: the current snapshot, the name index, and every change since.

All processes map the same snapshot and tail the same feed, so that they agree within a second: who
hid is denied at once, who joined or changed is found at once, and a newer snapshot is swapped in
between two requests. A request takes one `View` and keeps it to its end.
"""

import contextvars
import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from graphnet import changes, sums
from graphnet.errors import GraphnetError, SnapshotError
from graphnet.model import Change
from graphnet.names import NameIndex, PersonName
from graphnet.privacy import FOR_THEIR_SAKE, STANDARD, Rules, Viewer
from graphnet.snapshot import (
    Manifest,
    Snapshot,
    build,
    current,
    open_snapshot,
    read_manifest,
    remove_old,
    save,
)
from graphnet.snapshot.arrays import BoolArray
from graphnet.store import Row, Store

log = logging.getLogger(__name__)

Value = TypeVar("Value")
SHARED_SECONDS = 30.0
STALE_SECONDS = 120.0

# Stream. One row: a person's names, by key.
NAMES = """MATCH (p:Person)
RETURN p.key AS key, p.given_name AS given, p.patronymic AS patronymic, p.family_name AS family,
  p.former_names AS former, p.latin_name AS latin ORDER BY key"""

# One row: the names of one of those people, as they are now.
NAMES_OF = """UNWIND $keys AS wanted MATCH (p:Person {key: wanted})
RETURN p.key AS key, p.given_name AS given, p.patronymic AS patronymic, p.family_name AS family,
  p.former_names AS former, p.latin_name AS latin ORDER BY key LIMIT 100000"""


@dataclass(frozen=True)
class View:
    """One consistent view for one request."""

    snapshot: Snapshot
    names: NameIndex
    denied: frozenset[int]
    changed: frozenset[int] = frozenset()  # whose settings may be others than in the snapshot
    folder: Path | None = None  # the snapshot's, where what was learned from it lies beside it

    def showing(
        self, viewer: Viewer, field_name: str, allowed: BoolArray, *, sure: bool = True
    ) -> BoolArray:
        """Return who of those allowed shows one field to the viewer, by the snapshot's settings.

        Of who has changed anything since only their card knows: with `sure` they are left out, else
        let through, for a caller who looks at the card.
        """
        shown = self.snapshot.showing(viewer, field_name, allowed)
        changed = self.snapshot.positions(self.changed)
        shown[changed] = False if sure else allowed[changed]
        return shown

    def mask_of_names(self, allowed: BoolArray, *, late: bool = True) -> BoolArray:
        """Turn a mask over the snapshot's positions into one over the name index's.

        Who is in the index and not in the snapshot has joined since: nothing is known yet of whom
        they studied with, so only the live card decides, and with `late` they are let through.
        """
        keys, snapshot_keys = self.names.keys, self.snapshot.keys
        if len(keys) == len(snapshot_keys) and np.array_equal(keys, snapshot_keys):
            return allowed
        place = np.minimum(np.searchsorted(snapshot_keys, keys), max(len(snapshot_keys) - 1, 0))
        mask = np.full(len(keys), late)
        if len(snapshot_keys):
            there = snapshot_keys[place] == keys
            mask[there] = allowed[place[there]]
        denied = np.isin(keys, np.fromiter(self.denied, np.int64, len(self.denied)))
        if len(snapshot_keys):
            denied &= ~there  # of those in the snapshot, `allowed` has decided
        return mask & ~denied

    def allowed(self, viewer: Viewer, rules: Rules) -> BoolArray:
        """Return whom the viewer may see, by position in the snapshot."""
        return self.snapshot.visible_to(
            viewer,
            unclaimed_audience=rules.unclaimed_audience,
            denied=() if viewer.is_staff and viewer.purpose in FOR_THEIR_SAKE else self.denied,
        )


class Live:
    """Follows the snapshot folder and the feed of changes in one thread."""

    def __init__(self, store: Store, folder: Path, *, rules: Rules = STANDARD) -> None:
        self.store = store
        self.folder = folder
        self.rules = rules
        self._view: View | None = None
        self._since: list[Change] = []
        self._lock = threading.RLock()
        self._tail: changes.Tail | None = None
        self._mark: tuple[Path, int] | None = None
        self._watched = sums.Watched()
        self._readable: Path | None = None  # whose name index this program can read
        self._shared: dict[str, tuple[tuple[int, int], float, Any]] = {}
        self._counting: dict[str, threading.Lock] = {}
        self._heard = 0  # changes, by whichever process
        self.things_changed = 0  # how often something that pages list was announced or changed

    def view(self) -> View:
        """Return what is known now.

        Raises
        ------
        SnapshotError
            If the worker has not built the first snapshot yet.
        """
        if self._view is None:
            raise SnapshotError(
                "there is no snapshot of the network yet: the worker builds it, "
                "or run `graphnet snapshot build`"
            )
        return self._view

    def shared(self, name: str, ask: Callable[[], Value]) -> Value:
        """Return what many readers are shown alike: counted once, and anew after any change.

        A change of this process counts at once, one of another as soon as it is heard of. One
        reader counts, while the others are told what was known before. What no change is written
        for (a visit, a letter that has left) is counted anew after half a minute, beside the reader
        who finds it so: nobody waits, and what nobody asked for within two minutes is counted
        while they do.
        """
        state = self._heard, changes.recorded()
        held = self._shared.get(name)
        age = time.monotonic() - held[1] if held is not None else 0.0
        if held is not None and held[0] == state and age < SHARED_SECONDS:
            value: Value = held[2]
            return value
        counting = self._counting.setdefault(name, threading.Lock())
        if not counting.acquire(blocking=False):
            # Somebody counts already. What was known a moment ago does for the others meanwhile,
            # unless this process has changed something since.
            if held is not None and held[0][1] == state[1]:
                value = held[2]
                return value
            counting.acquire()
        elif held is not None and held[0] == state and age < STALE_SECONDS:
            # The page's own context goes along: what counts may ask it for the store.
            run = contextvars.copy_context().run
            threading.Thread(
                target=run, args=(self._count, name, state, ask, counting), daemon=True
            ).start()
            value = held[2]
            return value
        try:
            newer = self._shared.get(name)
            if newer is not None and newer is not held and newer[0] == state:
                value = newer[2]
                return value
            now = time.monotonic()
            value = ask()
            self._shared[name] = state, now, value
            return value
        finally:
            counting.release()

    def _count(
        self,
        name: str,
        state: tuple[int, int],
        ask: Callable[[], Any],
        counting: threading.Lock,
    ) -> None:
        """Count something anew beside the pages; the lock, which is held, is released."""
        try:
            now = time.monotonic()
            self._shared[name] = state, now, ask()
        except GraphnetError as problem:
            log.warning("shared.failed name=%s problem=%s", name, problem)
        finally:
            counting.release()

    def start(self) -> None:
        """Open the current snapshot, if there is one, and begin to follow the feed."""
        try:
            self.refresh()
        except SnapshotError as problem:  # of an older program: the worker is building a new one
            log.warning("snapshot.unusable problem=%s", problem)
        start = self._view.snapshot.version if self._view else 0
        self._tail = _Tail(self, start=start)
        self._tail.catch_up()
        self._tail.start()

    def stop(self) -> None:
        """Stop following."""
        if self._tail:
            self._tail.stop()

    def catch_up(self) -> None:
        """Take in everything that has been committed by now."""
        self.refresh()
        if self._tail:
            self._tail.catch_up()

    def refresh(self) -> None:
        """Swap in the current snapshot if it is not the one in use."""
        path = current(self.folder)
        with self._lock:
            # A damaged one is built anew under the same name.
            mark = None if path is None else _mark(path)
            if path is None or mark == self._mark:
                return
            snapshot = open_snapshot(path)
            names = NameIndex.open(path / "names")
            self._since = [c for c in self._since if c.number > snapshot.version]
            self._mark = mark
            self._view = View(snapshot, names, frozenset(), folder=path)
            for change in self._since:
                self._lay_over(change)
            log.info("snapshot.opened version=%d people=%d", snapshot.version, snapshot.n)

    def standing(self) -> Manifest | None:
        """Return what the current snapshot says of itself; None if there is none to be served.

        For who asks every two seconds: a file that has not changed is not read again.
        """
        path = current(self.folder)
        if path is None:
            return None
        try:
            manifest = read_manifest(path)
        except SnapshotError:
            return None
        if not self._watched.whole(path, manifest.sums):
            return None
        if path != self._readable and not usable(path):
            return None
        self._readable = path
        return manifest

    def take_in(self, change: Change) -> None:
        """Lay one change over the snapshot."""
        with self._lock:
            self._since.append(change)
            self._heard += 1
            if change.kind == changes.ANNOUNCED:
                self.things_changed += 1
            self._lay_over(change)

    def _lay_over(self, change: Change) -> None:
        view = self._view
        if view is None or change.number <= view.snapshot.version:
            return
        denied, changed = view.denied, view.changed
        if change.kind in changes.DENYING:
            denied = denied | set(change.people)
        elif change.kind in changes.ALLOWING:
            denied = denied - set(change.people)
        elif change.people:
            self._rename(view, change.people)
            if change.kind == "changed":
                changed = changed | set(change.people)
        if change.kind in ("erased",):
            for key in change.people:
                view.names.remove(key)
        self._view = replace(view, denied=denied, changed=changed)

    def _rename(self, view: View, keys: Iterable[int]) -> None:
        for row in self.store.read(NAMES_OF, keys=list(keys)):
            view.names.change(row["key"], person_name(row))


class _Tail(changes.Tail):
    """Looks for a newer snapshot, then for changes, at each step."""

    def __init__(self, live: Live, *, start: int) -> None:
        super().__init__(live.store, live.take_in, start=start)
        self._live = live

    def catch_up(self) -> None:
        try:
            self._live.refresh()
        except SnapshotError as problem:
            log.warning("snapshot.unusable problem=%s", problem)
        super().catch_up()


def _mark(path: Path) -> tuple[Path, int]:
    """Return what tells one writing of a snapshot from another."""
    try:
        return path, (path / "manifest.json").stat().st_mtime_ns
    except OSError as problem:
        raise SnapshotError(f"snapshot {path} has no manifest: {problem}") from problem


def person_name(row: Row) -> PersonName:
    """Return the names in a row, as the name index takes them."""
    return PersonName(
        given=row["given"] or "",
        patronymic=row["patronymic"] or "",
        family=row["family"] or "",
        former=tuple(row["former"] or ()),
        latin=row["latin"] or "",
    )


def usable(path: Path) -> bool:
    """Return whether this program can open a snapshot and its name index."""
    try:
        open_snapshot(path)
        NameIndex.open(path / "names")
    except SnapshotError:
        return False
    return True


def rebuild(store: Store, folder: Path) -> Snapshot:
    """Build a snapshot with its name index, save both, and make them the current ones."""
    stands = current(folder)
    if stands is not None and not usable(stands):
        shutil.rmtree(stands)  # of an older program; its name may be the new one's
    folder.mkdir(parents=True, exist_ok=True)
    snapshot = build(store)
    keys, names = [], []
    for row in store.stream(NAMES):
        keys.append(row["key"])
        names.append(person_name(row))
    index = NameIndex.build(np.asarray(keys, np.int64), names)
    save(snapshot, folder, beside=lambda target: index.save(target / "names"))
    remove_old(folder)
    try:
        changes.forget(store, snapshot.version - 100_000)
    except GraphnetError as problem:
        log.warning("changes.not_forgotten problem=%s", problem)
    return snapshot

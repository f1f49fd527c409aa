"""Learned models: fitted by the worker after a snapshot, kept in a folder, opened by every process.

    who came to what -> the order of events (EventRanker), what people have in common
    (InteractionModel) -> folder models/<number>, `current` points at the newest

Without a model, content and habit answer: `NONE`.
"""

import json
import logging
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from graphnet import sums
from graphnet.errors import ModelMissing
from graphnet.model import new_id
from graphnet.models.eventlog import EventLog, Moment
from graphnet.models.events import EventRanker
from graphnet.models.factors import InteractionModel
from graphnet.models.training import Examples, fit_ranker
from graphnet.recommendations.interactions import AudienceMoment, Habit, milliseconds, read_habit
from graphnet.snapshot import Snapshot
from graphnet.store import Store

log = logging.getLogger(__name__)

HABIT, EVENTS, THINGS, FACTS = "habit.npz", "events.npz", "things.npz", "facts.json"
# The order of events is learned from weeks: anew once a day is often enough.
RELEARN = timedelta(hours=24)
FEWEST_TIES = 30  # memberships below which nothing is learned from them
KEEP = 3


@dataclass(frozen=True)
class Models:
    """What was learned, and from which snapshot.

    Attributes
    ----------
    version
        The name under which it is shown beside figures: "habit" where nothing was learned.
    """

    version: str = "habit"
    snapshot: int = -1
    habit: Habit | None = None
    ranker: EventRanker = EventRanker()
    things: InteractionModel | None = None


NONE = Models()


class MemberExamples(Examples):
    """Training questions described as a member could have seen them: the same as when asked."""

    def __init__(self, habit: Habit) -> None:
        super().__init__(habit.log, moment=self._as_member)
        self._shows = habit.shows

    def _as_member(self, log: EventLog, time: int) -> Moment:
        nobody = np.zeros(log.people, bool)
        return AudienceMoment(log, time, hidden=nobody, shows=self._shows)


def fit(store: Store, snapshot: Snapshot, folder: Path, *, now: datetime | None = None) -> Models:
    """Learn what can be learned, keep it in `folder` and make it the current one.

    The order of events of an earlier fit is taken over while it is young.
    """
    now = now or datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True)
    before = current(folder)
    habit = read_habit(store, snapshot)
    draft = folder / f".draft-{new_id()}"
    draft.mkdir()
    learned_at = now
    earlier = _facts(before) if before else {}
    kept = datetime.fromisoformat(earlier["learned_at"]) if earlier.get("learned_at") else None
    if before and kept is not None and now - kept < RELEARN and (before / EVENTS).exists():
        learned_at = kept
        shutil.copy(before / EVENTS, draft / EVENTS)
    else:
        ranker = fit_ranker(MemberExamples(habit), milliseconds(now))
        ranker.save(draft / EVENTS)
    habit.save(draft / HABIT)
    if habit.members.nnz >= FEWEST_TIES:
        InteractionModel().fit(habit.members).save(draft / THINGS)
    name = f"{snapshot.version:012d}"
    facts = {
        "sums": sums.sums(draft),
        "version": f"{learned_at:%Y-%m-%d}",
        "snapshot": snapshot.version,
        "fitted_at": now.isoformat(),
        "learned_at": learned_at.isoformat(),
    }
    (draft / FACTS).write_text(json.dumps(facts), encoding="utf-8")
    target = folder / name
    if target.exists():
        name = f"{name}-{new_id()}"
        target = folder / name
    draft.rename(target)
    link = folder / f".link-{new_id()}"
    link.symlink_to(name)
    link.replace(folder / "current")
    _remove_old(folder)
    return load(target)


def current(folder: Path) -> Path | None:
    """Return where the current models are, None if none have been fitted."""
    link = folder / "current"
    return link.resolve() if link.exists() else None


def damaged(folder: Path) -> list[str]:
    """Return which files of the current models are not what was fitted; none where there are none.

    Models of a release before there were sums count as damaged: they are fitted anew.
    """
    path = current(folder)
    if path is None:
        return []
    facts = _facts(path)
    if "sums" not in facts:
        return [FACTS]
    return sums.damaged(path, facts["sums"])


def load(path: Path) -> Models:
    """Open what `fit` kept; what this program cannot read counts as not learned.

    Raises
    ------
    ModelMissing
        If not even who came to what can be read.
    """
    facts = _facts(path)
    if not facts:
        raise ModelMissing(f"{path}: no models; the worker fits them")
    wrong = sums.damaged(path, facts.get("sums", {}))
    if wrong:
        raise ModelMissing(f"{path}: damaged ({', '.join(wrong)}); the worker fits new ones")
    habit = Habit.load(path / HABIT)
    try:
        ranker = EventRanker.load(path / EVENTS)
    except ModelMissing as problem:
        log.warning("models.events_unusable problem=%s", problem)
        ranker = EventRanker()
    things = None
    if (path / THINGS).exists():
        try:
            things = InteractionModel.load(path / THINGS)
        except (ModelMissing, TypeError, KeyError) as problem:  # of another release
            log.warning("models.things_unusable problem=%s", problem)
    version = str(facts["version"]) if ranker.trees or things is not None else NONE.version
    return Models(version, int(facts["snapshot"]), habit, ranker, things)


def _facts(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((path / FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _remove_old(folder: Path) -> None:
    stands = current(folder)
    old = sorted(
        (p for p in folder.iterdir() if (p / FACTS).exists() and not p.is_symlink()),
        key=lambda p: p.name,
    )
    for path in [p for p in old if p != stands][:-KEEP]:
        shutil.rmtree(path, ignore_errors=True)


def due(folder: Path, version: int) -> bool:
    """Whether the models were fitted to an older snapshot than the one of this version."""
    path = current(folder)
    return path is None or int(_facts(path).get("snapshot", -1)) < version


def refit(store: Store, snapshot: Snapshot, folder: Path) -> None:
    """Fit unless somebody has done so for this snapshot or a newer one."""
    if due(folder, snapshot.version) or damaged(folder):
        fitted = fit(store, snapshot, folder)
        log.info("models.fitted version=%s snapshot=%d", fitted.version, fitted.snapshot)

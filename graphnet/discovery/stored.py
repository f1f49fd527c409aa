"""The learned order of people one may know, as the worker keeps it beside a snapshot.

    snapshot -> ties and attributes that members may see -> TieModel -> SNAPSHOT/people.npz

A whole fit is made once a day; the next snapshots take over its trees, which know no person and no
group, and only count anew how groups mix. Web processes open the file when they first need it, so
that they follow the snapshot by themselves. Lists are not stored: a question takes some
milliseconds, and an answer that is computed knows the latest click.
"""

import json
import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from graphnet import privacy
from graphnet.discovery.model import TieModel
from graphnet.errors import ModelMissing
from graphnet.live import View
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import BoolArray, Int32, Ties

log = logging.getLogger(__name__)

FILE = "people.npz"
FACTS = "people.json"
FORMAT = 1
KEPT_FOR = timedelta(days=1)  # a whole fit is made so often
LOOK_AGAIN_SECONDS = 5.0
# What says most first: the newcomers' order pairs the first few.
ORDER = (
    "study_group",
    "cohort",
    "graduation",
    "department",
    "residence",
    "faculty",
    "institute",
    "school",
    "place",
    "organisation",
    "university",
)
# Attribute of the snapshot: the field that a person must show to members for it to count.
PRIVATE = {"place": "city", "organisation": "employer", "residence": "groups"}


@dataclass(frozen=True)
class Facts:
    """What was learned, from how much, and when."""

    columns: tuple[str, ...]
    learned_at: datetime
    people: int
    ties: int
    seconds: float


def taking_part(snapshot: Snapshot) -> BoolArray:
    """Return who is learned from: alumni whom members may see, who have not refused profiling."""
    out = (
        privacy.HIDDEN
        | privacy.DECEASED
        | privacy.QUARANTINED
        | privacy.REFUSED
        | privacy.NO_PROFILE
    )
    part: BoolArray = ((snapshot.flags & out) == 0) & ((snapshot.flags & privacy.ALUMNUS) != 0)
    return part


def attributes_of(
    snapshot: Snapshot, columns: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], Int32]:
    """Return names and codes, int32[n, a], of what people show to all members; 0 for the rest.

    Parameters
    ----------
    columns
        Those that a model was learned with; the snapshot's own where none is given.
    """
    names = columns or tuple(name for name in ORDER if name in snapshot.attributes)
    codes = np.zeros((snapshot.n, len(names)), np.int32)
    members = privacy.Viewer("alumnus")
    everyone = np.ones(snapshot.n, bool)
    for column, name in enumerate(names):
        if name in snapshot.attributes:
            shown = snapshot.showing(members, PRIVATE.get(name, "studies"), everyone)
            codes[:, column] = np.where(shown, snapshot.attributes[name], 0)
    return names, codes


def ties_of(snapshot: Snapshot, part: BoolArray) -> Ties:
    """Return the acquaintances among those who take part."""
    knows = snapshot.layers["knows"]
    source = np.repeat(np.arange(knows.n), np.diff(knows.indptr))
    keep = part[source] & part[knows.indices]
    indptr = np.zeros(knows.n + 1, np.int64)
    np.cumsum(np.bincount(source[keep], minlength=knows.n), out=indptr[1:])
    return Ties(indptr, knows.indices[keep], knows.weight[keep])


def learn(snapshot: Snapshot, folder: Path, *, before: Path | None = None) -> Facts:
    """Write the model of a snapshot into its folder; with the trees of `before` while fresh.

    A whole fit takes well under a minute on two cores for 20,000 people; taking over, a second.
    """
    began = time.monotonic()
    names, codes = attributes_of(snapshot)
    ties = ties_of(snapshot, taking_part(snapshot))
    rng = np.random.default_rng(snapshot.version)
    now = datetime.now(UTC)
    learned_at = now
    model: TieModel | None = None
    if before is not None:
        try:
            facts = read_facts(before)
            if facts.columns == names and now - facts.learned_at < KEPT_FOR:
                model = TieModel.open(before / FILE)
                model.refresh(ties, codes, rng=rng)
                learned_at = facts.learned_at
        except ModelMissing:
            model = None
    if model is None:
        model = TieModel().fit(ties, codes, rng=rng)
    seconds = round(time.monotonic() - began, 2)
    facts = Facts(names, learned_at, snapshot.n, len(ties.indices) // 2, seconds)
    model.save(folder / FILE)
    draft = folder / f"{FACTS}.part"
    draft.write_text(
        json.dumps(
            {
                "format": FORMAT,
                "columns": names,
                "learned_at": learned_at.isoformat(),
                "people": facts.people,
                "ties": facts.ties,
                "seconds": seconds,
            }
        ),
        encoding="utf-8",
    )
    draft.replace(folder / FACTS)  # last: whoever sees it finds the model too
    return facts


def read_facts(folder: Path) -> Facts:
    """Return what is known of the model in a snapshot's folder.

    Raises
    ------
    ModelMissing
        If there is none, or one of another format.
    """
    try:
        found = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        if found["format"] != FORMAT:
            raise ModelMissing(f"{folder}: a model of another format; the worker learns a new one")
        return Facts(
            tuple(found["columns"]),
            datetime.fromisoformat(found["learned_at"]),
            found["people"],
            found["ties"],
            found["seconds"],
        )
    except (OSError, ValueError, KeyError) as problem:
        raise ModelMissing(f"{folder}: nothing learned yet") from problem


def whole(folder: Path) -> bool:
    """Return whether the model in a snapshot's folder is there and can be read."""
    try:
        read_facts(folder)
        TieModel.open(folder / FILE)
    except ModelMissing:
        return False
    return True


@dataclass(frozen=True)
class Ready:
    """What answers questions of one snapshot: the model and what it looks at."""

    model: TieModel
    attributes: Int32
    ties: Ties
    part: BoolArray


_lock = threading.Lock()
_kept: dict[Path, Ready] = {}
_missing: dict[Path, float] = {}


def ready(view: View) -> Ready | None:
    """Return the model of a view's snapshot; None as long as the worker has not learned it."""
    folder = view.folder
    if folder is None:
        return None
    with _lock:
        found = _kept.get(folder)
        if found is not None:
            return found
        if time.monotonic() - _missing.get(folder, -LOOK_AGAIN_SECONDS) < LOOK_AGAIN_SECONDS:
            return None
        try:
            facts = read_facts(folder)
            model = TieModel.open(folder / FILE)
        except ModelMissing:
            _missing[folder] = time.monotonic()
            return None
        part = taking_part(view.snapshot)
        _, codes = attributes_of(view.snapshot, facts.columns)
        found = Ready(model, codes, ties_of(view.snapshot, part), part)
        _kept.clear()  # an older snapshot's is not asked again
        _missing.clear()
        _kept[folder] = found
        log.info("people_model.opened people=%d ties=%d", facts.people, facts.ties)
        return found

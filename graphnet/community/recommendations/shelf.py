"""The shared way: candidates, remove, score, diversify, explore, explain; and what it stands on."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from graphnet.community.recommendations import models
from graphnet.community.recommendations.habit import Habit, may_learn_from, read_habit
from graphnet.community.recommendations.items import LISTS, Item, Reason
from graphnet.community.recommendations.mine import mine
from graphnet.community.recommendations.person import Person, Shared
from graphnet.community.recommendations.remove import still_open
from graphnet.community.recommendations.score import (
    Candidate,
    features,
    score_events,
    score_groups,
    score_news,
    score_people,
    score_projects,
    score_requests,
    score_services,
    split_habit,
)
from graphnet.community.recommendations.things import Things, read_things
from graphnet.errors import BadValue, GraphnetError
from graphnet.live import Live, View
from graphnet.people import Card, cards
from graphnet.privacy import SMALLEST_COUNT_IN_REASON, Viewer, visibilities
from graphnet.recommend.diversity import diversify
from graphnet.snapshot import Snapshot
from graphnet.store import Row

# The one dial of diversity, the same for every list: 0 is the order by score, 1 likeness alone.
DIAL = 0.2
# How many of the best a list is chosen from: four times its length, and at least so many.
POOL = 20
# How often the last place of a list of events is given to a new one, to learn whether it is liked.
EXPLORE = 0.3
KEPT = 30.0  # seconds for which what may be recommended is kept
LOOK = 2.0  # seconds between looks for newer models
MOMENT = timedelta(hours=1)  # how old the sums of answers may grow between two snapshots
MOST_REASONS = 4
NAMED = 3
SHORT = 6  # lists up to this length hold one event of a series

SCORES = {
    "events": score_events,
    "groups": score_groups,
    "projects": score_projects,
    "news": score_news,
    "requests": score_requests,
    "services": score_services,
}

# One row: how an event stands now.
SEATS = """UNWIND $ids AS wanted MATCH (e:Event {id: wanted})
WHERE e.cancelled_at IS NULL AND coalesce(e.visibility, 'members') IN $visibilities
RETURN e.id AS id, e.capacity AS capacity,
  COUNT { (e)<-[:FOR]-(r:Registration) WHERE r.state = 'yes' } AS taken
ORDER BY id LIMIT 1000"""


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
        self._models = models.NONE
        self._models_path: Path | None = None
        self._looked_at = 0.0
        self._habit: tuple[int, Habit] | None = None
        self._shared: tuple[tuple[object, ...], Shared] | None = None

    def of(self, viewer: Viewer, *, now: datetime | None = None) -> "ForPerson":
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
        return ForPerson(self, Person(viewer, self.live.rules, view, known, shared, now))

    def things(self) -> Things:
        """Return what may be recommended to members."""
        return self.shared(self.live.view(), now=datetime.now(UTC)).things

    def shared(self, view: View, *, now: datetime) -> Shared:
        """Return what all readers share, brought up to date."""
        with self._lock:
            self._look_for_models()
            announced = self.live.things_changed
            stale = time.monotonic() - self._read_at > KEPT or announced != self._announced
            if self._things is None or stale:
                self._announced = announced
                self._things = read_things(self.live.store)
                self._read_at = time.monotonic()
            habit = self._habit_of(view.snapshot)
            coming = self._things.of["events"]
            new = tuple(thing.id for thing in coming if thing.id not in habit.event_place)
            hour = int(now.timestamp() // MOMENT.total_seconds())
            # Who has changed anything since counts for nobody until the next snapshot knows what.
            gone = habit.rows(view.denied | view.changed).tobytes()
            key = (view.snapshot.version, id(habit), new, gone, hour)
            if self._shared is not None and self._shared[0] == key:
                kept = replace(self._shared[1], things=self._things)
            else:
                kept = self._share(view, habit, now=now)
            self._shared = (key, kept)
            return kept

    def _share(self, view: View, habit: Habit, *, now: datetime) -> Shared:
        assert self._things is not None
        with_new = habit.with_new(self._things.of["events"])
        snapshot = view.snapshot
        may = may_learn_from(snapshot, denied=(*view.denied, *view.changed))
        places = np.minimum(np.searchsorted(snapshot.keys, habit.log.key), max(snapshot.n - 1, 0))
        if snapshot.n and len(places):
            hidden = ~(may[places] & (snapshot.keys[places] == habit.log.key))
        else:
            hidden = np.ones(len(habit.log.key), bool)
        gone = np.zeros(habit.log.people, bool)
        gone[habit.rows(view.denied)] = True
        moment = with_new.moment(now, hidden=hidden)
        return Shared(self._things, self._models, with_new, moment, hidden, whole=not gone.any())

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
        path = models.current(self.folder)
        if path is None or path == self._models_path:
            return
        self._models_path = path
        try:
            self._models = models.load(path)
        except GraphnetError as problem:
            models.log.warning("models.unusable problem=%s", problem)

    def seats(self, viewer: Viewer, ids: list[str]) -> dict[str, Row]:
        """Return how those events stand at this moment; who is gone or cancelled is not there."""
        if not ids:
            return {}
        rows = self.live.store.read(SEATS, ids=ids, visibilities=visibilities(viewer))
        return {row["id"]: row for row in rows}


class ForPerson:
    """Answers the lists of one person at one moment."""

    def __init__(self, shelf: Shelf, person: Person) -> None:
        self.shelf = shelf
        self.person = person

    @property
    def model(self) -> str:
        """The version of the models that answer."""
        return self.person.shared.models.version

    def best(
        self, name: str, k: int, *, seen: frozenset[str] = frozenset(), explore: bool = True
    ) -> list[Item]:
        """Return the best k things of a list, each with its reasons.

        Parameters
        ----------
        seen
            Ids that stand on the page already.
        explore
            Whether the last place may go to a new event.

        Raises
        ------
        BadValue
            If there is no such list.
        """
        if name not in LISTS:
            raise BadValue(f"{name!r} is not a list: {', '.join(LISTS)}")
        if self.person.viewer.person_key is None or k < 1:
            return []
        candidates = self.candidates(name, seen=seen)
        ranked = sorted(candidates, key=lambda c: (-c.score, c.thing.begins or self.person.now,
                                                   c.thing.id))  # fmt: skip
        every = ranked
        if name == "events":
            if k <= SHORT:
                ranked = _once_a_series(ranked)
        else:  # whatever nothing speaks for is not suggested
            ranked = [c for c in ranked if any(part > 0 for part in c.parts.values())]
        pool = ranked[: max(4 * k, POOL)]
        new: list[Candidate] = []
        if name == "events":
            if explore:  # read together: a look at the graph costs more than what it looks at
                new = [candidate for candidate in every if candidate.fresh][: k + POOL]
            free = self._with_seats([*pool, *new])
            pool = [candidate for candidate in pool if candidate.thing.id in free]
            new = [candidate for candidate in new if candidate.thing.id in free]
        if not pool:
            return []
        scores = np.asarray([candidate.score for candidate in pool])
        order = diversify(scores, features(pool), k, dial=DIAL)
        chosen = [(pool[i], False, 1.0) for i in order.tolist()]
        if name == "events" and explore:
            chosen = self._explore(chosen, new, k)
        return self._explained(chosen)

    def candidates(self, name: str, *, seen: frozenset[str] = frozenset()) -> list[Candidate]:
        """Return everything of a list that may be shown to this person, scored."""
        if name == "meet":
            return score_people(self.person, seen)
        things = still_open(
            self.person.shared.things.of[name], self.person.mine, now=self.person.now, seen=seen
        )
        return SCORES[name](self.person, things) if things else []

    def _with_seats(self, candidates: list[Candidate]) -> frozenset[str]:
        """Return the ids of those events that stand and have a seat at this moment."""
        ids = sorted({candidate.thing.id for candidate in candidates})
        return frozenset(
            name
            for name, stands in self.shelf.seats(self.person.viewer, ids).items()
            if stands["capacity"] is None or stands["taken"] < stands["capacity"]
        )

    def _explore(
        self, chosen: list[tuple[Candidate, bool, float]], fresh: list[Candidate], k: int
    ) -> list[tuple[Candidate, bool, float]]:
        """Give the last place to a new event now and then, and note how likely that was."""
        if len(chosen) < 3 or len(chosen) < k:
            return chosen
        shown = {candidate.thing.id for candidate, _, _ in chosen}
        new = [candidate for candidate in fresh if candidate.thing.id not in shown][:POOL]
        if not new:
            return chosen
        # The same all day for one reader, so that a page looked at twice is the same page.
        day = self.person.now.date().toordinal()
        rng = np.random.default_rng([self.person.mine.key, day])
        if rng.random() < EXPLORE:
            one = new[int(rng.integers(len(new)))]
            return [*chosen[:-1], (one, True, EXPLORE / len(new))]
        return [*chosen[:-1], (chosen[-1][0], False, 1 - EXPLORE)]

    def _explained(self, chosen: list[tuple[Candidate, bool, float]]) -> list[Item]:
        explained = []
        split_habit(self.person, [candidate for candidate, _, _ in chosen])
        for candidate, explored, _ in chosen:
            reasons = sorted(
                candidate.explain(), key=lambda pair: (-pair[0].part, pair[0].kind, pair[0].thing)
            )
            if explored:
                reasons = [(Reason("new", 0.0), ()), *reasons]
            explained.append(reasons[: MOST_REASONS + 2])
        keys = {c.person_key for c, _, _ in chosen if c.person_key is not None}
        brief = not keys  # a reason names people and shows no more of them
        for reasons in explained:
            keys |= {key for _, people in reasons for key in people[:NAMED]}
        shown: dict[int, Card] = {}
        if keys:
            shown = {
                card.key: card
                for card in cards(
                    self.shelf.live.store, self.person.viewer, sorted(keys),
                    rules=self.shelf.live.rules, brief=brief,
                )
            }  # fmt: skip
        items = []
        for (candidate, explored, propensity), reasons in zip(chosen, explained, strict=True):
            card = shown.get(candidate.person_key) if candidate.person_key is not None else None
            if candidate.person_key is not None and (
                card is None or "interests" not in card.fields
            ):
                continue  # has stopped showing it since the list of talents was read
            field = "events" if candidate.thing.list == "events" else "groups"
            told = [
                kept
                for reason, people in reasons
                if (kept := _told(reason, people, shown, field)) is not None
            ]
            if not told:
                continue  # every suggestion says why
            items.append(
                Item(
                    candidate.thing,
                    candidate.score,
                    candidate.parts,
                    tuple(told[:MOST_REASONS]),
                    card=card,
                    explored=explored,
                    propensity=propensity,
                )
            )
        return items


def _once_a_series(ranked: list[Candidate]) -> list[Candidate]:
    """Keep the best event of each title and community."""
    kept: dict[tuple[str, frozenset[str]], Candidate] = {}
    for candidate in ranked:
        kept.setdefault((candidate.thing.series, candidate.marks), candidate)
    return list(kept.values())


def _told(
    reason: Reason, people: tuple[int, ...], shown: dict[int, Card], field: str
) -> Reason | None:
    """Name those who may be named; a reason of people of whom none may be is not told."""
    if not people:
        return reason
    named = tuple(shown[k] for k in people[:NAMED] if k in shown and field in shown[k].fields)
    if named:
        return replace(reason, people=named)
    return reason if reason.count >= SMALLEST_COUNT_IN_REASON else None

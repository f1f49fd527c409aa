"""What a score may ask about its reader: interests, who may be seen, who goes where, what fits."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graphnet import privacy
from graphnet.errors import PersonNotFound
from graphnet.live import View
from graphnet.models import eventlog, explain
from graphnet.models.events import EventRanker
from graphnet.privacy import Rules, Viewer
from graphnet.recommendations.catalogue import Things
from graphnet.recommendations.fitted import Models
from graphnet.recommendations.interactions import AudienceMoment, Habit
from graphnet.recommendations.interests import Belief, believed
from graphnet.recommendations.items import Reason
from graphnet.recommendations.own import Mine
from graphnet.snapshot.arrays import BoolArray, Int64


@dataclass(frozen=True)
class Shared:
    """What all readers of a process share until something changes.

    Attributes
    ----------
    models
        What was learned, less whoever has gone since.
    moment
        What members may know now; `hidden` are the rows of its log that count nothing.
    """

    things: Things
    models: Models
    habit: Habit
    moment: AudienceMoment
    hidden: BoolArray

    @cached_property
    def sizes(self) -> list[int]:
        """How many show that they are in each community or work on each project."""
        members = self.habit.members
        shown = np.repeat(~self.hidden, np.diff(members.indptr))
        found: list[int] = np.bincount(
            members.indices[shown], minlength=len(self.habit.things)
        ).tolist()
        return found


@dataclass(frozen=True)
class Company:
    """Who goes where, as this reader may know it; `near` are groupmates and acquaintances."""

    habit: Habit
    moment: AudienceMoment
    ranker: EventRanker
    person: eventlog.Person
    near: BoolArray
    sizes: list[int]

    def mates_at(self) -> Int64:
        """How many of the near go to each event, of those who show it."""
        total = np.concatenate([[0], np.cumsum(self.near[self.moment.goers], dtype=np.int64)])
        starts = self.moment.goers_start
        counts: Int64 = total[starts[1:]] - total[starts[:-1]]
        return counts

    def mates_of(self, event: int) -> tuple[int, ...]:
        """The keys of those who go to one event."""
        first, last = self.moment.goers_start[event : event + 2]
        goers = np.unique(self.moment.goers[first:last])
        return tuple(int(key) for key in self.habit.log.key[goers[self.near[goers]]])

    def mates_in(self, thing: str) -> tuple[int, ...]:
        """The keys of the near who are in a community or work on a project, and show it."""
        rows = self._rows_in(thing)
        return tuple(int(key) for key in self.habit.log.key[rows[self.near[rows]]])

    def together(self) -> dict[str, tuple[int, int]]:
        """Of each community and project, how many of the near and how many in all show it."""
        habit = self.habit
        mates = np.zeros(len(habit.things), np.int64)
        for row in np.flatnonzero(self.near).tolist():
            mates[
                habit.members.indices[habit.members.indptr[row] : habit.members.indptr[row + 1]]
            ] += 1
        return dict(zip(habit.things, zip(mates.tolist(), self.sizes, strict=True), strict=True))

    def _rows_in(self, thing: str) -> NDArray[np.int32]:
        column, owners = self.habit.thing_place.get(thing), self.habit.owners
        if column is None:
            return np.zeros(0, np.int32)
        return np.sort(owners.indices[owners.indptr[column] : owners.indptr[column + 1]])


@dataclass
class Person:
    """One reader at one moment."""

    viewer: Viewer
    rules: Rules
    view: View
    mine: Mine
    shared: Shared
    now: datetime
    evidence: NDArray[np.float32] = field(init=False, repr=False)
    told: dict[int, list[explain.Reason]] = field(default_factory=dict, init=False, repr=False)
    _scale: float = field(default=0.0, init=False)

    @property
    def shelf_things(self) -> Things:
        """What may be recommended."""
        return self.shared.things

    @cached_property
    def position(self) -> int | None:
        """Where the reader stands in the snapshot; None for who joined after it."""
        try:
            return self.view.snapshot.position(self.mine.key)
        except PersonNotFound:
            return None

    @cached_property
    def allowed(self) -> BoolArray:
        """Whom the reader may see, by position."""
        return self.view.allowed(self.viewer, self.rules)

    def may_see(self, key: int) -> bool:
        """Whether the reader may see the person with that key; not of who joined just now."""
        return bool(self.allowed[self.view.snapshot.positions([key])].any())

    @cached_property
    def beliefs(self) -> dict[str, Belief]:
        """What the reader is believed to be interested in."""
        return believed(self.mine, self._plain_topics_of, now=self.now)

    @cached_property
    def weights(self) -> dict[str, float]:
        """How much the reader is believed to be interested in each topic that counts at all."""
        return {topic: b.weight for topic, b in self.beliefs.items() if b.weight > 0}

    def weight(self, topic: str) -> float:
        """How much the reader is believed to be interested in one topic."""
        return self.weights.get(topic, 0.0)

    def _plain_topics_of(self, list_name: str, item: str) -> tuple[str, ...]:
        """Topics of a thing from which something may be believed: nothing delicate ever is."""
        every = self.shared.things.topics
        found = self.topics_of(list_name, item)
        return tuple(t for t in found if t not in every or not every[t].delicate)

    def topics_of(self, list_name: str, item: str) -> tuple[str, ...]:
        """Topics of a thing, also of one that is past."""
        thing = self.shared.things.find(list_name, item)
        if thing is not None:
            return tuple(topic.id for topic in thing.topics)
        relation = {"events": "event_topics", "groups": "group_topics"}.get(list_name, "")
        snapshot = self.view.snapshot
        if relation not in snapshot.relations or item not in snapshot.things[list_name].position:
            return ()
        about = snapshot.relations[relation].of(snapshot.things[list_name].position[item])
        names = snapshot.things["topics"].ids
        return tuple(str(names[topic]) for topic in about.tolist())

    def company(self) -> Company | None:
        """Who goes where; None where nothing at all is known of it."""
        return self._company

    @cached_property
    def _company(self) -> Company | None:
        shared, snapshot = self.shared, self.view.snapshot
        habit = shared.habit
        if not habit.events:
            return None
        near = np.zeros(habit.log.people, bool)
        if self.position is not None:
            mates = snapshot.same(self.position, "study_groups") & self.allowed
            mates[snapshot.positions(self.mine.knows)] = True
            mates &= self.allowed
            mates[self.position] = False
            near[habit.rows(snapshot.keys[mates].tolist())] = True
        near &= ~shared.hidden
        person = habit.person(self.mine)
        return Company(habit, shared.moment, shared.models.ranker, person, near, shared.sizes)

    # What people have in common

    def _history(self) -> NDArray[np.int64]:
        place = self.shared.habit.thing_place
        mine = [place[t] for t in (*self.mine.groups, *self.mine.projects) if t in place]
        return np.asarray(sorted(mine), np.int64)

    def learned(self, wanted: list[str]) -> dict[str, float]:
        """The learned score of communities and projects, 1 for the best of those wanted."""
        model, history = self.shared.models.things, self._history()
        place = self._columns()
        if model is None or not self.mine.learns or not len(history):
            return {}
        scores = model.score(history)
        found = {name: float(scores[place[name]]) for name in wanted if name in place}
        best = max(found.values(), default=0.0)
        self._scale = 1 / best if best > 0 else 0.0
        return {name: value * self._scale for name, value in found.items() if value > 0}

    def _columns(self) -> dict[str, int]:
        habit = self.shared.models.habit
        return habit.thing_place if habit is not None else {}

    def why_learned(self, thing: str, part: float) -> list[tuple[Reason, tuple[int, ...]]]:
        """Which of my communities and projects the learned score rests on; they sum to `part`."""
        model, history = self.shared.models.things, self._history()
        assert model is not None
        split = model.contributions(history, self._columns()[thing])
        whole = float(split.parts.sum())
        reasons: list[tuple[Reason, tuple[int, ...]]] = []
        for place, value, count in zip(
            np.unique(history).tolist(), split.parts.tolist(), split.witnesses.tolist(), strict=True
        ):
            named = self._named(self.shared.habit.things[place])
            if named and value > 0 and whole > 0:
                shown = count if count >= privacy.SMALLEST_COUNT_IN_REASON else 0
                reasons.append((Reason("learned", part * value / whole, *named, count=shown), ()))
        return reasons

    def _named(self, item: str) -> tuple[str, str, str] | None:
        for name in ("groups", "projects"):
            thing = self.shared.things.find(name, item)
            if thing is not None:
                return thing.title, thing.title_ru, item
        return None

    # People to meet

    def people_to_meet(self, keys: Int64) -> tuple[BoolArray, list[str]]:
        """Whether each of those people may be suggested to the reader, and their ids."""
        snapshot = self.view.snapshot
        if snapshot.n == 0 or not len(keys):
            return np.zeros(len(keys), bool), [""] * len(keys)
        places = np.minimum(np.searchsorted(snapshot.keys, keys), snapshot.n - 1)
        good = (snapshot.keys[places] == keys) & self.allowed[places]
        good &= (snapshot.flags[places] & privacy.ALUMNUS) != 0
        good &= ~np.isin(keys, np.asarray([self.mine.key, *self.mine.knows], np.int64))
        good &= ~np.isin(keys, np.asarray(sorted(self.view.changed), np.int64))
        return good, [str(name) for name in snapshot.ids[places]]

    def interests_of(self, keys: Int64, *, most: int) -> dict[int, list[str]]:
        """Topics that each of those people, who show their interests, shares with the reader."""
        snapshot = self.view.snapshot
        topics, names = snapshot.memberships["topics"], snapshot.things["topics"]
        liked = {names.position[t]: t for t in self.weights if t in names.position}
        likes = np.zeros(len(names) + 1, bool)
        likes[list(liked)] = True
        found: dict[int, list[str]] = {}
        for key, place in zip(keys.tolist(), np.searchsorted(snapshot.keys, keys), strict=True):
            theirs = topics.of(int(place))
            shared = [liked[topic] for topic in set(theirs[likes[theirs]].tolist())]
            found[key] = sorted(shared, key=lambda topic: (-self.weights[topic], topic))[:most]
        return found

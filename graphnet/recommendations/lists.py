"""The shared way to one list: candidates, remove, score, diversify, explore, explain."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from graphnet.errors import BadValue
from graphnet.live import Live
from graphnet.models.diversity import diversify
from graphnet.people import Card, cards
from graphnet.privacy import SMALLEST_COUNT_IN_REASON, visibilities
from graphnet.recommendations.exclusions import still_open
from graphnet.recommendations.items import LISTS, Item, Reason
from graphnet.recommendations.reader import Person
from graphnet.recommendations.scoring import (
    Candidate,
    features,
    score_businesses,
    score_events,
    score_groups,
    score_news,
    score_people,
    score_projects,
    score_requests,
    score_services,
    split_habit,
)

# The one dial of diversity, the same for every list: 0 is the order by score, 1 likeness alone.
DIAL = 0.2
# How many of the best a list is chosen from: four times its length, and at least so many.
POOL = 20
# How often the last place of a list of events is given to a new one, to learn whether it is liked.
EXPLORE = 0.3
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
    "businesses": score_businesses,
}

# One row: those of the events that stand and have a seat. Answers are looked at one by one only
# where there are as many as seats.
FREE = """UNWIND $ids AS wanted MATCH (e:Event {id: wanted})
WHERE e.cancelled_at IS NULL AND coalesce(e.visibility, 'members') IN $visibilities
  AND CASE
    WHEN e.capacity IS NULL THEN true
    WHEN COUNT { (e)<-[:FOR]-() } * (1 + coalesce(e.guests, 0)) + coalesce(e.reserve, 0)
      < e.capacity THEN true
    ELSE head(COLLECT { MATCH (e)<-[:FOR]-(r:Registration) WHERE r.state IN ['yes', 'offered']
      RETURN sum(1 + coalesce(r.guests, 0)) }) + coalesce(e.reserve, 0) < e.capacity END
RETURN collect(e.id) AS free LIMIT 1"""


class ForPerson:
    """Answers the lists of one person at one moment."""

    def __init__(self, live: Live, person: Person) -> None:
        self.live = live
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
        return self._explained(self._chosen(name, k, seen=seen, explore=explore))

    def several(
        self, wanted: Sequence[tuple[str, int]], *, seen: frozenset[str] = frozenset()
    ) -> dict[str, list[Item]]:
        """Return the best of several lists for one page, each list once: what `best` gives one by
        one, but all the people who are named are read together.

        Parameters
        ----------
        wanted
            Names of lists, and how many of each.
        seen
            Ids that stand on the page already.
        """
        chosen = [one for name, k in wanted for one in self._chosen(name, k, seen=seen)]
        items = self._explained(chosen)
        return {name: [item for item in items if item.list == name] for name, _ in wanted}

    def _chosen(
        self, name: str, k: int, *, seen: frozenset[str], explore: bool = True
    ) -> list[tuple[Candidate, bool, float]]:
        """Choose the best k of a list: each with whether it is tried, and how likely that was."""
        if name not in LISTS:
            raise BadValue(f"{name!r} is not a list: {', '.join(LISTS)}")
        if self.person.viewer.person_key is None or k < 1:
            return []
        candidates = self.candidates(name, seen=seen)
        ranked = sorted(
            candidates, key=lambda c: (-c.score, c.thing.begins or self.person.now, c.thing.id)
        )
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
        return chosen

    def why(self, name: str, item: str) -> Item | None:
        """Return one thing of a list with its reasons, for its own page; None if it is on no list
        of theirs or nothing speaks for it."""
        return next(iter(self.among(name, {item})), None)

    def among(self, name: str, ids: Collection[str]) -> list[Item]:
        """Return those of the things that are on a list of theirs, each with its reasons.

        The best first; what nothing speaks for is left out.
        """
        if self.person.viewer.person_key is None:
            return []
        found = [c for c in self.candidates(name) if c.thing.id in ids]
        found = [c for c in found if any(part > 0 for part in c.parts.values())]
        found.sort(key=lambda c: (-c.score, c.thing.id))
        return self._explained([(c, False, 1.0) for c in found])

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
        if not ids:
            return frozenset()
        rows = self.live.store.read(FREE, ids=ids, visibilities=visibilities(self.person.viewer))
        return frozenset(rows[0]["free"])

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
        # A reason names people and shows no more of them.
        brief = {
            key for reasons in explained for _, people in reasons for key in people[:NAMED]
        }.difference(keys)
        keys |= brief
        shown: dict[int, Card] = {}
        if keys:
            shown = {
                card.key: card
                for card in cards(
                    self.live.store,
                    self.person.viewer,
                    sorted(keys),
                    rules=self.live.rules,
                    brief=brief,
                )
            }
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

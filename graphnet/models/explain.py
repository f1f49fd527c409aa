"""Reasons: the parts of a score that a person can be told, taken from the score and not made up
after it.

A `Reason` is a kind with its evidence in numbers and positions; pages put it into words in either
language. Parts that speak against an item stay in the arrays, so that everything still adds up,
but make no reason.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphnet.models.event_features import FAMILIES, LATELY, NAMES
from graphnet.models.eventlog import DAY, Ints, Moment, Person
from graphnet.models.events import RankedEvents

# An unnamed count below this could point at somebody.
FEWEST_SHOWN = 3

# Families that describe the asker or the list, and so cannot tell one event from another in words.
SILENT = frozenset({"activity", "choice"})
# What must be there for a family to be a reason at all, and the number to show for it.
EVIDENCE: dict[str, str] = {
    "member": "member",
    "group_habit": "group_yes",
    "series_habit": "series_yes",
    "place": "venue_yes",
    "words": "title_yes",
    "topics": "topics_shared",
    "time_of_week": "hour_fit",
    "company": "friends_going",
    "interest_of_others": "known_yes",
    "time_ahead": "days_ahead",
}


@dataclass(frozen=True)
class Reason:
    """One reason for one recommended thing.

    Attributes
    ----------
    kind : str
        A family of `event_features.FAMILIES`, or "history".
    part : float
        What it added to the score.
    count : float
        The number behind it: meetings attended, topics shared, people going.
    things : array of positions
        The events (items) of one's own history that it rests on, latest first.
    people : array of positions
        Who stands behind it; whoever may not be named has been removed before scoring.
    """

    kind: str
    part: float
    count: float
    things: Ints
    people: Ints


_NOBODY = np.zeros(0, dtype=np.int64)


def event_reasons(
    moment: Moment, person: Person, ranked: RankedEvents, *, most: int = 3
) -> list[list[Reason]]:
    """Return the strongest reasons for each ranked event, strongest first.

    Parameters
    ----------
    moment, person : as given to `EventRanker.rank`
    ranked : RankedEvents
    most : int
        Reasons an event.
    """
    by_family = ranked.by_family()
    together: Ints | None = None  # how often each came to something with this person
    alike = _alike(moment, person, ranked.events)
    answers = []
    for row, event in enumerate(ranked.events):
        found = []
        for family in FAMILIES:
            part = float(by_family[family][row])
            if family in SILENT or family not in EVIDENCE or part <= 0:
                continue
            count = float(ranked.evidence[row, NAMES.index(EVIDENCE[family])])
            if family == "interest_of_others" and count < FEWEST_SHOWN:
                continue
            if count <= 0:
                continue
            things = _own_events(moment, person, int(event), family, alike[row])
            people = _NOBODY
            if family == "company":
                together = _together(moment, person) if together is None else together
                people = _company(moment, person, int(event), together)
            found.append(Reason(family, part, count, things, people))
        answers.append(sorted(found, key=lambda reason: (-reason.part, reason.kind))[:most])
    return answers


def _alike(moment: Moment, person: Person, wanted: Ints) -> NDArray[np.float64]:
    # How like each wanted event's title those are where the person went, what is old counting less.
    words, liked = moment.log.events.words, person.events[person.yes][::-1]
    age = (moment.time - person.answered[person.yes][::-1]) / DAY
    found = np.asarray((words[wanted] @ words[liked].T).todense(), np.float64)
    return np.asarray(found * np.exp(-age / (2 * LATELY)))


def _own_events(
    moment: Moment, person: Person, event: int, family: str, alike: NDArray[np.float64]
) -> Ints:
    events = moment.log.events
    liked: Ints = person.events[person.yes][::-1]
    if family == "group_habit":
        return np.asarray(liked[events.group[liked] == events.group[event]])
    if family == "series_habit":
        return np.asarray(liked[events.series[liked] == events.series[event]])
    if family == "place":
        return np.asarray(liked[events.venue[liked] == events.venue[event]])
    if family == "words":
        return liked[np.argsort(-alike, kind="stable")][: int((alike > 0).sum())]
    return _NOBODY


def _together(moment: Moment, person: Person) -> Ints:
    together = np.zeros(moment.log.people, np.int64)
    for past in person.events[person.yes].tolist():
        together[moment.goers[moment.goers_start[past] : moment.goers_start[past + 1]]] += 1
    return together


def _company(moment: Moment, person: Person, event: int, together: Ints) -> Ints:
    # Of those who said yes, the ones who came to something with this person; by shared events,
    # then position.
    goers = moment.goers[moment.goers_start[event] : moment.goers_start[event + 1]]
    goers = np.unique(goers[goers != person.position])
    goers = goers[together[goers] > 0]
    return goers[np.lexsort((goers, -together[goers]))]

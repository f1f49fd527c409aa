"""Events, memberships and answers as arrays, and what of them was known at one moment.

An `EventLog` holds everything; a `Moment` lets nothing through that happened at or after its time.
All features are computed from a moment, so no feature can look into the future. Times are
milliseconds since 1970 in UTC (int64) in here, aware datetimes at the edge.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

DAY = 86_400_000
WEEK = 7 * DAY
# How many of a group's or series' last events its usual attendance is taken from.
RECENT_OF_GROUP = 10
RECENT_OF_SERIES = 5


@dataclass(frozen=True)
class Events:
    """Every event that has been announced; positions are 0 ... n - 1.

    Attributes
    ----------
    group, venue, series : arrays (n,) int64
        Positions; venue 0 is "unknown". A series is a group's events of one title, numbers left
        out.
    start : array (n,) int64
    words : CSR (n, words), float32
        TF-IDF of the title, rows of length one.
    topics : CSR (groups, topics), float32
    """

    group: Ints
    venue: Ints
    series: Ints
    start: Ints
    words: sp.csr_matrix
    topics: sp.csr_matrix

    def __len__(self) -> int:
        return len(self.start)

    @property
    def groups(self) -> int:
        """Number of groups."""
        return int(self.topics.shape[0])


@dataclass(frozen=True)
class Person:
    """What is known of one person at a moment: answers, memberships, stated topics.

    Pages add what Neo4j knows since the last snapshot (a click, an answer) before asking.
    """

    events: Ints
    yes: Mask
    answered: Ints
    groups: Ints
    joined: Ints
    topics: Ints
    position: int = -1
    """Row in the log, -1 for somebody who is not in it; their own answers do not count as
    others'."""


@dataclass(frozen=True)
class EventLog:
    """Events with every answer and membership, each with its time.

    Attributes
    ----------
    people : int
    key : array (people,) int64
        A lasting number of each person, the same whoever else is known; samples are drawn by it.
    reply_person, reply_event, reply_at : arrays (replies,) int64; `reply_yes` (replies,) bool
        Sorted by person, then time.
    member_person, member_group, joined_at : arrays (memberships,) int64
        Sorted by person, then time.
    member_topics : CSR (memberships, topics)
        The topics that came with a membership: known from the day of joining.
    """

    events: Events
    people: int
    key: Ints
    reply_person: Ints
    reply_event: Ints
    reply_yes: Mask
    reply_at: Ints
    member_person: Ints
    member_group: Ints
    joined_at: Ints
    member_topics: sp.csr_matrix

    @cached_property
    def reply_start(self) -> Ints:
        """Where each person's replies begin, shape (people + 1,)."""
        return np.searchsorted(self.reply_person, np.arange(self.people + 1)).astype(np.int64)

    @cached_property
    def member_start(self) -> Ints:
        """Where each person's memberships begin, shape (people + 1,)."""
        return np.searchsorted(self.member_person, np.arange(self.people + 1)).astype(np.int64)

    @cached_property
    def by_event(self) -> Ints:
        """Order of the replies by event, then time, then person."""
        return np.lexsort((self.reply_person, self.reply_at, self.reply_event)).astype(np.int64)

    @cached_property
    def by_start(self) -> Ints:
        """Order of the events by start, then position."""
        return np.lexsort((np.arange(len(self.events)), self.events.start)).astype(np.int64)

    def person(self, position: int, moment: int) -> Person:
        """Return what was known of a person before `moment`."""
        first, last = self.reply_start[position], self.reply_start[position + 1]
        last = first + int(np.searchsorted(self.reply_at[first:last], moment))
        begin, end = self.member_start[position], self.member_start[position + 1]
        end = begin + int(np.searchsorted(self.joined_at[begin:end], moment))
        topics = self.member_topics.indices[
            self.member_topics.indptr[begin] : self.member_topics.indptr[end]
        ]
        return Person(
            events=self.reply_event[first:last],
            yes=self.reply_yes[first:last],
            answered=self.reply_at[first:last],
            groups=self.member_group[begin:end],
            joined=self.joined_at[begin:end],
            topics=np.unique(topics).astype(np.int64),
            position=position,
        )

    def candidates(self, person: Person, moment: int, *, days: int = 30) -> Ints:
        """Return the events that start within so many days and that the person has not answered."""
        starts = self.events.start[self.by_start]
        first = np.searchsorted(starts, moment, side="left")
        last = np.searchsorted(starts, moment + days * DAY, side="right")
        near = self.by_start[first:last]
        return near[~np.isin(near, person.events)]


class Moment:
    """What everybody could know just before a time: counts, usual attendance, who answered what.

    Parameters
    ----------
    log : EventLog
    time : int
        Milliseconds; answers and memberships at or after it do not exist here.
    hidden : array (people,), bool, optional
        People whose answers and memberships must not be seen by the viewer: they are taken out
        here, before anything is counted, so that no score can give them away.
    fewest : int
        Counts of answers below it are not known either (pages: 3).
    """

    def __init__(
        self, log: EventLog, time: int, *, hidden: Mask | None = None, fewest: int = 1
    ) -> None:
        self.log = log
        self.time = time
        events = log.events
        number = len(events)
        order = log.by_event
        known = log.reply_at[order] < time
        if hidden is not None:
            known &= ~hidden[log.reply_person[order]]
        order = order[known]
        event = log.reply_event[order]
        said_yes = log.reply_yes[order]
        self.known_yes = np.bincount(event[said_yes], minlength=number).astype(np.float32)
        self.known_no = np.bincount(event[~said_yes], minlength=number).astype(np.float32)
        self.goers = log.reply_person[order][said_yes]
        self.goers_start = np.zeros(number + 1, dtype=np.int64)
        np.cumsum(self.known_yes.astype(np.int64), out=self.goers_start[1:])
        self.known_yes[self.known_yes < fewest] = 0
        self.known_no[self.known_no < fewest] = 0

        past = log.by_start[events.start[log.by_start] < time]
        self.past_in_group, self.usual_of_group = _recent_mean(
            events.group[past], self.known_yes[past], events.groups, RECENT_OF_GROUP
        )
        series = int(events.series.max(initial=-1)) + 1
        self.past_in_series, self.usual_of_series = _recent_mean(
            events.series[past], self.known_yes[past], series, RECENT_OF_SERIES
        )
        venues = int(events.venue.max(initial=0)) + 1
        self.past_at_venue, self.usual_of_venue = _recent_mean(
            events.venue[past], self.known_yes[past], venues, RECENT_OF_SERIES
        )
        self.past = past
        joined = log.joined_at < time
        if hidden is not None:
            joined &= ~hidden[log.member_person]
        self.group_size = np.bincount(log.member_group[joined], minlength=events.groups).astype(
            np.float32
        )
        self.yes_of_person = np.bincount(self.goers, minlength=log.people).astype(np.float32)
        goer_event = np.repeat(np.arange(number), np.diff(self.goers_start))
        ones = np.ones(len(self.goers), dtype=np.float32)
        self.person_series = sp.csr_matrix(
            (ones, (self.goers, events.series[goer_event])), shape=(log.people, series)
        )
        self.person_group = sp.csr_matrix(
            (ones, (self.goers, events.group[goer_event])), shape=(log.people, events.groups)
        )


def _recent_mean(key: Ints, value: Floats, size: int, recent: int) -> tuple[list[Ints], Floats]:
    # The last few positions of each key (in the order given) and the mean of their values.
    order = np.argsort(key, kind="stable")
    bounds = np.searchsorted(key[order], np.arange(size + 1))
    count = np.diff(bounds)
    means = np.zeros(size, dtype=np.float32)
    total = np.concatenate([[0.0], np.cumsum(value[order], dtype=np.float64)])
    first = np.maximum(bounds[1:] - recent, bounds[:-1])
    some = count > 0
    means[some] = ((total[bounds[1:]] - total[first]) / np.maximum(bounds[1:] - first, 1))[some]
    return [order, first, bounds[1:]], means


def series_key(title: str) -> str:
    """Return a title without numbers, case and punctuation: "Hike #12" and "Hike #13" are one
    series."""
    return " ".join(re.findall(r"[^\W\d_]+", title.casefold()))


def title_words(titles: Sequence[str]) -> sp.csr_matrix:
    """TF-IDF of titles, rows of length one, shape (titles, words); words of any script."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        token_pattern=r"[^\W\d_]{2,}",  # noqa: S106 - words, not a password
        sublinear_tf=True,
        dtype=np.float32,
    )
    try:
        matrix = vectorizer.fit_transform(titles)
    except ValueError:  # no title has a word
        matrix = sp.csr_matrix(np.zeros((len(titles), 1), dtype=np.float32))
    return sp.csr_matrix(matrix)

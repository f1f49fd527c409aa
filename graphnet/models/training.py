"""Learning to rank events from earlier weeks, and answering a series of questions in time.

A training question is "what did this person say yes to, asked a week ago, or two, or a hundred":
described as it looked then, and labelled with what has been answered since. The ranker for a time
is learned only from what was known at that time, so replaying history with more of the future in
the files changes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np

from graphnet.models.boosting import boost
from graphnet.models.event_features import describe
from graphnet.models.eventlog import WEEK, EventLog, Floats, Ints, Moment, Person
from graphnet.models.events import EventRanker

# A ranker is learned anew on a fixed calendar, counted from 1970, so that it does not depend on
# what is asked.
REFIT_WEEKS = 8
# Bounds that only large associations meet: people of one week, and weeks.
PEOPLE_A_WEEK = 60
WEEKS = 260
FEWEST_YESES = 60
ENSEMBLE = 6
# Training questions are asked once a week; twice cost double and added a thousandth.
STEP = WEEK


@dataclass(frozen=True)
class Question:
    """Which events that start within 30 days will this person say yes to?"""

    person: int
    asked_at: int


@dataclass(frozen=True)
class Example:
    """One training question: the candidates of a person in a week, described as of then."""

    person: int
    asked_at: int
    candidates: Ints
    rows: Floats


class Examples:
    """Training questions by week, each week described once however often a ranker is learned."""

    def __init__(
        self, log: EventLog, *, moment: Callable[[EventLog, int], Moment] = Moment
    ) -> None:
        self.log = log
        self._moment = moment  # what could be known at a time, and by whom
        self._weeks: dict[int, list[Example]] = {}
        events = log.events
        yes = log.reply_yes
        self._yes_person = log.reply_person[yes]
        self._yes_start = events.start[log.reply_event[yes]]
        self._yes_at = log.reply_at[yes]

    def of_week(self, week: int) -> list[Example]:
        """Return the questions asked at the time `week`, of those who then said yes to that week's
        events."""
        if week not in self._weeks:
            asked = (
                (self._yes_start >= week)
                & (self._yes_start < week + WEEK)
                & (self._yes_at >= week)
                & (self._yes_at < week + WEEK)
            )
            people = np.unique(self._yes_person[asked])
            # By a hash of the lasting key and the week, so that nobody else's presence matters.
            draw = (self.log.key[people] * 2_654_435_761 + week // STEP * 40_503) % (2**32)
            people = people[np.lexsort((self.log.key[people], draw))][:PEOPLE_A_WEEK]
            moment = self._moment(self.log, week) if len(people) else None
            found = []
            for position in people:
                assert moment is not None
                person = self.log.person(int(position), week)
                candidates = self.log.candidates(person, week)
                rows = describe(moment, person, candidates)
                found.append(Example(int(position), week, candidates, rows))
            self._weeks[week] = found
        return self._weeks[week]

    def until(self, time: int) -> tuple[Floats, Ints, Ints]:
        """Return rows, labels and where each question starts, of everything decided at a time.

        Events that start later are left out: they may still be answered.
        """
        log = self.log
        rows, labels = [], []
        first = int(log.reply_at.min(initial=time))
        for back in range(WEEK // STEP, WEEKS * WEEK // STEP + 1):
            asked_at = time - back * STEP
            if asked_at < first:
                break
            for example in self.of_week(asked_at):
                decided = log.events.start[example.candidates] < time
                begin = log.reply_start[example.person]
                end = log.reply_start[example.person + 1]
                known = (log.reply_at[begin:end] < time) & log.reply_yes[begin:end]
                label = np.isin(example.candidates, log.reply_event[begin:end][known])[decided]
                if label.any():
                    rows.append(example.rows[decided])
                    labels.append(label.astype(np.int64))
        if not rows:
            return np.zeros((0, 0), np.float32), np.zeros(0, np.int64), np.zeros(1, np.int64)
        start = np.cumsum([0, *(len(label) for label in labels)], dtype=np.int64)
        return np.concatenate(rows), np.concatenate(labels), start


def refit_time(asked_at: int) -> int:
    """Return the time of the ranker that answers at a time."""
    return asked_at // (REFIT_WEEKS * WEEK) * (REFIT_WEEKS * WEEK)


def fit_ranker(examples: Examples, time: int) -> EventRanker:
    """Learn a ranker from what was known at a time; the plain rule if that is too little."""
    rows, labels, start = examples.until(time)
    if labels.sum() < FEWEST_YESES:
        return EventRanker()
    return EventRanker(tuple(boost(rows, labels, start, seed=seed) for seed in range(ENSEMBLE)))


def answer_in_time(
    log: EventLog,
    questions: Sequence[Question],
    k: int,
    *,
    timer: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Iterator[tuple[int, Ints]]:
    """Answer questions with what was known when each was asked; yields (index, best events).

    Parameters
    ----------
    log : EventLog
    questions : sequence of Question
        A person of -1 is nobody in the log.
    k : int
        Events a question; fewer where there are fewer candidates.
    timer : callable
        Opened around each single answer.
    """
    examples = Examples(log)
    ranker, fitted_at = EventRanker(), None
    moment: Moment | None = None
    for i in sorted(range(len(questions)), key=lambda i: (questions[i].asked_at, i)):
        question = questions[i]
        time = refit_time(question.asked_at)
        if time != fitted_at:
            ranker, fitted_at = fit_ranker(examples, time), time
        if moment is None or moment.time != question.asked_at:
            moment = Moment(log, question.asked_at)
        with timer():
            if question.person < 0:
                person = newcomer()
            else:
                person = log.person(question.person, question.asked_at)
            candidates = log.candidates(person, question.asked_at)
            events, _ = ranker.order(moment, person, candidates)
        yield i, events[:k]


def newcomer() -> Person:
    """Return somebody of whom nothing is known."""
    nothing = np.zeros(0, dtype=np.int64)
    return Person(nothing, np.zeros(0, dtype=bool), nothing, nothing, nothing, nothing)

"""How good are the lists, judged by what came later: offline evaluation by a split in time.

Everything before the split is known, everything after it is asked for; nothing is learned from
what came later. Beside each model stand the simplest ways to make the same list, on the same
questions. A figure of the past says nothing of what people would have done had they been shown
something else: for that the site counts impressions and answers.

References
----------
Järvelin, Kekäläinen, "Cumulated gain-based evaluation of IR techniques", TOIS 2002 (ndcg).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphnet.errors import BadValue
from graphnet.models.diversity import coverage, gini
from graphnet.models.event_features import NAMES
from graphnet.models.eventlog import WEEK, EventLog, Ints
from graphnet.models.events import EventRanker
from graphnet.models.factors import InteractionModel
from graphnet.models.training import Examples, fit_ranker

Scores = NDArray[np.float64]
_COLUMN = {name: i for i, name in enumerate(NAMES)}


@dataclass(frozen=True)
class Evaluation:
    """One model on one list.

    Attributes
    ----------
    model : 'learned', 'rule', 'habit', 'popular' or 'soonest'
    questions : int
        Lists that were judged.
    recall, ndcg : mean over the questions; recall divides by min(k, what was wanted)
    error : standard error of the mean recall
    coverage : share of all candidates that stand in at least one list
    gini : how unevenly the lists treat the candidates, 0 all alike
    """

    model: str
    questions: int
    recall: float
    ndcg: float
    error: float
    coverage: float
    gini: float


def split_time(times: Ints, share: float) -> int:
    """Return the time from which on `share` of the acts lie.

    Raises
    ------
    BadValue
        If the share is not between 0 and 1, or there is no act.
    """
    if not 0 < share < 1:
        raise BadValue(f"the share that is held out must be between 0 and 1, not {share}")
    if not len(times):
        raise BadValue("nobody has done anything yet: there is nothing to judge by")
    return int(np.quantile(times, 1 - share, method="lower"))


def evaluate_events(
    examples: Examples, *, split: int, end: int, k: int = 3
) -> tuple[list[Evaluation], EventRanker]:
    """Judge the lists of coming events of all weeks between two times.

    A question is: this person, at the beginning of this week; wanted is what of the coming month
    they said yes to later. The ranker is learned once, from what was known at `split`.

    Parameters
    ----------
    examples : Examples
        Describes people and events as they looked at a time.
    split, end : int
        Milliseconds; the first week begins at or after `split`.
    k : int
        Length of the lists.

    Returns
    -------
    one figure for each way, the learned one first; and the ranker
    """
    ranker = fit_ranker(examples, split)
    rule = EventRanker()
    ways: dict[str, Callable[[NDArray[np.float32]], Scores]] = {
        "learned": ranker.scores,
        "rule": rule.scores,
        "habit": lambda rows: rows[:, _COLUMN["group_yes"]].astype(np.float64),
        "popular": lambda rows: rows[:, _COLUMN["known_yes"]].astype(np.float64),
        "soonest": lambda rows: np.zeros(len(rows)),
    }
    log = examples.log
    lists: dict[str, list[Ints]] = {way: [] for way in ways}
    gains: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    candidates: set[int] = set()
    for week in range(-(-split // WEEK) * WEEK, end, WEEK):
        for example in examples.of_week(week):
            wanted = _yes_later(log, example.person, week)
            hits = np.isin(example.candidates, wanted)
            if not hits.any():
                continue
            candidates.update(example.candidates.tolist())
            start = log.events.start[example.candidates]
            for way, score in ways.items():
                order = np.lexsort((example.candidates, start, -score(example.rows)))[:k]
                lists[way].append(example.candidates[order])
                gains[way].append(gain(hits[order], int(hits.sum()), k))
    return [_figure(way, gains[way], lists[way], len(candidates)) for way in ways], ranker


def _yes_later(log: EventLog, person: int, time: int) -> Ints:
    first, last = log.reply_start[person], log.reply_start[person + 1]
    later = log.reply_yes[first:last] & (log.reply_at[first:last] >= time)
    return log.reply_event[first:last][later]


def evaluate_joined(
    people: Ints, things: Ints, times: Ints, *, shape: tuple[int, int], split: int, k: int = 5
) -> list[Evaluation]:
    """Judge the lists of communities by which ones people joined later.

    Parameters
    ----------
    people, things, times : arrays (memberships,)
        Who joined what, when (milliseconds; 0 where it is not known, which counts as before).
    shape : (people, things)
    split : int
    k : int

    Returns
    -------
    one figure for each way, the learned one first; over the people who joined something later
    """
    before = times < split
    known = sp.csr_matrix(
        (np.ones(int(before.sum()), np.float32), (people[before], things[before])), shape=shape
    )
    known.sum_duplicates()
    model = InteractionModel().fit(known)
    popular = np.asarray(known.sum(axis=0), np.float64).ravel()
    lists: dict[str, list[Ints]] = {"learned": [], "popular": []}
    gains: dict[str, list[tuple[float, float]]] = {"learned": [], "popular": []}
    later: Mapping[int, set[int]] = _by_person(people[~before], things[~before])
    for person, joined in sorted(later.items()):
        mine = known.indices[known.indptr[person] : known.indptr[person + 1]]
        wanted = np.asarray(sorted(joined - set(mine.tolist())), np.int64)
        if not len(wanted):
            continue
        # Who is in nothing yet gets the popular list from both: the learned one knows nothing.
        fallback = popular.copy()
        fallback[mine] = -np.inf
        order = np.argsort(-fallback, kind="stable")[:k]
        best = model.recommend(mine.astype(np.int64), k)[0]
        best = np.concatenate([best, order[~np.isin(order, best)]])[:k]
        for way, found in (("learned", best), ("popular", order)):
            lists[way].append(found.astype(np.int64))
            gains[way].append(gain(np.isin(found, wanted), len(wanted), k))
    return [_figure(way, gains[way], lists[way], shape[1]) for way in lists]


def _by_person(people: Ints, things: Ints) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for person, thing in zip(people.tolist(), things.tolist(), strict=True):
        found.setdefault(person, set()).add(thing)
    return found


def gain(hits: NDArray[np.bool_], wanted: int, k: int) -> tuple[float, float]:
    """Return recall and ndcg of one list of at most k, given which of it were wanted.

    Examples
    --------
    >>> gain(np.array([True, False, False]), 1, 3)
    (1.0, 1.0)
    >>> recall, ndcg = gain(np.array([False, True, False]), 2, 3)
    >>> recall, round(ndcg, 3)
    (0.5, 0.387)
    """
    discount = 1 / np.log2(np.arange(2, k + 2))
    most = min(wanted, k)
    found = np.asarray(hits, np.float64)
    return (
        float(found.sum() / most),
        float((found * discount[: len(found)]).sum() / discount[:most].sum()),
    )


def _figure(
    way: str, gains: list[tuple[float, float]], lists: list[Ints], candidates: int
) -> Evaluation:
    table = np.asarray(gains, np.float64).reshape(-1, 2)
    n = len(table)
    recall, ndcg = table.mean(axis=0) if n else (0.0, 0.0)
    error = float(table[:, 0].std(ddof=1) / n**0.5) if n > 1 else 0.0
    places = np.unique(np.concatenate([np.zeros(0, np.int64), *lists]))
    packed = [np.searchsorted(places, one) for one in lists]
    return Evaluation(
        way, n, float(recall), float(ndcg), error, coverage(packed, max(candidates, 1)),
        gini(packed, candidates),
    )  # fmt: skip

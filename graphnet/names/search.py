"""One reading of a question over one or two sets of columns: candidates, people, the best k.

What decides how far to look (the best candidate, the best person so far) is shared by all sets, so
that it does not matter which set somebody is in, nor who is hidden.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphnet.names.columns import Columns
from graphnet.names.join import (
    NO_FAMILY,
    STEPS,
    UNKNOWN,
    join,
    score_words,
)
from graphnet.names.learned import Knowledge, Meaning, Scratch
from graphnet.names.spelling import MOST_WORDS, Asked
from graphnet.names.tokens import GRAMS, best_allowed, candidates, worth

FAMILIES_TRIED = 600
GIVEN_TRIED = 60
PATRONYMICS_TRIED = 60
WITHIN = 20.0  # a driver word so much worse than the best cannot win
GIVEN_WITHIN = 8.0
GOOD = -24.0  # a family name found that well: no need to look for the given name alone
JOIN: Any = join  # its many arrays come as tuples, which mypy cannot count
NOTHING = np.zeros(0, np.int32)
NO_KINDS = np.zeros(0, np.uint8)


class Searcher:
    """One thread's scratch space over one set of columns."""

    def __init__(self, data: Columns) -> None:
        self.data = data
        self.n = len(data.keys)
        self.family = Scratch(len(data.family))
        self.given = Scratch(len(data.given))
        self.patronymic = Scratch(len(data.patronymic))
        self.best = np.zeros(self.n, np.float32)
        self.touched = np.zeros(self.n, np.int32)
        self.steps = np.zeros(STEPS, np.int32)
        self.family_cache = np.zeros((MOST_WORDS, len(data.family)), np.float32)
        self.given_cache = np.zeros((MOST_WORDS, len(data.given)), np.float32)
        self.patronymic_cache = np.zeros((MOST_WORDS, len(data.patronymic)), np.float32)
        self.givens = np.zeros(GIVEN_TRIED, np.int32)
        self.given_rank = np.zeros(GIVEN_TRIED, np.int32)
        self.given_logp = np.zeros(GIVEN_TRIED, np.float32)
        self.patronymics = np.zeros(PATRONYMICS_TRIED, np.int32)
        self.patronymic_rank = np.zeros(PATRONYMICS_TRIED, np.int32)


class Question:
    """Scratch of one thread that depends on the question only."""

    def __init__(self, known: Knowledge) -> None:
        self.prepared: tuple[Asked, int] | None = None  # what the tables hold now
        self.meaning = Meaning(known, MOST_WORDS)
        self.meant = np.full((MOST_WORDS, len(known.given.names)), UNKNOWN, np.float32)
        self.modes = np.zeros(MOST_WORDS, np.int32)
        self.given_modes = np.zeros(MOST_WORDS, np.int32)  # half a given name is typed last
        self.lattice = np.zeros((34, 66))
        self.gram_weight = np.zeros(GRAMS, np.float32)
        self.patronymic = np.zeros(MOST_WORDS, np.uint8)
        self.yo = np.zeros(MOST_WORDS, np.uint8)


class Part(NamedTuple):
    """One set of columns and who of it may be found."""

    searcher: Searcher
    mask: NDArray[np.bool_]
    everyone: bool


class Hit(NamedTuple):
    """Somebody found: how well, and where their name stands."""

    score: float
    key: int
    data: Columns
    position: int
    by_patronymic: bool = False  # by nothing else


class _Driver(NamedTuple):
    """The family words that one word of the question may be."""

    words: NDArray[np.int32]
    rank: NDArray[np.int32]
    logp: NDArray[np.float32]


def search(parts: list[Part], question: Question, asked: Asked, k: int) -> list[Hit]:
    """Return the best k people, in no order: at most k of each part."""
    n_words = len(asked.words)
    for part in parts:
        one = part.searcher
        for cache in (one.given_cache, one.patronymic_cache, one.family_cache):
            cache[:n_words] = 0
        one.steps[:] = 0
    met = [0] * len(parts)
    found: list[list[tuple[int, _Driver]]] = [[] for _ in parts]
    for t in range(n_words):
        if len(asked.words[t]) < 2 and n_words > 1:
            continue
        drivers = [_family_words(part, question, t) for part in parts]
        last = worth(min((int(d.rank[0]) for d in drivers if len(d.rank)), default=0))
        for x, driver in enumerate(drivers):
            n = int(np.searchsorted(driver.rank, last, side="right"))
            if n:
                kept = _Driver(driver.words[:n], driver.rank[:n], driver.logp[:n])
                _score(parts[x].searcher, question, t, kept)
                order = np.argsort(-kept.logp, kind="stable")
                found[x].append((t, _Driver(kept.words[order], kept.rank[order], kept.logp[order])))
    top = max((float(d.logp.max()) for part in found for _, d in part), default=UNKNOWN)
    reached = -1e9
    # The surest word first: what it reaches spares looking at most of the others' people.
    turns = [(x, t, driver) for x, part in enumerate(found) for t, driver in part]
    turns.sort(key=lambda turn: -float(turn[2].logp[0]))
    for x, t, driver in turns:
        part = parts[x]
        data, one = part.searcher.data, part.searcher
        met[x] = JOIN(
            driver.words, driver.logp, len(driver.words), t, True, data.bearer_starts,
            data.bearers, data.bearer_kind, data.bearer_given, data.bearer_patronymic,
            n_words, question.patronymic, question.modes, question.given_modes, top - WITHIN,
            *_people(part, question), 0.0, reached, one.best, one.touched, met[x], one.steps, k,
        )  # fmt: skip
        if met[x]:
            reached = max(reached, float(one.best[one.touched[: met[x]]].max()) + 1000.0)
    # «Анна Андреевна» names no family; «Андреевна» not even a given name.
    fathered = [len(asked.words[t]) > 1 and question.patronymic[t] for t in range(n_words)]
    if n_words == 1 or reached < GOOD or sum(fathered) == 1 == n_words - 1:
        for t in range(n_words):
            _by_given(parts, question, t, n_words, met, k)
    hits = [hit for x, part in enumerate(parts) for hit in _best(part.searcher, met[x], k)]
    if fathered == [True]:
        # The best of either kind: «Павлович» is many people's father and some people's family.
        hits += _by_patronymic(parts, question, k)
    return hits


def _family_words(part: Part, question: Question, t: int) -> _Driver:
    one, readings = part.searcher, question.meaning.readings[t]
    data = one.data
    words, rank = np.zeros(FAMILIES_TRIED, np.int32), np.zeros(FAMILIES_TRIED, np.int32)
    n = candidates(
        readings.letters, readings.length, readings.weight, readings.n,
        data.family.starts, data.family.gram_starts, data.family.gram_words,
        data.bearer_starts, data.bearers, part.mask, part.everyone,
        one.family.votes, one.family.touched, question.gram_weight, one.family.ordered,
        words, rank,
    )  # fmt: skip
    return _Driver(words[:n], rank[:n], np.zeros(n, np.float32))


def _score(one: Searcher, question: Question, t: int, driver: _Driver) -> None:
    tables, data = question.meaning.tables, one.data
    score_words(
        t, driver.words, len(driver.words), data.family.letters, data.family.starts,
        tables.sizes, tables.first, tables.size, tables.target, tables.length, tables.chance,
        int(question.modes[t]), question.lattice, driver.logp,
    )  # fmt: skip


def _people(part: Part, question: Question) -> tuple[Any, ...]:
    """Return what `join` wants to know of the people of a part and of the question."""
    one, tables = part.searcher, question.meaning.tables
    data = one.data
    return (
        data.family_starts, data.family_of, one.family_cache,
        data.given_of, one.given_cache, data.given_group, data.given_logp, question.meant,
        data.given.letters, data.given.starts, data.given_yo, question.yo,
        data.patronymic_of, one.patronymic_cache, data.patronymic.letters,
        data.patronymic.starts, data.family.letters, data.family.starts,
        tables.sizes, tables.first, tables.size, tables.target, tables.length, tables.chance,
        question.lattice, part.mask, part.everyone,
    )  # fmt: skip


def _by_given(
    parts: list[Part], question: Question, t: int, n_words: int, met: list[int], k: int
) -> None:
    """Find people by word t as a given name, when no family name carries the question."""
    counts = [_given_candidates(part, question, t) for part in parts]
    ranks = (part.searcher.given_rank for part in parts)
    last = worth(min((int(r[0]) for r, n in zip(ranks, counts, strict=True) if n), default=0))
    scores = [
        _given_scores(part, question, t, n, last) for part, n in zip(parts, counts, strict=True)
    ]
    top = UNKNOWN
    for part, score in zip(parts, scores, strict=True):
        data = part.searcher.data
        top = best_allowed(
            score, data.given_bearer_starts, data.given_bearers, part.mask, part.everyone, top
        )
    if top <= UNKNOWN:
        return
    for x, (part, score) in enumerate(zip(parts, scores, strict=True)):
        data, one = part.searcher.data, part.searcher
        good = np.flatnonzero(score > top - GIVEN_WITHIN).astype(np.int32)
        good = good[np.argsort(-score[good], kind="stable")]
        met[x] = JOIN(
            good, score[good], len(good), t, False, data.given_bearer_starts, data.given_bearers,
            NO_KINDS, NOTHING, NOTHING, n_words, question.patronymic, question.modes,
            question.given_modes, UNKNOWN, *_people(part, question), NO_FAMILY, -1e9, one.best,
            one.touched, met[x], one.steps, k,
        )  # fmt: skip


def _by_patronymic(parts: list[Part], question: Question, k: int) -> list[Hit]:
    """Return the best k people by the only word as a patronymic: at most k of each part."""
    tables, readings = question.meaning.tables, question.meaning.readings[0]
    counts = []
    for part in parts:
        one, data = part.searcher, part.searcher.data
        counts.append(int(candidates(
            readings.letters, readings.length, readings.weight, readings.n,
            data.patronymic.starts, data.patronymic.gram_starts, data.patronymic.gram_words,
            data.patronymic_bearer_starts, data.patronymic_bearers, part.mask, part.everyone,
            one.patronymic.votes, one.patronymic.touched, question.gram_weight,
            one.patronymic.ordered, one.patronymics, one.patronymic_rank,
        )))  # fmt: skip
    ranks = (part.searcher.patronymic_rank for part in parts)
    last = worth(min((int(r[0]) for r, n in zip(ranks, counts, strict=True) if n), default=0))
    hits = []
    for part, count in zip(parts, counts, strict=True):
        one, data = part.searcher, part.searcher.data
        n = int(np.searchsorted(one.patronymic_rank[:count], last, side="right"))
        logp = np.zeros(n, np.float32)
        score_words(
            0, one.patronymics, n, data.patronymic.letters, data.patronymic.starts, tables.sizes,
            tables.first, tables.size, tables.target, tables.length, tables.chance,
            int(question.modes[0]), question.lattice, logp,
        )  # fmt: skip
        order = np.argsort(-logp, kind="stable")
        one.steps[:] = 0
        met = JOIN(
            one.patronymics[:n][order], logp[order], n, 0, False, data.patronymic_bearer_starts,
            data.patronymic_bearers, NO_KINDS, NOTHING, NOTHING, 1, question.patronymic,
            question.modes, question.given_modes, UNKNOWN, *_people(part, question), 0.0, -1e9,
            one.best, one.touched, 0, one.steps, k,
        )  # fmt: skip
        hits += [hit._replace(by_patronymic=True) for hit in _best(one, met, k)]
    return hits


def _given_candidates(part: Part, question: Question, t: int) -> int:
    """Write the given words that word t may be spelled like; return how many there are."""
    one, readings = part.searcher, question.meaning.readings[t]
    data = one.data
    return int(
        candidates(
            readings.letters, readings.length, readings.weight, readings.n,
            data.given.starts, data.given.gram_starts, data.given.gram_words,
            data.given_bearer_starts, data.given_bearers, part.mask, part.everyone,
            one.given.votes, one.given.touched, question.gram_weight, one.given.ordered,
            one.givens, one.given_rank,
        )
    )  # fmt: skip


def _given_scores(part: Part, question: Question, t: int, n: int, last: int) -> NDArray[np.float32]:
    """Return how well word t fits each given word of a part: as written, or by its meaning."""
    one, tables = part.searcher, question.meaning.tables
    data = one.data
    n = int(np.searchsorted(one.given_rank[:n], last, side="right"))
    score_words(
        t, one.givens, n, data.given.letters, data.given.starts, tables.sizes, tables.first,
        tables.size, tables.target, tables.length, tables.chance, int(question.given_modes[t]),
        question.lattice, one.given_logp,
    )  # fmt: skip
    direct = np.full(len(data.given), UNKNOWN, np.float32)
    direct[one.givens[:n]] = one.given_logp[:n]
    meant = np.where(
        data.given_group >= 0, question.meant[t][data.given_group] + data.given_logp, UNKNOWN
    ).max(axis=1, initial=UNKNOWN)
    best: NDArray[np.float32] = np.maximum(direct, meant.astype(np.float32))
    return best


def _best(one: Searcher, met: int, k: int) -> list[Hit]:
    """Return the best k of those met, and forget everybody."""
    data = one.data
    touched = one.touched[:met]
    scores = one.best[touched] + np.float32(1000.0)
    one.best[touched] = 0
    if met > 4 * k:
        edge = np.partition(scores, met - k)[met - k]
        some = np.flatnonzero(scores >= edge)
        touched, scores = touched[some], scores[some]
    order = np.lexsort((data.keys[touched], -scores))[:k]
    return [Hit(float(scores[x]), int(data.keys[touched[x]]), data, int(touched[x])) for x in order]

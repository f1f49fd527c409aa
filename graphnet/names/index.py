"""NameIndex: everybody by name, in milliseconds, alive while people join and change.

    question -> words -> event tables -> candidate words -> people -> best split -> k found

The large part is arrays that all processes map (`columns.py`); what changed since lies over it in a
small second set of arrays, searched by the same steps, so that an answer is what a rebuild would
give.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphnet.errors import Conflict
from graphnet.names import columns
from graphnet.names.columns import Columns, PersonName
from graphnet.names.explain import Explained, Explainer
from graphnet.names.join import NO_FAMILY, UNKNOWN, join, score_words
from graphnet.names.learned import NO_MASK, Knowledge, Meaning, Scratch, knowledge
from graphnet.names.score import PREFIX, WHOLE
from graphnet.names.spelling import Asked, interpretations, soft_cuts
from graphnet.names.tokens import GRAMS, candidates

WORDS = 5  # words of a question that are looked at
FAMILIES_TRIED = 600
GIVEN_TRIED = 60
WITHIN = 20.0  # a driver word so much worse than the best cannot win
GOOD = -24.0  # a family name found that well: no need to look for the given name alone
POOR = -14.0  # one long word answered that badly may be two
ENOUGH = -9.0  # a question answered that well needs no second reading
LEAST = -60.0  # a worse match than that is none


@dataclass(frozen=True, slots=True)
class Found:
    """A person found: lasting key, log probability (0 is perfect), and what matched how.

    `matched` holds pairs (part, how): part is "given", "patronymic" or "family"; how is "same",
    "initial", "beginning", "diminutive", "other script", "former name", "part of the name",
    "other gender", "typing error" or "keyboard".
    """

    key: int
    score: float
    matched: tuple[Explained, ...] = ()


class _Searcher:
    """One thread's scratch space over one set of columns."""

    def __init__(self, data: Columns) -> None:
        self.data = data
        self.n = len(data.keys)
        self.family = Scratch(len(data.family))
        self.given = Scratch(len(data.given))
        self.best = np.zeros(self.n, np.float32)
        self.touched = np.zeros(self.n, np.int32)
        self.family_cache = np.zeros((WORDS, len(data.family)), np.float32)
        self.given_cache = np.zeros((WORDS, len(data.given)), np.float32)
        self.patronymic_cache = np.zeros((WORDS, len(data.patronymic)), np.float32)
        self.families = np.zeros(FAMILIES_TRIED, np.int32)
        self.family_logp = np.zeros(FAMILIES_TRIED, np.float32)
        self.givens = np.zeros(GIVEN_TRIED, np.int32)
        self.given_logp = np.zeros(GIVEN_TRIED, np.float32)


class _Question:
    """Scratch of one thread that depends on the question only."""

    def __init__(self, known: Knowledge) -> None:
        self.meaning = Meaning(known, WORDS)
        self.meant = np.full((WORDS, len(known.given.names)), UNKNOWN, np.float32)
        self.modes = np.zeros(WORDS, np.int32)
        self.lattice = np.zeros((34, 66))
        self.gram_weight = np.zeros(GRAMS, np.float32)
        self.in_use = np.ones(WORDS, np.uint8)
        self.yo = np.zeros(WORDS, np.uint8)


class NameIndex:
    """People by name.

    Examples
    --------
    >>> index = NameIndex.build(
    ...     [7, 8], [PersonName("Александр", "", "Щербаков"), PersonName("Анна", "", "Ли")]
    ... )
    >>> index.find("sasha scherbakov")[0].key
    7
    """

    def __init__(self, data: Columns, *, known: Knowledge | None = None) -> None:
        self._known = known or knowledge()
        self._base = data
        self._gone = np.zeros(len(data.keys), np.bool_)
        self._any_gone = False
        self._position_of: dict[int, int] | None = None
        self._late: dict[int, PersonName] = {}
        self._over: Columns | None = None
        self._over_position = np.zeros(0, np.int64)
        self._keys = data.keys
        self._local = threading.local()
        self._lock = threading.RLock()

    @classmethod
    def build(
        cls,
        keys: NDArray[np.int64] | Sequence[int],
        names: Sequence[PersonName],
        *,
        known: Knowledge | None = None,
    ) -> "NameIndex":
        """Make an index of people; 0.6 s for 40,000."""
        known = known or knowledge()
        return cls(columns.build(np.asarray(keys, np.int64), names, known), known=known)

    @classmethod
    def open(cls, folder: Path) -> "NameIndex":
        """Map an index that was saved.

        Raises
        ------
        SnapshotError
            If there is none, or one of another format.
        """
        return cls(Columns.open(folder))

    def save(self, folder: Path) -> None:
        """Write the index as files that `open` maps; right after `build`, before any change.

        Raises
        ------
        Conflict
            If people were added, changed or removed since: build the index anew.
        """
        if self._late or self._any_gone:
            raise Conflict("the name index has changed since it was built; build it anew to save")
        self._base.save(folder)

    @property
    def keys(self) -> NDArray[np.int64]:
        """Everybody's lasting key, by position; who is added comes last."""
        return self._keys

    def __len__(self) -> int:
        return len(self._keys)

    # -- what changes ---------------------------------------------------------------------------

    def add(self, key: int, name: PersonName) -> None:
        """Enter a person, or give them another name; found from now on."""
        with self._lock:
            position = self._position(key)
            if position is None:
                assert self._position_of is not None
                self._position_of[key] = len(self._keys)
                self._keys = np.append(self._keys, np.int64(key))
            elif position < len(self._gone):
                self._gone[position] = True
                self._any_gone = True
            self._late[key] = name
            self._over = None

    def change(self, key: int, name: PersonName) -> None:
        """Give a person another name; who was not there is added."""
        self.add(key, name)

    def remove(self, key: int) -> None:
        """Take a person out; the position stays, nobody is found there."""
        with self._lock:
            position = self._position(key)
            if position is None:
                return
            if position < len(self._gone):
                self._gone[position] = True
                self._any_gone = True
            if self._late.pop(key, None) is not None:
                self._over = None

    def _position(self, key: int) -> int | None:
        if self._position_of is None:
            self._position_of = {int(k): i for i, k in enumerate(self._keys.tolist())}
        return self._position_of.get(key)

    def _overlay(self) -> tuple[Columns, NDArray[np.int64]] | None:
        """Return the small second set of arrays, made anew after a change."""
        if not self._late:
            return None
        with self._lock:
            if self._over is None:
                keys = sorted(self._late)
                self._over_position = np.array([self._position(key) for key in keys], np.int64)
                self._over = columns.build(
                    np.array(keys, np.int64), [self._late[key] for key in keys], self._known
                )
            return self._over, self._over_position

    # -- questions ------------------------------------------------------------------------------

    def find(
        self, query: str, *, k: int = 10, allowed: NDArray[np.bool_] | None = None
    ) -> list[Found]:
        """Return the people whose name is most probably meant, best first.

        Parameters
        ----------
        query : str
            Names as somebody remembers them: either script, any order, short forms, initials,
            typing errors, the wrong keyboard.
        k : int
            At most so many.
        allowed : array of bool, shape (len(self),)
            Who may be found, by position; the others neither appear nor change the answer. Who
            was added after the mask was made is not in it and is not found.
        """
        return self._answer(query, k, allowed, last=WHOLE)

    def suggest(
        self, prefix: str, *, k: int = 8, allowed: NDArray[np.bool_] | None = None
    ) -> list[Found]:
        """Return people while somebody is typing: the last word may be unfinished."""
        return self._answer(prefix, k, allowed, last=WHOLE if prefix[-1:].isspace() else PREFIX)

    def _answer(
        self, query: str, k: int, allowed: NDArray[np.bool_] | None, *, last: int
    ) -> list[Found]:
        best: dict[int, tuple[float, Asked, Columns, int]] = {}
        everyone = allowed is None and not self._any_gone
        mask: NDArray[np.bool_] = NO_MASK
        if not everyone:
            size = len(self._gone)
            mask = ~self._gone if allowed is None else allowed[:size] & ~self._gone[: len(allowed)]
            if len(mask) < size:
                mask = np.concatenate([mask, np.zeros(size - len(mask), np.bool_)])
        overlay = self._overlay()
        over_mask = NO_MASK
        if overlay is not None and allowed is not None:
            inside = np.concatenate([allowed, np.zeros(1, np.bool_)])
            over_mask = inside[np.minimum(overlay[1], len(allowed))]
        parts = [(self._base, mask, everyone)]
        if overlay is not None:
            parts.append((overlay[0], over_mask, allowed is None))

        def look(asked: Asked) -> float:
            """Lay what one reading finds over what is found; return the best score so far."""
            question = self._ask(asked, last)
            for data, part_mask, part_everyone in parts:
                if not len(data.keys):
                    continue
                searcher = self._searcher(data)
                for position, score in _search(
                    searcher, question, asked, k, part_mask, everyone=part_everyone
                ):
                    key = int(data.keys[position])
                    total = score + asked.logp
                    if total > LEAST and (key not in best or best[key][0] < total):
                        best[key] = (total, asked, data, position)
            return max((score for score, *_ in best.values()), default=-1e9)

        top = -1e9
        readings = interpretations(query, self._known)
        for asked in readings:
            top = look(asked)
            if top > ENOUGH:
                break
        if readings and top < POOR and len(readings[0].words) == 1:
            first = readings[0]
            if len(first.words[0]) >= 7 and last == WHOLE:
                meaning = self._ask(first, last).meaning
                for asked in soft_cuts(first.words[0], meaning, first.logp, layout=first.layout):
                    look(asked)
        chosen = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))[:k]
        explainers: dict[int, Explainer] = {}
        out = []
        for key, (score, asked, data, position) in chosen:
            explainer = explainers.get(id(asked))
            if explainer is None:
                explainer = explainers[id(asked)] = Explainer(asked, self._known)
            out.append(Found(key, round(score, 4), explainer.explain(data, position)))
        return out

    def _searcher(self, data: Columns) -> _Searcher:
        name = "base" if data is self._base else "over"
        searcher = getattr(self._local, name, None)
        if searcher is None or searcher.data is not data:
            searcher = _Searcher(data)
            setattr(self._local, name, searcher)
        return searcher

    def _ask(self, asked: Asked, last: int) -> _Question:
        question = getattr(self._local, "question", None)
        if question is None:
            question = self._local.question = _Question(self._known)
        n = len(asked.words)
        for t, word in enumerate(asked.words):
            letters = np.frombuffer(word, np.uint8)
            question.meaning.prepare(t, letters)
            question.modes[t] = PREFIX if len(word) == 1 or (t == n - 1 and last) else WHOLE
            question.yo[t] = t < len(asked.yo) and asked.yo[t]
            question.meant[t] = UNKNOWN if len(word) < 2 else question.meaning.meant(t)
        return question


def _search(
    searcher: _Searcher, question: _Question, asked: Asked, k: int, mask: NDArray[np.bool_],
    *, everyone: bool,
) -> list[tuple[int, float]]:  # fmt: skip
    """Return (position, score) of the best k people in one set of columns."""
    data, meaning = searcher.data, question.meaning
    tables = meaning.tables
    n_words = len(asked.words)
    shared = (n_words, question.in_use, question.modes)
    people: tuple[Any, ...] = (
        data.family_starts, data.family_of, searcher.family_cache, NOTHING,
        data.given_of, searcher.given_cache, data.given_group, data.given_logp, question.meant,
        data.given.letters, data.given.starts, data.given_yo, question.yo,
        data.patronymic_of, searcher.patronymic_cache, data.patronymic.letters,
        data.patronymic.starts, data.family.letters, data.family.starts,
        tables.sizes, tables.first, tables.size, tables.target, tables.length, tables.chance,
        question.lattice, mask, everyone,
    )  # fmt: skip
    n_touched = 0
    top = -1e9
    for cache in (searcher.given_cache, searcher.patronymic_cache, searcher.family_cache):
        cache[:n_words] = 0
    drivers = []
    for t in range(n_words):
        if len(asked.words[t]) < 2 and n_words > 1:
            continue
        readings = meaning.readings[t]
        found, logp = np.zeros(FAMILIES_TRIED, np.int32), np.zeros(FAMILIES_TRIED, np.float32)
        n = candidates(
            readings.letters, readings.length, readings.weight, readings.n,
            data.family.starts, data.family.gram_starts, data.family.gram_words,
            data.bearer_starts, data.bearers, mask, everyone,
            searcher.family.votes, searcher.family.touched, question.gram_weight,
            searcher.family.ordered, found,
        )  # fmt: skip
        score_words(
            t, found, n, data.family.letters, data.family.starts, tables.sizes, tables.first,
            tables.size, tables.target, tables.length, tables.chance, int(question.modes[t]),
            question.lattice, logp,
        )  # fmt: skip
        if n:
            top = max(top, float(logp[:n].max()))
            drivers.append((t, found, logp, n))
    for t, found, logp, n in drivers:
        n_touched = JOIN(
            found, logp, n, t, True, data.bearer_starts, data.bearers, data.bearer_kind,
            *shared, top - WITHIN, *people, 0.0, searcher.best, searcher.touched, n_touched,
        )  # fmt: skip
    reached = searcher.best[searcher.touched[:n_touched]] + 1000.0
    if n_words == 1 or not n_touched or reached.max() < GOOD:
        for t in range(n_words):
            n_touched = _by_given(searcher, question, t, shared, people, mask, everyone, n_touched)
    touched = searcher.touched[:n_touched]
    scores = searcher.best[touched] + np.float32(1000.0)
    searcher.best[touched] = 0
    if n_touched > 4 * k:
        some = np.argpartition(-scores, k)[: 4 * k]
        edge = np.sort(scores)[-k]
        some = np.flatnonzero(scores >= edge)
        touched, scores = touched[some], scores[some]
    order = np.lexsort((data.keys[touched], -scores))[:k]
    return [(int(touched[x]), float(scores[x])) for x in order]


NOTHING = np.zeros(0, np.int32)
JOIN: Any = join  # its many arrays come as tuples, which mypy cannot count


def _by_given(
    searcher: _Searcher, question: _Question, t: int, shared: tuple[Any, ...],
    people: tuple[Any, ...], mask: NDArray[np.bool_], everyone: bool, n_touched: int,
) -> int:  # fmt: skip
    """Find people by word t as a given name, when no family name carries the question."""
    data, meaning = searcher.data, question.meaning
    tables, readings = meaning.tables, meaning.readings[t]
    n = candidates(
        readings.letters, readings.length, readings.weight, readings.n,
        data.given.starts, data.given.gram_starts, data.given.gram_words,
        data.given_bearer_starts, data.given_bearers, mask, everyone,
        searcher.given.votes, searcher.given.touched, question.gram_weight,
        searcher.given.ordered, searcher.givens,
    )  # fmt: skip
    score_words(
        t, searcher.givens, n, data.given.letters, data.given.starts, tables.sizes, tables.first,
        tables.size, tables.target, tables.length, tables.chance, int(question.modes[t]),
        question.lattice, searcher.given_logp,
    )  # fmt: skip
    direct = np.full(len(data.given), UNKNOWN, np.float32)
    direct[searcher.givens[:n]] = searcher.given_logp[:n]
    meant = np.where(
        data.given_group >= 0, question.meant[t][data.given_group] + data.given_logp, UNKNOWN
    ).max(axis=1, initial=UNKNOWN)
    direct = np.maximum(direct, meant.astype(np.float32))
    good = np.flatnonzero(direct > direct.max(initial=UNKNOWN) - 8).astype(np.int32)
    if not len(good) or direct.max() <= UNKNOWN:
        return n_touched
    return JOIN(
        good, direct[good], len(good), t, False, data.given_bearer_starts, data.given_bearers,
        NO_KINDS, *shared, UNKNOWN, *people, NO_FAMILY, searcher.best, searcher.touched,
        n_touched,
    )  # fmt: skip


NO_KINDS = np.zeros(0, np.uint8)

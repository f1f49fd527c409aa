"""NameIndex: everybody by name, in milliseconds, alive while people join and change.

    question -> words -> event tables -> candidate words -> people -> best split -> k found

The large part is arrays that all processes map (`columns.py`); what changed since lies over it in a
small second set of arrays, searched by the same steps, so that an answer is what a rebuild would
give.
"""

import threading
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graphnet.errors import Conflict
from graphnet.names import alphabet, columns, lexicon
from graphnet.names.columns import Columns, PersonName
from graphnet.names.explain import Explained, Explainer
from graphnet.names.join import BEHIND, UNKNOWN
from graphnet.names.learned import NO_MASK, Knowledge, knowledge
from graphnet.names.query import words as words_of
from graphnet.names.score import EITHER, PREFIX, WHOLE
from graphnet.names.search import Hit, Part, Question, Searcher, search
from graphnet.names.spelling import (
    Asked,
    interpretations,
    like_patronymic,
    may_be_cut,
    soft_cuts,
    spelled,
)
from graphnet.names.tokens import someone

POOR = -14.0  # one long word answered that badly may be two
SWITCHED_ENOUGH = -5.0
ENOUGH = -9.0  # a question answered that well needs no second reading
# A match worse than LEAST - LEAST_A_LETTER x letters is none: right answers to two typing errors
# in another script are at -1.4 a letter, the best of what resembles nobody («qqqqqq») at -2.
LEAST, LEAST_A_LETTER = -3.0, -1.5
UNCONVINCING = 20  # so many more are looked at, since some will not be worth showing
EVEN = 1.0  # a family name and a patronymic that differ by less are told apart by nobody
ONE_WORD_FITS = -26.0  # of several words, one that fits is enough: a given name nobody could guess


def _borne(part: Part, word: bytes) -> bool:
    """Whether somebody who may be found bears exactly this family name."""
    words, wanted = part.searcher.data.family, alphabet.plain(word)
    place = bisect_left(range(len(words)), wanted, key=words.word)
    if place == len(words) or words.word(place) != wanted:
        return False
    data = part.searcher.data
    return bool(someone(place, data.bearer_starts, data.bearers, part.mask, part.everyone))


def _in_turn(found: list[tuple[int, float, Hit]]) -> list[tuple[int, float]]:
    """Return keys and scores; who was found by a patronymic alone and by a family name take turns.

    «Павлович» alone is many people's patronymic and a few people's family name: both are shown.
    """
    fathered = [(key, score) for key, score, hit in found if hit.by_patronymic]
    others = [(key, score) for key, score, hit in found if not hit.by_patronymic]
    merged: list[tuple[int, float]] = []
    turn = True
    while fathered and others:
        ahead = fathered[0][1] - others[0][1]
        turn = turn if abs(ahead) <= EVEN else ahead > 0
        merged.append((fathered if turn else others).pop(0))
        turn = not turn
    merged += fathered + others
    lowest = np.minimum.accumulate([score for _, score in merged]).tolist() if merged else []
    return [(key, low) for (key, _), low in zip(merged, lowest, strict=True)]


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
        names: Iterable[PersonName],
        *,
        known: Knowledge | None = None,
    ) -> "NameIndex":
        """Make an index of people, whose names may come one by one; a million in 4 s."""
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
        found = self._answer(query, k, allowed, last=WHOLE)
        last = words_of(query)[-1:]
        if not found and last and len(last[0]) > 2 and not lexicon.is_common(last[0]):
            # Half a name with a typing error, as it is offered while somebody types.
            found = self._answer(query, k, allowed, last=PREFIX)
        return found

    def suggest(
        self, prefix: str, *, k: int = 8, allowed: NDArray[np.bool_] | None = None
    ) -> list[Found]:
        """Return people while somebody is typing: the last word may be unfinished."""
        return self._answer(prefix, k, allowed, last=WHOLE if prefix[-1:].isspace() else PREFIX)

    def _answer(
        self, query: str, k: int, allowed: NDArray[np.bool_] | None, *, last: int
    ) -> list[Found]:
        best: dict[int, tuple[float, Asked, Hit]] = {}
        most = k + UNCONVINCING
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
        parts = []
        if len(self._base.keys):
            parts.append(Part(self._searcher(self._base), mask, everyone))
        if overlay is not None:
            parts.append(Part(self._searcher(overlay[0]), over_mask, allowed is None))

        least = LEAST + LEAST_A_LETTER * sum(not c.isspace() for c in query)
        if len(query.split()) > 1:
            least = min(least, ONE_WORD_FITS)

        def look(asked: Asked) -> float:
            """Lay what one reading finds over what is found; return the best score so far."""
            for hit in search(parts, self._ask(asked, last), asked, most):
                total = hit.score + asked.logp
                if total > least and (hit.key not in best or best[hit.key][0] < total):
                    best[hit.key] = (total, asked, hit)
            return max((score for score, *_ in best.values()), default=-1e9)

        top = -1e9
        every, usual = spelled(query, fillers=True), spelled(query)
        if len(every) <= 3 and every != usual and any(
            _borne(part, word) for word in every if word not in usual for part in parts
        ):  # fmt: skip
            # «Анна По»: mostly a small word, but here somebody's family name.
            look(Asked(every))
        readings = interpretations(query, self._known)
        for asked in readings:
            top = look(asked)
            # The other keyboard must convince: else the words as typed are looked up as well.
            if top > (SWITCHED_ENOUGH if asked.layout else ENOUGH):
                break
        if readings and top < POOR and len(readings[0].words) == 1:
            first = readings[0]
            if may_be_cut(first.words[0]) and last == WHOLE:
                meaning = self._ask(first, last).meaning
                for asked in soft_cuts(first.words[0], meaning, first.logp, layout=first.layout):
                    look(asked)
        order = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))
        found: list[tuple[int, float, Hit]] = []
        said: dict[int, tuple[Explained, ...]] = {}
        step = len(order) if any(hit.by_patronymic for _, (_, _, hit) in order) else k
        for begin in range(0, len(order), step):
            some = order[begin : begin + step]
            for asked in {id(asked): asked for _, (_, asked, _) in some}.values():
                hits = [hit for _, (_, by, hit) in some if by is asked]
                explainer = Explainer(asked, self._ask(asked, last), self._known, query)
                said |= zip((hit.key for hit in hits), explainer.explain(hits), strict=True)
            found += [(key, score, hit) for key, (score, _, hit) in some if said[key]]
            if len(found) >= k:
                break
        # Whatever is so far behind the best was met by chance.
        found = [one for one in found if one[1] >= found[0][1] - BEHIND]
        return [Found(key, round(score, 4), said[key]) for key, score in _in_turn(found)[:k]]

    def _searcher(self, data: Columns) -> Searcher:
        name = "base" if data is self._base else "over"
        searcher = getattr(self._local, name, None)
        if searcher is None or searcher.data is not data:
            searcher = Searcher(data)
            setattr(self._local, name, searcher)
        return searcher

    def _ask(self, asked: Asked, last: int) -> Question:
        question = getattr(self._local, "question", None)
        if question is None:
            question = self._local.question = Question(self._known)
        if question.prepared == (asked, last):
            return question
        question.prepared = (asked, last)
        n = len(asked.words)
        for t, word in enumerate(asked.words):
            letters = np.frombuffer(word, np.uint8)
            question.meaning.prepare(t, letters)
            begun = len(word) == 1 or (t == n - 1 and last == PREFIX)
            question.modes[t] = PREFIX if begun else EITHER if len(word) > 1 else WHOLE
            question.given_modes[t] = question.modes[t] if begun or t == n - 1 else WHOLE
            question.patronymic[t] = like_patronymic(word)
            question.yo[t] = t < len(asked.yo) and asked.yo[t]
            question.meant[t] = UNKNOWN if len(word) < 2 else question.meaning.meant(t)
        return question

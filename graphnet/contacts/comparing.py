"""Pairs of records compared field by field: a level for each, and the two values that gave it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphnet.contacts.blocking import Tokens
from graphnet.contacts.fields import Field
from graphnet.contacts.kinds import KINDS, Kind
from graphnet.contacts.records import Column, Records, column

Longs = NDArray[np.int64]
UNSAID = -1  # one of the two says nothing


@dataclass(frozen=True)
class Levels:
    """What a comparison found for P pairs in F fields.

    level (P, F): UNSAID, or the level of the kind, counted through its sets and, in steps of the
    kind's levels, through the conditions of the field; left, right (P, F): the values compared.
    """

    level: NDArray[np.int16]
    left: NDArray[np.int32]
    right: NDArray[np.int32]

    def __getitem__(self, rows: NDArray[Any]) -> "Levels":
        return Levels(self.level[rows], self.left[rows], self.right[rows])


class Comparison:
    """The records as columns, ready to be compared."""

    def __init__(self, records: Records) -> None:
        self.n = len(records)
        self.fields: list[Field] = [
            f for f in sorted(records.values, key=lambda f: f.name) if any(records.values[f])
        ]
        self.columns: list[Column] = [column(records.values[f]) for f in self.fields]
        self._conditions = [self._condition_keys(records, f) for f in self.fields]
        # Values that mean the same in these records though they look different; see `usage`.
        self.synonyms: list[Longs] = [np.zeros(0, np.int64) for _ in self.fields]

    @property
    def kinds(self) -> list[Kind]:
        """The kind of each field."""
        return [KINDS[f.kind] for f in self.fields]

    def conditions(self, f: int) -> int:
        """Return how many sets of conditions field f is compared under."""
        return 1 << len(self._conditions[f])

    def graded(self, f: int) -> bool:
        """Say whether what pairs say in field f is finer for some of them than for others."""
        return self.kinds[f].finest or self.conditions(f) > 1

    def is_coarse(self, f: int, level: NDArray[np.int16]) -> NDArray[np.bool_]:
        """Say which levels count only where no pair of two clusters says something finer.

        Coarse is a date without its day; and what was compared without knowing that the field which
        makes this one less telling agrees too.
        """
        condition, plain = np.divmod(level, self.levels_of(f))
        first = len(self.kinds[f].sets[0])
        coarse: NDArray[np.bool_] = condition == 0 if self.conditions(f) > 1 else plain >= first
        return coarse & (level >= 0)

    def levels_of(self, f: int) -> int:
        """Return how many levels field f has under one condition."""
        return len(self.kinds[f].levels)

    def _condition_keys(self, records: Records, field: Field) -> list[NDArray[np.int32]]:
        """Return for each condition a key of every record; -1 can be shared with nobody."""
        by_name = {f.name: f for f in records.values}
        found = []
        for within in field.within:
            if within.field not in by_name:
                continue
            form = KINDS[by_name[within.field].kind].form
            texts = []
            for some in records.values[by_name[within.field]]:
                text = form(some[0]) if some else ""
                text = text[: within.letters] if within.letters else text
                texts.append("" if within.value and text != within.value else text)
            number = {text: i for i, text in enumerate(sorted({t for t in texts if t}))}
            found.append(np.array([number.get(text, -1) for text in texts], np.int32))
        return found

    def tokens(self, f: int) -> Tokens:
        """Return by what the records are found in field f."""
        col = self.columns[f]
        lists = self.kinds[f].tokens(col.vocabulary)
        return tokens_of(lists, col.sizes, col.codes, strong=self.fields[f].strong)

    def compare(self, a: Longs, b: Longs) -> Levels:
        """Compare records a with records b, each shape (P,)."""
        shape = (len(a), len(self.fields))
        level = np.full(shape, UNSAID, np.int16)
        left, right = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
        for f in range(len(self.fields)):
            self._compare_field(f, a, b, level[:, f], left[:, f], right[:, f])
        return Levels(level, left, right)

    def compare_again(self, f: int, a: Longs, b: Longs, compared: Levels) -> None:
        """Compare one field anew, after its synonyms were learned."""
        compared.level[:, f] = UNSAID
        self._compare_field(
            f, a, b, compared.level[:, f], compared.left[:, f], compared.right[:, f]
        )

    def compare_one(self, f: int, a: Longs, b: Longs) -> NDArray[np.int16]:
        """Return the levels of one field only."""
        level = np.full(len(a), UNSAID, np.int16)
        left, right = np.zeros(len(a), np.int32), np.zeros(len(a), np.int32)
        self._compare_field(f, a, b, level, left, right)
        return level

    def _compare_field(
        self, f: int, a: Longs, b: Longs, level: NDArray[np.int16], left: NDArray[np.int32],
        right: NDArray[np.int32],
    ) -> None:  # fmt: skip
        col = self.columns[f]
        size_a, size_b = col.sizes[a], col.sizes[b]
        count = size_a * size_b
        if not count.any():
            return
        pair = np.repeat(np.arange(len(a)), count)
        place = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
        va = col.codes[col.starts[a[pair]] + place // size_b[pair]]
        vb = col.codes[col.starts[b[pair]] + place % size_b[pair]]
        got = self.value_levels(f, va, vb)
        if (count > 1).any():
            # The best level of all counts; of equal ones the rarer value.
            share = np.maximum(col.share[va], col.share[vb])
            order = np.lexsort((vb, va, share, got, pair))
            best = order[np.r_[True, np.diff(pair[order]) > 0]]
            pair, va, vb, got = pair[best], va[best], vb[best], got[best]
        step = self.levels_of(f)
        for x, keys in enumerate(self._conditions[f]):
            ka, kb = keys[a[pair]], keys[b[pair]]
            got = got + (step << x) * ((ka == kb) & (ka >= 0))
        level[pair], left[pair], right[pair] = got, va, vb

    def value_levels(self, f: int, a: NDArray[np.int32], b: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return the levels of pairs of values of field f."""
        size = len(self.columns[f].vocabulary)
        low, high = np.minimum(a, b).astype(np.int64), np.maximum(a, b)
        code, number = np.unique(low * size + high, return_inverse=True)
        levels = self.compare_values(f, code // size, code % size)
        return levels[number]

    def compare_values(self, f: int, low: Longs, high: Longs) -> NDArray[np.int64]:
        """Return the levels of distinct pairs of values; synonyms are the same."""
        vocabulary = self.columns[f].vocabulary
        # Only the words that are met: a piece of all pairs has few of a large vocabulary.
        met, place = np.unique(np.concatenate([low, high]), return_inverse=True)
        words = [vocabulary[i] for i in met.tolist()]
        levels = (
            self.kinds[f].compare(words, place[: len(low)], place[len(low) :]).astype(np.int64)
            if words
            else np.zeros(0, np.int64)
        )
        if len(self.synonyms[f]):
            levels[np.isin(low * len(vocabulary) + high, self.synonyms[f])] = 0
        return levels

    def random_pairs(self, count: int, rng: np.random.Generator) -> tuple[Longs, Longs]:
        """Return pairs of different records drawn evenly."""
        a, b = rng.integers(0, self.n, (2, count))
        return a[a != b], b[a != b]

    def conditioned_pairs(
        self, f: int, count: int, rng: np.random.Generator
    ) -> Sequence[tuple[Longs, Longs]]:
        """Return, for each condition of field f and for all at once, pairs that share it."""
        keys = self._conditions[f]
        if not keys:
            return []
        wanted = list(keys)
        if len(keys) > 1:
            all_of = np.zeros(self.n, np.int64)
            for key in keys:
                all_of = all_of * (int(key.max()) + 2) + key + 1
            said = np.all([key >= 0 for key in keys], axis=0)
            wanted.append(np.where(said, all_of, -1))
        found = []
        for key in wanted:
            members = np.flatnonzero(key >= 0)
            if len(members) < 2:
                continue
            members = members[np.argsort(key[members], kind="stable")]
            ordered = key[members]
            a = rng.integers(0, len(members), count)
            begin = np.searchsorted(ordered, ordered[a])
            end = np.searchsorted(ordered, ordered[a], side="right")
            b = begin + (rng.random(count) * (end - begin)).astype(np.int64)
            keep = a != b
            found.append((members[a[keep]], members[b[keep]]))
        return found


def tokens_of(
    lists: list[list[str]], sizes: Longs, codes: NDArray[np.integer[Any]], *, strong: bool
) -> Tokens:
    """Return the tokens of records whose values are `codes`, `sizes` of them each.

    lists: the tokens of each value; those that begin with ~ are no core.
    """
    number = {t: i for i, t in enumerate(sorted({t for some in lists for t in some}))}
    core = np.array([not token.startswith("~") for token in number], np.bool_)
    length = np.array([len(some) for some in lists], np.int64)
    starts = np.r_[0, np.cumsum(length)]
    flat = np.fromiter((number[t] for some in lists for t in some), np.int64)
    record = np.repeat(np.arange(len(sizes)), sizes)
    count = length[codes]
    place = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    token = flat[np.repeat(starts[:-1][codes], count) + place]
    return Tokens(np.repeat(record, count), token, core[token], strong)

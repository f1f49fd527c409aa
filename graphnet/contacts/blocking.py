"""Which pairs of records are looked at: those that share something rare.

A token of few records finds all their pairs. What is common finds pairs only together with a
second thing that they share, and where both together are still common, with a third. So the number
of pairs grows with the records and not with their square, whatever the data are like.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]

ALONE, TWO, THREE = 10, 16, 25  # the most records that one, two, three tokens may find together


@dataclass(frozen=True)
class Tokens:
    """By what records are found in one field: record and token, beside each other.

    core: which tokens may find pairs together with those of other fields; the others, which stand
    for typing errors, only by themselves. strong: whether this field may find pairs by itself.
    """

    record: Longs
    token: Longs
    core: NDArray[np.bool_]
    strong: bool


@dataclass(frozen=True)
class _Common:
    """Tokens that too many records have: record and token, in the order of the records."""

    record: Longs
    token: Longs
    strong: int


def candidate_pairs(
    fields: Sequence[Tokens], n: int, *, most: tuple[int, int, int] = (ALONE, TWO, THREE)
) -> Longs:
    """Return the pairs to compare as i * n + j with i < j, sorted.

    O(m log m) for m tokens and pairs together.
    """
    found = [np.zeros(0, np.int64)]
    common: list[_Common] = []
    for field in fields:
        record, token = _met_again(field.record, field.token)
        if field.strong:
            found.append(_pairs(record, token, n, most[0]))
        record, token = _met_again(field.record[field.core], field.token[field.core])
        keep = _sizes(token) > (most[0] if field.strong else 0)
        common.append(_by_record(record[keep], token[keep], int(field.strong)))
    for x, one in enumerate(common):
        for y in range(x + 1, len(common)):
            if not one.strong and not common[y].strong:
                continue
            record, token = _together(one, common[y])
            found.append(_pairs(record, token, n, most[1]))
            keep = _sizes(token) > most[1]
            rest = _by_record(record[keep], token[keep], one.strong + common[y].strong)
            for third in common[y + 1 :]:
                found.append(_pairs(*_together(rest, third), n, most[2]))
        found = [np.unique(np.concatenate(found))]
    return found[0]


def _by_record(record: Longs, token: Longs, strong: int) -> _Common:
    order = np.argsort(record, kind="stable")
    return _Common(record[order], token[order], strong)


def _met_again(record: Longs, token: Longs) -> tuple[Longs, Longs]:
    """Return the entries whose token more than one record has, by token, numbered anew."""
    if not len(token):
        return record, token
    order = np.lexsort((record, token))
    record, token = record[order], token[order]
    fresh = np.r_[True, np.diff(token) != 0]
    keep = fresh | np.r_[True, np.diff(record) != 0]  # a record has a token once
    record, fresh = record[keep], fresh[keep]
    number = np.cumsum(fresh) - 1
    again = np.bincount(number)[number] > 1
    return record[again], np.cumsum(fresh[again]) - 1


def _sizes(token: Longs) -> Longs:
    """Return for each entry how many have its token."""
    return np.bincount(token)[token] if len(token) else token


def _together(one: _Common, other: _Common) -> tuple[Longs, Longs]:
    """Return the entries of both tokens at once that more than one record has."""
    if not len(one.token) or not len(other.token):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    begin = np.searchsorted(other.record, one.record)
    count = np.searchsorted(other.record, one.record, side="right") - begin
    first = np.repeat(np.arange(len(one.record)), count)
    place = np.arange(len(first)) - np.repeat(np.cumsum(count) - count, count)
    second = begin[first] + place
    wide = int(other.token.max()) + 1
    return _met_again(one.record[first], one.token[first] * wide + other.token[second])


def _pairs(record: Longs, token: Longs, n: int, most: int) -> Longs:
    """Return all pairs of records that share a token of no more than `most`, sorted by token."""
    if not len(record):
        return np.zeros(0, np.int64)
    starts = np.flatnonzero(np.r_[True, np.diff(token) != 0])
    size = np.diff(np.r_[starts, len(token)])
    found = [np.zeros(0, np.int64)]
    for s in np.unique(size[(size > 1) & (size <= most)]).tolist():
        members = record[starts[size == s][:, None] + np.arange(s)]
        i, j = np.triu_indices(s, 1)
        found.append((members[:, i] * n + members[:, j]).ravel())
    return np.unique(np.concatenate(found))

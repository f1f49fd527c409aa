"""Which pairs of records are looked at: those that share something rare.

A token of few records finds all their pairs. What is common finds pairs only together with a
second thing that they share, and where both together are still common, with a third. So the number
of pairs grows with the records and not with their square, whatever the data are like.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from graphnet.contacts.work import HERE, Shared, Work

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
    fields: Sequence[Tokens],
    n: int,
    *,
    most: tuple[int, int, int] = (ALONE, TWO, THREE),
    work: Work = HERE,
) -> Longs:
    """Return the pairs to compare as i * n + j with i < j, sorted.

    O(m log m) for m tokens and pairs together. A piece of the work is a field by itself, or two
    fields and one part of the first one's tokens.
    """
    alone = work.pieces(fields).gather(partial(_alone, n=n, most=most[0]))
    found = [np.zeros(0, np.int64), *(pairs for pairs, _ in alone)]
    common = [rest for _, rest in alone]
    shared = work.share(common)
    for x, one in enumerate(common):
        met = [y for y in range(x + 1, len(common)) if one.strong or common[y].strong]
        blocks = [(y, part) for y in met for part in range(work.parts)]
        ask = partial(_with_others, shared, n=n, most=most[1:], x=x, parts=work.parts)
        found = [np.unique(np.concatenate(found + work.pieces(blocks).gather(ask)))]
    return np.unique(np.concatenate(found))


def _alone(field: Tokens, *, n: int, most: int) -> tuple[Longs, _Common]:
    """Return the pairs that a field finds by itself, and what is too common for that."""
    pairs = np.zeros(0, np.int64)
    if field.strong:
        pairs = _pairs(*_met_again(field.record, field.token), n, most)
    record, token = _met_again(field.record[field.core], field.token[field.core])
    keep = _sizes(token) > (most if field.strong else 0)
    return pairs, _by_record(record[keep], token[keep], int(field.strong))


def _with_others(
    shared: Shared[list[_Common]],
    block: tuple[int, int],
    *,
    n: int,
    most: tuple[int, int],
    x: int,
    parts: int,
) -> Longs:
    """Return the pairs that field x finds together with field y, or with y and a later one."""
    common, (y, part) = shared.value, block
    one = common[x]
    if parts > 1:
        mine = one.token % parts == part
        one = _Common(one.record[mine], one.token[mine], one.strong)
    record, token = _together(one, common[y])
    found = [_pairs(record, token, n, most[0])]
    keep = _sizes(token) > most[0]
    rest = _by_record(record[keep], token[keep], one.strong + common[y].strong)
    found += [_pairs(*_together(rest, third), n, most[1]) for third in common[y + 1 :]]
    return np.unique(np.concatenate(found))


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

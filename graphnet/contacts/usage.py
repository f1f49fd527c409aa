"""Values that mean the same in these records, learned from pairs that are sure without them.

A faculty that was renamed, a firm's Russian and English name, "Spb" and "Petersburg": two values
are one if records of the same people have the one here and the other there, far more often than
chance would have it.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from graphnet.contacts.comparing import Comparison
from graphnet.contacts.model import Chances, Model, Piece, weights
from graphnet.contacts.work import Pieces, Shared

Longs = NDArray[np.int64]

LEARNED = ("exact", "text")
SURE = 3.0  # log odds of a pair without the field in question
LEAST_PAIRS = 3
LEAST_SHARE, LEAST_LIFT = 0.15, 5.0


@dataclass(frozen=True)
class Met:
    """Which values of a field sure pairs have: how often each, and how often two that differ.

    met (vocabulary); code: low * vocabulary + high of two values, count: of as many pairs.
    """

    met: Longs
    code: Longs
    count: Longs


def learn_synonyms(
    chances: Shared[Chances], pieces: Pieces[Piece], model: Model
) -> dict[int, Longs]:
    """Return, for each field that has some, its synonyms: low * vocabulary + high of two values."""
    comparison = chances.value.comparison
    asked = [
        f
        for f, (field, kind) in enumerate(zip(comparison.fields, comparison.kinds, strict=True))
        if field.kind in LEARNED and not field.hard and kind.levels
    ]
    if not asked:
        return {}
    met = pieces.gather(partial(_met, chances, model, asked))
    found = {f: _synonyms(comparison, f, [of[f] for of in met]) for f in asked}
    return {f: codes for f, codes in found.items() if len(codes)}


def _met(chances: Shared[Chances], model: Model, asked: list[int], piece: Piece) -> dict[int, Met]:
    comparison, compared = chances.value.comparison, piece.compared
    weight = weights(comparison, compared, piece.log_u, model.m)
    odds = model.prior + weight.sum(1)
    found = {}
    for f in asked:
        said = (odds - weight[:, f] > SURE) & (compared.level[:, f] >= 0)
        other = said & (compared.level[:, f] % comparison.levels_of(f) > 0)
        size = len(comparison.columns[f].share)
        left, right = compared.left[said, f], compared.right[said, f]
        met = np.bincount(left, minlength=size) + np.bincount(right, minlength=size)
        low = np.minimum(compared.left[other, f], compared.right[other, f]).astype(np.int64)
        high = np.maximum(compared.left[other, f], compared.right[other, f])
        found[f] = Met(met, *np.unique(low * size + high, return_counts=True))
    return found


def _synonyms(comparison: Comparison, f: int, of_pieces: list[Met]) -> Longs:
    share = comparison.columns[f].share
    met = np.sum([some.met for some in of_pieces], axis=0)
    code, place = np.unique(np.concatenate([some.code for some in of_pieces]), return_inverse=True)
    count = np.zeros(len(code), np.int64)
    np.add.at(count, place, np.concatenate([some.count for some in of_pieces]))
    a, b = np.divmod(code, len(share))
    keep = count >= LEAST_PAIRS
    for one, two in ((a, b), (b, a)):
        part = count / np.maximum(1, met[one])
        keep &= (part >= LEAST_SHARE) & (part >= LEAST_LIFT * share[two])
    found: Longs = code[keep]
    return found

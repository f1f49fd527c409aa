"""Values that mean the same in these records, learned from pairs that are sure without them.

A faculty that was renamed, a firm's Russian and English name, "Spb" and "Petersburg": two values
are one if records of the same people have the one here and the other there, far more often than
chance would have it.
"""

import numpy as np
from numpy.typing import NDArray

from graphnet.contacts.comparing import Comparison, Levels

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

LEARNED = ("exact", "text")
SURE = 3.0  # log odds of a pair without the field in question
LEAST_PAIRS = 3
LEAST_SHARE, LEAST_LIFT = 0.15, 5.0


def learn_synonyms(
    comparison: Comparison, compared: Levels, weight: Floats, odds: Floats
) -> list[int]:
    """Give the comparison the synonyms of its fields; returns the fields that have some."""
    changed = []
    for f, (field, kind) in enumerate(zip(comparison.fields, comparison.kinds, strict=True)):
        if field.kind not in LEARNED or field.hard or not kind.levels:
            continue
        found = _synonyms(comparison, compared, f, odds - weight[:, f] > SURE)
        if len(found):
            comparison.synonyms[f] = found
            changed.append(f)
    return changed


def _synonyms(comparison: Comparison, compared: Levels, f: int, sure: NDArray[np.bool_]) -> Longs:
    steps = comparison.levels_of(f)
    said = sure & (compared.level[:, f] >= 0)
    other = said & (compared.level[:, f] % steps > 0)
    share = comparison.columns[f].share
    size = len(share)
    left, right = compared.left[said, f], compared.right[said, f]
    met = np.bincount(left, minlength=size) + np.bincount(right, minlength=size)
    low = np.minimum(compared.left[other, f], compared.right[other, f]).astype(np.int64)
    high = np.maximum(compared.left[other, f], compared.right[other, f])
    code, count = np.unique(low * size + high, return_counts=True)
    a, b = np.divmod(code, size)
    keep = count >= LEAST_PAIRS
    for one, two in ((a, b), (b, a)):
        part = count / np.maximum(1, met[one])
        keep &= (part >= LEAST_SHARE) & (part >= LEAST_LIFT * share[two])
    return code[keep]

"""Why two records may be of one person: the pairs that `link` did not join, and each field's word.

The weight of a field is the logarithm (base 2) of how many times as often two records of one person
say such things as two strangers do: 1 is "twice as likely", -3 is "eight times less likely".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphnet.contacts.linking import Linked
from graphnet.contacts.model import weights
from graphnet.contacts.records import Records

Longs = NDArray[np.int64]
BITS = float(np.log(2))


@dataclass(frozen=True)
class Said:
    """What one field says of a pair: the two values, how they agree, the weight in bits."""

    field: str
    left: str
    right: str
    level: str
    weight: float


@dataclass(frozen=True)
class Pair:
    """Two records that may be of one person: log odds (natural), and what speaks for and against.

    said is ordered by how much it weighs.
    """

    one: str
    other: str
    odds: float
    said: tuple[Said, ...]

    @property
    def probability(self) -> float:
        """How probably they are one person."""
        return float(1 / (1 + np.exp(-np.clip(self.odds, -500, 500))))


def unsure(linked: Linked, records: Records, *, least: float, most: int) -> list[Pair]:
    """Return pairs of different clusters that may be one all the same, the likeliest first.

    Of each two clusters the likeliest pair stands for both.

    Parameters
    ----------
    least
        Log odds below which nobody need look.
    most
        How many to return.
    """
    cluster = dict(zip(records.ids, linked.clusters, strict=True))
    ids = linked.ids
    a, b = linked.pairs
    rows = np.flatnonzero(linked.odds > least)
    rows = rows[np.argsort(-linked.odds[rows], kind="stable")]
    taken: set[tuple[str, str]] = set()
    chosen: list[int] = []
    for row in rows.tolist():
        one, other = cluster[ids[a[row]]], cluster[ids[b[row]]]
        meeting = (min(one, other), max(one, other))
        if one != other and meeting not in taken:
            taken.add(meeting)
            chosen.append(row)
            if len(chosen) == most:
                break
    return explained(linked, a[chosen], b[chosen]) if chosen else []


def explained(linked: Linked, a: Longs, b: Longs) -> list[Pair]:
    """Return what each field says of pairs, given by their places in `linked.ids`."""
    comparison = linked.comparison
    compared = comparison.compare(a, b)
    weight = weights(comparison, compared, linked.chances.log_u(compared), linked.model.m)
    total = linked.model.prior + weight.sum(1)
    found = []
    for row in range(len(a)):
        said = []
        for f, field in enumerate(comparison.fields):
            level = int(compared.level[row, f])
            if level < 0:
                continue
            words = comparison.columns[f].vocabulary
            how = comparison.kinds[f].levels[level % comparison.levels_of(f)][0]
            said.append(
                Said(
                    field.name,
                    words[compared.left[row, f]],
                    words[compared.right[row, f]],
                    how,
                    float(max(-40.0, weight[row, f] / BITS)),
                )
            )
        said.sort(key=lambda one: (-abs(one.weight), one.field))
        found.append(Pair(linked.ids[a[row]], linked.ids[b[row]], float(total[row]), tuple(said)))
    return found


def between(linked: Linked, pairs: Sequence[tuple[str, str]]) -> list[Pair]:
    """Return what speaks for and against pairs of records that somebody names."""
    place = {record: i for i, record in enumerate(linked.ids)}
    a = np.array([place[one] for one, _ in pairs], np.int64)
    b = np.array([place[other] for _, other in pairs], np.int64)
    return explained(linked, a, b) if len(pairs) else []

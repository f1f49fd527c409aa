"""Records as columns of numbered values: what `link` compares, in an order of its own.

Every record holds for each field a tuple of texts, empty where it says nothing. The order in which
records arrive must not matter, so they are put in the order of what they say before anything is
counted, drawn or compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graphnet.contacts.fields import Field

Values = tuple[str, ...]


@dataclass(frozen=True)
class Records:
    """n records: an id each, the source it came from, and the values of its fields.

    ids must be unique. `distinct` names sources that hold nobody twice: a cluster then has at most
    one record of each.
    """

    ids: Sequence[str]
    sources: Sequence[str]
    values: Mapping[Field, Sequence[Values]]
    distinct: frozenset[str] = field(default_factory=frozenset)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def order(self) -> list[int]:
        """Return the positions of the records in the order of their content."""
        fields = sorted(self.values, key=lambda f: f.name)
        keys = [
            (tuple(self.values[f][i] for f in fields), self.sources[i], self.ids[i])
            for i in range(len(self))
        ]
        return sorted(range(len(self)), key=keys.__getitem__)

    def in_order(self) -> "Records":
        """Return the same records, sorted."""
        order = self.order
        return Records(
            [self.ids[i] for i in order],
            [self.sources[i] for i in order],
            {f: [self.values[f][i] for i in order] for f in self.values},
            self.distinct,
        )


@dataclass(frozen=True)
class Column:
    """The values of one field as numbers.

    starts (n + 1), codes: the values of each record; vocabulary: what a code stands for, sorted;
    share (vocabulary): which share of the records that say something says this value.
    """

    starts: NDArray[np.int64]
    codes: NDArray[np.int32]
    vocabulary: tuple[str, ...]
    share: NDArray[np.float64]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Return how many values each record has."""
        return np.diff(self.starts)


def column(values: Sequence[Values]) -> Column:
    """Number the values of a field."""
    vocabulary = sorted({value for some in values for value in some})
    number = {value: i for i, value in enumerate(vocabulary)}
    starts = np.zeros(len(values) + 1, np.int64)
    np.cumsum([len(some) for some in values], out=starts[1:])
    codes = np.fromiter((number[v] for some in values for v in some), np.int32, int(starts[-1]))
    said = max(1, int((np.diff(starts) > 0).sum()))
    share = np.bincount(codes, minlength=len(vocabulary)) / said
    return Column(starts, codes, tuple(vocabulary), share)

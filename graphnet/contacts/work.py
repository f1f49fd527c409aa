"""Where the heavy steps of `link` run: in this process, or where another `Work` takes them.

`link` cuts what is heavy into pieces that know nothing of each other, and asks the same function
of every piece; `graphnet.spark.linking` has it asked on Spark. How the pieces are cut changes no
digit: each answer is of one pair, one field or one group of records, and what is added up over
pieces are whole multiples of `GRAIN`, whose sums are exact.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
U = TypeVar("U")
T_co = TypeVar("T_co", covariant=True)

GRAIN = (
    2.0**-28
)  # sums are exact below 2^25, that is of 33 million pairs that are surely one person


class Shared(Protocol[T_co]):
    """A value that every piece is looked at with; sent once to wherever the pieces are."""

    @property
    def value(self) -> T_co:
        """The value."""


class Pieces(Protocol[T_co]):
    """Pieces of something, in an order that stays."""

    def map(self, function: Callable[[T_co], U]) -> "Pieces[U]":
        """Return what the function makes of each piece, kept where the pieces are."""

    def gather(self, function: Callable[[T_co], U]) -> list[U]:
        """Return here what the function makes of each piece."""


class Work(Protocol):
    """Where pieces are worked on.

    parts: into how many parts the tokens of one field are cut; size: the pairs of one piece.
    """

    @property
    def parts(self) -> int:
        """Parts of the tokens of one field."""

    @property
    def size(self) -> int:
        """Pairs in a piece."""

    def share(self, value: T) -> Shared[T]:
        """Return the value as pieces can be given it: as it is now."""

    def pieces(self, items: Sequence[T]) -> Pieces[T]:
        """Return the items as pieces."""


@dataclass(frozen=True)
class _Given(Generic[T]):
    value: T


class _Held(Pieces[T]):
    def __init__(self, items: Sequence[T]) -> None:
        self._items = items

    def map(self, function: Callable[[T], U]) -> "_Held[U]":
        return _Held([function(item) for item in self._items])

    def gather(self, function: Callable[[T], U]) -> list[U]:
        return [function(item) for item in self._items]


@dataclass(frozen=True)
class Here:
    """Work in this process, one piece after the other."""

    parts: int = 1
    size: int = 1 << 21

    def share(self, value: T) -> Shared[T]:
        """Return the value itself."""
        return _Given(value)

    def pieces(self, items: Sequence[T]) -> Pieces[T]:
        """Return the items."""
        return _Held(items)


HERE = Here()


def in_grains(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return numbers as whole multiples of `GRAIN`: sums of them are the same in every order."""
    grains: NDArray[np.float64] = np.rint(numbers / GRAIN) * GRAIN
    return grains


def cut(array: NDArray[Any], size: int) -> list[NDArray[Any]]:
    """Return an array in pieces of this size, the last one of what is left; at least one."""
    return [array[i : i + size] for i in range(0, max(1, len(array)), size)]

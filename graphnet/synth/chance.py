"""Random draws that depend on the seed and on what they are for, so that parts stay independent."""

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def generator(seed: int, *purpose: object) -> np.random.Generator:
    """Return the random numbers of one purpose under one seed."""
    return np.random.default_rng([seed, zlib.crc32(repr(purpose).encode())])


def by_rank(rng: np.random.Generator, size: int, n: int, *, exponent: float = 0.8) -> Ints:
    """Draw n of `size` positions, the first the commonest: ``1 / (rank + 2) ** exponent``."""
    return weighted(rng, 1.0 / np.arange(2, size + 2) ** exponent, n)


def weighted(rng: np.random.Generator, weights: npt.ArrayLike, n: int) -> Ints:
    """Draw n positions with these weights."""
    total = np.cumsum(np.asarray(weights, np.float64))
    drawn: Ints = np.searchsorted(total, rng.random(n) * total[-1], side="right")
    result: Ints = np.minimum(drawn, len(total) - 1)
    return result


def parts(total: int, weights: npt.ArrayLike) -> Ints:
    """Share a whole number out by weights; the largest remainders get the rest."""
    share = np.asarray(weights, np.float64)
    exact = share / share.sum() * total
    result = np.floor(exact).astype(np.int64)
    rest = int(total - result.sum())
    result[np.argsort(result - exact, kind="stable")[:rest]] += 1
    shares: Ints = result
    return shares


def take(words: Sequence[Any], positions: npt.ArrayLike) -> list[Any]:
    """Return the words at these positions, as a list that shares them."""
    return [words[i] for i in np.asarray(positions).tolist()]

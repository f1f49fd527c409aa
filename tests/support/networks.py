"""Networks with known groups, for the tests of this room."""

import numpy as np

from graphnet.snapshot.arrays import Ties


def random_ties(n: int, pairs: int, seed: int) -> Ties:
    rng = np.random.default_rng(seed)
    return Ties.of_pairs(
        n, rng.integers(n, size=pairs), rng.integers(n, size=pairs), rng.random(pairs) * 0.9 + 0.05
    )


def classes(n: int, seed: int, *, each: int = 25) -> tuple[Ties, np.ndarray]:
    """Classes of `each` in houses of five: most ties are within a class, many within a house."""
    rng = np.random.default_rng(seed)
    attributes = np.zeros((n, 3), np.int32)
    attributes[:, 0] = np.arange(n) // each + 1
    attributes[:, 1] = np.arange(n) // 5 + 1
    attributes[:, 2] = rng.integers(0, 3, n)  # says nothing
    attributes[rng.random(n) < 0.1, 1] = 0
    same_class = attributes[:, 0][:, None] == attributes[:, 0]
    same_house = (np.arange(n) // 5)[:, None] == np.arange(n) // 5
    chance = np.where(same_house, 0.7, np.where(same_class, 0.25, 0.01))
    u, v = np.nonzero(np.triu(rng.random((n, n)) < chance, 1))
    return Ties.of_pairs(n, u, v), attributes


def among(ties: Ties, allowed: np.ndarray) -> Ties:
    """The same people with ties among allowed ones only."""
    source = np.repeat(np.arange(ties.n), np.diff(ties.indptr))
    keep = allowed[source] & allowed[ties.indices]
    return Ties.of_pairs(ties.n, source[keep], ties.indices[keep], ties.weight[keep])

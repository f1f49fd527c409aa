"""Compiles every inner loop of this room on tiny input, once, when the environment is made."""

import numpy as np

from graphnet.discovery.introductions import introductions
from graphnet.discovery.kernels import Bools
from graphnet.discovery.model import TieModel
from graphnet.discovery.newcomers import NewcomerModel
from graphnet.discovery.suggestions import common_neighbours, resource_allocation
from graphnet.discovery.trees import Trees
from graphnet.snapshot.arrays import Ties


def warm() -> None:
    """Compile; numba keeps the result on disk."""
    rng = np.random.default_rng(0)
    n = 12
    ties = Ties.of_pairs(n, np.arange(n - 1), np.arange(1, n))
    attributes = np.ones((n, 2), np.int32)
    leaf = Trees(
        base=np.zeros(1),
        root=np.array([0, 1], np.int32),
        feature=np.array([-1], np.int32),
        threshold=np.zeros(1),
        left=np.zeros(1, np.int32),
        right=np.zeros(1, np.int32),
        missing_left=np.zeros(1, np.bool_),
        value=np.zeros(1),
    )
    model = TieModel().fit(ties, attributes, rng=rng, parts=())
    model.trees = leaf
    model.newcomers = NewcomerModel(leaf)
    everyone: tuple[Bools | None, ...] = (None, np.ones(n, np.bool_))
    for allowed in everyone:
        resource_allocation(ties.indptr, ties.indices, 0, 2, allowed=allowed)
        common_neighbours(ties.indptr, ties.indices, 0, 2, allowed=allowed)
        model.suggest(ties, attributes, 0, 5, allowed=allowed)
        introductions(ties, [1], [1.0], [3], 2, allowed=allowed)
        introductions(ties, [1, 5, 6], [1.0] * 3, [0], 2, allowed=allowed)  # from behind

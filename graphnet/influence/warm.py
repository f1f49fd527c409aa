"""Compiles every kernel of this package once, so that nobody waits for it at the first question."""

import numpy as np

from graphnet.influence.betweenness import betweenness
from graphnet.influence.cascade import simulate, weighted_cascade
from graphnet.influence.centrality import core_numbers, pagerank
from graphnet.influence.reach import stability
from graphnet.influence.spread import choose_people


def warm() -> None:
    """Call each kernel with a path of three people; the compiler's cache keeps the result."""
    indptr, indices = np.array([0, 1, 3, 4], np.int64), np.array([1, 0, 2, 1], np.int32)
    weight = np.ones(4, np.float32)
    pagerank(indptr, indices)
    pagerank(indptr, indices, weight)
    core_numbers(indptr, indices)
    betweenness(indptr, indices)
    cascade = weighted_cascade(indptr, indices)
    choose_people(cascade, 1, most_samples=1)
    simulate(cascade, [1], runs=2)
    stability(indptr, indices, lambda a, b, c: pagerank(a, b, c).scores, samples=2)

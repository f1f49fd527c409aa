"""Compiles every inner loop of this room on tiny input, once, when the environment is made."""

import numpy as np

from graphnet.discovery.suggestions import common_neighbours, resource_allocation


def warm() -> None:
    """Compile; numba keeps the result on disk."""
    indptr, indices = np.array([0, 1, 3, 4]), np.array([1, 0, 2, 1], np.int32)
    resource_allocation(indptr, indices, 0, 2)
    common_neighbours(indptr, indices, 0, 2)

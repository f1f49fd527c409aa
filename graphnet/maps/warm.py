"""Compiles every kernel of this package once, so that nobody waits for it at the first map."""

import numpy as np

from graphnet.maps.extract import cohort_map


def warm() -> None:
    """Draw maps of two pairs, with weights and without; the compiler's cache keeps the result."""
    indptr, indices = np.array([0, 1, 2, 3, 4], np.int64), np.array([1, 0, 3, 2], np.int32)
    for weight in (None, np.ones(4, np.float32)):
        cohort_map(indptr, indices, weight, np.ones(4, np.bool_))

"""How many threads this room uses; answers never depend on it."""

import importlib
import os
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

MOST_THREADS = 4  # a web server has other things to do as well


def available_threads() -> int:
    """Return how many threads to use: those this process may run on, at most four."""
    if hasattr(os, "sched_getaffinity"):
        return min(MOST_THREADS, len(os.sched_getaffinity(0)))
    return min(MOST_THREADS, os.cpu_count() or 1)


@cache
def _pools() -> Any:
    # threadpoolctl comes with scikit-learn, which needs it; libraries loaded later are not limited.
    importlib.import_module("sklearn.ensemble")
    return importlib.import_module("threadpoolctl").ThreadpoolController()


def one_thread_each() -> AbstractContextManager[Any]:
    """Keep numeric libraries to the calling thread.

    Their threads meet at a barrier thousands of times while a model is learned; as soon as the
    machine does anything else, they wait for each other longer than they work (ten times slower
    was measured). The work is cut into threads further outside, where they need not meet.
    """
    limited: AbstractContextManager[Any] = _pools().limit(limits=1)
    return limited

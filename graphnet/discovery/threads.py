"""Keeps numeric libraries to one thread, where the work is cut into threads further outside."""

import importlib
from contextlib import AbstractContextManager
from functools import cache
from typing import Any


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

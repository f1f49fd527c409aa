"""How many threads the compiled loops use; answers never depend on it."""

import os

MOST_THREADS = 4  # a web server has other things to do as well


def available_threads() -> int:
    """Return how many threads to use: those this process may run on, at most four."""
    if hasattr(os, "sched_getaffinity"):
        return min(MOST_THREADS, len(os.sched_getaffinity(0)))
    return min(MOST_THREADS, os.cpu_count() or 1)

"""What a bench run costs: wall time, peak memory, and the time of each question."""

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


class Measure:
    """Collects times by `perf_counter` and prints them as one JSON object on standard error."""

    def __init__(self, task: str) -> None:
        self.task = task
        self.started = time.perf_counter()
        self.phases: dict[str, float] = {}
        self.questions: list[float] = []

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time one named part of the run (reading, fitting, writing)."""
        start = time.perf_counter()
        yield
        self.phases[name] = self.phases.get(name, 0.0) + time.perf_counter() - start

    @contextmanager
    def question(self) -> Iterator[None]:
        """Time one question as a visitor would wait for it."""
        start = time.perf_counter()
        yield
        self.questions.append(time.perf_counter() - start)

    def report(self) -> dict[str, object]:
        """Return the figures: seconds, mebibytes, milliseconds a question."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        figures: dict[str, object] = {
            "task": self.task,
            "wall_seconds": round(time.perf_counter() - self.started, 3),
            # Linux counts kibibytes, macOS bytes (getrusage(2) of each).
            "peak_mebibytes": round(peak / (1024 if sys.platform != "darwin" else 1024**2), 1),
            "phases_seconds": {name: round(seconds, 3) for name, seconds in self.phases.items()},
        }
        if self.questions:
            p50, p95, p99 = np.percentile(np.array(self.questions) * 1000, [50, 95, 99])
            figures["questions"] = len(self.questions)
            figures["milliseconds_a_question"] = {
                "p50": round(float(p50), 3),
                "p95": round(float(p95), 3),
                "p99": round(float(p99), 3),
            }
        return figures

    def print(self) -> None:
        """Write the figures to standard error."""
        print(json.dumps(self.report()), file=sys.stderr)

"""How long a snapshot of this installation takes to build and to open, and how much memory.

    GRAPHNET_HOME=... python tests/bench/snapshot_speed.py

Import the data first (``graphnet import --mapping facebook100 .../Cornell5-csv --ground ...``).
Prints JSON: seconds to build twice (the two fingerprints must be equal), milliseconds to open
(median of 20), peak memory of this process in mebibytes.
"""

import json
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

from graphnet import snapshot
from graphnet.server import connect
from graphnet.settings import load
from graphnet.store import Store


def main() -> int:
    """Measure and print; 1 if two builds of the same graph differ."""
    settings = load()
    with (
        connect(settings) as connection,
        Store(connection.uri, connection.user, connection.password) as store,
        tempfile.TemporaryDirectory() as folder,
    ):
        seconds, prints = [], []
        for _ in range(2):
            began = time.perf_counter()
            built = snapshot.build(store)
            seconds.append(round(time.perf_counter() - began, 2))
            prints.append(built.fingerprint)
        path = snapshot.save(built, Path(folder))
        opened = []
        for _ in range(20):
            began = time.perf_counter()
            snapshot.open_snapshot(path)
            opened.append((time.perf_counter() - began) * 1000)
    print(
        json.dumps(
            built.describe()
            | {
                "build_seconds": seconds,
                "same_fingerprint": prints[0] == prints[1],
                "open_milliseconds": round(statistics.median(opened), 1),
                "peak_mebibytes": round(
                    resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1
                ),
            },
            indent=1,
        )
    )
    return 0 if prints[0] == prints[1] else 1


if __name__ == "__main__":
    sys.exit(main())

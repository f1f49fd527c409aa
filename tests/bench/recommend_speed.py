"""How long recommendations take in a process like the web's, on the data of a demo folder.

    graphnet demo --alumni 40000 --folder DIR --prepare
    python tests/bench/recommend_speed.py DIR

Prints, a list a line, the median and the 95th percentile in milliseconds of reading one person live
and answering one list of six, over people who are registered; then the same for the three lists of
/home: by the clock, and the processor time of the thread that answers (Neo4j's is its own). What
the process reads and compiles in the background when it starts is printed by itself, with the
first answer after it.
"""

import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from graphnet.live import Live
from graphnet.privacy import ALUMNUS, CLAIMED, Viewer
from graphnet.recommendations import LISTS, Shelf, fitted
from graphnet.server import connect
from graphnet.settings import Settings
from graphnet.store import Store
from webapp.features.home.routes import for_me

PEOPLE = 200


def main(folder: Path) -> None:
    """Measure on one folder."""
    settings = replace(Settings(), home=folder, demo=True)
    with (
        connect(settings) as connection,
        Store(connection.uri, connection.user, connection.password) as store,
    ):
        live = Live(store, folder / "snapshots")
        live.start()
        snapshot = live.view().snapshot
        if fitted.due(folder / "models", snapshot.version):
            began = time.perf_counter()
            fitted.fit(store, snapshot, folder / "models")
            print(f"fitted models in {time.perf_counter() - began:.1f} s")
        here = (snapshot.flags & (CLAIMED | ALUMNUS)) == (CLAIMED | ALUMNUS)
        keys = np.random.default_rng(0).permutation(snapshot.keys[here])[:PEOPLE].tolist()
        shelf = Shelf(live, folder / "models")
        began = time.perf_counter()
        ended = shelf.keep_warm()
        shelf.ready.wait(120)
        print(f"warm after {time.perf_counter() - began:.1f} s in the background")
        began = time.perf_counter()
        shelf.of(Viewer("alumnus", keys[0])).best("events", 6)
        first = 1000 * (time.perf_counter() - began)
        for key in keys[:20]:
            for name in LISTS:
                shelf.of(Viewer("alumnus", key)).best(name, 6)
        found = {name: [] for name in (*LISTS, "home")}
        for key in keys:
            for name in LISTS:
                began = time.perf_counter(), time.thread_time()
                shelf.of(Viewer("alumnus", key)).best(name, 6)
                found[name].append(since(*began))
            began = time.perf_counter(), time.thread_time()
            for_me(shelf.of(Viewer("alumnus", key)), set())
            found["home"].append(since(*began))
        ended.set()
        live.stop()
    print(f"{snapshot.n} people, {len(keys)} of them asked; the first answer {first:.0f} ms")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    rows = {}
    for name, times in found.items():
        wall, processor = np.percentile(times, (50, 95), axis=0).T
        rows[name] = {"p50": wall[0], "p95": wall[1], "cpu50": processor[0], "cpu95": processor[1]}
        print(
            f"{name:10s} p50 {wall[0]:6.1f} ms   p95 {wall[1]:6.1f} ms"
            f"   processor p50 {processor[0]:5.1f} ms   p95 {processor[1]:5.1f} ms"
        )
    print(json.dumps({name: {k: round(float(v), 2) for k, v in row.items()}
                      for name, row in rows.items()}))  # fmt: skip


def since(clock: float, processor: float) -> tuple[float, float]:
    """Milliseconds since then, by the clock and of this thread on the processor."""
    return 1000 * (time.perf_counter() - clock), 1000 * (time.thread_time() - processor)


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())

"""How long recommendations take in a process like the web's, on the data of a demo folder.

    graphnet demo --alumni 40000 --folder DIR --prepare
    python tests/bench/recommend_speed.py DIR

Prints, a list a line, the median and the 95th percentile in milliseconds of reading one person live
and answering one list of six, over people who are registered; then the same for the three lists of
/home. The first answer of the process, which reads what all share, is printed by itself.
"""

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from graphnet.community.recommendations import LISTS, Shelf, models
from graphnet.live import Live
from graphnet.privacy import ALUMNUS, CLAIMED, Viewer
from graphnet.server import connect
from graphnet.settings import Settings
from graphnet.store import Store
from webapp.home.routes import for_me

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
        if models.due(folder / "models", snapshot.version):
            began = time.perf_counter()
            models.fit(store, snapshot, folder / "models")
            print(f"fitted models in {time.perf_counter() - began:.1f} s")
        here = (snapshot.flags & (CLAIMED | ALUMNUS)) == (CLAIMED | ALUMNUS)
        keys = np.random.default_rng(0).permutation(snapshot.keys[here])[:PEOPLE].tolist()
        shelf = Shelf(live, folder / "models")
        began = time.perf_counter()
        shelf.of(Viewer("alumnus", keys[0])).best("events", 6)
        first = 1000 * (time.perf_counter() - began)
        for key in keys[:20]:
            for name in LISTS:
                shelf.of(Viewer("alumnus", key)).best(name, 6)
        found = {name: [] for name in (*LISTS, "home")}
        for key in keys:
            for name in LISTS:
                began = time.perf_counter()
                shelf.of(Viewer("alumnus", key)).best(name, 6)
                found[name].append(1000 * (time.perf_counter() - began))
            began = time.perf_counter()
            for_me(shelf.of(Viewer("alumnus", key)), set())
            found["home"].append(1000 * (time.perf_counter() - began))
        live.stop()
    print(f"{snapshot.n} people, {len(keys)} of them asked; the first answer {first:.0f} ms")
    rows = {}
    for name, times in found.items():
        rows[name] = {"p50": np.percentile(times, 50), "p95": np.percentile(times, 95)}
        print(f"{name:10s} p50 {rows[name]['p50']:6.1f} ms   p95 {rows[name]['p95']:6.1f} ms")
    print(json.dumps({name: {k: round(float(v), 2) for k, v in row.items()}
                      for name, row in rows.items()}))  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())

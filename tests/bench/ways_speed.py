"""How long the whole answer of /reach takes, with what it reads from Neo4j, at any size.

    graphnet synth --alumni 41500 --mean-degree 66 --out FILES
    GRAPHNET_HOME=FOLDER graphnet import --mapping synth FILES
    python tests/bench/ways_speed.py FOLDER FILES

Gives the registered of FILES their accounts, if FOLDER has none, and builds the snapshot. Asks for
registered people, each for somebody drawn at random, and for staff; prints JSON with the
milliseconds by the clock at the 50th, 95th and 99th percentile, and how often a way was found. The
first answer over a choice of layers, which combines them anew, is printed by itself.
"""

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from graphnet.commands.demo import make_accounts
from graphnet.introductions.paths import ways_to
from graphnet.introductions.targets import Target
from graphnet.live import Live, rebuild
from graphnet.privacy import ALUMNUS, CLAIMED, Viewer
from graphnet.server import connect
from graphnet.settings import Settings
from graphnet.store import Store

QUESTIONS = 300


def main(folder: Path, files: Path) -> None:
    """Measure on the data of one folder, imported from those files."""
    settings = replace(Settings(), home=folder)
    with (
        connect(settings) as connection,
        Store(connection.uri, connection.user, connection.password) as store,
    ):
        if not store.read("MATCH (a:Account) RETURN a.id AS id LIMIT 1"):
            make_accounts(store, files / "registered.csv")
        rebuild(store, folder / "snapshots")
        live = Live(store, folder / "snapshots")
        live.start()
        snapshot = live.view().snapshot
        rng = np.random.default_rng(0)
        asking = np.flatnonzero((snapshot.flags & (CLAIMED | ALUMNUS)) == (CLAIMED | ALUMNUS))
        ties = np.diff(snapshot.layers["reach"].indptr)
        asking = rng.permutation(asking[ties[asking] > 0])[:QUESTIONS]
        sought = [Target("person", str(name)) for name in rng.choice(snapshot.ids, len(asking))]
        figures: dict[str, object] = {
            "people": snapshot.n, "asking": len(asking),
            "ties": int(ties.sum() // 2),
        }  # fmt: skip
        staff = Viewer("staff", account_id="bench", purpose="bench")
        members = [Viewer("alumnus", int(snapshot.keys[place])) for place in asking]
        for label, viewers, layers in (
            ("alumnus", members, ()),
            ("alumnus, two layers", members, ("knows", "studied")),
            ("staff", [staff] * len(asking), ()),
        ):
            began = time.perf_counter()
            ways_to(live, viewers[0], sought[0], layers=layers)
            first = 1000 * (time.perf_counter() - began)
            # Neo4j's Java compiles what it has run some hundred times: not the first minute counts.
            for viewer, target in zip(viewers, sought, strict=True):
                ways_to(live, viewer, target, layers=layers)
            spent, found = [], 0
            for viewer, target in zip(viewers, sought, strict=True):
                began = time.perf_counter()
                found += bool(ways_to(live, viewer, target, layers=layers).ways)
                spent.append(1000 * (time.perf_counter() - began))
            figures[label] = {"first": round(first, 1), "found": found} | {
                f"p{q}": round(float(np.percentile(spent, q)), 2) for q in (50, 95, 99)
            }
        live.stop()
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), Path(sys.argv[2]))
